"""Builds the engine of our own PostgreSQL, once per process."""

from __future__ import annotations

import select
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, LiteralString, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Column, Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from izin.errors import InvalidInput, StorageUnavailable
from izin.storage.migrate import sqlalchemy_url
from izin.storage.postgres.one_look import wrote_elsewhere
from izin.storage.postgres.resting_pool import RestingPool
from izin.storage.postgres.silence import watchful

_MOST_UNASKED = 4
"""Looks at what an idle connection was sent unasked before it counts as closed."""


def create(database_url: str, pool_size: int = 4) -> Engine:
    """Give an engine for a libpq URL; connections are checked before use.

    ``pool_size`` connections are kept while they are used, twice as many may be open for a
    moment; at rest there is one.
    """
    engine = create_engine(
        sqlalchemy_url(database_url),
        poolclass=RestingPool,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        connect_args={"connect_timeout": 3, **watchful(database_url)},
    )
    event.listen(engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(driver: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool connect anew when the server has closed its end meanwhile.

    Asks the socket, not the server: a question would cost each use a round trip.
    """
    try:
        if not is_closed(driver):
            return
    except (psycopg.Error, OSError, ValueError):
        pass
    # A server that ended one idle connection was most likely started again: all are old.
    raise InvalidatePoolError("the server closed the connection")


def is_closed(driver: psycopg.Connection[Any]) -> bool:
    """Say whether the server has closed an idle connection (psycopg.Error if it broke)."""
    if driver.closed:
        return True
    poll = select.poll()
    poll.register(driver.fileno(), select.POLLIN)
    for _ in range(_MOST_UNASKED):
        if not poll.poll(0):
            return False
        driver.pgconn.consume_input()  # a notice, or the end, which raises at the second look
    return True


def is_id(value: str) -> bool:
    """Say whether ``value`` has the shape of our ids (UUID)."""
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


Driver = psycopg.Connection[Any]
"""The driver's own connection."""

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
    wrote_elsewhere(engine)
    joined = _open.get()
    if joined is not None and joined.engine is engine:
        yield joined.connection
        return
    with _our_errors(), engine.begin() as connection:
        yield connection


@contextmanager
def driver_transaction(engine: Engine) -> Iterator[Driver]:
    """Run one transaction on the driver's own connection, for what every message does.

    It costs a third of :func:`transaction`. Errors of statements are psycopg's own.

    Raises:
        StorageUnavailable: The database cannot be reached (the cause is kept).
        InvalidInput: A value that no column of its kind can hold.
    """
    joined = _open.get()
    if joined is not None and joined.engine is engine:
        yield driver(joined.connection)
        return
    with _our_errors(), _borrowed(engine) as connection:
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def at_once(engine: Engine, statement: LiteralString, values: Mapping[str, Any]) -> list[Any]:
    """Run one statement that is a transaction of its own; gives its rows, if it has any.

    Without BEGIN and COMMIT it is a single round trip.

    Raises:
        StorageUnavailable: The database cannot be reached (the cause is kept).
        InvalidInput: A value that no column of its kind can hold.
    """
    joined = _open.get()
    if joined is not None and joined.engine is engine:
        return rows_of(driver(joined.connection), statement, values)
    with _our_errors(), _borrowed(engine) as connection:
        connection.autocommit = True
        try:
            return rows_of(connection, statement, values)
        finally:
            if not connection.closed:
                connection.autocommit = False


def rows_of(connection: Driver, statement: LiteralString, values: Mapping[str, Any]) -> list[Any]:
    """Run a statement on the driver's own connection; gives its rows with columns as fields."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def driver(connection: Connection) -> Driver:
    """Give the driver's own connection below one of SQLAlchemy, within its transaction."""
    return cast("Driver", connection.connection.driver_connection)


def as_stored(owner: Engine | Connection, column: Column[Any], value: Any) -> Any:
    """Give a value as its column keeps it: encrypted where the column is."""
    encrypt = getattr(column.type, "process_bind_param", None)
    return value if encrypt is None else encrypt(value, owner.dialect)


def as_meant(owner: Engine | Connection, column: Column[Any], value: Any) -> Any:
    """Give a value of a column that the driver read: decrypted where the column is encrypted."""
    decrypt = getattr(column.type, "process_result_value", None)
    return value if decrypt is None else decrypt(value, owner.dialect)


@contextmanager
def _borrowed(engine: Engine) -> Iterator[Driver]:
    kept = engine.raw_connection()
    try:
        yield cast("Driver", kept.driver_connection)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        kept.invalidate()
        raise
    finally:
        kept.close()


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except (DataError, psycopg.DataError):
        # Not even as the cause: its message holds the values, and may be logged.
        raise InvalidInput("a value that the database cannot hold") from None
    except (OperationalError, InterfaceError, psycopg.OperationalError,
            psycopg.InterfaceError) as error:  # fmt: skip
        raise StorageUnavailable("our database does not answer") from error
    except PoolTimeout as error:
        raise StorageUnavailable("no free database connection") from error
