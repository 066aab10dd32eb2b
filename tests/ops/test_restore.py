"""A house comes back whole from its backup, or stays exactly as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import psycopg
import pytest
import structlog
from psycopg import sql
from pyrage import x25519

from izin.errors import DataLocked
from izin.storage.erasure_list import add_to_list, mark_of
from izin.storage.migrate import upgrade
from izin.storage.schema_versions import newest_revision
from ops import restore as restoring
from ops import restore_erasures, restore_folders
from ops.backup import back_up
from ops.backup_errors import (
    BackupKeyWrong,
    BackupTruncated,
    DiskFull,
    ErasuresLocked,
    HouseRunning,
    RestoreMismatch,
    RestoreNotAllowed,
    TargetNotEmpty,
)
from ops.cli import main
from ops.restore import restore
from ops.restore_database import with_name
from ops.settings import CHECKOUT
from ops.up import only_one_up
from tests.ops.house import RULE, House, files_of, furnish, rows_of
from tests.postgres_fixtures import DatabaseFactory


@pytest.fixture(autouse=True)
def own_process() -> Iterator[None]:
    """Undo what a command sets for its whole process."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def furnished(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[House, Path]:
    """A house full of things, and a backup of it."""
    folder = tmp_path_factory.mktemp("house")
    house = House(module_database_url, folder, x25519.Identity.generate())
    furnish(house)
    made = back_up(house.url, house.sources, house.settings.backups, house.keys, RULE)
    return house, made.file


@pytest.fixture
def other(
    empty_database_url: str, tmp_path: Path, furnished: tuple[House, Path]
) -> Iterator[House]:
    """Another machine: an empty database and no folders."""
    yield House(empty_database_url, tmp_path, furnished[0].identity)
    # What was kept or left beside it would outlive the test's own database.
    assert databases(empty_database_url, f"{name_of(empty_database_url)}_restoring_%") == []
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        for name in databases(empty_database_url, f"{name_of(empty_database_url)}_before_%"):
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def name_of(url: str) -> str:
    return urlsplit(url).path.strip("/")


def databases(url: str, pattern: str) -> list[str]:
    with psycopg.connect(with_name(url, "postgres")) as connection:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        return [str(name) for (name,) in connection.execute(query, (pattern,)).fetchall()]


def put_something(house: House) -> tuple[dict[str, tuple[int, str]], dict[str, bytes]]:
    """Let the house hold things of its own already; gives them."""
    with psycopg.connect(house.url) as connection:
        connection.execute("CREATE SCHEMA own")
        connection.execute("CREATE TABLE own.notes AS SELECT 'milik kantor lain' AS text")
    house.settings.media.mkdir()
    (house.settings.media / "foto").write_bytes(b"foto lama")
    return rows_of(house.url), files_of(house.settings.media)


def but_for_runs(rows: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Leave out the record of the backup itself, which ended after its own moment."""
    return {name: found for name, found in rows.items() if name != "public.backup_runs"}


def test_every_table_and_every_file_comes_back(furnished: tuple[House, Path], other: House) -> None:
    house, file = furnished
    done = restore(other.settings, file, [house.identity])
    before, after = rows_of(house.url), rows_of(other.url)
    assert but_for_runs(after) == but_for_runs(before)
    assert sum(count > 0 for count, _ in after.values()) > 40
    assert files_of(other.settings.media) == files_of(house.settings.media)
    assert files_of(other.settings.models) == files_of(house.settings.models)
    assert (done.kept_database, done.kept_media) == ("", None)
    # Numbers go on where they were: a new row takes no old one's place.
    with psycopg.connect(other.url) as connection:
        connection.execute("INSERT INTO backup_runs (started_at, file) VALUES (now(), 'x')")


def test_what_was_there_is_refused_without_replace_and_kept_with_it(
    furnished: tuple[House, Path], other: House
) -> None:
    house, file = furnished
    rows, files = put_something(other)
    with pytest.raises(TargetNotEmpty):
        restore(other.settings, file, [house.identity])
    assert (rows_of(other.url), files_of(other.settings.media)) == (rows, files)
    done = restore(other.settings, file, [house.identity], replace=True)
    assert but_for_runs(rows_of(other.url)) == but_for_runs(rows_of(house.url))
    assert files_of(other.settings.media) == files_of(house.settings.media)
    assert rows_of(with_name(other.url, done.kept_database)) == rows
    assert done.kept_media is not None
    assert files_of(done.kept_media) == files


def test_files_alone_are_not_overwritten_either(
    furnished: tuple[House, Path], other: House
) -> None:
    other.settings.media.mkdir()
    (other.settings.media / "foto").write_bytes(b"foto lama")
    with pytest.raises(TargetNotEmpty):
        restore(other.settings, furnished[1], [furnished[0].identity])


def test_a_wrong_key_or_a_truncated_file_change_nothing(
    furnished: tuple[House, Path], other: House, tmp_path: Path
) -> None:
    house, file = furnished
    cut = tmp_path / file.name
    cut.write_bytes(file.read_bytes()[:-5000])
    rows, files = put_something(other)
    with pytest.raises(BackupKeyWrong):
        restore(other.settings, file, [x25519.Identity.generate()], replace=True)
    with pytest.raises(BackupTruncated):
        restore(other.settings, cut, [house.identity], replace=True)
    assert (rows_of(other.url), files_of(other.settings.media)) == (rows, files)


def test_what_was_erased_since_the_backup_is_erased_again(
    furnished: tuple[House, Path], other: House
) -> None:
    house, file = furnished
    with psycopg.connect(house.url) as connection:
        row = connection.execute("SELECT conversation_id FROM turns").fetchone()
    assert row is not None
    chat, before = str(row[0]), rows_of(house.url)
    other.settings.backups.mkdir()
    add_to_list(other.settings.backups, {(date(2026, 1, 2), mark_of(chat))})
    done = restore(other.settings, file, [house.identity])
    assert done.erased == 1
    with psycopg.connect(other.url) as connection:
        for table, column in (("conversations", "id"), ("turns", "conversation_id")):
            query = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            assert connection.execute(query, (chat,)).fetchone() == (0,)
    after = rows_of(other.url)
    assert after["public.conversations"][0] == before["public.conversations"][0] - 1
    assert after["public.permits"] == before["public.permits"]


def test_files_of_an_erased_chat_do_not_come_back_either(
    furnished: tuple[House, Path], other: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, file = furnished
    name = next(iter(files_of(house.settings.media)))
    monkeypatch.setattr(restoring, "erase_marked", lambda url, marks: (1, [name]))
    restore(other.settings, file, [house.identity])
    assert set(files_of(house.settings.media)) - set(files_of(other.settings.media)) == {name}


def test_erasing_again_needs_the_data_key_and_changes_nothing_without(
    furnished: tuple[House, Path], other: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(connection: object, marks: object) -> None:
        raise DataLocked("TANYA_DATA_KEY is not set")

    monkeypatch.setattr(restore_erasures, "erase_again", locked)
    other.settings.backups.mkdir()
    add_to_list(other.settings.backups, {(date(2026, 1, 2), mark_of("a"))})
    rows, files = put_something(other)
    with pytest.raises(ErasuresLocked):
        restore(other.settings, furnished[1], [furnished[0].identity], replace=True)
    assert (rows_of(other.url), files_of(other.settings.media)) == (rows, files)


def test_a_backup_without_the_list_of_erasures_comes_back_and_says_so(
    furnished: tuple[House, Path], other: House, tmp_path: Path
) -> None:
    house, file = furnished
    alone = tmp_path / "sendiri"
    alone.mkdir()
    copied = alone / "salinan.tar.age"
    copied.write_bytes(file.read_bytes())
    assert restore(other.settings, copied, [house.identity]).erased is None


def test_a_running_house_is_refused(furnished: tuple[House, Path], other: House) -> None:
    house, file = furnished
    with psycopg.connect(other.url), pytest.raises(HouseRunning):
        restore(other.settings, file, [house.identity])
    with only_one_up(other.settings), pytest.raises(HouseRunning):
        restore(other.settings, file, [house.identity])
    assert rows_of(other.url) == {}


class _FullDisk:
    def write(self, data: bytes) -> int:
        raise OSError(28, os.strerror(28))

    def flush(self) -> None:
        raise OSError(28, os.strerror(28))

    def close(self) -> None:
        pass


@pytest.mark.parametrize("there", [True, False], ids=["replacing", "empty"])
def test_a_full_disk_takes_everything_back(
    furnished: tuple[House, Path],
    other: House,
    monkeypatch: pytest.MonkeyPatch,
    there: bool,
) -> None:
    house, file = furnished
    rows, files = put_something(other) if there else ({}, {})

    def begin(self: restore_folders.BesideFolder, name: str) -> None:
        self._fresh.mkdir(exist_ok=True)
        self._open = cast("restore_folders.BinaryIO", _FullDisk())

    monkeypatch.setattr(restore_folders.BesideFolder, "begin", begin)
    with pytest.raises(DiskFull):
        restore(other.settings, file, [house.identity], replace=there)
    assert (rows_of(other.url), files_of(other.settings.media)) == (rows, files)
    assert [name for name in os.listdir(other.folder) if "restoring" in name] == []


def test_rows_that_differ_from_the_manifest_take_everything_back(
    furnished: tuple[House, Path], other: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "counts_of", lambda url: {"public.permits": 1})
    with pytest.raises(RestoreMismatch):
        restore(other.settings, furnished[1], [furnished[0].identity])
    assert rows_of(other.url) == {}


def test_a_swap_that_fails_gives_the_files_back(
    furnished: tuple[House, Path], other: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, files = put_something(other)

    def fail(url: str, fresh: str, kept: str) -> None:
        raise RestoreNotAllowed("no right", name="tanya")

    monkeypatch.setattr(restoring, "take_place", fail)
    with pytest.raises(RestoreNotAllowed):
        restore(other.settings, furnished[1], [furnished[0].identity], replace=True)
    assert (rows_of(other.url), files_of(other.settings.media)) == (rows, files)


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from pyrage import x25519
from ops import restore
from ops.settings import OpsSettings
def die(found, wanted):
    os.kill(os.getpid(), signal.SIGKILL)
restore._compare = die
restore.restore(
    OpsSettings.from_environment(), Path(sys.argv[1]),
    [x25519.Identity.from_str(sys.argv[2])], replace=True)
"""


def test_a_killed_restore_destroys_nothing_and_can_be_done_again(
    furnished: tuple[House, Path], other: House
) -> None:
    house, file = furnished
    rows, files = put_something(other)
    environment = {
        **os.environ,
        "DATABASE_URL": other.url,
        "TANYA_VAR_FOLDER": str(other.settings.var),
        "TANYA_MEDIA_FOLDER": str(other.settings.media),
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(file), str(house.identity)],
        cwd=CHECKOUT,
        env=environment,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert (rows_of(other.url), files_of(other.settings.media)) == (rows, files)
    restore(other.settings, file, [house.identity], replace=True)
    assert but_for_runs(rows_of(other.url)) == but_for_runs(rows_of(house.url))


def test_an_older_backup_is_brought_to_the_present_schema(
    new_database: DatabaseFactory, other: House, tmp_path: Path
) -> None:
    with new_database(None) as url:
        upgrade(url, "0025")
        old = replace(other, url=url)
        # A database of before the record of backups can be kept all the same.
        file = back_up(url, old.sources, tmp_path / "b", old.keys, RULE).file
    restore(other.settings, file, [other.identity])
    with psycopg.connect(other.url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row == (newest_revision(),)


def test_every_refusal_is_a_clear_sentence(
    furnished: tuple[House, Path],
    other: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    house, file = furnished
    put_something(other)
    for name, value in (
        ("DATABASE_URL", other.url),
        ("TANYA_VAR_FOLDER", str(other.settings.var)),
        ("TANYA_MEDIA_FOLDER", str(other.settings.media)),
        ("TANYA_BACKUP_FOLDER", str(other.settings.backups)),
        ("TANYA_BACKUP_KEY", ""),
        ("TANYA_BACKUP_SECRET", ""),
    ):
        monkeypatch.setenv(name, value)
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    assert main(["backup", "--new-key", str(wrong)]) == 0
    right.write_text(f"{house.identity}\n")
    cut = tmp_path / "cut.age"
    cut.write_bytes(file.read_bytes()[:-1])
    foreign = tmp_path / "foto.jpg"
    foreign.write_bytes(b"\xff\xd8\xff")
    capsys.readouterr()
    for argv, words in (
        (["backup"], "Kunci cadangan belum diatur"),
        (["backup", "--verify", str(file)], "--key-file"),
        (["backup", "--verify", str(cut), "--key-file", str(right)], "terpotong atau berubah"),
        (["restore", str(file), "--key-file", str(wrong)], "tidak cocok dengan cadangan"),
        (["restore", str(foreign), "--key-file", str(right)], "bukan cadangan Tanya Izin"),
        (["restore", str(tmp_path / "x"), "--key-file", str(right)], "bukan cadangan Tanya Izin"),
        (["restore", str(file), "--key-file", str(right)], "--replace"),
    ):
        assert main(argv) == 1
        said = capsys.readouterr().err
        assert words in said
        assert not set("{}") & set(said)
    assert main(["backup", "--verify", str(file), "--key-file", str(right)]) == 0
    assert "utuh" in capsys.readouterr().out
    monkeypatch.setenv("TANYA_BACKUP_KEY", str(house.keys[0]))
    assert main(["restore", str(file), "--key-file", str(right), "--replace"]) == 0
    assert "TANYA_SEAL_KEY" in capsys.readouterr().out
    assert main(["backup"]) == 0
    assert "TANYA_DATA_KEY" in capsys.readouterr().out
