"""Builds the engine of our own PostgreSQL, once per process."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from izin.errors import InvalidInput, StorageUnavailable
from izin.storage.migrate import sqlalchemy_url
from izin.storage.postgres.silence import watchful


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
        connect_args={"connect_timeout": 3, **watchful(database_url)},
    )


def is_id(value: str) -> bool:
    """Say whether ``value`` has the shape of our ids (UUID)."""
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


LastAct = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class _Commit:
    """A commit that is open, and what it ends with."""

    engine: Engine
    connection: Connection
    last: list[LastAct] = field(default_factory=list)


_open: ContextVar[_Commit | None] = ContextVar("open_commit", default=None)


@contextmanager
def one_commit(engine: Engine) -> Iterator[None]:
    """Let every :func:`transaction` of this engine within the block be part of one commit.

    So an action and its audit entry are stored together or not at all. An error that leaves
    the block undoes all of it; one caught inside does not undo what came before it, so let it
    leave. Belongs to one thread and must hold no network call.

    Raises:
        StorageUnavailable: The database cannot be reached.
    """
    joined = _open.get()
    if joined is not None and joined.engine is engine:
        yield
        return
    with transaction(engine) as connection:
        commit = _Commit(engine, connection)
        token = _open.set(commit)
        try:
            yield
            for act in commit.last:
                act(connection)
        finally:
            _open.reset(token)


def at_the_end(engine: Engine, act: LastAct) -> None:
    """Do ``act`` as the last thing of the commit that is open, or now in one of its own.

    For what takes a lock that all wait for: taken last, it is held for a moment only and
    cannot be half of a deadlock with rows locked before it.
    """
    joined = _open.get()
    if joined is not None and joined.engine is engine:
        joined.last.append(act)
        return
    with transaction(engine) as connection:
        act(connection)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Run one transaction: committed at the end, rolled back on any error.

    Within :func:`one_commit` it joins what is open instead.

    Raises:
        StorageUnavailable: The database cannot be reached (the cause is kept).
        InvalidInput: A value that no column of its kind can hold, such as text with a NUL.
    """
    joined = _open.get()
    if joined is not None and joined.engine is engine:
        yield joined.connection
        return
    try:
        with engine.begin() as connection:
            yield connection
    except DataError:
        # Not even as the cause: its message holds the values, and may be logged.
        raise InvalidInput("a value that the database cannot hold") from None
    except (OperationalError, InterfaceError) as error:
        raise StorageUnavailable("our database does not answer") from error
    except PoolTimeout as error:
        raise StorageUnavailable("no free database connection") from error
