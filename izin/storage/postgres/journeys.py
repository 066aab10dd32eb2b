"""Tried conversations kept as journeys, on our own PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import NotFound
from izin.saved_journeys import SavedJourney
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.journeys import saved_journeys
from izin.storage.text import storable

_row = saved_journeys.c


class PostgresSavedJourneys:
    """``izin.ports.journeys.SavedJourneys`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def journeys(self, *, active_only: bool = False) -> Sequence[SavedJourney]:
        """Give them by name."""
        query = select(saved_journeys).order_by(_row.name, _row.added_at)
        if active_only:
            query = query.where(_row.active)
        with transaction(self._engine) as connection:
            return [_read(row) for row in connection.execute(query)]

    def journey(self, journey_id: str) -> SavedJourney:
        """Give one."""
        if is_id(journey_id):
            with transaction(self._engine) as connection:
                row = connection.execute(
                    select(saved_journeys).where(_row.id == journey_id)
                ).first()
            if row is not None:
                return _read(row)
        raise NotFound(f"saved journey {journey_id!r}")

    def add(self, name: str, text: str, account_id: str, key: str, now: datetime) -> str:
        """Keep a new one, once per key."""
        values = {
            "id": str(uuid.uuid4()), "key": key, "name": storable(name), "text": storable(text),
            "added_by": account_id, "added_at": now,
        }  # fmt: skip
        with transaction(self._engine) as connection:
            added = connection.execute(
                upsert(saved_journeys).values(values).on_conflict_do_nothing().returning(_row.id)
            ).scalar()
            if added is None:
                known = select(_row.id).where(_row.key == key)
                added = connection.execute(known).scalar_one()
        return str(added)

    def switch(self, journey_id: str, active: bool) -> None:
        """Let it be played before a model is published, or not."""
        if not is_id(journey_id) or not self._change(journey_id, active=active):
            raise NotFound(f"saved journey {journey_id!r}")

    def note_run(self, journey_id: str, passed: bool, why: str, now: datetime) -> None:
        """Remember how playing it went."""
        self._change(journey_id, passed=passed, why=storable(why), ran_at=now)

    def _change(self, journey_id: str, **values: object) -> bool:
        with transaction(self._engine) as connection:
            changed = connection.execute(
                update(saved_journeys).where(_row.id == journey_id).values(**values)
            )
        return bool(changed.rowcount)


def _read(row: Row[tuple[object, ...]]) -> SavedJourney:
    return SavedJourney(
        id=row.id,
        name=row.name,
        text=row.text,
        active=row.active,
        added_by=row.added_by,
        added_at=row.added_at,
        ran_at=row.ran_at,
        passed=row.passed,
        why=row.why,
    )
