"""The list of erased chats follows the database, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from izin.storage.erasure_list import FILE, add_to_list, mark_of, read_list
from izin.storage.postgres import erasure
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.erased_chats import ErasureListJob, erase_again
from izin.storage.postgres.privacy import PostgresPrivacyRequests
from izin.storage.tables.conversations import conversations
from tests.contracts.conversation_ports import Ports, fresh, postgres_ports
from tests.storage.test_erasure import asked, lived_in

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = create(database_url, pool_size=4)
    yield made
    made.dispose()


@pytest.fixture
def ports(database_url: str, tmp_path: Path) -> Iterator[Ports]:
    made = postgres_ports(database_url, tmp_path / "media")
    yield made
    made.close()


def erased(ports: Ports, engine: Engine) -> str:
    here, _ = lived_in(ports, engine)
    PostgresPrivacyRequests(engine).open(asked(here), fresh("turn"), "x")
    assert erasure.finish_erasures(engine, ports.media, NOW + MINUTE) == 1
    return here


def test_an_erased_chat_is_listed_once_and_a_lost_list_is_written_anew(
    ports: Ports, engine: Engine, tmp_path: Path
) -> None:
    first = erased(ports, engine)
    job = ErasureListJob(engine, str(tmp_path))
    assert job.run(NOW + 2 * MINUTE) == 1
    assert set(read_list(tmp_path) or {}) == {mark_of(first)}
    assert first not in (tmp_path / FILE).read_text()
    second = erased(ports, engine)
    assert [job.run(NOW + 3 * MINUTE), job.run(NOW + 4 * MINUTE)] == [1, 0]
    (tmp_path / FILE).unlink()
    assert ErasureListJob(engine, str(tmp_path)).run(NOW + 5 * MINUTE) == 2
    assert set(read_list(tmp_path) or {}) == {mark_of(first), mark_of(second)}


def test_a_list_that_cannot_be_written_is_tried_again(
    ports: Ports, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased(ports, engine)
    job = ErasureListJob(engine, str(tmp_path))
    (tmp_path / f".{FILE}.part").mkdir()
    assert job.run(NOW + 2 * MINUTE) == 0
    assert read_list(tmp_path) is None
    (tmp_path / f".{FILE}.part").rmdir()
    assert job.run(NOW + 3 * MINUTE) == 1


def test_without_a_folder_of_backups_nothing_is_written(engine: Engine, tmp_path: Path) -> None:
    assert ErasureListJob(engine, "").run(NOW) == 0
    assert ErasureListJob(engine, str(tmp_path / "none")).run(NOW) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_chat_that_came_back_is_erased_with_its_files_and_no_other(
    ports: Ports, engine: Engine
) -> None:
    here, photo = lived_in(ports, engine)
    other, _ = lived_in(ports, engine)
    with transaction(engine) as connection:
        assert erase_again(connection, {mark_of(here), mark_of("long gone")}) == (1, [photo])
    with engine.connect() as connection:
        assert list(connection.execute(select(conversations.c.id)).scalars()) == [other]
    with transaction(engine) as connection:
        assert erase_again(connection, {mark_of(here)}) == (0, [])


def test_a_list_keeps_its_marks_whatever_is_added_and_passes_over_other_lines(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).write_text(f"2026-01-01 {mark_of('a')}\n# catatan\n2026-01-02 abc\n")
    assert add_to_list(tmp_path, {(date(2026, 2, 1), mark_of("a"))}) == 0
    assert add_to_list(tmp_path, {(date(2026, 2, 1), mark_of("b"))}) == 1
    assert read_list(tmp_path) == {
        mark_of("a"): date(2026, 1, 1), mark_of("b"): date(2026, 2, 1),
    }  # fmt: skip
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
