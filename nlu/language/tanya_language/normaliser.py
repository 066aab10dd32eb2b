"""Chat Indonesian turned into standard words that keep their place in the original."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .folding import FoldedText, fold
from .lexicon import Lexicon
from .morphology import WordForms

_TOKEN = re.compile(
    r"(?P<dotted>(?<![a-z0-9])(?:[a-z]\.){2,}[a-z]?(?![a-z0-9]))"
    r"|(?P<word>[a-z]+(?:'[a-z]+)*\d*)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<other>[^\W\d_]+)"
    r"|(?P<symbol>[^\x00-\x7f])"
)
# Channels carry at most 4,096 characters; a longer text can only be an attack or a paste.
_MOST_READ = 5000


@dataclass(frozen=True, slots=True)
class Token:
    """One standard word and the place ``[start, end)`` it has in the original text.

    A spelling that stands for two words ("dimana") gives two tokens with one place.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A message as standard words.

    Attributes:
        original: The message as it came.
        text: The words joined by blanks.
        tokens: The words with their places in ``original``, in order.
        raw: The spelling behind each token, in lower case, parallel to ``tokens``.
        folded: The message folded character by character, for grammars that need signs.
    """

    original: str
    text: str
    tokens: tuple[Token, ...]
    raw: tuple[str, ...]
    folded: FoldedText


class Normaliser:
    """Rewrites messages with one lexicon. Safe to share between threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.forms = WordForms(lexicon)
        self._phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for phrase, meaning in lexicon.phrases.items():
            words = tuple(phrase.split())
            self._phrases.setdefault(words[0], []).append((words, tuple(meaning.split())))
        for entries in self._phrases.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def normalise(self, text: str) -> NormalisedText:
        """Return ``text`` as standard words with offsets into the original.

        Never raises for any string. Takes linear time; only the first 5,000 characters are read.
        """
        folded = fold(text[:_MOST_READ])
        raw, spans = self._split(folded)
        tokens: list[Token] = []
        sources: list[str] = []
        position = 0
        while position < len(raw):
            length, words = self._phrase_at(raw, position)
            start = spans[position][0]
            end = spans[position + length - 1][1]
            source = raw[position] if length == 1 else " ".join(raw[position : position + length])
            for word in words:
                tokens.append(Token(word, start, end))
                sources.append(source)
            position += length
        joined = " ".join(token.text for token in tokens)
        return NormalisedText(text, joined, tuple(tokens), tuple(sources), folded)

    def words(self, text: str) -> tuple[str, ...]:
        """Return only the standard words of ``text``."""
        return tuple(token.text for token in self.normalise(text).tokens)

    def _split(self, folded: FoldedText) -> tuple[list[str], list[tuple[int, int]]]:
        raw: list[str] = []
        spans: list[tuple[int, int]] = []
        emoji = self.lexicon.emoji
        for match in _TOKEN.finditer(folded.text):
            kind = match.lastgroup
            word = match.group()
            if kind == "symbol":
                if word not in emoji:
                    continue
            elif kind == "dotted":
                word = word.replace(".", "")
            elif kind == "word" and "'" in word:
                word = word.replace("'", "")
            raw.append(word)
            spans.append(folded.span(match.start(), match.end()))
        return raw, spans

    def _phrase_at(self, raw: list[str], position: int) -> tuple[int, tuple[str, ...]]:
        word = raw[position]
        for phrase, meaning in self._phrases.get(word, ()):
            if tuple(raw[position : position + len(phrase)]) == phrase:
                return len(phrase), meaning
        return 1, self.forms.standard(word)
