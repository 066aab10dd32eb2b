"""Who is present, who waits, and what was said between citizens and officers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.officers import MOST_TIMES, RECENT, Line, OfficerSession, Waiting
from izin.storage.tables.conversations import conversations, escalations, outbox, turns
from izin.storage.tables.officers import escalation_messages, officer_handlings, officer_sessions
from izin.storage.text import storable

MOST_LINES = 60
OFFICER_KEY = "officer:"
"""Outbox keys of officers' own words begin so."""


def beat(connection: Connection, session: OfficerSession, now: datetime) -> None:
    """Record that an officer is present."""
    statement = upsert(officer_sessions).values(
        session=storable(session.session),
        officer=storable(session.officer),
        role=storable(session.role),
        seen_at=now,
        until=session.until,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["session"],
            set_={
                name: statement.excluded[name] for name in ("officer", "role", "seen_at", "until")
            },
        )
    )


def leave(connection: Connection, session: str) -> bool:
    """Forget a session."""
    gone = delete(officer_sessions).where(officer_sessions.c.session == session)
    return connection.execute(gone).rowcount > 0


def present(connection: Connection, now: datetime) -> list[OfficerSession]:
    """Give the sessions present, the one that lasts longest of each officer."""
    rows = connection.execute(
        select(officer_sessions)
        .distinct(officer_sessions.c.officer)
        .where(officer_sessions.c.until > now)
        .order_by(officer_sessions.c.officer, officer_sessions.c.until.desc())
    )
    return [OfficerSession(row.session, row.officer, row.role, row.until) for row in rows]


def waiting(connection: Connection) -> list[Waiting]:
    """Give every conversation with an open escalation, oldest first."""
    messages = (
        select(func.count())
        .select_from(escalation_messages)
        .where(escalation_messages.c.escalation_id == escalations.c.id)
        .correlate(escalations)
        .scalar_subquery()
    )
    holds = and_(
        officer_handlings.c.conversation_id == conversations.c.id,
        officer_handlings.c.ended_at.is_(None),
    )
    rows = connection.execute(
        select(
            conversations.c.id,
            conversations.c.namespace,
            conversations.c.channel,
            func.array_agg(aggregate_order_by(escalations.c.reason, escalations.c.id)).label(
                "reasons"
            ),
            func.min(escalations.c.opened_at).label("opened_at"),
            func.min(escalations.c.respond_by).label("respond_by"),
            func.sum(messages).label("messages"),
            func.max(officer_handlings.c.officer).label("held_by"),
        )
        .join(escalations, escalations.c.conversation_id == conversations.c.id)
        .outerjoin(officer_handlings, holds)
        .where(escalations.c.closed_at.is_(None))
        .group_by(conversations.c.id)
        .order_by(func.min(escalations.c.opened_at), func.min(escalations.c.id))
    )
    return [
        Waiting(
            row.id,
            row.namespace,
            row.channel,
            tuple(dict.fromkeys(row.reasons)),
            row.opened_at,
            row.respond_by,
            int(row.messages),
            row.held_by,
        )
        for row in rows
    ]


def handling_times(connection: Connection, now: datetime) -> list[timedelta]:
    """Give how long recent served conversations were held, latest first."""
    handling = officer_handlings.c
    rows = connection.execute(
        select(handling.claimed_at, handling.ended_at)
        .where(
            handling.ended_by.in_(("petugas", "warga")),
            handling.replied_at.is_not(None),
            handling.ended_at > now - RECENT,
            handling.ended_at <= now,
        )
        .order_by(handling.ended_at.desc())
        .limit(MOST_TIMES)
    )
    return [row.ended_at - row.claimed_at for row in rows]


def conversation_with(connection: Connection, conversation_id: str) -> Sequence[Line]:
    """Give what was said between the citizen and officers, oldest first."""
    left = select(escalation_messages.c.turn_id)
    addressed = or_(turns.c.state == "held", turns.c.id.in_(left), turns.c.merged_into.in_(left))
    asked = connection.execute(
        select(turns.c.received_at, turns.c.message, turns.c.choice, turns.c.media_ids)
        .where(turns.c.conversation_id == conversation_id, addressed)
        .order_by(turns.c.seq.desc())
        .limit(MOST_LINES)
    )
    answered = connection.execute(
        select(outbox.c.created_at, outbox.c.reply)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.key.startswith(OFFICER_KEY, autoescape=True),
        )
        .order_by(outbox.c.seq.desc())
        .limit(MOST_LINES)
    )
    lines = [_asked(row) for row in asked]
    lines += [Line(row.created_at, False, str(row.reply.get("text", ""))) for row in answered]
    return sorted(lines, key=lambda line: line.at)[-MOST_LINES:]


def _asked(row: Any) -> Line:
    text = str(row.message.get("text") or "")
    if row.choice:
        text = str(row.choice["title"])
    return Line(row.received_at, True, text, str(row.message["kind"]), tuple(row.media_ids))
