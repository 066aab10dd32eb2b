"""Units, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.storage.postgres.engine import transaction
from izin.storage.tables.units import units
from izin.storage.text import storable
from izin.units import Unit, checked


class PostgresUnits:
    """``izin.ports.units.Units`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def all(self) -> Sequence[Unit]:
        """Give every unit: the desk first, then by name."""
        with transaction(self._engine) as connection:
            found = read_units(connection)
        return sorted(found, key=lambda unit: (not unit.desk, unit.name, unit.code))

    def unit(self, code: str) -> Unit:
        """Give a unit."""
        with transaction(self._engine) as connection:
            row = connection.execute(select(units).where(units.c.code == code)).first()
        if row is None:
            raise NotFound(f"unit {code!r}")
        return _unit(row)

    def add(self, unit: Unit) -> Unit:
        """Store a new unit."""
        new = checked(unit)
        with transaction(self._engine) as connection:
            connection.execute(upsert(units).values(unit_values(new)).on_conflict_do_nothing())
            row = connection.execute(select(units).where(units.c.code == new.code)).one()
        if _unit(row) != new:
            raise Conflict(f"unit {new.code} is known")
        return new

    def edit(self, unit: Unit) -> Unit:
        """Replace what is known of a unit."""
        new = checked(unit)
        with transaction(self._engine) as connection:
            changed = update(units).where(units.c.code == new.code).values(unit_values(new))
            if not connection.execute(changed).rowcount:
                raise NotFound(f"unit {new.code!r}")
        return new


def read_units(connection: Connection) -> list[Unit]:
    """Give every unit, in no order."""
    return [_unit(row) for row in connection.execute(select(units))]


def insert_unit(connection: Connection, unit: Unit, _position: int, _published: bool) -> None:
    """Write a unit of the data files."""
    connection.execute(upsert(units).values(unit_values(unit)))


def unit_values(unit: Unit) -> dict[str, Any]:
    """Give the columns of a unit."""
    return {
        "code": unit.code,
        "name": storable(unit.name),
        "desk": unit.desk,
        "active": unit.active,
        "contact": storable(unit.contact),
    }


def _unit(row: Row[Any]) -> Unit:
    return Unit(row.code, row.name, row.desk, row.active, row.contact)
