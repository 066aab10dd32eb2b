"""Conditions that several queries of the desk share."""

from __future__ import annotations

from izin.desk_search import Wanted

OF_UNIT = """(
    EXISTS (SELECT 1 FROM escalations AS given
             WHERE given.conversation_id = {id} AND given.unit = :seat_unit)
    OR EXISTS (SELECT 1 FROM complaints
                WHERE complaints.conversation_id = {id} AND complaints.unit = :seat_unit)
)"""
"""A conversation (column ``{id}``) that the unit of the one who asks may see."""


def tsquery(wanted: Wanted) -> str:
    """Give a search as PostgreSQL's own query: each word begins one, or the whole is an id."""
    by_words = " & ".join(f"{quoted(word)}:*" for word in wanted.words)
    return f"({by_words}) | {quoted(f'={wanted.number}')}" if wanted.number else by_words


def quoted(word: str) -> str:
    """Give a word as it stands in a query, whatever letters it has."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
