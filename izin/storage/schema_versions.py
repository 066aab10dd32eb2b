"""Which schema a database has, and whether this release knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import psycopg
from psycopg.rows import TupleRow

from izin.storage.migrate import MIGRATIONS_FOLDER

SchemaState = Literal["empty", "older", "current", "newer"]


@dataclass(frozen=True, slots=True)
class Schema:
    """The revision of a database, empty without one, and how it stands to this release."""

    revision: str
    state: SchemaState


def newest_revision() -> str:
    """Give the revision that this release brings databases to."""
    return _revisions()[-1]


def state_of(revision: str) -> SchemaState:
    """Say how a revision stands to this release; one it never heard of is newer."""
    known = _revisions()
    if not revision:
        return "empty"
    if revision not in known:
        return "newer"
    return "current" if revision == known[-1] else "older"


def schema_of(connection: psycopg.Connection[TupleRow]) -> Schema:
    """Give the schema of the database a connection leads to."""
    found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if found is None or found[0] is None:
        return Schema("", "empty")
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    revision = str(row[0]) if row else ""
    return Schema(revision, state_of(revision))


def _revisions() -> list[str]:
    """Give the revisions of this release, oldest first: their files are numbered."""
    files = sorted((MIGRATIONS_FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
    return [file.name[:4] for file in files]
