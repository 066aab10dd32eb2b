"""Databases that a permit registry may lie in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.contracts import mariadb


@pytest.fixture(scope="session")
def new_mariadb_database() -> Iterator[Callable[[], str]]:
    """Makes empty databases on a MariaDB server of our own; gives their SQLAlchemy URLs."""
    missing = mariadb.missing()
    if missing:
        pytest.skip(f"{missing} is missing; install it with: {mariadb.INSTALL}")
    with mariadb.running() as new_database:
        yield new_database


@pytest.fixture
def mariadb_url(new_mariadb_database: Callable[[], str]) -> str:
    """SQLAlchemy URL of an empty MariaDB database."""
    return new_mariadb_database()


@pytest.fixture(scope="module")
def module_mariadb_url(new_mariadb_database: Callable[[], str]) -> str:
    """The same, shared by the tests of one module."""
    return new_mariadb_database()
