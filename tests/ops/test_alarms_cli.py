from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from izin.alarms import advance
from izin.health import WATCH, Check, Reading, Sign, State
from izin.storage.postgres.alarm_book import PostgresAlarmBook
from izin.storage.postgres.engine import create
from ops import doctor_alarms
from ops.cli import main


@pytest.fixture
def book(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresAlarmBook]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    engine = create(database_url, pool_size=1)
    yield PostgresAlarmBook(engine)
    engine.dispose()


def looked(book: PostgresAlarmBook, *readings: Reading) -> None:
    now = datetime.now(UTC)
    book.keep([advance(None, reading, now) for reading in readings], now)
    book.beat(Sign(WATCH, WATCH, now, now))


FULL = Reading(
    Check.DISK, State.FAILED, "full", {"place": "/var", "free_mb": 90, "percent": 1}, timedelta(0)
)


def test_alarms_are_told_with_what_to_do(
    book: PostgresAlarmBook, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["alarms"]) == 1
    assert "Tidak ada yang mengawasi" in capsys.readouterr().out
    assert {part for _, part, _ in doctor_alarms.examine(database_url)} == {
        "alarms.unwatched", "alarms.deaf",
    }  # fmt: skip
    looked(book, Reading(Check.DISK, State.GOOD))
    assert main(["alarms"]) == 0
    assert "tidak menemukan masalah" in capsys.readouterr().out
    looked(book, FULL)
    assert main(["alarms"]) == 1
    said = capsys.readouterr().out
    assert "[Gagal] Ruang disk: Hampir penuh: tinggal 90 MB (1%) di /var" in said
    assert "du -xh" in said
    assert ("fail", "alarms.open") in {
        (level, part) for level, part, _ in doctor_alarms.examine(database_url)
    }


def test_other_programs_read_them_too(
    book: PostgresAlarmBook, capsys: pytest.CaptureFixture[str]
) -> None:
    looked(book, FULL)
    assert main(["alarms", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["watched"] is True
    [alarm] = document["alarms"]
    assert (alarm["name"], alarm["state"], alarm["muted"]) == ("disk", "gagal", False)


def test_every_alarm_stands_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "howto" / "alarms.md").read_text()
    assert [check.value for check in Check if f"`{check.value}`" not in guide] == []
