"""What is like a sentence among training examples and FAQ entries, for suggestions and warnings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock, Thread

from tanya_language import Lexicon, Normaliser, TextIndex

from izin.faq import FaqEntry
from izin.learning import FALLBACK, FAQ_INTENT, OUT_OF_SCOPE, PLACEHOLDER
from izin.ports import FaqBook, Learning

DATA = Path(__file__).resolve().parents[2] / "data"

MOST_OF_AN_INTENT = 200
"""Examples of each intent that suggestions are made from; spread over all of them."""

SUGGESTED = 3
_MOST_KEPT = 4000
_LEAST = 0.18
_VERY_NEAR = 0.7
"""Of 400 unseen sentences with their own intent two are asked about, with a wrong one 90."""
_NEIGHBOURS = 15
_INTENT = re.compile(r"^\s*- ([a-z_]+):", re.MULTILINE)
_BLOCK = re.compile(r"^- intent: ([a-z_]+)\s*$")
_EXAMPLE = re.compile(r"^\s+- (.+)$")


@dataclass(frozen=True, slots=True)
class Twin:
    """A sentence that means something else so far; ``text`` is the new one."""

    text: str
    twin: str
    intent: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a sentence may mean: an intent, or an entry of the FAQ."""

    intent: str
    faq: FaqEntry | None
    score: float

    @property
    def value(self) -> str:
        """Give it as a form's value."""
        return f"faq:{self.faq.key}" if self.faq else f"intent:{self.intent}"


@dataclass(frozen=True, slots=True)
class _Answers:
    """The published FAQ of a revision, and what was found in it for which (text, number)."""

    revision: int
    index: TextIndex[str]
    entries: dict[str, FaqEntry]
    found: dict[tuple[str, int], list[Suggestion]] = field(default_factory=dict)


def intents_known(data: Path = DATA) -> tuple[str, ...]:
    """Give the intents an editor may choose, in the order of the domain."""
    text = (data / "domain" / "intents.yml").read_text(encoding="utf-8")
    return tuple(name for name in _INTENT.findall(text) if name != FALLBACK)


def file_examples(data: Path = DATA) -> Iterator[tuple[str, str]]:
    """Give the (sentence, intent) pairs of the release's files.

    Read by lines: the YAML parser takes seconds for so many.
    """
    for path in sorted((data / "rasa" / "nlu").glob("*.yml")):
        intent = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if block := _BLOCK.match(line):
                intent = block[1]
            elif intent and (example := _EXAMPLE.match(line)):
                yield example[1].strip(), intent


class LearningIndex:
    """Knows every example; safe in threads. Built at its first use, which takes a moment."""

    def __init__(self, learning: Learning, faq: FaqBook, data: Path = DATA) -> None:
        """Take what editors taught, the published FAQ, and the folder of the release's data."""
        self._learning = learning
        self._faq = faq
        self._data = data
        self._lock = Lock()
        self._warming = Lock()  # taken once, never given back
        self._taught: tuple[int, dict[str, list[tuple[str, str]]]] | None = None
        self._answers: _Answers | None = None
        self._suggested: dict[str, tuple[tuple[str, float], ...]] = {}

    @cached_property
    def _normaliser(self) -> Normaliser:
        return Normaliser(Lexicon.load(self._data / "lexicon"))

    @cached_property
    def _files(self) -> tuple[dict[str, list[tuple[str, str]]], TextIndex[tuple[str, str]]]:
        by_intent: dict[str, list[str]] = {}
        known: dict[str, list[tuple[str, str]]] = {}
        for text, intent in file_examples(self._data):
            by_intent.setdefault(intent, []).append(text)
            known.setdefault(self._key(text), []).append((text, intent))
        documents = [
            ((intent, text), [text])
            for intent, texts in by_intent.items()
            for text in texts[:: max(1, len(texts) // MOST_OF_AN_INTENT)]
        ]
        return known, TextIndex(documents, self._normaliser)

    def warm_beside(self) -> None:
        """Begin to build it in a thread of its own, once; gives nothing to wait for."""
        if not self._warming.locked() and self._warming.acquire(blocking=False):
            Thread(target=self.warm, name="learning-index", daemon=True).start()

    def warm(self) -> None:
        """Build what the first page would have to wait for."""
        with self._lock:
            _ = self._files
        self._entries()

    def twins(self, texts: Sequence[str], intent: str) -> list[Twin]:
        """Give the examples of other intents that say the same, or nearly so.

        The same: in whatever spelling and order of words. Nearly: an example of the release is
        very near, and nearer than any of the intent itself.
        """
        with self._lock:
            files = self._files[0]
        taught = self._own()
        found = []
        for text in texts:
            key = self._key(text)
            known = [*files.get(key, ()), *taught.get(key, ())] if key else []
            same = next((Twin(text, one, other) for one, other in known if other != intent), None)
            # What one of its own says word by word contradicts nobody.
            near = None if same or known else self._near(text, intent)
            if twin := same or near:
                found.append(twin)
        return found

    def _near(self, text: str, intent: str) -> Twin | None:
        with self._lock:
            near = self._files[1].search(text, _NEIGHBOURS)
        own = max((score for (other, _), score in near if other == intent), default=0.0)
        for (other, example), score in near:
            if other != intent and score >= _VERY_NEAR and score > own:
                return Twin(text, example, other)
        return None

    def suggest(self, text: str, read: str = "") -> list[Suggestion]:
        """Give what a text may mean, best first; what the model ``read`` counts a little."""
        text = PLACEHOLDER.sub(" ", text)
        scores = dict(self._intents(text))
        if read and read not in (FALLBACK, OUT_OF_SCOPE):
            scores[read] = scores.get(read, 0.0) + 0.1
        found = [
            Suggestion(intent, None, score)
            for intent, score in scores.items()
            if intent not in (FAQ_INTENT, OUT_OF_SCOPE)
        ]
        found.sort(key=lambda item: -item.score)
        both = [*found[:SUGGESTED], *self.answers(text, SUGGESTED)]
        return sorted(both, key=lambda item: -item.score)

    def answers(self, text: str, most: int) -> list[Suggestion]:
        """Give the nearest entries of the FAQ."""
        answers = self._entries()
        found = answers.found.get((text, most))
        if found is None:
            near = answers.index.search(text, most)
            found = [
                Suggestion(FAQ_INTENT, answers.entries[key], score)
                for key, score in near
                if score > _LEAST
            ]
            if len(answers.found) > _MOST_KEPT:
                answers.found.clear()
            answers.found[text, most] = found
        return found

    def search(self, words: str, named: Callable[[str], str]) -> list[Suggestion]:
        """Give intents whose name for people holds the words, then entries of the FAQ.

        Args:
            words: What an editor typed.
            named: Gives an intent's name and explanation.
        """
        wanted = words.casefold().split()
        intents = [
            Suggestion(intent, None, 1.0)
            for intent in intents_known(self._data)
            if wanted and all(word in f"{intent} {named(intent)}".casefold() for word in wanted)
        ]
        return [*intents, *self.answers(words, 9 - min(4, len(intents)))][:9]

    def entry(self, key: str) -> FaqEntry | None:
        """Give a published entry, or None."""
        return self._entries().entries.get(key)

    def _intents(self, text: str) -> tuple[tuple[str, float], ...]:
        kept = self._suggested.get(text)
        if kept is None:
            with self._lock:
                index = self._files[1]
            near = index.search(text, _NEIGHBOURS)
            whole = sum(score * score for _, score in near)
            best: dict[str, float] = {}
            votes: dict[str, float] = {}
            for (intent, _), score in near:
                best[intent] = max(best.get(intent, 0.0), score)
                votes[intent] = votes.get(intent, 0.0) + score * score / whole
            kept = tuple(
                (intent, score * (0.6 + 0.4 * votes[intent]))
                for intent, score in best.items()
                if score > _LEAST
            )
            if len(self._suggested) > _MOST_KEPT:
                self._suggested.clear()
            self._suggested[text] = kept
        return kept

    def _own(self) -> dict[str, list[tuple[str, str]]]:
        revision = self._learning.revision()
        taught = self._taught
        if taught is None or taught[0] != revision:
            known: dict[str, list[tuple[str, str]]] = {}
            for example in self._learning.examples():
                known.setdefault(self._key(example.text), []).append((example.text, example.intent))
            taught = self._taught = (revision, known)
        return taught[1]

    def _entries(self) -> _Answers:
        revision = self._faq.revision()
        with self._lock:
            kept = self._answers
            if kept is None or kept.revision != revision:
                entries = {entry.key: entry for entry in self._faq.entries()}
                documents = [
                    (entry.key, [entry.question, *entry.variants]) for entry in entries.values()
                ]
                index = TextIndex(documents, self._normaliser)
                kept = self._answers = _Answers(revision, index, entries)
        return kept

    def _key(self, text: str) -> str:
        """Give what sentences share that differ in spelling, or in the order of words, alone."""
        return " ".join(sorted(set(self._normaliser.words(text))))
