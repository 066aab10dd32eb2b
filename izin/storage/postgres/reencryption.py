"""Writes everything encrypted with the newest key, while the house runs.

For rows of earlier releases, which are plain, and for a change of keys. Killed at any point and
run again it goes on where it was; what it changes, it changes in commits of a few rows.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    and_,
    delete,
    func,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from izin.errors import DataLocked
from izin.storage.keyring import VARIABLE, Keyring, locked_with
from izin.storage.postgres import data_keys
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.postgres.key_steps import STEPS, KeyStep
from izin.storage.postgres.media import purpose
from izin.storage.tables.data_keys import data_key_steps
from izin.storage.tables.encrypted import keyring_of

BATCH = 200
"""Rows of one commit: a citizen's message waits some 20 ms for them at most."""

MOST_WALKS = 5
"""Rows that a citizen's message holds just now are passed over and met at the next walk."""

FILES = "media"

SECONDS_A_MINUTE = 5.0
"""What the background job takes of each minute."""

Tell = Callable[[str, int], None]


class Reencryption:
    """Writes database and files anew with the first key of the engine's keyring."""

    def __init__(self, engine: Engine, media_folder: Path, batch: int = BATCH) -> None:
        """Take the engine and the folder of citizens' files.

        Raises:
            DataLocked: The engine has no key.
        """
        keyring = keyring_of(engine)
        if keyring is None:
            raise DataLocked(f"{VARIABLE} is not set")
        self._engine = engine
        self._keyring: Keyring = keyring
        self._folder = media_folder
        self._batch = batch

    def left(self) -> dict[str, int]:
        """Give how many rows and files of each kind are not encrypted with the newest key."""
        with transaction(self._engine) as connection:
            counts = {
                step.name: int(
                    connection.execute(
                        select(func.count())
                        .select_from(step.table)
                        .where(step.stale(self._keyring.current))
                    ).scalar_one()
                )
                for step in STEPS
            }
        return {**counts, FILES: sum(1 for _ in self._stale_files())}

    def run(self, now: datetime, tell: Tell | None = None) -> list[str]:
        """Write all that is left anew; gives the ids of keys that nothing needs any more.

        ``tell`` hears each table's name and how many of its rows were changed.

        Raises:
            DataLocked: The keys do not fit the database, or something was written meanwhile
                with another key: a process runs with older settings.
        """
        tell = tell or _nobody
        data_keys.prove(self._engine)
        for _ in range(MOST_WALKS):
            for step in STEPS:
                self._walk(step, now, tell)
            self._files(tell)
            if not any(self.left().values()):
                return data_keys.retire(self._engine, self._keyring.current, now)
            self._begin_again()
        raise DataLocked("something still writes with another key")

    def some(self, now: datetime, seconds: float) -> int:
        """Write what is left anew for some seconds; gives how many rows and files were changed.

        When everything was met once with this key, a few small questions tell it.
        """
        until = time.monotonic() + seconds
        changed = 0
        for step in STEPS:
            if time.monotonic() < until:
                changed += self._walk(step, now, _nobody, until)
        with transaction(self._engine) as connection:
            met = select(data_key_steps.c.key_id).where(data_key_steps.c.name == FILES)
            done = connection.execute(met).scalar() == self._keyring.current
        if not done and time.monotonic() < until:
            changed += self._files(_nobody, until)
        return changed

    def _walk(self, step: KeyStep, now: datetime, tell: Tell, until: float = float("inf")) -> int:
        place, changed = self._place(step)
        before = changed
        while place is not None and time.monotonic() < until:
            with transaction(self._engine) as connection:
                place, more = self._batch_of(connection, step, place)
                changed += more
                values = {
                    "key_id": self._keyring.current, "changed": changed,
                    "place": json.dumps(place) if place else "",
                    "finished_at": None if place else now,
                }  # fmt: skip
                connection.execute(
                    upsert(data_key_steps)
                    .values(name=step.name, **values)
                    .on_conflict_do_update(index_elements=["name"], set_=values)
                )
            tell(step.name, changed)
        return changed - before

    def _place(self, step: KeyStep) -> tuple[list[Any] | None, int]:
        """Give behind which row to go on (from the beginning: empty), None when all was met."""
        query = select(data_key_steps).where(data_key_steps.c.name == step.name)
        with transaction(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None or row.key_id != self._keyring.current:
            return [], 0
        if row.finished_at is not None:
            return None, row.changed
        return (json.loads(row.place) if row.place else []), row.changed

    def _batch_of(
        self, connection: Connection, step: KeyStep, place: list[Any]
    ) -> tuple[list[Any] | None, int]:
        keys = list(step.table.primary_key.columns)
        stale = step.stale(self._keyring.current)
        ids = select(*keys).where(stale).order_by(*keys).limit(self._batch)
        if place:
            ids = ids.where(_behind(keys, place))
        found = connection.execute(ids).all()
        if not found:
            return None, 0
        # What a message holds just now is passed over: nobody waits for it, it waits for nobody.
        rows = connection.execute(
            select(step.table)
            .where(tuple_(*keys).in_([tuple(row) for row in found]))
            .with_for_update(skip_locked=True)
        ).mappings()
        changed = 0
        for row in rows:
            self._rewrite(connection, step, keys, row)
            changed += 1
        return [_plain(part) for part in found[-1]], changed

    def _rewrite(
        self, connection: Connection, step: KeyStep, keys: list[Column[Any]], row: Mapping[Any, Any]
    ) -> None:
        values = step.values(self._keyring, row)
        here = and_(*(key == row[key.name] for key in keys))
        if step.takes_place and any(values.get(key.name, row[key.name]) != row[key.name]
                                    for key in keys):  # fmt: skip
            connection.execute(
                upsert(step.table).values({**row, **values}).on_conflict_do_nothing()
            )
            connection.execute(delete(step.table).where(here))
            return
        changed = update(step.table).where(here)
        if step.twin is None:
            connection.execute(changed.values(**values))
            return
        try:
            with connection.begin_nested():
                connection.execute(changed.values(**values))
        except IntegrityError:
            # Stored twice while releases before and after encryption ran side by side.
            connection.execute(changed.values(**{**values, **step.twin(self._keyring, row)}))

    def _begin_again(self) -> None:
        with transaction(self._engine) as connection:
            connection.execute(update(data_key_steps).values(place="", finished_at=None))

    def _stale_files(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [
            file
            for file in sorted(self._folder.iterdir())
            if is_id(file.name) and _head(file) != self._keyring.current
        ]

    def _files(self, tell: Tell, until: float = float("inf")) -> int:
        changed = 0
        for file in self._stale_files():
            if time.monotonic() >= until:
                return changed
            try:
                content = file.read_bytes()
            except FileNotFoundError:
                continue  # removed meanwhile
            meant = self._keyring.unlock_bytes(purpose(file.name), content)
            self._replace(file, self._keyring.lock_bytes(purpose(file.name), meant))
            changed += 1
            tell(FILES, changed)
        with transaction(self._engine) as connection:
            values = {"key_id": self._keyring.current, "finished_at": func.now()}
            connection.execute(
                upsert(data_key_steps)
                .values(name=FILES, **values)
                .on_conflict_do_update(index_elements=["name"], set_=values)
            )
        return changed

    def _replace(self, file: Path, content: bytes) -> None:
        """Put a file's new content in its place at once; a kill leaves the old one whole."""
        fresh = file.with_name(f"{file.name}.anew")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            fresh.replace(file)
        else:  # its citizen's data was erased just now
            fresh.unlink()


def bound_often(engine: Engine, media_folder: Path) -> dict[str, Callable[[datetime], int]]:
    """Give the job that encrypts what is left, a little every minute, by name."""
    return {"encrypt_what_is_left": partial(encrypt_what_is_left, engine, media_folder)}


def encrypt_what_is_left(engine: Engine, media_folder: Path, now: datetime) -> int:
    """Encrypt some of what is plain or encrypted with an older key; gives how much it was."""
    if keyring_of(engine) is None:
        return 0
    return Reencryption(engine, media_folder).some(now, SECONDS_A_MINUTE)


def _nobody(name: str, changed: int) -> None:
    """Hear how far it is, and tell nobody."""


def _head(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            return locked_with(stream.read(16))
    except FileNotFoundError:
        return None


def _behind(keys: list[Column[Any]], place: list[Any]) -> Any:
    parts = [
        literal(int(part) if isinstance(key.type, Integer) else part, key.type)
        for key, part in zip(keys, place, strict=True)
    ]
    return tuple_(*keys) > tuple_(*parts)


def _plain(part: Any) -> Any:
    return part if isinstance(part, int) else str(part)
