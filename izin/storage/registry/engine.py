"""Engines for a foreign database: read only, impatient, whatever its make."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from izin.errors import InvalidInput

# Of the usual drivers of one database system we name the one that needs no C library.
_DEFAULT_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "oracle": "oracle+oracledb",
}
_SQLITE_STEPS_BETWEEN_CHECKS = 20_000


def registry_engine(url: str, timeout_s: float, connections: int) -> Engine:
    """Give an engine whose connections only read and give up after ``timeout_s``.

    PostgreSQL, MySQL, MariaDB and SQLite refuse writing themselves and cut a long query
    short; other systems get the connection time-outs their driver knows and rely on the
    rights of the database account.

    Raises:
        InvalidInput: The URL is malformed or its driver is not installed.
    """
    parsed = registry_url(url)
    try:
        engine = create_engine(
            _read_only_sqlite(parsed),
            pool_size=connections,
            max_overflow=0,
            pool_timeout=timeout_s,
            pool_recycle=1800,
            pool_pre_ping=True,
            hide_parameters=True,  # a phone number must not reach a log
            connect_args=_connect_args(parsed, timeout_s),
        )
    except (ImportError, NoSuchModuleError, ArgumentError) as error:
        raise InvalidInput(
            f"no driver for {parsed.drivername}: {type(error).__name__}",
            field="PERMIT_DATABASE_URL",
        ) from error
    prepare = _PREPARE.get(engine.dialect.name)
    if prepare is not None:

        @event.listens_for(engine, "connect")
        def prepare_connection(raw: Any, _record: Any) -> None:
            prepare(raw, timeout_s)

    if engine.dialect.name == "sqlite":
        _limit_sqlite(engine, timeout_s)
    return engine


def registry_url(url: str) -> URL:
    """Give the parsed URL with a driver named.

    Raises:
        InvalidInput: It is malformed.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # Neither message nor cause may carry the text: it holds a password.
        raise InvalidInput(
            f"not a database URL ({type(error).__name__})", field="PERMIT_DATABASE_URL"
        ) from None
    return parsed.set(drivername=_DEFAULT_DRIVERS.get(parsed.drivername, parsed.drivername))


def _read_only_sqlite(url: URL) -> URL:
    path = url.database
    if url.get_backend_name() != "sqlite" or not path or path.startswith("file:"):
        return url
    # Opened plainly, a wrong path would become a new, empty database.
    return url.set(database=f"file:{quote(path)}").update_query_dict({"mode": "ro", "uri": "true"})


def _connect_args(url: URL, timeout_s: float) -> dict[str, Any]:
    whole = max(1, math.ceil(timeout_s))
    known: Mapping[str, Mapping[str, Any]] = {
        "psycopg": {
            "connect_timeout": max(2, whole),  # libpq's smallest
            "tcp_user_timeout": whole * 1000,  # a silent network must not hold a thread
        },
        "psycopg2": {"connect_timeout": max(2, whole), "tcp_user_timeout": whole * 1000},
        "pymysql": {"connect_timeout": whole, "read_timeout": whole, "write_timeout": whole},
        "mysqldb": {"connect_timeout": whole, "read_timeout": whole, "write_timeout": whole},
        "pyodbc": {"timeout": whole},
        "pymssql": {"login_timeout": whole, "timeout": whole},
        "oracledb": {"tcp_connect_timeout": float(whole)},
        "pysqlite": {"timeout": timeout_s},
    }
    driver = "pysqlite" if url.get_backend_name() == "sqlite" else url.get_driver_name()
    return {k: v for k, v in known.get(driver, {}).items() if k not in url.query}


def _prepare_postgresql(raw: Any, timeout_s: float) -> None:
    _execute(
        raw,
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        f"SET statement_timeout = {round(timeout_s * 1000)}",
    )
    raw.commit()


def _prepare_mysql(raw: Any, timeout_s: float) -> None:
    cursor = raw.cursor()
    cursor.execute("SELECT VERSION()")
    is_mariadb = "mariadb" in str(cursor.fetchone()[0]).lower()
    cursor.close()
    limit = (
        f"SET SESSION max_statement_time = {timeout_s}"
        if is_mariadb
        else f"SET SESSION max_execution_time = {round(timeout_s * 1000)}"
    )
    _execute(raw, "SET SESSION TRANSACTION READ ONLY", limit)
    raw.commit()


def _prepare_sqlite(raw: Any, _timeout_s: float) -> None:
    _execute(raw, "PRAGMA query_only = ON")


def _prepare_oracle(raw: Any, timeout_s: float) -> None:
    raw.call_timeout = round(timeout_s * 1000)


def _prepare_mssql(raw: Any, timeout_s: float) -> None:
    if hasattr(raw, "timeout"):  # pyodbc's query time-out
        raw.timeout = max(1, math.ceil(timeout_s))


_PREPARE: Mapping[str, Callable[[Any, float], None]] = {
    "postgresql": _prepare_postgresql,
    "mysql": _prepare_mysql,
    "mariadb": _prepare_mysql,
    "sqlite": _prepare_sqlite,
    "oracle": _prepare_oracle,
    "mssql": _prepare_mssql,
}


def _execute(raw: Any, *statements: str) -> None:
    cursor = raw.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()


def _limit_sqlite(engine: Engine, timeout_s: float) -> None:
    @event.listens_for(engine, "begin")
    def set_deadline(connection: Connection) -> None:
        deadline = time.monotonic() + timeout_s
        raw = connection.connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            raw.set_progress_handler(
                lambda: time.monotonic() > deadline, _SQLITE_STEPS_BETWEEN_CHECKS
            )
