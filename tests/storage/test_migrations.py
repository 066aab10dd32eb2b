"""The migrations and the table definitions say the same."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from izin.storage import tables
from izin.storage.migrate import upgrade
from izin.storage.postgres.engine import create

for _module in iter_modules(tables.__path__):
    import_module(f"{tables.__name__}.{_module.name}")  # each adds its tables to the metadata


def _ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    return kind != "table" or (
        name != "alembic_version" and not str(name).startswith("procrastinate_")
    )


def test_migrated_database_has_exactly_the_tables_that_the_code_defines(database_url: str) -> None:
    engine = create(database_url, pool_size=1)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": _ours,
                "include_schemas": True,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        differences = compare_metadata(context, tables.metadata)
    engine.dispose()
    assert differences == []


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    upgrade(database_url)
