"""Finds answers that are asked for in the same words, on our own PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from izin.words import fold

_BETWEEN = ' ?,.-/!;()"'
_NOTHING = dict.fromkeys(map(ord, _BETWEEN))

# An index holds these letters of every answer; which of its texts it was is seen afterwards.
_ALIKE = text(
    """
    select asked.text, entry.question from faq_entries entry,
        unnest(array_prepend(entry.question, entry.variants)) asked (text)
    where tanya_asked_letters(entry.question, entry.variants) && cast(:texts as text[])
        and entry.published and entry.key != :key
        and tanya_asked_letters(asked.text, '{}') && cast(:texts as text[])
    order by entry.position, entry.key
    """
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
