"""The standard words behind one spelling: abbreviations, lengthened letters, regional endings."""

from __future__ import annotations

import re
from collections import defaultdict

from .lexicon import Lexicon

_RUN = re.compile(r"(.)\1{2,}")
_PAIR = re.compile(r"(.)\1")
_TWICE = re.compile(r"([a-z]{2,})2([a-z]{0,3})")
_VOWELS = frozenset("aeiou")
_DROP_VOWELS = str.maketrans("", "", "aeiou")
_MOST_CACHED = 50_000
# Javanese, Sundanese, Betawi and chat endings that stand for -nya.
_POSSESSIVE = ("nya", "nye", "nipun", "ipun", "ne", "na", "ny", "e")
# Javanese and Sundanese endings that stand for -kan.
_APPLICATIVE = ("aken", "keun", "ake", "ke", "in")
# A nasal prefix of speech and the letters it swallowed from the stem.
_NASALS = (
    ("nge", ("",)),
    ("nga", ("",)),
    ("ng", ("", "k")),
    ("ny", ("s", "c")),
    ("n", ("t", "d", "c", "j")),
    ("m", ("p", "b")),
)
_LONGEST_WORD = 40


class WordForms:
    """Looks single spellings up in a lexicon, with the regular changes of chat Indonesian."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = {word: tuple(meaning.split()) for word, meaning in lexicon.words.items()}
        self._untouched = lexicon.ambiguous
        self._standard = lexicon.standard | {
            word for words in self._words.values() for word in words if len(word) > 2
        }
        self._skeletons = _unique_skeletons(self._standard)
        self._emoji = {sign: tuple(words.split()) for sign, words in lexicon.emoji.items()}
        self._cache: dict[str, tuple[str, ...]] = {}

    def standard(self, word: str) -> tuple[str, ...]:
        """Return the standard words for one lower-case spelling; itself when nothing is known."""
        known = self._cache.get(word)
        if known is None:
            if len(self._cache) >= _MOST_CACHED:
                self._cache.clear()
            known = self._cache[word] = self._look_up(word)
        return known

    def is_known(self, word: str) -> bool:
        """Tell whether ``word`` is standard, ambiguous, or a spelling the lexicon explains."""
        return word in self._standard or word in self._words or word in self._untouched

    def _look_up(self, word: str) -> tuple[str, ...]:
        found = self._exact(word)
        if found is None and word in self._emoji:
            found = self._emoji[word]
        if found is None and len(word) <= _LONGEST_WORD:
            found = self._lengthened(word) or self._doubled(word) or self._inflected(word)
            if found is None:
                found = self._abbreviated(word)
        if found is None:
            shortened = _RUN.sub(r"\1", word)
            found = (shortened[:_LONGEST_WORD],)
        return found

    def _exact(self, word: str) -> tuple[str, ...] | None:
        if word in self._untouched or word in self._standard:
            return (word,)
        return self._words.get(word)

    def _lengthened(self, word: str) -> tuple[str, ...] | None:
        """ "lamaaa" and "yaa"; a lengthened word nobody knows keeps single letters."""
        if _RUN.search(word):
            for attempt in (_RUN.sub(r"\1", word), _RUN.sub(r"\1\1", word)):
                found = self._exact(attempt) or self._inflected(attempt)
                if found:
                    return found
        if _PAIR.search(word):
            attempt = _PAIR.sub(r"\1", _RUN.sub(r"\1", word))
            return self._exact(attempt) if attempt != word else None
        return None

    def _doubled(self, word: str) -> tuple[str, ...] | None:
        """ "surat2" is "surat surat", "surat2nya" too."""
        match = _TWICE.fullmatch(word)
        if not match or not _VOWELS & set(match.group(1)):
            return None
        stem = self._exact(match.group(1)) or self._inflected(match.group(1))
        stem = stem or (match.group(1),)
        if match.group(2) in _POSSESSIVE:
            return (*stem, *stem[:-1], stem[-1] + "nya")
        return (*stem, *stem)

    def _inflected(self, word: str) -> tuple[str, ...] | None:
        """ "biayane" is "biayanya", "ngurus" is "mengurus", "daftarin" is "daftarkan"."""
        for ending in _POSSESSIVE:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                bare = word[: -len(ending)]
                stem = self._stem(bare) or (self._nasal(bare) if len(bare) > 4 else None)
                if stem:
                    return (*stem[:-1], stem[-1] + "nya")
        betawi = word[:-1] + "a" if word.endswith("e") else ""
        if len(betawi) >= 4 and betawi in self._standard:
            return (betawi,)
        for ending in _APPLICATIVE:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                bare = word[: -len(ending)]
                stem = self._stem(bare) or self._stem(_without_nasal(bare, self._standard))
                if stem:
                    return (*stem[:-1], stem[-1] + "kan")
        return self._nasal(word) or self._banjar(word)

    def _banjar(self, word: str) -> tuple[str, ...] | None:
        """ "maurus" is "mengurus", "badaftar" is "berdaftar"."""
        stem = word[2:]
        if len(stem) >= 4 and stem in self._standard:
            if word.startswith("ma"):
                return (_active(stem),)
            if word.startswith("ba"):
                return ("ber" + stem,)
        return None

    def _nasal(self, word: str) -> tuple[str, ...] | None:
        stem = _without_nasal(word, self._standard)
        if not stem:
            return None
        return (_active(stem),)

    def _stem(self, word: str) -> tuple[str, ...] | None:
        if len(word) < 3:
            return None
        return self._exact(word)

    def _abbreviated(self, word: str) -> tuple[str, ...] | None:
        """A word written with at most one vowel, when only one standard word can be meant."""
        if len(word) < 4 or not word.isalpha():
            return None
        vowels = sum(letter in _VOWELS for letter in word)
        if vowels > 1 or (vowels == 1 and len(word) < 6):
            return None
        found = self._skeletons.get(word.translate(_DROP_VOWELS))
        return (found,) if found and _is_inside(word, found) else None


def _is_inside(letters: str, word: str) -> bool:
    """Whether ``word`` has all ``letters`` in their order."""
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _without_nasal(word: str, standard: frozenset[str] | set[str]) -> str:
    for prefix, lost in _NASALS:
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            for letter in lost:
                if len(rest) + len(letter) >= 3 and letter + rest in standard:
                    return letter + rest
    if word[:1] == "m" and len(word) >= 5 and word[1:] in standard:
        return word[1:]
    return ""


def _active(stem: str) -> str:
    """The stem with the me- prefix as standard spelling has it."""
    first = stem[0]
    if sum(letter in _VOWELS for letter in stem) == 1:
        return "menge" + stem
    if first in "aeiou" or first in "gh":
        return "meng" + stem
    if first == "k":
        return "meng" + stem[1:]
    if first in "bfv":
        return "mem" + stem
    if first == "p":
        return "mem" + stem[1:]
    if first in "dcj":
        return "men" + stem
    if first == "t":
        return "men" + stem[1:]
    if first == "s":
        return "meny" + stem[1:]
    return "me" + stem


def _unique_skeletons(words: frozenset[str] | set[str]) -> dict[str, str]:
    meanings: dict[str, set[str]] = defaultdict(set)
    for word in words:
        skeleton = word.translate(_DROP_VOWELS)
        if len(skeleton) >= 4 and skeleton != word:
            meanings[skeleton].add(word)
    return {skeleton: found.pop() for skeleton, found in meanings.items() if len(found) == 1}
