"""How a new message joins the flow of its conversation: answered, merged, or only stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversations import InboundMessage
from izin.message_limits import MessageLimits, Pace, Verdict, arrive, joins, may_be_merged
from izin.storage.message_json import message_from_json
from izin.storage.tables.conversations import conversations, escalations, turns


@dataclass(frozen=True, slots=True)
class Joining:
    """What becomes of a message: its turn's state, and the turn it is answered with."""

    verdict: Verdict
    merged_into: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Give the columns of the new turn that say so."""
        if self.merged_into is not None:
            return {"state": "merged", "merged_into": self.merged_into}
        if self.verdict == "store":
            return {"state": "limited"}
        return {"details": {"limited": True}} if self.verdict == "tell" else {}

    @property
    def needs_turn(self) -> bool:
        """Say whether a worker has anything to do for this message itself."""
        return self.verdict != "store" and self.merged_into is None


def join_flow(
    connection: Connection,
    conversation_id: str,
    message: InboundMessage,
    at: datetime,
    limits: MessageLimits,
) -> Joining:
    """Count a message of the conversation and say what becomes of it.

    The caller holds the locks of the chat, so that messages come here one at a time.
    """
    verdict = _count(connection, conversation_id, at, limits)
    if verdict != "answer" or limits.merged < 2 or not may_be_merged(message):
        return Joining(verdict)
    return Joining(verdict, _waiting_turn(connection, conversation_id, message, at, limits))


def open_to_officer(
    connection: Connection, conversation_id: str, turn_id: str, at: datetime
) -> None:
    """Let an officer see a conversation whose messages are no longer answered."""
    connection.execute(
        upsert(escalations)
        .values(
            conversation_id=conversation_id, key=f"flood:{turn_id}", reason="flood", opened_at=at
        )
        .on_conflict_do_nothing()
    )


def merged_texts() -> Any:
    """Give a column with the texts merged into a turn, in the order they came, or null."""
    merged = turns.alias("merged")
    return (
        select(
            func.array_agg(aggregate_order_by(merged.c.message["text"].astext, merged.c.seq.asc()))
        )
        .where(merged.c.merged_into == turns.c.id)
        .correlate(turns)
        .scalar_subquery()
        .label("merged_texts")
    )


def _count(
    connection: Connection, conversation_id: str, at: datetime, limits: MessageLimits
) -> Verdict:
    if not limits.per_minute:
        return "answer"
    row = connection.execute(
        select(
            conversations.c.burst_started_at,
            conversations.c.burst_count,
            conversations.c.limited_until,
        ).where(conversations.c.id == conversation_id)
    ).one()
    pace, verdict = arrive(Pace(*row), at, limits)
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            burst_started_at=pace.started_at,
            burst_count=pace.count,
            limited_until=pace.limited_until,
        )
    )
    return verdict


def _waiting_turn(
    connection: Connection,
    conversation_id: str,
    message: InboundMessage,
    at: datetime,
    limits: MessageLimits,
) -> str | None:
    """Give the conversation's last turn if it has not begun and takes the message.

    Its row is locked: a worker that begins it meanwhile waits and then sees this message too.
    """
    row = connection.execute(
        select(
            turns.c.id, turns.c.state, turns.c.attempts, turns.c.message, turns.c.details,
            turns.c.office_now,
        )
        .where(turns.c.conversation_id == conversation_id, turns.c.merged_into.is_(None))
        .order_by(turns.c.seq.desc())
        .limit(1)
        .with_for_update()
    ).first()  # fmt: skip
    if row is None or row.state != "queued" or row.attempts or row.details.get("limited"):
        return None
    first = message_from_json(row.message)
    more = connection.execute(
        select(turns.c.message["text"].astext)
        .where(turns.c.merged_into == row.id)
        .order_by(turns.c.seq)
    ).scalars()
    texts = [first.text, *more]
    return str(row.id) if joins(first, row.office_now, texts, message, at, limits) else None
