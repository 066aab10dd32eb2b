"""The port Registry, in memory, on PostgreSQL, on MariaDB and on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import Engine, create_engine

from izin.applications import Application
from izin.ports import Registry
from izin.storage.memory.registry import MemoryRegistry
from izin.storage.registry.engine import registry_url
from izin.storage.registry.sql import SqlRegistry
from ops.demo_tables import DemoTables
from tests.contracts.registry_samples import (
    ISSUED,
    PAYING,
    PHONE,
    RETURNED,
    SAMPLES,
    ZONE,
    StandingClock,
    many_of_one_phone,
)

Fill = Callable[[list[Application]], Registry]
Name = Literal["memory", "postgresql", "mariadb", "sqlite"]

KINDS = [
    "memory",
    "postgresql",
    pytest.param("mariadb", marks=pytest.mark.needs_mariadb),
    "sqlite",
]


@contextmanager
def opened(url: str | None, rows: Iterable[Application]) -> Iterator[Registry]:
    """A registry in the database at ``url`` (None: in memory) that holds exactly these rows."""
    if url is None:
        yield MemoryRegistry(rows)
        return
    engine: Engine = create_engine(registry_url(url))
    tables = DemoTables(engine, ZONE)
    with engine.begin() as connection:
        tables.create(connection)
        tables.fill(connection, list(rows))
    engine.dispose()
    registry = SqlRegistry(url, StandingClock(), ZONE, schema=tables.schema)
    yield registry
    registry.close()


def url_of(kind: Name, request: pytest.FixtureRequest, folder: Path, scope: str = "") -> str | None:
    if kind == "memory":
        return None
    if kind == "sqlite":
        return f"sqlite:///{folder / 'perizinan.db'}"
    name = "mariadb_url" if kind == "mariadb" else "database_url"
    url: str = request.getfixturevalue(f"{scope}{name}")
    return url


@pytest.fixture(params=KINDS)
def fill(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fill]:
    """Give what makes a registry that holds exactly the rows it is given."""
    with ExitStack() as stack:
        url = url_of(request.param, request, tmp_path)
        yield lambda rows: stack.enter_context(opened(url, rows))


@pytest.fixture(scope="module", params=KINDS)
def registry(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """A registry that is only read, so one for all tests will do."""
    url = url_of(request.param, request, tmp_path_factory.mktemp("registry"), "module_")
    with opened(url, SAMPLES) as registry:
        yield registry


@pytest.mark.parametrize("application", SAMPLES, ids=lambda a: a.number)
def test_an_application_comes_back_with_everything(
    registry: Registry, application: Application
) -> None:
    assert registry.find(application.number) == application


@pytest.mark.parametrize(
    "typed",
    [
        "503/0123/pbg/2026",
        " 503 / 0123 / PBG / 2026 ",
        "503/0123/PBG/2026\n",
        "503\\0123\\PBG\\2026",
        "５０３/0123/PBG/2026",
    ],
)
def test_spaces_and_case_of_a_number_do_not_matter(registry: Registry, typed: str) -> None:
    assert registry.find(typed) == RETURNED


@pytest.mark.parametrize(
    "typed", ["503/0123/PBG/2025", "503/0123/PBG", "503/123/PBG/2026", "", " ", "%", "' OR 1=1 --"]
)
def test_a_number_that_is_not_exactly_there_is_none(registry: Registry, typed: str) -> None:
    assert registry.find(typed) is None


def test_a_number_that_the_office_stores_with_spaces_is_found(fill: Fill) -> None:
    registry = fill([replace(RETURNED, number="503 / 0123 / pbg / 2026")])
    found = registry.find("503/0123/PBG/2026")
    assert found is not None
    assert len(found.history) == 3
    assert len(found.missing) == 2


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("503/0123/PBG", [RETURNED]),
        ("0123", [RETURNED]),
        ("123/pbg/2026", [RETURNED]),
        ("0123/2026", [RETURNED]),
        ("339901-12032024", [ISSUED]),
        ("pbg 12032024/1", [ISSUED]),
        ("12032024-02", []),
        ("503/2026", [PAYING, RETURNED]),
        ("12", []),
        ("PBG", []),
        ("0123/SLF", []),
        ("", []),
        ("%", []),
        ("_123", [RETURNED]),
    ],
)
def test_an_incomplete_number_finds_what_has_its_parts_newest_first(
    registry: Registry, typed: str, found: list[Application]
) -> None:
    assert list(registry.find_like(typed)) == found


def test_an_incomplete_number_finds_five_at_most(fill: Fill) -> None:
    rows = many_of_one_phone(8)
    found = fill(list(rows)).find_like("NIB/2025")
    assert list(found) == list(reversed(rows))[:5]


@pytest.mark.parametrize("phone", [PHONE, "081234567890", "6281234567890", "0812-3456-7890"])
def test_a_phone_finds_its_applications_newest_first(registry: Registry, phone: str) -> None:
    assert list(registry.of_phone(phone)) == [PAYING, RETURNED]


@pytest.mark.parametrize("phone", ["+6281234567891", "", "bukan nomor"])
def test_another_phone_finds_nothing(registry: Registry, phone: str) -> None:
    assert list(registry.of_phone(phone)) == []


def test_a_phone_finds_a_hundred_at_most(fill: Fill) -> None:
    rows = many_of_one_phone(105)
    found = fill(list(rows)).of_phone("+6281111111111")
    assert list(found) == list(reversed(rows))[:100]


def test_a_registry_that_is_there_answers_the_ping(registry: Registry) -> None:
    registry.ping()
