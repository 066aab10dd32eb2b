"""Which keys what is stored was encrypted with, and how far a change of keys has come."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Table, Text, func

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("proof", Text, nullable=False),
    Column("first_used_at", _moment, nullable=False, server_default=func.now()),
    Column("retired_at", _moment),
)
"""One row for each key that may have written; ``proof`` opens with that key alone."""

data_key_steps = Table(
    "data_key_steps",
    metadata,
    Column("name", Text, primary_key=True),
    Column("key_id", Text, nullable=False),
    Column("place", Text, nullable=False, server_default=""),
    Column("changed", BigInteger, nullable=False, server_default="0"),
    Column("finished_at", _moment),
)
"""How far each column group was written anew with ``key_id``: up to the row ``place``."""
