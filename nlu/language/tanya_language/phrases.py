"""Names found in a message despite typing errors: token windows over an index of names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .normaliser import NormalisedText, Normaliser

Key = TypeVar("Key")
_CLITICS = ("nya", "ne", "na", "nye", "ku", "mu", "e", "kah", "an")
_MOST_CACHED = 20_000
_LONGEST_WORD = 32
_LONGEST_NAME = 12
_JOINED_WINDOW = 4
# Names up to this length that are no Indonesian words are taken for abbreviations.
_LONGEST_ABBREVIATION = 6


@dataclass(frozen=True, slots=True)
class PhraseMatch(Generic[Key]):
    """A name found: ``keys`` share it; tokens ``[first, last)``; ``distance`` typing errors."""

    keys: tuple[Key, ...]
    name: str
    first: int
    last: int
    distance: int
    letters: int


@dataclass(slots=True)
class _Node(Generic[Key]):
    children: dict[str, _Node[Key]] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    name: str = ""


class PhraseMatcher(Generic[Key]):
    """Finds the longest names of a gazetteer in normalised text.

    A word may be off by one typing error (optimal string alignment) from five letters on, by two
    from nine; abbreviations up to six letters only by two swapped letters. Known standard
    words are never taken for another word.
    """

    def __init__(
        self,
        normaliser: Normaliser,
        names: Iterable[tuple[str, Key]],
        fillers: Collection[str] = (),
        light: Collection[str] = (),
    ) -> None:
        """``fillers`` may stand inside a name; ``light`` words count little for its length."""
        self._forms = normaliser.forms
        self._fillers = frozenset(fillers)
        self._light = frozenset(light)
        self._root: _Node[Key] = _Node()
        self._joined: dict[str, tuple[tuple[Key, ...], str]] = {}
        self._by_length: dict[int, list[str]] = {}
        self._cache: dict[str, tuple[tuple[str, int], ...]] = {}
        found: dict[tuple[str, ...], list[Key]] = {}
        for name, key in names:
            words = normaliser.words(name)
            if words and len(words) <= _LONGEST_NAME:
                keys = found.setdefault(words, [])
                if key not in keys:
                    keys.append(key)
        for words, keys in found.items():
            self._add(words, tuple(keys))
        vocabulary = {word for words in found for word in words}
        self._vocabulary = frozenset(vocabulary)
        self._skeletons = _unique_skeletons(vocabulary)
        for word in vocabulary:
            self._by_length.setdefault(len(word), []).append(word)

    def _add(self, words: tuple[str, ...], keys: tuple[Key, ...]) -> None:
        node = self._root
        for word in words:
            node = node.children.setdefault(word, _Node())
        node.keys, node.name = keys, " ".join(words)
        joined = "".join(words)
        if len(joined) >= 3:
            self._joined.setdefault(joined, (keys, node.name))

    def find(self, text: NormalisedText) -> list[PhraseMatch[Key]]:
        """Return non-overlapping matches in order; among overlapping ones the longest wins."""
        words = [token.text for token in text.tokens]
        variants = [self._variants(word) for word in words]
        matches: list[PhraseMatch[Key]] = []
        for first in range(len(words)):
            if variants[first]:
                self._walk(self._root, variants, words, first, first, 0, 0, matches)
            joined = self._joined_at(words, text.raw, first)
            if joined:
                matches.append(joined)
        return _longest(matches)

    def _walk(
        self,
        node: _Node[Key],
        variants: Sequence[tuple[tuple[str, int], ...]],
        words: Sequence[str],
        first: int,
        position: int,
        distance: int,
        letters: int,
        matches: list[PhraseMatch[Key]],
    ) -> None:
        if position >= len(words):
            return
        for word, errors in variants[position]:
            child = node.children.get(word)
            if child is None:
                continue
            total = distance + errors
            size = letters + (1 if word in self._light else len(word))
            if child.keys and total <= max(1, size // 6):
                matches.append(
                    PhraseMatch(child.keys, child.name, first, position + 1, total, size)
                )
            if child.children:
                self._walk(child, variants, words, first, position + 1, total, size, matches)
        skips = position > first and words[position] in self._fillers
        if skips and words[position - 1] not in self._fillers:
            self._walk(node, variants, words, first, position + 1, distance, letters, matches)

    def _joined_at(
        self, words: Sequence[str], raw: Sequence[str], first: int
    ) -> PhraseMatch[Key] | None:
        """Names written together ("sipbidan") or apart ("p irt", "i m b")."""
        joined = ""
        best: PhraseMatch[Key] | None = None
        for last in range(first + 1, min(len(raw), first + _JOINED_WINDOW) + 1):
            joined += raw[last - 1]
            if len(joined) > _LONGEST_WORD or " " in joined:
                break
            parts = last - first
            if parts == 1 and (joined in self._vocabulary or len(joined) < 5):
                continue
            if parts > 1 and max(map(len, words[first:last])) > 4:
                continue
            known = self._joined.get(joined)
            if known and not (parts == 1 and self._forms.is_known(joined)):
                best = PhraseMatch(known[0], known[1], first, last, 0, len(joined))
        return best

    def _variants(self, word: str) -> tuple[tuple[str, int], ...]:
        found = self._cache.get(word)
        if found is None:
            if len(self._cache) >= _MOST_CACHED:
                self._cache.clear()
            found = self._cache[word] = self._compute_variants(word)
        return found

    def _compute_variants(self, word: str) -> tuple[tuple[str, int], ...]:
        if word in self._vocabulary:
            return ((word, 0),)
        for clitic in _CLITICS:
            stem = word[: -len(clitic)] if word.endswith(clitic) else ""
            if len(stem) >= 3 and stem in self._vocabulary:
                return ((stem, 0),)
        if len(word) > _LONGEST_WORD or not word.isalpha() or self._forms.is_known(word):
            return ()
        misspelt = self._misspelt(word) if len(word) >= 5 else ()
        if not misspelt and len(word) >= 4 and word in self._skeletons:
            return ((self._skeletons[word], 1),)
        return misspelt or (self._swapped(word) if len(word) <= _LONGEST_ABBREVIATION else ())

    def _swapped(self, word: str) -> tuple[tuple[str, int], ...]:
        """Abbreviations: only two neighbours swapped, the first letter kept."""
        if len(word) < 3:
            return ()
        close = []
        for place in range(len(word) - 1):
            other = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
            if other != word and other in self._vocabulary and other[0] == word[0]:
                close.append((other, 1))
        return tuple(close[:1])

    def _misspelt(self, word: str) -> tuple[tuple[str, int], ...]:
        allowed = 1 if len(word) < 9 else 2
        candidates = [
            name
            for length in range(len(word) - allowed, len(word) + allowed + 1)
            if length >= 5 or (length == 4 and len(word) == 5)
            for name in self._by_length.get(length, ())
            if length > _LONGEST_ABBREVIATION or self._forms.is_known(name)
        ]
        close = process.extract(
            word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=3
        )
        return tuple(
            (name, int(distance))
            for name, distance, _ in close
            if name[0] == word[0] or (distance == 1 and len(word) >= 7)
        )


def _unique_skeletons(words: Collection[str]) -> dict[str, str]:
    """Names' words as written without vowels after the first letter, where one fits ("aptk")."""
    found: dict[str, set[str]] = {}
    for word in words:
        skeleton = word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
        if skeleton != word:
            found.setdefault(skeleton, set()).add(word)
    return {skeleton: fits.pop() for skeleton, fits in found.items() if len(fits) == 1}


def _longest(matches: list[PhraseMatch[Key]]) -> list[PhraseMatch[Key]]:
    matches.sort(key=lambda m: (-m.letters + 2 * m.distance, m.distance, m.first))
    taken: list[PhraseMatch[Key]] = []
    used: set[int] = set()
    for match in matches:
        places = range(match.first, match.last)
        if used.isdisjoint(places):
            used.update(places)
            taken.append(match)
    return sorted(taken, key=lambda m: m.first)
