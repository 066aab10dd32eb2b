"""Conditions that several queries of the desk share."""

from __future__ import annotations

from izin.storage.tables.complaints import complaints

_COMPLAINT_UNIT = "complaints.unit" if "unit" in complaints.c else "NULL::text"

OF_UNIT = f"""(
    EXISTS (SELECT 1 FROM escalations AS given
             WHERE given.conversation_id = {{id}} AND given.unit = :seat_unit)
    OR EXISTS (SELECT 1 FROM complaints
                WHERE complaints.conversation_id = {{id}} AND {_COMPLAINT_UNIT} = :seat_unit)
)"""  # noqa: S608
"""A conversation (column ``{id}``) that the unit of the one who asks may see."""
