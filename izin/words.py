"""The words of a text, for comparing it with names and small word lists."""

from __future__ import annotations

import re
from collections.abc import Collection

_BORDER = re.compile(r"[,.;\n]+(?!\d)|(?<!\d)[,.;\n]+")
"""Punctuation that ends a part; not the point in 5.000."""

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*", re.UNICODE)


def words_of(text: str) -> list[str]:
    """Give the words of a text in small letters, without punctuation or symbols."""
    return _WORD.findall(text.casefold())


def fold(text: str) -> str:
    """Give a text as its words in small letters, single-spaced."""
    return " ".join(words_of(text))


def parts_of(text: str, joiners: Collection[str]) -> list[str]:
    """Give the parts of a text between commas, full stops and joining words like "terus"."""
    parts: list[list[str]] = [[]]
    for piece in _BORDER.split(text.casefold()):
        for word in words_of(piece):
            if word in joiners:
                parts.append([])
            else:
                parts[-1].append(word)
        parts.append([])
    return [" ".join(part) for part in parts if part]
