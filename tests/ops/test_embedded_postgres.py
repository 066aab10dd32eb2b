"""The embedded PostgreSQL survives kills, odd folders and its parent's death."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from ops.embedded_postgres import EmbeddedPostgres, running_dsn
from ops.errors import (
    PostgresAlreadyOwned,
    PostgresBinariesMissing,
    PostgresFolderUnusable,
    PostgresVersionMismatch,
)
from ops.postgres_cluster import Cluster, default_data_root
from ops.postgres_owner import ready_pid

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that any uid can enter, as the place of a real installation."""
    made = Path(tempfile.mkdtemp(prefix="tanya-pg-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def until(happened: Callable[[], bool], *, within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def served_pid(root: Path) -> int:
    pid = ready_pid(root / "data")
    assert pid
    return pid


def remember(dsn: str, word: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (word text)")
        connection.execute("INSERT INTO note VALUES (%s)", [word])


def remembered(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM note ORDER BY 1")]


def test_data_outlives_a_stop_and_start(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg") as dsn:
        remember(dsn, "satu")
        server = served_pid(folder / "pg")
        assert running_dsn(folder / "pg") == dsn
    assert not psutil.pid_exists(server)
    assert running_dsn(folder / "pg") is None
    with EmbeddedPostgres(folder / "pg") as dsn:
        assert remembered(dsn) == ["satu"]


def test_nothing_listens_on_tcp(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg"):
        server = psutil.Process(served_pid(folder / "pg"))
        assert [c for c in server.net_connections("inet") if c.status == "LISTEN"] == []


def test_the_socket_lies_in_a_folder_of_the_account_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg"):
        cluster = Cluster.at(folder / "pg")
        found = cluster.socket_folder.stat()
        server = psutil.Process(served_pid(folder / "pg"))
        assert found.st_mode & 0o777 == 0o700
        assert found.st_uid == server.uids().effective != 0
        assert (cluster.data.stat().st_mode & 0o777) == 0o700


def test_a_killed_server_is_started_again_with_its_data(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg") as dsn:
        remember(dsn, "dua")
        first = served_pid(folder / "pg")
        os.kill(first, signal.SIGKILL)
        until(lambda: ready_pid(folder / "pg" / "data") not in (None, first))
        assert remembered(dsn) == ["dua"]


def test_a_killed_owner_takes_the_server_along_and_the_next_start_works(folder: Path) -> None:
    first = EmbeddedPostgres(folder / "pg")
    remember(first.start(), "tiga")
    os.kill(first.owner_pid, signal.SIGKILL)
    with EmbeddedPostgres(folder / "pg") as dsn:
        assert remembered(dsn) == ["tiga"]
    first.stop()


def test_the_server_dies_with_a_killed_parent(folder: Path) -> None:
    code = (
        "import sys, time; from ops.embedded_postgres import EmbeddedPostgres\n"
        "print(EmbeddedPostgres(sys.argv[1]).start(), flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "pg")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )
    assert parent.stdout
    with parent.stdout:
        remember(parent.stdout.readline().strip(), "empat")
    server = served_pid(folder / "pg")
    parent.kill()
    parent.wait()
    until(lambda: not psutil.pid_exists(server))
    until(lambda: not any_owner_of(folder / "pg"))
    with EmbeddedPostgres(folder / "pg") as dsn:
        assert remembered(dsn) == ["empat"]


def any_owner_of(root: Path) -> bool:
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "ops.embedded_postgres" in command and str(root) in command:
            return True
    return False


def test_a_long_path_with_spaces_works(folder: Path) -> None:
    root = folder / "Kantor Perizinan Kabupaten Contoh" / ("folder panjang " * 9).strip() / "pg"
    assert len(str(root)) > 150
    with EmbeddedPostgres(root) as dsn:
        remember(dsn, "lima")
        assert remembered(dsn) == ["lima"]


def test_a_second_owner_of_a_folder_is_refused(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg"), pytest.raises(PostgresAlreadyOwned):
        EmbeddedPostgres(folder / "pg").start()


def test_data_of_another_major_version_is_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg"):
        pass
    (folder / "pg" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresVersionMismatch) as caught:
        EmbeddedPostgres(folder / "pg").start()
    assert caught.value.parameters["found"] == "9"


def test_a_half_made_folder_is_made_anew(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg"):
        pass
    (folder / "pg" / "data").rename(folder / "pg" / "data.new")
    (folder / "pg" / "data.new" / "global" / "pg_control").unlink()
    with EmbeddedPostgres(folder / "pg") as dsn:
        remember(dsn, "enam")


def test_a_recorded_pid_that_now_belongs_to_another_program_does_not_block(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg"):
        left_behind = (folder / "pg" / "data" / "postmaster.pid").read_text()
    lines = left_behind.splitlines()
    lines[0] = str(os.getpid())
    pid_file = folder / "pg" / "data" / "postmaster.pid"
    pid_file.write_text("\n".join(lines) + "\n")
    assert running_dsn(folder / "pg") is None
    with EmbeddedPostgres(folder / "pg") as dsn:
        remember(dsn, "tujuh")


def test_a_broken_configuration_is_told_in_postgresql_s_own_words(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg"):
        pass
    with (folder / "pg" / "data" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(Exception, match="no_such_setting"):
        EmbeddedPostgres(folder / "pg").start()


def test_statements_that_fail_leave_no_personal_data_in_the_log(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg") as dsn, psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE person (nik text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('9999010101900001')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('9999010101900001')")
    log = (folder / "pg" / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "9999010101900001" not in log


def test_an_ephemeral_server_leaves_nothing_behind(folder: Path) -> None:
    with EmbeddedPostgres(folder / "pg", ephemeral=True):
        socket_folder = Cluster.at(folder / "pg").socket_folder
    assert not (folder / "pg").exists()
    assert not socket_folder.exists()


def test_a_named_folder_without_postgres_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANYA_PG_BIN", str(folder))
    with pytest.raises(PostgresBinariesMissing, match="holds no postgres"):
        EmbeddedPostgres(folder / "pg").start()


def test_a_named_folder_with_postgres_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = Cluster.at(folder / "other").binaries.folder
    monkeypatch.setenv("TANYA_PG_BIN", str(copied))
    assert Cluster.at(folder / "pg").binaries.folder == copied.resolve()


def test_a_folder_that_cannot_be_used_is_named(folder: Path) -> None:
    # As root: the dropped uid cannot enter; as an ordinary user: nobody may write there.
    (folder / "closed").mkdir()
    (folder / "closed").chmod(0o700 if os.getuid() == 0 else 0o500)
    with pytest.raises(PostgresFolderUnusable) as caught:
        EmbeddedPostgres(folder / "closed" / "pg").start()
    assert "closed" in str(caught.value.parameters["folder"])


def test_a_socket_folder_replaced_by_a_link_is_refused(folder: Path) -> None:
    socket_folder = Cluster.at(folder / "pg").socket_folder
    socket_folder.symlink_to(folder)
    try:
        with pytest.raises(PostgresFolderUnusable):
            EmbeddedPostgres(folder / "pg").start()
    finally:
        socket_folder.unlink()


def test_two_checkouts_have_databases_of_their_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TANYA_PG_DATA", raising=False)
    assert default_data_root(folder / "a") != default_data_root(folder / "b")
