"""The port FaqBook, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

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
