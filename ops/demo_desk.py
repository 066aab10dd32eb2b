"""Demo conversations that wait for an officer, so that nobody tries the console on empty pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, or_, select, text

from izin.complaints import FIRST_RESPONSE_WORKING_DAYS
from izin.conversations import ChatAddress, InboundMessage, Received
from izin.ports import Escalations, Inbox, OfficeBook, Officers
from izin.replies import Reply
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.escalations import PostgresEscalations
from izin.storage.postgres.identifiers import has_chat
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officers import PostgresOfficers
from izin.storage.tables.conversations import conversations
from ops import demo_complaints, demo_talks

_CHAT = "contoh-"
_STEP = timedelta(minutes=2)
_LOADING_LOCK = 7_203_045  # two starts at once must not both load


@dataclass(frozen=True, slots=True)
class _Desk:
    """The ports a demo conversation goes through, as a real one does."""

    inbox: Inbox
    escalations: Escalations
    officers: Officers
    office: OfficeBook


def load(database_url: str, now: datetime, data_folder: Path) -> int:
    """Store the conversations of ``data/demo/desk.yml`` once; says how many were new.

    They lie in the simulator's namespace: nothing of them can reach a platform. Once there are
    any, also erased ones that left a trace, nothing is added.
    """
    told, talks = (
        yaml.safe_load((data_folder / "demo" / name).read_text(encoding="utf-8"))
        for name in ("desk.yml", "talks.yml")
    )
    engine = create(database_url, pool_size=2)
    try:
        with engine.connect() as lock:
            lock.execute(text("select pg_advisory_lock(:key)"), {"key": _LOADING_LOCK})
            if _loaded(engine, [item["key"] for item in told["conversations"]]):
                return 0
            desk = _Desk(
                PostgresInbox(engine),
                PostgresEscalations(engine),
                PostgresOfficers(engine),
                PostgresOfficeBook(engine),
            )
            for item in told["conversations"]:
                _store(desk, engine, item, now)
            demo_complaints.file(engine, told["complaints"], now)
            demo_talks.hold(engine, talks["talks"], now)
            return len(told["conversations"])
    finally:
        engine.dispose()


def _loaded(engine: Engine, keys: Sequence[str]) -> bool:
    with transaction(engine) as connection:
        chats = [has_chat(connection, f"{_CHAT}{key}") for key in keys]
        known = select(conversations.c.id).where(or_(*chats))
        return connection.execute(known.limit(1)).first() is not None


def _store(desk: _Desk, engine: Engine, item: Mapping[str, Any], now: datetime) -> None:
    at, waits, received = now - timedelta(hours=item["hours_ago"]), False, None
    answered: dict[str, datetime] = {}
    for number, line in enumerate(item["lines"]):
        ((who, words),) = line.items()
        at += _STEP
        if who == "warga":
            received = _receive(desk, item, number, words, at)
            if waits:
                desk.officers.leave_message(received.conversation_id, received.turn_id)
        elif received is None:
            raise ValueError(f"{item['key']} does not begin with the citizen")
        elif who == "bot":
            answered |= dict.fromkeys(_answer(desk, received, [words]), at)
        else:
            waits = True
            _open(desk, received, item, at)
        if received is not None and (waits or who == "petugas"):
            _answer(desk, received, [])
    _date(engine, answered)


def _receive(
    desk: _Desk, item: Mapping[str, Any], number: int, words: str, at: datetime
) -> Received:
    chat = f"{_CHAT}{item['key']}"
    message = InboundMessage(
        address=ChatAddress(item["channel"], chat, "simulator"),
        external_id=f"{chat}-{number}",
        kind="text",
        sent_at=at,
        text=words,
        phone=item["phone"],
    )
    received = desk.inbox.receive(message, at, at)
    desk.inbox.verify_phone(received.conversation_id, item["phone"])
    return received


def _answer(desk: _Desk, received: Received, words: Sequence[str]) -> tuple[str, ...]:
    """Answer a turn before a worker can, so that the story stays as it is written."""
    return desk.inbox.answer(received.turn_id, [Reply(line) for line in words], {})


def _open(desk: _Desk, received: Received, item: Mapping[str, Any], at: datetime) -> None:
    zone, calendar = desk.office.office().zone, desk.office.calendar()
    due = calendar.add_working_days(at.astimezone(zone).date(), FIRST_RESPONSE_WORKING_DAYS)
    key = f"demo:{item['key']}"
    desk.escalations.open(received.conversation_id, item["reason"], at, key, respond_by=due.day)


def _date(engine: Engine, answered: Mapping[str, datetime]) -> None:
    """Let the assistant's answers stand where they belong among the citizen's messages."""
    with engine.begin() as connection:
        for message_id, at in answered.items():
            connection.execute(
                text("update outbox set created_at = :at where id = :id"),
                {"at": at, "id": message_id},
            )
