"""Finds answers that are asked for in the same words, on our own PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from izin.words import fold

_BETWEEN = ' ?,.-/!;()"'
_NOTHING = dict.fromkeys(map(ord, _BETWEEN))


def _letters(text_of: str) -> str:
    for mark in _BETWEEN:
        text_of = f"replace({text_of}, '{mark}', '')"
    return text_of


# Every answer is looked at: a few ``replace`` are far quicker here than one regular expression.
_ALIKE = text(
    """
    select asked.text, entry.question from faq_entries entry,
        unnest(array_prepend(entry.question, entry.variants)) asked (text)
    where entry.published and entry.key != :key
        and letters_of_it = any(:texts)
    """.replace("letters_of_it", _letters("lower(asked.text)"))
)


def namesakes(connection: Connection, key: str, texts: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Give what ``izin.content.Everything.namesakes`` asks for."""
    alike = sorted({one.lower().translate(_NOTHING) for one in texts})
    asked = {"key": key, "texts": alike}
    own = {fold(one) for one in texts}
    return [
        (str(one), str(question))
        for one, question in connection.execute(_ALIKE, asked)
        if fold(one) in own
    ]
