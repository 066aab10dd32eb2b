"""N-grams of normalised words: pieces of words, words, and words without vowels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .normaliser import NormalisedText

BLOCKS = ("char", "word", "skeleton")
_SHORTEST, _LONGEST = 2, 5
_DROP_VOWELS = str.maketrans("", "", "aeiou")
_DIGITS = str.maketrans("123456789", "000000000")
_MOST_DIGITS = 4
_HEAD, _TAIL = 120, 60


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


def skeleton(word: str) -> str:
    """Return ``word`` without vowels; a word of vowels alone stays."""
    return word.translate(_DROP_VOWELS) or word


def _plain(word: str) -> str:
    if word[:1].isdigit():
        return word.translate(_DIGITS)[:_MOST_DIGITS]
    return word
