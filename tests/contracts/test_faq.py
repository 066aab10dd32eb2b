"""The port FaqBook, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from izin.ports import FaqBook
from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.seed import seed_content
from tests.contracts.content_samples import seed


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create(database_url, pool_size=2)
    with transaction(engine) as connection:
        seed_content(connection, seed())
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "postgres"])
def book_and_edit(request: pytest.FixtureRequest) -> tuple[FaqBook, Callable[[str], None]]:
    if request.param == "postgres":
        engine = request.getfixturevalue("engine")

        def edit(answer: str) -> None:
            with transaction(engine) as connection:
                connection.execute(
                    text("UPDATE faq_entries SET answer = :answer WHERE key = 'antrean'"),
                    {"answer": answer},
                )

        return PostgresFaqBook(engine), edit
    memory = MemoryFaqBook(seed().faq)

    def replace_in_memory(answer: str) -> None:
        memory.replace(
            [
                replace(entry, answer=answer) if entry.key == "antrean" else entry
                for entry in memory.entries()
            ]
        )

    return memory, replace_in_memory


def test_entries_come_back_unchanged_and_in_order(
    book_and_edit: tuple[FaqBook, Callable[[str], None]],
) -> None:
    assert tuple(book_and_edit[0].entries()) == seed().faq


def test_an_edit_raises_the_revision_and_is_live_at_once(
    book_and_edit: tuple[FaqBook, Callable[[str], None]],
) -> None:
    book, edit = book_and_edit
    before = book.revision()
    edit("Sekarang daring.")
    assert book.revision() > before
    assert [entry.answer for entry in book.entries() if entry.key == "antrean"] == [
        "Sekarang daring."
    ]


def test_without_a_change_the_revision_stays(
    book_and_edit: tuple[FaqBook, Callable[[str], None]],
) -> None:
    book, _ = book_and_edit
    before = book.revision()
    book.entries()
    assert book.revision() == before


def test_drafts_are_not_among_the_entries(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("UPDATE faq_entries SET published = false WHERE key = 'antrean'"))
    assert [entry.key for entry in PostgresFaqBook(engine).entries()] == ["oss_lupa_sandi"]


class Calendar:
    """A clock of the office's zone that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 16, 30, tzinfo=UTC)  # 23.30 in the office

    def moment(self) -> datetime:
        return self.now

    def day(self) -> date:
        return self.now.astimezone(ZoneInfo("Asia/Jakarta")).date()


@pytest.fixture(params=["memory", "postgres"])
def dated(request: pytest.FixtureRequest) -> tuple[FaqBook, Calendar]:
    calendar = Calendar()
    days = {"antrean": (date(2026, 5, 5), None), "oss_lupa_sandi": (None, date(2026, 5, 4))}
    if request.param == "memory":
        entries = [
            replace(entry, valid_from=days[entry.key][0], valid_until=days[entry.key][1])
            if entry.key in days
            else entry
            for entry in seed().faq
        ]
        return MemoryFaqBook(entries, calendar.day), calendar
    engine = request.getfixturevalue("engine")
    with transaction(engine) as connection:
        for key, (first, last) in days.items():
            connection.execute(
                text("UPDATE faq_entries SET valid_from = :a, valid_until = :b WHERE key = :key"),
                {"a": first, "b": last, "key": key},
            )
    return PostgresFaqBook(engine, calendar.moment), calendar


def test_an_entry_is_told_on_the_days_on_which_it_holds(
    dated: tuple[FaqBook, Calendar],
) -> None:
    book, calendar = dated
    evening = book.revision()
    assert [entry.key for entry in book.entries()] == ["oss_lupa_sandi"]
    assert book.revision() == evening
    calendar.now += timedelta(hours=1)
    assert [entry.key for entry in book.entries()] == ["antrean"]
    assert book.revision() > evening
