"""Refuses a database that a newer version of this product has brought further already."""

from __future__ import annotations

import psycopg
from psycopg.rows import TupleRow

from izin.storage.schema_versions import Schema, newest_revision, schema_of
from ops.backup_errors import SchemaNewer

_CONNECT_S = 10


def require_known_schema(database_url: str) -> Schema:
    """Give the schema of the database a URL names; see `known_schema`."""
    with psycopg.connect(database_url, connect_timeout=_CONNECT_S) as connection:
        return known_schema(connection)


def known_schema(connection: psycopg.Connection[TupleRow]) -> Schema:
    """Give the schema of a database.

    Raises:
        SchemaNewer: this release does not know it.
    """
    schema = schema_of(connection)
    if schema.state == "newer":
        raise SchemaNewer(
            f"schema {schema.revision}, known up to {newest_revision()}",
            schema=schema.revision,
            newest=newest_revision(),
        )
    return schema
