"""Alembic environment: one connection, one lock, so that two starts cannot collide."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

from izin.storage.tables import metadata

MIGRATION_LOCK = 7_203_001

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
engine.dispose()
