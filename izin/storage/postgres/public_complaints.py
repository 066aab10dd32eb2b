"""Ordinary complaints as the public may see them, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Engine, exists, func, select

from izin.complaint_states import ENDED
from izin.public_complaints import PublicComplaint, PublicFilter
from izin.storage.postgres.engine import transaction
from izin.storage.tables.complaints import complaint_events, complaints
from izin.storage.tables.conversations import conversations

_ENDED = sorted(ENDED)
_complaint = complaints.c


class PostgresPublicComplaints:
    """``izin.ports.PublicComplaints`` on our own PostgreSQL; reads no column of a citizen's."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def find(self, wanted: PublicFilter) -> Sequence[PublicComplaint]:
        """Give complaints, newest first."""
        last_event = (
            select(func.max(complaint_events.c.at))
            .where(complaint_events.c.ticket == _complaint.ticket)
            .scalar_subquery()
        )
        query = (
            select(
                _complaint.ticket,
                _complaint.category,
                _complaint.state.not_in(_ENDED).label("open"),
                _complaint.filed_at,
                func.greatest(_complaint.filed_at, _complaint.closed_at, last_event).label(
                    "updated_at"
                ),
                _complaint.decision_due["day"].astext.label("due"),
                _complaint.place,
                _complaint.unit,
            )
            .where(*_conditions(wanted))
            .order_by(_complaint.filed_at.desc(), _complaint.ticket)
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        with transaction(self._engine) as connection:
            return [
                PublicComplaint(
                    row.ticket, row.category, row.open, row.filed_at, row.updated_at,
                    date.fromisoformat(row.due), row.place, row.unit,
                )
                for row in connection.execute(query)
            ]  # fmt: skip


def _conditions(wanted: PublicFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not wanted.simulated:
        conditions.append(
            ~exists().where(
                conversations.c.id == _complaint.conversation_id,
                conversations.c.namespace != "live",
            )
        )
    if wanted.tickets:
        return [*conditions, _complaint.ticket.in_(wanted.tickets)]
    if wanted.categories:
        conditions.append(_complaint.category.in_(wanted.categories))
    if wanted.since:
        conditions.append(_complaint.filed_at >= wanted.since)
    if wanted.until:
        conditions.append(_complaint.filed_at <= wanted.until)
    if wanted.open is not None:
        ended = _complaint.state.in_(_ENDED)
        conditions.append(~ended if wanted.open else ended)
    return conditions
