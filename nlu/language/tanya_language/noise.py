"""Seeded damage to text as thumbs and chats do it, for training and for measuring."""

from __future__ import annotations

import random
from collections.abc import Sequence

# Keys beside each other on a telephone keyboard.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    key: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, key in enumerate(row)
}
_VOWELS = "aeiou"
_SHORTEST_DAMAGED = 4


def noised(text: str, rng: random.Random, rate: float = 0.3) -> str:
    """Return ``text`` with about ``rate`` of its words damaged.

    A damaged word has, with equal chance, two letters swapped, one letter lost, doubled or
    replaced by its neighbour on the keyboard, its vowels dropped, or its end lengthened. Words
    under four letters and words with digits stay.
    """
    words = text.split(" ")
    return " ".join(
        _damaged(word, rng)
        if len(word) >= _SHORTEST_DAMAGED and word.isalpha() and rng.random() < rate
        else word
        for word in words
    )


def noised_copies(
    examples: Sequence[tuple[str, str]], copies: int, seed: int, rate: float = 0.3
) -> list[tuple[str, str]]:
    """Return ``copies`` noised versions of each example that differ from it, reproducible."""
    rng = random.Random(seed)  # noqa: S311
    result = []
    for text, label in examples:
        seen = {text}
        for _ in range(copies):
            changed = noised(text, rng, rate)
            if changed not in seen:
                seen.add(changed)
                result.append((changed, label))
    return result


def _damaged(word: str, rng: random.Random) -> str:
    kind = rng.randrange(6)
    place = rng.randrange(1, len(word) - 1)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    if kind == 3:
        near = _NEIGHBOURS.get(word[place].lower(), "")
        return word[:place] + (rng.choice(near) if near else word[place]) + word[place + 1 :]
    if kind == 4:
        return word[0] + "".join(c for c in word[1:] if c.lower() not in _VOWELS)
    return word + word[-1] * rng.randrange(1, 4)
