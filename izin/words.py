"""The words of a text, for comparing it with names and small word lists."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*", re.UNICODE)


def words_of(text: str) -> list[str]:
    """Give the words of a text in small letters, without punctuation or symbols."""
    return _WORD.findall(text.casefold())


def fold(text: str) -> str:
    """Give a text as its words in small letters, single-spaced."""
    return " ".join(words_of(text))
