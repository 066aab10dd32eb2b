"""The port OfficeBook, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, text

from izin.errors import NotFound
from izin.ports import OfficeBook
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.seed import seed_content
from tests.contracts.content_samples import seed


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    engine = create(database_url, pool_size=2)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    with transaction(empty_engine) as connection:
        seed_content(connection, seed())
    return empty_engine


@pytest.fixture(params=["memory", "postgres"])
def book(request: pytest.FixtureRequest) -> OfficeBook:
    if request.param == "postgres":
        return PostgresOfficeBook(request.getfixturevalue("engine"))
    content = seed()
    return MemoryOfficeBook(content.office, content.holidays, content.places)


def test_the_office_comes_back_with_hours_and_location(book: OfficeBook) -> None:
    assert book.office() == seed().office


def test_the_calendar_knows_the_holidays(book: OfficeBook) -> None:
    calendar = book.calendar()
    found = calendar.holiday(date(2026, 12, 24))
    assert found is not None
    assert found.kind == "cuti_bersama"
    assert calendar.add_working_days(date(2026, 12, 23), 1).day == date(2026, 12, 28)
    assert calendar.add_working_days(date(2026, 12, 23), 8).provisional


def test_places_come_back_in_order(book: OfficeBook) -> None:
    assert tuple(book.places()) == seed().places


def test_a_new_holiday_counts_at_the_next_question(engine: Engine) -> None:
    book = PostgresOfficeBook(engine)
    assert book.calendar().is_working_day(date(2026, 11, 23))
    with transaction(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO holidays (day, position, name, kind) "
                "VALUES ('2026-11-23', 9, 'Pilkada', 'daerah')"
            )
        )
    assert not book.calendar().is_working_day(date(2026, 11, 23))


def test_holidays_that_are_drafts_do_not_count(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("UPDATE holidays SET published = false"))
    assert PostgresOfficeBook(engine).calendar().is_working_day(date(2026, 12, 24))


def test_before_seeding_there_is_no_office(empty_engine: Engine) -> None:
    with pytest.raises(NotFound):
        PostgresOfficeBook(empty_engine).office()


def test_half_a_location_is_refused_by_the_database(engine: Engine) -> None:
    with pytest.raises(Exception, match="office_location_whole"), transaction(engine) as c:
        c.execute(text("UPDATE office SET latitude = null"))
