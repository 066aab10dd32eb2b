"""Each day's head is noted and logged once; months expire by the real time only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from bot.jobs.audit import AuditJobs
from izin.audit import SYSTEM, AuditEntry
from izin.office import Office
from izin.storage.memory.audit import MemoryAuditLog
from izin.storage.memory.office import MemoryOfficeBook

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OFFICE = MemoryOfficeBook(Office("Dinas", "Dinas", "Contoh", "Asia/Jakarta"))


def filled(*moments: datetime) -> MemoryAuditLog:
    log = MemoryAuditLog()
    for moment in moments:
        log.record(AuditEntry(moment, SYSTEM, "percakapan.ambil", "percakapan", "1"))
    return log


def test_yesterday_s_head_is_noted_once_and_written_to_the_log_of_the_process() -> None:
    log = filled(NOW - timedelta(hours=20), NOW - timedelta(hours=1))  # before midnight, after it
    jobs = AuditJobs(log, OFFICE, lambda: NOW)
    with capture_logs() as written:
        assert [jobs.note_head(NOW), jobs.note_head(NOW)] == [1, 0]
    assert [(line["event"], line["day"], line["number"], line["mac"]) for line in written] == [
        ("audit_day_head", "2026-11-22", 1, log.sealed[0].mac)
    ]


def test_a_clock_moved_ahead_ends_no_day_that_goes_on() -> None:
    log = filled(NOW - timedelta(hours=20))
    assert AuditJobs(log, OFFICE, lambda: NOW).note_head(NOW + timedelta(days=400)) == 1
    assert [head.day for head in log.heads()] == ["2026-11-22"]


def test_the_end_of_a_month_is_itself_recorded() -> None:
    log = filled(datetime(2023, 4, 2, tzinfo=UTC), NOW)
    jobs = AuditJobs(log, OFFICE, lambda: NOW)
    assert jobs.expire(NOW) == 1
    assert (log.kept[-1].action, log.kept[-1].subject) == ("jejak.kedaluwarsa", "2023-04")
    assert jobs.expire(NOW) == 0
    assert log.verify(NOW).sound
