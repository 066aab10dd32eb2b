"""A small house with something in every corner, for backups, restoring and upgrades."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from pyrage import x25519

from izin.storage.seed import seed_all
from ops import demo_desk
from ops.backup import Sources
from ops.backup_rules import KeepRule
from ops.prepare import load_demo
from ops.settings import CHECKOUT, OpsSettings

RULE = KeepRule()
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
"""


@dataclass(frozen=True)
class House:
    """Where a house keeps its things."""

    url: str
    folder: Path
    identity: x25519.Identity

    @property
    def settings(self) -> OpsSettings:
        return OpsSettings(
            checkout=CHECKOUT,
            data_root=self.folder / "pg",
            var_folder=self.folder / "var",
            media_folder=self.folder / "media",
            backup_folder=self.folder / "backup",
            database_url=self.url,
        )

    @property
    def sources(self) -> Sources:
        return Sources(self.settings.media, self.settings.models)

    @property
    def keys(self) -> list[x25519.Recipient]:
        return [self.identity.to_public()]


def furnish(house: House) -> None:
    """Seed it, let citizens and officers talk, and lay files into its folders."""
    settings = house.settings
    seed_all(house.url, settings.data)
    load_demo(settings, house.url)
    demo_desk.load(house.url, datetime.now(UTC), settings.data)
    settings.media.mkdir(parents=True)
    settings.models.mkdir(parents=True)
    for size in (0, 1, 511, 512, 513, 300_000):
        (settings.media / str(uuid.uuid4())).write_bytes(bytes(range(256)) * (size // 256 + 1))
    (settings.media / str(uuid.uuid4())).write_bytes(b"")
    (settings.models / "0123456789abcdef.tar.gz").write_bytes(b"model" * 1000)


def rows_of(url: str) -> dict[str, tuple[int, str]]:
    """Give the number of rows and a digest over all of them, for every table of all schemas."""
    found = {}
    with psycopg.connect(url) as connection:
        connection.execute("SET timezone TO 'UTC'")
        for schema, table in connection.execute(TABLES).fetchall():
            query = sql.SQL(
                "SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text)))"
                ", '') FROM {} t"
            ).format(sql.Identifier(schema, table))
            row = connection.execute(query).fetchone()
            assert row is not None
            found[f"{schema}.{table}"] = (int(row[0]), str(row[1]))
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder that is not hidden."""
    if not folder.exists():
        return {}
    return {f.name: f.read_bytes() for f in folder.iterdir() if not f.name.startswith(".")}
