"""Fills tables quickly, naming only columns that the schema has now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

_COLUMNS = """select case when table_schema <> 'public' then table_schema || '.' else '' end
    || table_name as name, array_agg(column_name::text) as columns
  from information_schema.columns where table_schema in ('public', 'sealed') group by 1"""


class Filler:
    """Inserts into the tables of one transaction by SQL expressions.

    Columns and tables that the schema does not have are left out, so that the same world fills
    an older and a newer schema; columns it does not name get their defaults.

    Args:
        connection: Of a superuser, in a transaction.
        values: Parameters of every statement.
    """

    def __init__(self, connection: Connection, values: Mapping[str, Any]) -> None:
        self.connection = connection
        self.values = dict(values)
        self.rows: dict[str, int] = {}
        self._columns: dict[str, set[str]] = {
            row.name: set(row.columns) for row in connection.execute(text(_COLUMNS))
        }

    def knows(self, table: str, column: str | None = None) -> bool:
        """Say whether the schema has a table (``schema.table``, or the default schema)."""
        return table in self._columns and column in (None, *self._columns[table])

    def run(self, statement: str, **more: Any) -> int:
        """Run a statement; gives how many rows it touched."""
        used = {**self.values, **more}
        named = {name: value for name, value in used.items() if f":{name}" in statement}
        return int(self.connection.execute(text(statement), named).rowcount)

    def fill(self, name: str, source: str, /, **columns: str) -> None:
        """Insert what ``select <columns> <source>`` gives into the table ``name``."""
        if not self.knows(name):
            return
        kept = {column: value for column, value in columns.items() if self.knows(name, column)}
        names = ", ".join(f'"{column}"' for column in kept)
        chosen = ", ".join(kept.values())
        rows = self.run(f"insert into {name} ({names}) select {chosen} {source}")
        self.rows[name] = self.rows.get(name, 0) + rows

    @contextmanager
    def without_indexes(self, *names: str) -> Iterator[None]:
        """Build the plain indexes of these tables once at the end instead of row by row."""
        dropped = []
        for name in names:
            rows = self.connection.execute(
                text(
                    "select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid)"
                    " as built from pg_index i where i.indrelid = cast(:of as regclass)"
                    " and not i.indisunique"
                ),
                {"of": name},
            ).all()
            dropped += rows
        for row in dropped:
            self.connection.execute(text(f"drop index {row.name}"))
        yield
        for row in dropped:
            self.connection.exec_driver_sql(row.built)

    @contextmanager
    def without_triggers(self) -> Iterator[None]:
        """Neither check foreign keys nor ring for news of two years ago."""
        self.connection.execute(text("set session_replication_role = replica"))
        yield
        self.connection.execute(text("set session_replication_role = default"))
