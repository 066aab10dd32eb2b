"""N-grams of normalised words: pieces of words, words, words without vowels, distant pairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .normaliser import NormalisedText

BLOCKS = ("char", "word", "skeleton", "pair")
_SHORTEST, _LONGEST = 2, 5
_DROP_VOWELS = str.maketrans("", "", "aeiou")
_DIGITS = str.maketrans("123456789", "000000000")
_MOST_DIGITS = 4
_HEAD, _TAIL = 120, 60
_FARTHEST = 5


def model_words(message: NormalisedText) -> tuple[str, ...]:
    """Return the words a classifier reads: digits as zeros, the middle of long texts left out.

    At most 180 words: the first 120 and the last 60, where people ask.
    """
    tokens: Sequence[str] = [token.text for token in message.tokens]
    if len(tokens) > _HEAD + _TAIL:
        tokens = [*tokens[:_HEAD], *tokens[-_TAIL:]]
    return tuple(_plain(word) for word in tokens)


def char_ngrams(word: str) -> list[str]:
    """Return the pieces of two to five letters of ``word`` with blanks at its borders."""
    padded = f" {word} "
    size = len(padded)
    pieces = []
    for length in range(_SHORTEST, _LONGEST + 1):
        if size <= length:
            pieces.append(padded)
            break
        pieces.extend(padded[start : start + length] for start in range(size - length + 1))
    return pieces


def word_ngrams(words: Sequence[str]) -> list[str]:
    """Return single words and pairs of neighbours; the borders of the text count in pairs."""
    return [*words, *(f"{a} {b}" for a, b in pairwise(("^", *words, "$")))]


def word_pairs(words: Sequence[str]) -> list[str]:
    """Return ordered pairs of words up to five places apart, whatever stands between."""
    return [
        f"{first}+{second}"
        for place, first in enumerate(words)
        for second in words[place + 1 : place + 1 + _FARTHEST]
    ]


def block_ngrams(block: str, words: Sequence[str]) -> list[str]:
    """Return the n-grams of one of ``BLOCKS``."""
    if block == "char":
        return [gram for word in words for gram in char_ngrams(word)]
    if block == "pair":
        return word_pairs(words)
    return word_ngrams(words if block == "word" else [skeleton(word) for word in words])


def skeleton(word: str) -> str:
    """Return ``word`` without vowels; a word of vowels alone stays."""
    return word.translate(_DROP_VOWELS) or word


def _plain(word: str) -> str:
    if word[:1].isdigit():
        return word.translate(_DIGITS)[:_MOST_DIGITS]
    return word
