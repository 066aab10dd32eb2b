"""The port AlarmBook, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from izin.alarms import Standing, advance
from izin.errors import NotFound
from izin.health import GATEWAY, Check, Reading, Sign, State
from izin.ports.health import AlarmBook
from izin.storage.memory.alarm_book import MemoryAlarmBook
from izin.storage.postgres.alarm_book import PostgresAlarmBook
from izin.storage.postgres.engine import create

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TABLES = ("health_checks", "health_alarms", "health_signs", "health_counts")


@pytest.fixture(params=["memory", "postgres"])
def book(request: pytest.FixtureRequest) -> Iterator[AlarmBook]:
    if request.param == "memory":
        yield MemoryAlarmBook()
        return
    engine = create(request.getfixturevalue("module_database_url"), pool_size=2)
    yield PostgresAlarmBook(engine)
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"delete from {table}"))
    engine.dispose()


def bad(check: Check = Check.RASA, state: State = State.FAILED) -> Standing:
    values = {"place": "/var", "percent": 3}
    reading = Reading(check, state, "away", values, timedelta(0))
    return advance(None, reading, NOW)


def test_what_is_kept_is_read_again(book: AlarmBook) -> None:
    assert book.standings() == {}
    told = replace(bad(), told=State.FAILED, told_at=NOW)
    good = advance(None, Reading(Check.CLOCK, State.GOOD), NOW)
    book.keep([told, good], NOW)
    assert book.standings() == {Check.RASA: told, Check.CLOCK: good}
    book.keep([], NOW)
    assert set(book.standings()) == {Check.RASA, Check.CLOCK}


def test_alarms_are_remembered_with_their_worst_and_their_end(book: AlarmBook) -> None:
    item = bad(Check.DISK, State.ATTENTION)
    book.keep([item], NOW)
    assert book.history()[0].told_at is None
    worse = advance(item, Reading(Check.DISK, State.FAILED, "full", {"percent": 1}), NOW + MINUTE)
    book.keep([replace(worse, told=State.FAILED, told_at=NOW + MINUTE)], NOW + MINUTE)
    [alarm] = book.history()
    assert (alarm.check, alarm.opened_at, alarm.state) == (Check.DISK, NOW, State.FAILED)
    assert (alarm.code, alarm.values, alarm.told_at) == ("full", {"percent": 1}, NOW + MINUTE)
    assert alarm.closed_at is None
    over = advance(worse, Reading(Check.DISK, State.OFF, "off"), NOW + 2 * MINUTE)
    book.keep([over], NOW + 2 * MINUTE)
    assert book.history()[0].closed_at == NOW + 2 * MINUTE
    again = advance(
        over, Reading(Check.DISK, State.FAILED, patience=timedelta(0)), NOW + 9 * MINUTE
    )
    book.keep([again], NOW + 9 * MINUTE)
    assert [alarm.closed_at is None for alarm in book.history()] == [True, False]
    assert len(book.history(1)) == 1


def test_what_a_person_muted_stays_muted_until_the_alarm_is_over(book: AlarmBook) -> None:
    with pytest.raises(NotFound):
        book.mute(Check.RASA, NOW + MINUTE, "budi")
    item = bad()
    book.keep([item], NOW)
    book.mute(Check.RASA, NOW + 60 * MINUTE, "budi")
    book.keep([replace(item, code="some_away")], NOW)  # the watch had read it before
    kept = book.standings()[Check.RASA]
    assert (kept.muted_until, kept.muted_by) == (NOW + 60 * MINUTE, "budi")
    assert kept.muted(NOW + 59 * MINUTE)
    assert not kept.muted(NOW + 60 * MINUTE)
    book.mute(Check.RASA, None, "budi")
    assert book.standings()[Check.RASA].muted_by is None
    book.mute(Check.RASA, NOW + 60 * MINUTE, "budi")
    book.keep([advance(item, Reading(Check.RASA, State.OFF), NOW)], NOW)
    assert book.standings()[Check.RASA].muted_until is None
    with pytest.raises(NotFound):
        book.mute(Check.RASA, NOW, "budi")


def test_a_process_says_what_it_sees_in_place_of_what_it_said_before(book: AlarmBook) -> None:
    sign = Sign("gateway:b:1", GATEWAY, NOW, NOW, {"disks": [{"name": "/", "free": 1}]})
    other = Sign("gateway:a:1", GATEWAY, NOW, NOW)
    for item in (sign, other, replace(sign, at=NOW + MINUTE)):
        book.beat(item)
    assert list(book.signs()) == [other, replace(sign, at=NOW + MINUTE)]


def test_counts_of_one_minute_add_up(book: AlarmBook) -> None:
    for second, amount in ((1, 2), (59, 3), (61, 10)):
        book.count("webhook_refused:telegram", amount, NOW + timedelta(seconds=second))
    book.count("webhook_refused:whatsapp", 50, NOW)
    assert book.counted("webhook_refused:telegram", NOW - MINUTE) == 15
    assert book.counted("webhook_refused:telegram", NOW + MINUTE) == 10
    assert book.counted("nothing", NOW) == 0


def test_only_one_watches_at_a_time(book: AlarmBook) -> None:
    with book.watching() as first, book.watching() as second:
        assert (first, second) == (True, False)
    with book.watching() as again:
        assert again


def test_what_is_old_is_forgotten_but_no_alarm_that_goes_on(book: AlarmBook) -> None:
    open_one = bad(Check.BACKUP)
    book.keep([open_one, bad()], NOW)
    book.keep([advance(bad(), Reading(Check.RASA, State.OFF), NOW)], NOW)
    book.beat(Sign("gateway:a:1", GATEWAY, NOW, NOW))
    book.count("webhook_refused:telegram", 1, NOW)
    assert book.forget(NOW + timedelta(hours=23)) == 0
    assert book.forget(NOW + timedelta(days=91)) == 3
    assert [alarm.check for alarm in book.history()] == [Check.BACKUP]
