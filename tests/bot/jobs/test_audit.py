"""Each day's head is noted and logged once; months expire by the real time only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.jobs.audit import AuditJobs
from izin.accounts import Account, Role
from izin.audit import SYSTEM, AuditEntry
from izin.errors import InvalidInput
from izin.following import Notice
from izin.office import Office
from izin.storage.memory.audit import MemoryAuditLog
from izin.storage.memory.office import MemoryOfficeBook
from izin.usecases.tell_audit_head import TellAuditHead
from izin.wording import Wording
from tests.bot.gateway.test_routes import gateway

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OFFICE = MemoryOfficeBook(Office("Dinas", "Dinas", "Contoh", "Asia/Jakarta"))


def filled(*moments: datetime) -> MemoryAuditLog:
    log = MemoryAuditLog()
    for moment in moments:
        log.record(AuditEntry(moment, SYSTEM, "percakapan.ambil", "percakapan", "1"))
    return log


def test_yesterday_s_head_is_noted_once_and_written_to_the_log_of_the_process() -> None:
    log = filled(NOW - timedelta(hours=20), NOW - timedelta(hours=1))  # before midnight, after it
    jobs = AuditJobs(log, OFFICE, clock=lambda: NOW)
    with capture_logs() as written:
        assert [jobs.note_head(NOW), jobs.note_head(NOW)] == [1, 0]
    assert [(line["event"], line["day"], line["number"], line["mac"]) for line in written] == [
        ("audit_day_head", "2026-11-22", 1, log.sealed[0].mac)
    ]


def test_a_clock_moved_ahead_ends_no_day_that_goes_on() -> None:
    log = filled(NOW - timedelta(hours=20))
    assert AuditJobs(log, OFFICE, clock=lambda: NOW).note_head(NOW + timedelta(days=400)) == 1
    assert [head.day for head in log.heads()] == ["2026-11-22"]


def test_the_end_of_a_month_is_itself_recorded() -> None:
    log = filled(datetime(2023, 4, 2, tzinfo=UTC), NOW)
    jobs = AuditJobs(log, OFFICE, clock=lambda: NOW)
    assert jobs.expire(NOW) == 1
    assert (log.kept[-1].action, log.kept[-1].subject) == ("jejak.kedaluwarsa", "2023-04")
    assert jobs.expire(NOW) == 0
    assert log.verify(NOW).sound


class People:
    """Accounts, their chats and what was sent to them."""

    def __init__(self, *accounts: Account) -> None:
        self.accounts = accounts
        self.sent: list[Notice] = []

    def all(self) -> tuple[Account, ...]:
        return self.accounts

    def chats(self, account_ids: list[str]) -> dict[str, str]:
        return {account_id: f"chat-{account_id}" for account_id in account_ids}

    def push(self, notice: Notice, now: datetime) -> bool:
        self.sent.append(notice)
        return True


def test_admins_who_linked_a_chat_are_told_once() -> None:
    people = People(
        Account("a", "a", "A", frozenset({Role.ADMIN})),
        Account("b", "b", "B", frozenset({Role.SUPERVISOR})),
        Account("c", "c", "C", frozenset({Role.ADMIN}), active=False),
    )
    tell = TellAuditHead(people, people, people, OFFICE, Wording())  # type: ignore[arg-type]
    log = filled(NOW - timedelta(hours=20))
    jobs = AuditJobs(log, OFFICE, tell, clock=lambda: NOW)
    jobs.note_head(NOW)
    jobs.note_head(NOW)
    [notice] = people.sent
    assert (notice.conversation_id, notice.key) == ("chat-a", "audit_head:2026-11-22:a")
    assert log.sealed[0].mac in notice.reply.text
    assert "22 November 2026" in notice.reply.text


@pytest.mark.parametrize("key", ["", "k" * 31])
def test_the_gateway_does_not_start_without_a_usable_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(InvalidInput, match="TANYA_AUDIT_KEY must be set") as refused:
        gateway(tmp_path, audit_key=key)
    assert refused.value.field == "TANYA_AUDIT_KEY"
