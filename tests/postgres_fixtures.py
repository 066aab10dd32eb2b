"""A real PostgreSQL for tests, and a fresh migrated database for each that asks.

`postgres_url`: libpq URL of a throwaway server (one per test session).
`database_url`: libpq URL of a new database with all migrations, per test.
`module_database_url`: the same, shared by the tests of one module.
`empty_database_url`: a new database without any table, per test.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from ops.embedded_postgres import EmbeddedPostgres

DatabaseFactory = Callable[[str | None], AbstractContextManager[str]]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """libpq URL of this session's own server, deleted afterwards even when pytest is killed.

    `TANYA_TEST_DATABASE_URL` names another server (superuser) to use instead.
    """
    external = os.environ.get("TANYA_TEST_DATABASE_URL")
    if external:
        yield external
        return
    # Not tmp_path: below it a dropped uid cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="tanya-test-pg-"))
    try:
        with EmbeddedPostgres(folder, ephemeral=True) as dsn:
            yield dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> DatabaseFactory:
    """Makes databases: `with new_database(template_or_None) as url`; dropped at the end."""

    @contextmanager
    def make(template: str | None) -> Iterator[str]:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        _execute(
            postgres_url,
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            ),
        )
        try:
            yield database_of(postgres_url, name)
        finally:
            _execute(
                postgres_url,
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
            )

    return make


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str, new_database: DatabaseFactory) -> Iterator[str]:
    """Name of a database with all migrations applied, to clone from."""
    from izin.storage.migrate import upgrade

    with new_database(None) as url:
        upgrade(url)
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def database_url(new_database: DatabaseFactory, migrated_template: str) -> Iterator[str]:
    """libpq URL of a fresh database with all migrations."""
    with new_database(migrated_template) as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(new_database: DatabaseFactory, migrated_template: str) -> Iterator[str]:
    """libpq URL of a database with all migrations, shared by a module's tests."""
    with new_database(migrated_template) as url:
        yield url


@pytest.fixture
def empty_database_url(new_database: DatabaseFactory) -> Iterator[str]:
    """libpq URL of a fresh database without tables."""
    with new_database(None) as url:
        yield url


def database_of(server_url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def _execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
