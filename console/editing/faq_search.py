"""Finds answers for editors as citizens find them: by the same index, told or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tanya_language import Lexicon, Normaliser, TextIndex

from izin.ports.faq_shelf import FaqShelf
from izin.usecases.text_search import Documents, LiveIndex
from izin.wording import Wording
from izin.words import words_of

LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"
MOST_FOUND = 200
_PATIENCE_S = 1.5
"""How long the first search after a start waits for its index."""

_ASKED, _LIKE = 0.25, 0.2
"""An editor looks through a list, so far less than what makes an answer is shown."""


Search = Callable[[str], Sequence[str]]


def search(shelf: FaqShelf, wording: Wording) -> tuple[Search, Callable[[], bool]]:
    """Give what finds the keys of entries, nearest first, and what prepares it beside."""

    @cache
    def normaliser() -> Normaliser:
        return Normaliser(Lexicon.load(LEXICON))

    def make(documents: Documents) -> TextIndex[str]:
        everyday = wording.say("answers.words_everyday").split()
        return TextIndex(documents, normaliser(), everyday)

    index = LiveIndex(make, shelf.revision, shelf.texts)

    def found(words: str) -> Sequence[str]:
        if not index.warm(_PATIENCE_S):
            return _plainly(shelf, words)
        asked = [key for key, score in index.asked(words, MOST_FOUND) if score >= _ASKED]
        like = [key for key, score in index.search(words, MOST_FOUND) if score >= _LIKE]
        return list(dict.fromkeys([*asked, *like]))[:MOST_FOUND]

    return found, index.warm


def _plainly(shelf: FaqShelf, words: str) -> Sequence[str]:
    """Find entries that hold every word as it is typed, while there is no index yet."""
    wanted = words_of(words)
    texts = ((key, " ".join(own).casefold()) for key, own in shelf.texts())
    return [key for key, text in texts if all(word in text for word in wanted)][:MOST_FOUND]
