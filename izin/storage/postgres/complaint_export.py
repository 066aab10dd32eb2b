"""Complaints for other systems, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, func, select, tuple_

from izin.complaint_export import ExportRow
from izin.complaint_states import ComplaintState
from izin.storage.postgres.engine import transaction
from izin.storage.tables.complaints import complaint_events, complaints
from izin.storage.tables.conversations import conversations

ANSWERS = ("answered", "asked", "resolved", "closed")
"""Events after which the complainant was told something of substance."""


class PostgresComplaintExport:
    """``izin.ports.ComplaintExport`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def rows(
        self,
        since: datetime,
        until: datetime,
        unit: str | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 500,
    ) -> Sequence[ExportRow]:
        """Give complaints filed in a span of time, the oldest first."""
        table, event = complaints.c, complaint_events.c
        latest = (
            select(event.at, event.text)
            .where(event.ticket == table.ticket, event.kind.in_(ANSWERS))
            .order_by(event.id.desc())
            .limit(1)
            .lateral("latest")
        )
        query = (
            select(
                table.ticket, table.filed_at, table.class_code, table.category, table.unit,
                table.place, table.occurred_on, table.story, table.state, table.closing,
                conversations.c.channel, latest.c.at, latest.c.text,
            )
            .outerjoin(conversations, conversations.c.id == table.conversation_id)
            .outerjoin(latest, latest.c.at.is_not(None))
            .where(
                table.filed_at >= since,
                table.filed_at < until,
                func.coalesce(conversations.c.namespace, "live") == "live",
            )
            .order_by(table.filed_at, table.ticket)
            .limit(limit)
        )  # fmt: skip
        if unit is not None:
            query = query.where(table.unit == unit)
        if after is not None:
            query = query.where(tuple_(table.filed_at, table.ticket) > after)
        with transaction(self._engine) as connection:
            found = connection.execute(query).all()
        return [
            ExportRow(
                ticket=row.ticket,
                filed_at=row.filed_at,
                class_code=row.class_code,
                category=row.category,
                unit=row.unit,
                place=row.place,
                occurred_on=row.occurred_on,
                story=row.story,
                state=ComplaintState(row.state),
                channel=row.channel,
                followed_at=row.at,
                follow_up=(row.closing or {}).get("text") or row.text or "",
            )
            for row in found
        ]
