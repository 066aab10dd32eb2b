"""Conditions that several queries of the desk share."""

from __future__ import annotations

OF_UNIT = """(
    EXISTS (SELECT 1 FROM escalations AS given
             WHERE given.conversation_id = {id} AND given.unit = :seat_unit)
    OR EXISTS (SELECT 1 FROM complaints
                WHERE complaints.conversation_id = {id} AND complaints.unit = :seat_unit)
)"""
"""A conversation (column ``{id}``) that the unit of the one who asks may see."""
