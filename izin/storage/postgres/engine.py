"""Builds the engine of our own PostgreSQL, once per process."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from izin.errors import StorageUnavailable
from izin.storage.migrate import sqlalchemy_url


def create(database_url: str, pool_size: int = 4) -> Engine:
    """Give an engine for a libpq URL; connections are checked before use.

    ``pool_size`` connections are kept, twice as many may be open for a moment.
    """
    return create_engine(
        sqlalchemy_url(database_url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={"connect_timeout": 3},
    )


def is_id(value: str) -> bool:
    """Say whether ``value`` has the shape of our ids (UUID)."""
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


_open: ContextVar[tuple[Engine, Connection] | None] = ContextVar("open_commit", default=None)


@contextmanager
def one_commit(engine: Engine) -> Iterator[None]:
    """Let every :func:`transaction` of this engine within the block be part of one commit.

    So an action and its audit entry are stored together or not at all. An error that leaves
    the block undoes all of it; one caught inside does not undo what came before it, so let it
    leave. Belongs to one thread and must hold no network call.

    Raises:
        StorageUnavailable: The database cannot be reached.
    """
    with transaction(engine) as connection:
        token = _open.set((engine, connection))
        try:
            yield
        finally:
            _open.reset(token)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Run one transaction: committed at the end, rolled back on any error.

    Within :func:`one_commit` it joins what is open instead.

    Raises:
        StorageUnavailable: The database cannot be reached (the cause is kept).
    """
    joined = _open.get()
    if joined is not None and joined[0] is engine:
        yield joined[1]
        return
    try:
        with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError) as error:
        raise StorageUnavailable("our database does not answer") from error
    except PoolTimeout as error:
        raise StorageUnavailable("no free database connection") from error
