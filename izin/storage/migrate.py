"""Brings a database to the newest schema, with Alembic."""

from __future__ import annotations

from pathlib import Path

MIGRATIONS_FOLDER = Path(__file__).resolve().parent / "migrations"


def sqlalchemy_url(database_url: str) -> str:
    """Give the SQLAlchemy form (psycopg 3 driver) of a libpq ``postgresql://`` URL."""
    scheme, _, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgresql", "postgres") else database_url


def upgrade(database_url: str, revision: str = "head") -> None:
    """Apply all migrations up to ``revision``; running it again changes nothing.

    Raises:
        sqlalchemy.exc.OperationalError: The database cannot be reached.
    """
    # Only here: servers that merely read an address need no migrations in their memory.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    config.attributes["url"] = sqlalchemy_url(database_url)
    command.upgrade(config, revision)
