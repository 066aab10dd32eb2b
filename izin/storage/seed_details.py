"""Office facts that a later release brings, filled in where the office says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB

from izin.storage.documents import plain
from izin.storage.tables.content import office, seed_items

_OFFICE = (seed_items.c.kind == "office", seed_items.c.key == "office")


def fill_details(connection: Connection, offered: Mapping[str, Any]) -> tuple[str, ...]:
    """Add the office's details that no release offered before, and give their keys.

    A key that stands in the row keeps its value whatever it is; one that was seeded before
    and is gone was removed by an editor and stays away. An office that was not seeded is
    left alone.

    Args:
        connection: The caller's transaction, which holds the lock of seeding.
        offered: The details of the data files.
    """
    seeded = connection.execute(select(seed_items.c.seeded).where(*_OFFICE)).scalar_one_or_none()
    stored = connection.execute(select(office.c.details)).scalar_one_or_none()
    if seeded is None or stored is None:
        return ()
    known = {*stored, *seeded.get("details", {})}
    missing = {key: plain(value) for key, value in offered.items() if key not in known}
    if missing:
        # The stored side stands last: a key that an editor adds in this moment wins.
        connection.execute(
            update(office).values(details=type_coerce(missing, JSONB).concat(office.c.details))
        )
        details = {**seeded.get("details", {}), **missing}
        connection.execute(
            update(seed_items).where(*_OFFICE).values(seeded={**seeded, "details": details})
        )
    return tuple(missing)
