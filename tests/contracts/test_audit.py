"""The audit log keeps what it was told, in order, and shows whatever was done to it since."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from izin.audit import SYSTEM, AuditEntry, AuditFilter
from izin.audit_chain import Chain, Problem, oldest_kept
from izin.errors import InvalidInput
from izin.ports import AuditLog
from izin.storage.memory.audit import MemoryAuditLog
from izin.storage.postgres.audit import PostgresAuditLog
from izin.storage.postgres.engine import create, one_commit
from tests.postgres_fixtures import DatabaseFactory

KEY = "a" * 32
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


@dataclass
class Kept:
    """A log, and its database where it has one."""

    log: AuditLog
    engine: Engine | None = None

    def sql(self, statement: str, **parameters: object) -> None:
        """Do to the database what only its owner could, with the triggers off."""
        assert self.engine is not None
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement), parameters)


def entry(at: datetime = NOW, **changes: object) -> AuditEntry:
    values: dict[str, object] = {"at": at, "actor": SYSTEM, "action": "percakapan.ambil",
              "subject_kind": "percakapan", "subject": str(uuid.uuid4())}  # fmt: skip
    return AuditEntry(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(params=["memory", "postgres"])
def kept(
    request: pytest.FixtureRequest, new_database: DatabaseFactory, migrated_template: str
) -> Iterator[Kept]:
    if request.param == "memory":
        yield Kept(MemoryAuditLog(KEY))
        return
    with new_database(migrated_template) as url:
        engine = create(url, pool_size=8)
        yield Kept(PostgresAuditLog(engine, KEY), engine)
        engine.dispose()


@pytest.fixture
def on_postgres(database_url: str) -> Iterator[Kept]:
    engine = create(database_url, pool_size=8)
    yield Kept(PostgresAuditLog(engine, KEY), engine)
    engine.dispose()


def test_what_was_recorded_is_given_newest_first_page_by_page(kept: Kept) -> None:
    for minute in range(7):
        kept.log.record(entry(NOW + timedelta(minutes=minute), details={"nth": minute}))
    first = kept.log.entries(AuditFilter(), limit=4)
    assert [item.entry.details["nth"] for item in first] == [6, 5, 4, 3]
    cursor = (first[-1].entry.at, first[-1].number)
    second = kept.log.entries(AuditFilter(), cursor, limit=4)
    assert [item.entry.details["nth"] for item in second] == [2, 1, 0]


def test_entries_are_found_by_when_who_what_and_whom(kept: Kept) -> None:
    mine = entry(actor=str(uuid.uuid4()), action="akun.tutup", subject_kind="akun", subject="x-1")
    kept.log.record(mine)
    kept.log.record(entry(NOW - timedelta(days=3)))
    for wanted in (
        AuditFilter(actor=mine.actor),
        AuditFilter(action="akun.tutup"),
        AuditFilter(subject_kind="akun"),
        AuditFilter(subject="x-1"),
        AuditFilter(since=NOW - timedelta(days=1)),
    ):
        assert [item.entry for item in kept.log.entries(wanted)] == [mine]
    assert len(kept.log.entries(AuditFilter(until=NOW))) == 1
    assert kept.log.entries(AuditFilter(actor=mine.actor, action="akun.buka")) == []


def test_an_untouched_log_over_several_months_is_sound(kept: Kept) -> None:
    assert kept.log.verify(NOW).sound
    for days in (70, 40, 41, 5, 0):  # one arrives later than its moment
        kept.log.record(entry(NOW - timedelta(days=days), details={"ya": True, "n": 2, "é": "ü"}))
    report = kept.log.verify(NOW)
    assert (report.sound, report.entries, report.first, report.last) == (True, 5, 1, 5)


@pytest.mark.parametrize(
    "details",
    [
        {"telepon": "081234567890"},
        {"x": "+6281234567890"},
        {"x": "0812-3456-7890"},
        {"nik": 3573012345678901},
        {"surel": "budi@contoh.go.id"},
        {"alasan": "warga ini marah karena izinnya belum terbit"},
        {"x": "baris\nkedua"},
        {"3573012345678901": 1},
    ],
)
def test_what_looks_personal_is_refused_and_not_repeated(
    kept: Kept, details: dict[str, str | int | bool]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        kept.log.record(entry(details=details))
    value = str(next(iter(details.values())))
    assert len(value) < 3 or value not in str(refused.value)
    assert kept.log.entries(AuditFilter()) == []


def test_ids_codes_dates_and_digests_are_taken(kept: Kept) -> None:
    kept.log.record(
        entry(
            subject="ADU-7K3M-Q9",
            details={
                "berkas": "12345678-1234-4234-8234-081234567890",
                "sidik": "0812345678901234" * 4,
                "sampai": "2026-11-23T02:30:00+00:00",
                "nomor": "PBG/2026/11/000123",
                "alasan": "bukan kewenangan",
                "ukuran": 52_428_800,
            },
        )
    )
    assert kept.log.verify(NOW).sound


def test_a_key_that_is_too_short_is_refused_by_its_name() -> None:
    with pytest.raises(InvalidInput, match="TANYA_AUDIT_KEY"):
        Chain("k" * 31)


def test_another_key_finds_nothing_as_it_was_written(on_postgres: Kept) -> None:
    on_postgres.log.record(entry())
    assert on_postgres.engine is not None
    stranger = PostgresAuditLog(on_postgres.engine, "b" * 32)
    assert stranger.verify(NOW).problems == (Problem("changed", "1"),)


@pytest.mark.parametrize("statement", [
    "UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log",
    "UPDATE audit_checkpoints SET last = 1", "DELETE FROM audit_checkpoints",
    "DELETE FROM audit_heads", "TRUNCATE audit_heads",
])  # fmt: skip
def test_the_database_refuses_to_change_what_was_written(on_postgres: Kept, statement: str) -> None:
    on_postgres.log.record(entry(NOW - timedelta(days=40)))
    on_postgres.log.record(entry())
    on_postgres.log.note_head(date(2026, 11, 22), NOW + timedelta(days=1))
    assert on_postgres.engine is not None
    with (
        pytest.raises(DBAPIError, match="append-only"),
        on_postgres.engine.begin() as connection,
    ):
        connection.execute(text(statement))
    assert on_postgres.log.verify(NOW).sound


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit_log SET actor = 'orang-lain' WHERE id = 4", Problem("changed", "4")),
        ("UPDATE audit_log SET details = '{\"n\": 7}' WHERE id = 5", Problem("changed", "5")),
        ("UPDATE audit_log SET at = at + interval '1 second' WHERE id = 6",
         Problem("changed", "6")),
        ("DELETE FROM audit_log WHERE id = 5", Problem("missing", "5")),
        ("DELETE FROM audit_log WHERE id <= 2", Problem("missing", "1")),
        ("DELETE FROM audit_log WHERE id > 6", Problem("tail_missing", "2026-11-22")),
        ("DELETE FROM audit_log", Problem("tail_missing", "2026-11-22")),
        ("UPDATE audit_checkpoints SET last_mac = 'x'", Problem("checkpoint", "2026-10")),
        ("DELETE FROM audit_checkpoints", Problem("checkpoint", "2026-10")),
        ("UPDATE audit_heads SET mac = 'x'", Problem("head", "2026-11-22")),
        ("DELETE FROM audit_log WHERE id <= 3", Problem("month_missing", "2026-10")),
    ],
)  # fmt: skip
def test_whatever_the_database_s_owner_does_is_found(
    on_postgres: Kept, statement: str, problem: Problem
) -> None:
    for number in range(8):
        at = NOW - timedelta(days=40) if number < 3 else NOW
        on_postgres.log.record(entry(at, details={"n": number}))
    assert on_postgres.log.note_head(date(2026, 11, 22), NOW + timedelta(days=1))
    assert on_postgres.log.verify(NOW).sound
    on_postgres.sql(statement)
    assert problem in on_postgres.log.verify(NOW).problems


def test_entries_of_two_at_once_that_are_swapped_are_found(on_postgres: Kept) -> None:
    for _ in range(3):
        on_postgres.log.record(entry())
    on_postgres.sql("UPDATE audit_log SET id = -id WHERE id < 3")
    on_postgres.sql("UPDATE audit_log SET id = 3 + id WHERE id < 0")
    assert on_postgres.log.verify(NOW).problems[0] == Problem("changed", "1")


def test_a_day_s_head_is_noted_once_and_counts(kept: Kept) -> None:
    today = date(2026, 11, 22)
    midnight = datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert kept.log.note_head(today, midnight) is None
    for hours in (30, 29, 2):
        kept.log.record(entry(midnight - timedelta(hours=hours)))
    kept.log.record(entry(midnight + timedelta(hours=1)))
    before = kept.log.note_head(date(2026, 11, 21), midnight - timedelta(days=1))
    head = kept.log.note_head(today, midnight)
    assert before and head
    assert (before.number, before.entries, head.number, head.entries) == (2, 2, 3, 1)
    assert kept.log.note_head(today, midnight) is None
    assert kept.log.heads() == [head, before]
    assert kept.log.verify(NOW).sound


def test_months_whose_time_is_over_go_as_a_whole_and_the_rest_still_holds(kept: Kept) -> None:
    for year, month in ((2023, 5), (2023, 5), (2023, 9), (2024, 1), (2026, 10), (2026, 11)):
        kept.log.record(entry(datetime(year, month, 3, tzinfo=UTC)))
    kept.log.note_head(date(2023, 5, 4), datetime(2023, 5, 4, tzinfo=UTC))
    assert kept.log.expire(NOW) == ["2023-05", "2023-09", "2024-01"]
    assert kept.log.expire(NOW) == []
    report = kept.log.verify(NOW)
    assert (report.sound, report.entries, report.first) == (True, 2, 5)
    kept.log.record(entry())
    assert kept.log.verify(NOW).sound


def test_a_clock_that_was_moved_ahead_expires_nothing(kept: Kept) -> None:
    for months in (40, 0):
        kept.log.record(entry(datetime.now(UTC) - timedelta(days=months)))
    kept.log.record(entry(datetime.now(UTC) + timedelta(days=40)))
    assert kept.log.expire(NOW + timedelta(days=3650)) == []


def test_part_of_an_expired_month_cannot_be_deleted(on_postgres: Kept) -> None:
    for _ in range(2):
        on_postgres.log.record(entry(datetime(2023, 5, 3, tzinfo=UTC)))
    on_postgres.log.record(entry())
    engine = on_postgres.engine
    assert engine is not None

    def expire_half_a_month() -> None:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL tanya.expired_audit_month = '2023-05'"))
            connection.execute(text("DELETE FROM audit_log WHERE id = 1"))

    with pytest.raises(DBAPIError, match="as a whole"):
        expire_half_a_month()


def test_the_months_to_keep_are_counted_back_from_today() -> None:
    assert oldest_kept(NOW, 24) == "2024-11"
    assert oldest_kept(datetime(2026, 1, 9, tzinfo=UTC), 13) == "2024-12"


def test_an_entry_is_undone_with_the_commit_it_belongs_to(on_postgres: Kept) -> None:
    engine = on_postgres.engine
    assert engine is not None

    def fails() -> None:
        with one_commit(engine):
            on_postgres.log.record(entry())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with one_commit(engine), one_commit(engine):
        on_postgres.log.record(entry())
        on_postgres.log.record(entry())
        assert on_postgres.log.entries(AuditFilter()) == []  # written as the last act
    report = on_postgres.log.verify(NOW)
    assert (report.sound, report.entries) == (True, 2)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_many_at_once_make_one_chain_and_never_wait_for_each_other_s_rows(
    on_postgres: Kept,
) -> None:
    engine = on_postgres.engine
    assert engine is not None
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE shared (id INT PRIMARY KEY, n INT)"))
        connection.execute(text("INSERT INTO shared VALUES (0, 0), (1, 0)"))

    def work(number: int) -> None:
        from izin.storage.postgres.engine import transaction

        for _ in range(25):
            with one_commit(engine):
                # Recorded first, the row locked after: a deadlock if the chain were locked here.
                on_postgres.log.record(entry())
                with transaction(engine) as connection:
                    connection.execute(
                        text("UPDATE shared SET n = n + 1 WHERE id = :id"), {"id": number % 2}
                    )

    in_threads(8, work)
    report = on_postgres.log.verify(NOW)
    assert (report.sound, report.entries) == (True, 200)
