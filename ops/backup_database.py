"""The database of a backup: one moment of it, counted and copied by PostgreSQL's own programs."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from izin.storage.schema_versions import schema_of
from ops.backup_errors import BackupBusy, DumpFailed
from ops.backup_file import PIECE, Summing, member
from ops.exec_child import child_command
from ops.postgres_binaries import find_binaries

Connection = psycopg.Connection[TupleRow]

_BACKUP_LOCK = 7_203_027
_CONNECT_S = 10
_ENVIRONMENT = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER",
    "password": "PGPASSWORD", "passfile": "PGPASSFILE", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT", "connect_timeout": "PGCONNECT_TIMEOUT",
}  # fmt: skip
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a database that a transaction holds still.

    Attributes:
        snapshot: PostgreSQL's name of it, for programs that shall see the same.
        server_major: major version of the server.
        schema: our revision, empty without one.
        tables: rows of every table, by schema and name.
    """

    url: str
    snapshot: str
    server_major: int
    schema: str
    tables: dict[str, int] = field(default_factory=dict)


@contextmanager
def held_moment(url: str) -> Iterator[Moment]:
    """Hold a moment of the database, alone among all backups of it.

    Raises:
        BackupBusy: another backup of this database runs.
    """
    with psycopg.connect(url, connect_timeout=_CONNECT_S, autocommit=True) as connection:
        got = connection.execute("SELECT pg_try_advisory_lock(%s)", (_BACKUP_LOCK,)).fetchone()
        if not got or not got[0]:
            raise BackupBusy("another backup of this database runs")
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield Moment(
            url,
            str(row[0]) if row else "",
            major_of(connection),
            schema_of(connection).revision,
            count_tables(connection),
        )
        connection.execute("COMMIT")


def major_of(connection: Connection) -> int:
    """Give the server's major version."""
    return connection.info.server_version // 10_000


def count_tables(connection: Connection) -> dict[str, int]:
    """Give the number of rows of every table, whoever made it."""
    counts = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        counts[f"{schema}.{table}"] = int(row[0]) if row else 0
    return counts


def dump(moment: Moment, summing: Summing) -> Iterator[bytes]:
    """Give the archive's bytes of the database, piece by piece.

    Raises:
        DumpFailed: pg_dump is too old for the server, or ended with an error.
    """
    binaries = find_binaries()
    if binaries.major < moment.server_major:
        raise DumpFailed(
            f"pg_dump {binaries.major} cannot read PostgreSQL {moment.server_major}; name the "
            f"folder of its programs in TANYA_PG_BIN"
        )
    argv = [binaries.program("pg_dump"), "--format=custom", "--compress=gzip:3"]
    argv += [f"--snapshot={moment.snapshot}", "--no-password", "--lock-wait-timeout=60s"]
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            child_command(argv, death_signal=signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=words,
            env=program_environment(moment.url),
        )
        try:
            yield from _pieces(process, summing)
            if process.wait() != 0:
                words.seek(0)
                raise DumpFailed(f"pg_dump: {words.read(2000).decode(errors='replace').strip()}")
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def _pieces(process: subprocess.Popen[bytes], summing: Summing) -> Iterator[bytes]:
    if process.stdout is None:
        raise AssertionError("stdout is a pipe")
    number = 0
    while piece := process.stdout.read(PIECE):
        number += 1
        name = f"database/{number:06d}"
        summing.begin(name, len(piece))
        summing.add(name, piece)
        yield from member(name, piece)


def program_environment(url: str) -> dict[str, str]:
    """Give what PostgreSQL's programs need; never on their command line, which others can read."""
    said = conninfo_to_dict(url)
    environment = {
        name: value for name in ("PATH", "HOME") if (value := os.environ.get(name)) is not None
    }
    environment.update(
        {_ENVIRONMENT[key]: str(value) for key, value in said.items() if key in _ENVIRONMENT}
    )
    return {**environment, "LC_ALL": "C", "PGAPPNAME": "tanya-backup"}
