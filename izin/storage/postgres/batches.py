"""Deletes much in small commits, so that no job locks or loads a whole table at once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, Table, delete, select, tuple_

from izin.storage.postgres.engine import transaction

BATCH = 1_000
"""Rows of one commit: some tens of milliseconds."""
MOST_AT_ONCE = 50_000
"""Rows of one run; what is left goes with the next hour's."""


def delete_in_batches(
    engine: Engine,
    table: Table,
    condition: ColumnElement[bool],
    *,
    batch: int = BATCH,
    most: int = MOST_AT_ONCE,
) -> int:
    """Delete the rows that meet a condition, a batch a commit; gives how many went."""
    key = tuple_(*table.primary_key.columns)
    chosen = select(*table.primary_key.columns).where(condition).limit(batch)
    done = 0
    while done < most:
        with transaction(engine) as connection:
            went = connection.execute(delete(table).where(key.in_(chosen))).rowcount
        done += went
        if went < batch:
            break
    return done
