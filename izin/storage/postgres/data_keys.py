"""Whether the keys of this process fit the database, proven before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import DataLocked, StorageUnavailable
from izin.storage.keyring import VARIABLE, Keyring
from izin.storage.postgres.engine import transaction
from izin.storage.tables.data_keys import data_keys
from izin.storage.tables.encrypted import keyring_of

_PROOF = "data_keys/proof"
_KEYS_LOCK = 7_203_026


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key the database knows; ``held`` says whether this process has it, too."""

    id: str
    first_used_at: datetime
    held: bool
    writes: bool


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    proof: str
    first_used_at: datetime


def prove(engine: Engine) -> None:
    """Return when the keys of ``TANYA_DATA_KEY`` open this database; note the one that writes.

    Without any key a database is refused in which something is encrypted already.

    Raises:
        DataLocked: A key is missing, or is another than the database was encrypted with.
        StorageUnavailable: The database does not answer.
    """
    keyring = keyring_of(engine)
    with transaction(engine) as connection:
        rows = _in_use(connection)
        if keyring is None:
            if rows:
                raise DataLocked(f"{VARIABLE} is not set; the database needs key {rows[0].id}")
            return
        _compare(keyring, rows)
        if keyring.current in {row.id for row in rows}:
            return
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _KEYS_LOCK})
        _compare(keyring, _in_use(connection))  # somebody may have been first, with another key
        statement = upsert(data_keys).values(
            id=keyring.current, proof=keyring.lock(_PROOF, keyring.current)
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_={"retired_at": None, "first_used_at": func.now()}
            )
        )


def require_fitting(engine: Engine) -> None:
    """Let an engine use only a database that its keys open, now and after every reconnect.

    A database that does not answer yet is looked at when it does, before anything else.

    Raises:
        DataLocked: A key is missing, or is another than the database was encrypted with.
    """
    event.listen(engine, "connect", partial(_look, keyring_of(engine)))
    try:
        prove(engine)
    except DataLocked:
        raise
    except StorageUnavailable:
        pass  # each connection is looked at when it comes


def _look(keyring: Keyring | None, driver: Any, _record: Any) -> None:
    try:
        with driver.cursor() as cursor:
            cursor.execute(
                "select id, proof, first_used_at from data_keys where retired_at is null"
            )
            rows = [_Row(*row) for row in cursor.fetchall()]
    except psycopg.errors.UndefinedTable:
        rows = []  # a schema of before: nothing is encrypted
    finally:
        driver.rollback()
    if keyring is not None:
        _compare(keyring, rows)
    elif rows:
        raise DataLocked(f"{VARIABLE} is not set; the database needs key {rows[0].id}")


def known(engine: Engine) -> list[KnownKey]:
    """Give the keys something may still be encrypted with, newest first."""
    keyring = keyring_of(engine)
    held = keyring.ids if keyring else ()
    with transaction(engine) as connection:
        rows = _in_use(connection)
    writes = keyring.current if keyring else None
    return [KnownKey(row.id, row.first_used_at, row.id in held, row.id == writes) for row in rows]


def retire(engine: Engine, kept: str, now: datetime) -> list[str]:
    """Note that nothing is encrypted with any other key than ``kept``; gives the others."""
    with transaction(engine) as connection:
        gone = connection.execute(
            update(data_keys)
            .where(data_keys.c.id != kept, data_keys.c.retired_at.is_(None))
            .values(retired_at=now)
            .returning(data_keys.c.id)
        )
        return sorted(gone.scalars())


def _in_use(connection: Connection) -> Sequence[_Row]:
    rows = connection.execute(
        select(data_keys.c.id, data_keys.c.proof, data_keys.c.first_used_at)
        .where(data_keys.c.retired_at.is_(None))
        .order_by(data_keys.c.first_used_at.desc(), data_keys.c.id)
    ).all()
    return [_Row(row.id, row.proof, row.first_used_at) for row in rows]


def _compare(keyring: Keyring, rows: Sequence[_Row]) -> None:
    for row in rows:
        if row.id not in keyring.ids:
            raise DataLocked(f"{VARIABLE} lacks key {row.id}, which the database needs")
        if keyring.unlock(_PROOF, row.proof) != row.id:
            raise DataLocked(f"{VARIABLE} does not fit this database")
