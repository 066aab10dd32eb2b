"""How decided applications went, read from every kind of registry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from izin.applications import Application, Course, StageVisit, Status
from izin.errors import RegistryUnavailable
from izin.storage.registry.courses import MOST_COURSES
from izin.storage.registry.engine import registry_url
from izin.storage.registry.sql import SqlRegistry
from ops.demo_tables import DemoTables
from tests.contracts.registry_samples import START, ZONE, StandingClock
from tests.contracts.test_registry import Fill, fill  # noqa: F401  (the fixture)

SINCE = START - timedelta(days=365)


def decided(
    number: str, days_ago: int, status: Status = Status.ISSUED, code: str = "PBG"
) -> Application:
    """An application that was checked for a day, examined for five and then decided."""
    end = START - timedelta(days=days_ago)
    begin = end - timedelta(days=6)
    history = (
        StageVisit(Status.RECEIVED, "Cek", "Loket", begin, begin + timedelta(days=1)),
        StageVisit(Status.TECHNICAL, "Kajian", "DPU", begin + timedelta(days=1), end),
        StageVisit(status, "Selesai", "DPMPTSP", end),
    )
    return Application(
        number, code, status, "Selesai", "DPMPTSP", begin, end, completed_at=end, history=history
    )


def test_decided_applications_of_the_permit_come_newest_first_without_whose_they_are(
    fill: Fill,  # noqa: F811
) -> None:
    older, newer = decided("503/1/PBG/2026", 40), decided("503/2/PBG/2026", 3, Status.REJECTED)
    registry = fill([older, newer, decided("503/3/SLF/2026", 5, code="SLF")])
    found = list(registry.courses("PBG", SINCE))
    assert found == [
        Course(newer.changed_at, newer.history[:-1]),
        Course(older.changed_at, older.history[:-1]),
    ]


def test_what_is_still_open_or_was_decided_earlier_does_not_count(fill: Fill) -> None:  # noqa: F811
    open_one = replace(
        decided("503/1/PBG/2026", 10),
        status=Status.TECHNICAL,
        history=decided("503/1/PBG/2026", 10).history[:2],
    )
    registry = fill([open_one, decided("503/2/PBG/2025", 366), decided("503/3/PBG/2025", 364)])
    assert [way.decided_at for way in registry.courses("pbg", SINCE)] == [
        START - timedelta(days=364)
    ]
    assert list(registry.courses("SLF", SINCE)) == []


def test_a_permit_that_ended_since_counts_by_the_day_it_was_issued(fill: Fill) -> None:  # noqa: F811
    ended = decided("503/1/REKLAME/2026", 30, code="REKLAME")
    after = START - timedelta(days=2)
    history = (
        *ended.history[:-1],
        replace(ended.history[-1], left_at=after),
        StageVisit(Status.EXPIRED, "Habis", "DPMPTSP", after),
    )
    registry = fill([replace(ended, status=Status.EXPIRED, history=history, changed_at=after)])
    [way] = registry.courses("REKLAME", SINCE)
    assert way == Course(START - timedelta(days=30), ended.history[:-1])


def test_two_hundred_at_most_are_read(fill: Fill) -> None:  # noqa: F811
    registry = fill([decided(f"503/{n}/PBG/2026", 1 + n % 300) for n in range(MOST_COURSES + 40)])
    found = registry.courses("PBG", SINCE)
    assert len(found) == MOST_COURSES
    assert found[0].decided_at == START - timedelta(days=1)


def test_an_offices_own_words_for_a_decision_are_understood(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'perizinan.db'}"
    engine = create_engine(registry_url(url))
    tables = DemoTables(engine, ZONE)
    with engine.begin() as connection:
        tables.create(connection)
        tables.fill(connection, [decided("503/1/PBG/2026", 10)])
        connection.execute(text("UPDATE contoh_riwayat_tahap SET status = 'Sudah Jadi' "
                                "WHERE status = 'TERBIT'"))  # fmt: skip
        connection.execute(text("CREATE TABLE tanya_status_map (code TEXT, status TEXT)"))
        connection.execute(text("INSERT INTO tanya_status_map VALUES ('sudah jadi', 'terbit')"))
    engine.dispose()
    registry = SqlRegistry(url, StandingClock(), ZONE)
    [way] = registry.courses("PBG", SINCE)
    assert way.decided_at == START - timedelta(days=10)
    registry.close()


def test_a_registry_that_does_not_answer_says_so(tmp_path: Path) -> None:
    registry = SqlRegistry(f"sqlite:///{tmp_path / 'tidak ada.db'}", StandingClock(), ZONE)
    with pytest.raises(RegistryUnavailable):
        registry.courses("PBG", SINCE)
    registry.close()


def test_a_slow_history_never_closes_the_registry(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'perizinan.db'}"
    engine = create_engine(registry_url(url))
    tables = DemoTables(engine, ZONE)
    with engine.begin() as connection:
        tables.create(connection)
        tables.fill(connection, [decided("503/1/PBG/2026", 10)])
        connection.execute(text("DROP VIEW tanya_stage_history"))
        connection.execute(
            text("CREATE VIEW tanya_stage_history AS SELECT r.nomor AS application_number, "
                 "r.status, r.tahap AS stage, r.unit_pemegang AS unit, r.mulai AS entered_at, "
                 "CASE WHEN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                 "SELECT count(*) FROM n) THEN r.selesai END AS left_at "
                 "FROM contoh_riwayat_tahap r")
        )  # fmt: skip
    engine.dispose()
    registry = SqlRegistry(url, StandingClock(), ZONE, timeout_s=0.3)
    for _ in range(4):
        with pytest.raises(RegistryUnavailable):
            registry.courses("PBG", SINCE)
    registry.ping()
    registry.close()
