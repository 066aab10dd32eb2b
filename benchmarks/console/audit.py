"""An audit log of years, with its chain of seals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import md5
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from izin.audit import AuditEntry
from izin.audit_chain import START, Chain, month_of
from ops.settings import CHECKOUT

SPAN = timedelta(days=540)
_ACTION = re.compile(r'^msgid "audit\.action\.((?:percakapan|pengaduan)\.[a-z_.]+)"$', re.MULTILINE)
_COLUMNS = ("id", "month", "at", "actor", "action", "subject_kind", "subject", "details", "mac")


def chat_id(number: int) -> str:
    """Give the id of the conversation with this number, as ``bench.id`` makes it."""
    return str(UUID(md5(f"chat{number}".encode(), usedforsecurity=False).hexdigest()))


def actions() -> list[str]:
    """Give the actions about conversations that the console has words for."""
    found: set[str] = set()
    for path in (CHECKOUT / "locales" / "id" / "LC_MESSAGES").glob("*.po"):
        found.update(_ACTION.findall(path.read_text(encoding="utf-8")))
    chosen = sorted(action for action in found if action.startswith("percakapan."))
    return chosen or ["percakapan.ambil"]


def fill_audit(
    connection: Connection,
    key: str,
    entries: int,
    conversations: int,
    now: datetime,
    officers: Sequence[str],
) -> int:
    """Write so many entries, sealed with ``key``; gives how many."""
    log = _Log(Chain(key))
    cursor = connection.connection.cursor()
    names = ", ".join(_COLUMNS)
    with cursor.copy(f"copy audit_log ({names}) from stdin") as copy:  # type: ignore[attr-defined]
        for entry in _entries(entries, conversations, now, officers):
            copy.write_row(log.row(entry))
    for point in log.checkpoints:
        cursor.execute(
            "insert into audit_checkpoints (month, first, last, last_mac, mac)"
            " values (%s, %s, %s, %s, %s)",
            point,
        )
    cursor.close()
    return entries


def _entries(
    entries: int, conversations: int, now: datetime, officers: Sequence[str]
) -> Iterator[AuditEntry]:
    random, known = Random(1), actions()
    first = AuditEntry(now - SPAN, officers[0], known[0], "percakapan", chat_id(1))
    for number in range(entries):
        yield replace(
            first,
            at=now - SPAN * (1 - number / entries),
            actor=random.choice(officers),
            action=random.choice(known),
            subject=chat_id(random.randint(1, conversations)),
        )


class _Log:
    """Rows one after the other, each sealed with the one before it."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._number, self._first, self._mac, self._month = 0, 1, START, ""
        self.checkpoints: list[tuple[Any, ...]] = []
        self._closed = START

    def row(self, entry: AuditEntry) -> tuple[Any, ...]:
        month = month_of(entry.at)
        if self._number and month != self._month:
            self._close()
        self._number, self._month = self._number + 1, month
        self._mac = self._chain.seal(self._number, month, entry, self._mac)
        return (self._number, month, entry.at, entry.actor, entry.action, entry.subject_kind,
                entry.subject, json.dumps(dict(entry.details)), self._mac)  # fmt: skip

    def _close(self) -> None:
        point = self._chain.close(self._month, self._first, self._number, self._mac, self._closed)
        self.checkpoints.append(
            (point.month, point.first, point.last, point.last_mac, point.mac)
        )  # fmt: skip
        self._first, self._closed = self._number + 1, point.mac
