"""Fills a database from a backup, and lets it take the place of the one that was there."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ops.backup_database import count_tables, major_of, program_environment
from ops.backup_errors import DiskFull, HouseRunning, RestoreFailed, RestoreNotAllowed
from ops.exec_child import child_command
from ops.postgres_binaries import find_binaries

_CONNECT_S = 10
_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_OWN_SCHEMAS = """
SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
"""
_FULL = "No space left on device"


@dataclass(frozen=True, slots=True)
class Found:
    """What is where a backup should go: rows in how many tables, and the server's version."""

    name: str
    tables: int
    server_major: int


def look_at(url: str) -> Found:
    """Give what a database holds.

    Raises:
        HouseRunning: somebody else uses it.
    """
    with psycopg.connect(url, connect_timeout=_CONNECT_S, autocommit=True) as connection:
        row = connection.execute(_OTHERS).fetchone()
        if row and row[0]:
            raise HouseRunning(f"{row[0]} other connections", count=int(row[0]))
        counts = count_tables(connection)
        return Found(connection.info.dbname, len(counts), major_of(connection))


def with_name(url: str, name: str) -> str:
    """Give the URL of another database of the same server."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{quote(name)}"))


def create_beside(url: str, name: str) -> str:
    """Make an empty database beside another; gives its URL.

    Raises:
        RestoreNotAllowed: the account may not make databases.
    """
    with psycopg.connect(url, connect_timeout=_CONNECT_S, autocommit=True) as connection:
        try:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise RestoreNotAllowed(str(error).strip(), name=connection.info.user) from error
        except psycopg.errors.DiskFull as error:
            raise DiskFull(str(error).strip(), folder="PostgreSQL") from error
    return with_name(url, name)


def drop(url: str, name: str) -> None:
    """Remove a database that was made beside another one and never took its place."""
    with psycopg.connect(url, connect_timeout=_CONNECT_S, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def drop_left(url: str, beginning: str) -> None:
    """Remove what a killed restoring left beside a database."""
    with psycopg.connect(url, connect_timeout=_CONNECT_S) as connection:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        left = [str(name) for (name,) in connection.execute(query, (beginning,)).fetchall()]
    for name in left:
        drop(url, name)


def empty_again(url: str) -> None:
    """Undo what was filled into a database that was empty before."""
    with psycopg.connect(url, connect_timeout=_CONNECT_S) as connection:
        for (name,) in connection.execute(_OWN_SCHEMAS).fetchall():
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
        connection.execute("CREATE SCHEMA public")


def take_place(url: str, fresh: str, kept: str) -> None:
    """Let a filled database take the place of the one the URL names, which gets another name.

    Both names change in one transaction.

    Raises:
        RestoreNotAllowed: the account may not rename them.
        HouseRunning: somebody uses one of them.
    """
    current = str(conninfo_to_dict(url)["dbname"])
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    # Nobody can rename the database they are connected to.
    with psycopg.connect(with_name(url, "postgres"), connect_timeout=_CONNECT_S) as connection:
        try:
            for old, new in ((current, kept), (fresh, current)):
                connection.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise RestoreNotAllowed(str(error).strip(), name=connection.info.user) from error
        except psycopg.errors.ObjectInUse as error:
            raise HouseRunning(str(error).strip(), count=1) from error


class Filling:
    """pg_restore, fed piece by piece; all of it is one transaction."""

    def __init__(self, url: str) -> None:
        """Start it on an empty database."""
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        environment = program_environment(url)
        name = make_conninfo(dbname=environment.pop("PGDATABASE", ""))
        argv = [find_binaries().program("pg_restore"), f"--dbname={name}", "--no-password"]
        argv += ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        self._process = subprocess.Popen(
            child_command(argv, death_signal=signal.SIGKILL),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._words,
            env=environment,
        )

    def take(self, data: bytes) -> None:
        """Hand on bytes of pg_dump's output."""
        if self._process.stdin is None:
            raise AssertionError("stdin is a pipe")
        try:
            self._process.stdin.write(data)
        except BrokenPipeError:
            self.finish()
            raise RestoreFailed("pg_restore ended early") from None

    def finish(self) -> None:
        """Wait until everything is in the database.

        Raises:
            DiskFull: the server's disk is full.
            RestoreFailed: it ended with an error.
        """
        with contextlib.suppress(BrokenPipeError, ValueError):
            if self._process.stdin:
                self._process.stdin.close()
        if self._process.wait() != 0:
            self._words.seek(0)
            said = self._words.read(4000).decode(errors="replace").strip()
            if _FULL in said:
                raise DiskFull(said, folder="PostgreSQL")
            raise RestoreFailed(said[:2000] or "pg_restore was stopped")

    def stop(self) -> None:
        """End it whatever it does; what it did is undone by the server."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError, ValueError):
            if self._process.stdin:
                self._process.stdin.close()
        self._words.close()


def counts_of(url: str) -> dict[str, int]:
    """Give the rows of every table of a database."""
    with psycopg.connect(url, connect_timeout=_CONNECT_S) as connection:
        return count_tables(connection)
