"""Backups are whole or not there at all, and only their key opens them."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from pyrage import x25519
from sqlalchemy.exc import ProgrammingError

from izin.storage.erasure_list import FILE as LIST
from izin.wording import Wording
from ops import backup as backing_up
from ops import backup_errors
from ops.backup import FORMAT, PRODUCT, Sources, back_up
from ops.backup_check import check_backup
from ops.backup_errors import (
    BackupBusy,
    BackupDamaged,
    BackupForeign,
    BackupKeyInvalid,
    BackupKeyMissing,
    BackupKeyWrong,
    BackupNewer,
    BackupSecretMissing,
    BackupTruncated,
    DiskFull,
)
from ops.backup_file import ending, member, write_locked
from ops.backup_keys import locks, new_key, openers
from ops.backup_rules import KeepRule, Kept, backup_name, made_at, to_delete
from ops.settings import CHECKOUT
from tests.ops.house import RULE, House

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
WORDING = Wording()


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    """A house with a schema and one file, cheap enough for every test."""
    house = House(database_url, tmp_path, x25519.Identity.generate())
    house.settings.media.mkdir()
    (house.settings.media / "11111111-1111-4111-8111-111111111111").write_bytes(os.urandom(70_000))
    return house


def make(house: House, now: datetime = NOW) -> Path:
    return back_up(
        house.url, house.sources, house.settings.backups, house.keys, RULE, lambda: now
    ).file


def left_in(folder: Path) -> list[str]:
    beside = {".lock", LIST, f".{LIST}.lock"}
    return sorted(file.name for file in folder.iterdir() if file.name not in beside)


def test_a_list_of_erasures_that_cannot_be_read_spoils_no_backup(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(engine: object) -> None:
        raise ProgrammingError("select", {}, Exception("permission denied"))

    monkeypatch.setattr(backing_up, "erased_marks", refuse)
    made = back_up(house.url, house.sources, house.settings.backups, house.keys, RULE)
    assert made.file.exists()
    assert not (house.settings.backups / LIST).exists()


def runs(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT ok, bytes, file, reason, finished_at IS NOT NULL FROM backup_runs ORDER BY id"
        ).fetchall()


def test_a_backup_is_sound_private_and_recorded(house: House) -> None:
    file = make(house)
    assert file.stat().st_mode & 0o777 == 0o600
    assert left_in(file.parent) == [file.name]
    assert runs(house.url) == [(True, file.stat().st_size, str(file), "", True)]
    manifest = check_backup(file, [house.identity])
    assert manifest.parts["media"]["files"] == 1
    assert manifest.tables["public.alembic_version"] == 1
    assert b"PGDMP" not in file.read_bytes()


def test_only_the_right_key_opens_it(house: House) -> None:
    with pytest.raises(BackupKeyWrong):
        check_backup(make(house), [x25519.Identity.generate()])


@pytest.mark.parametrize("cut", [1, 20_000, 66_000])
def test_a_truncated_file_is_refused(house: House, cut: int) -> None:
    file = make(house)
    os.truncate(file, file.stat().st_size - cut)
    with pytest.raises(BackupTruncated):
        check_backup(file, [house.identity])


def test_a_changed_byte_is_refused(house: House) -> None:
    file = make(house)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupTruncated):
        check_backup(file, [house.identity])


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no backup", b"age-encryption.org/v1\nrubbish"]
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "foreign"
    file.write_bytes(content)
    with pytest.raises((BackupForeign, BackupTruncated)):
        check_backup(file, [x25519.Identity.generate()])


def locked(tmp_path: Path, chunks: list[bytes], identity: x25519.Identity) -> Path:
    stream = io.BytesIO()
    write_locked([b"".join(chunks)], stream, [identity.to_public()])
    file = tmp_path / "made.tar.age"
    file.write_bytes(stream.getvalue())
    return file


HEAD = {"product": PRODUCT, "format": FORMAT, "version": "9.9", "schema": "0027"}


@pytest.mark.parametrize(
    ("head", "error"),
    [
        ({**HEAD, "schema": "9999"}, BackupNewer),
        ({**HEAD, "format": FORMAT + 1}, BackupNewer),
        ({**HEAD, "product": "other"}, BackupForeign),
        (HEAD, BackupDamaged),
    ],
)
def test_what_is_newer_foreign_or_without_manifest_is_refused(
    tmp_path: Path, head: dict[str, object], error: type[Exception]
) -> None:
    identity = x25519.Identity.generate()
    chunks = [*member("head.json", json.dumps(head).encode()), ending()]
    with pytest.raises(error):
        check_backup(locked(tmp_path, chunks, identity), [identity])


@pytest.mark.parametrize("name", ["media/../../etc/passwd", "/etc/passwd", "other/file", "media/"])
def test_a_locked_archive_cannot_name_places_of_its_own(tmp_path: Path, name: str) -> None:
    identity = x25519.Identity.generate()
    chunks = [*member("head.json", json.dumps(HEAD).encode()), *member(name, b"x"), ending()]
    with pytest.raises(BackupForeign):
        check_backup(locked(tmp_path, chunks, identity), [identity])


def test_two_backups_never_run_at_once(house: House, tmp_path: Path) -> None:
    with psycopg.connect(house.url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(7203027)")
        with pytest.raises(BackupBusy):
            make(house)
    assert left_in(house.settings.backups) == []
    assert make(house).exists()


@pytest.fixture
def small_files() -> Iterator[Callable[[], None]]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_nothing_and_is_recorded(
    house: House, small_files: Callable[[], None]
) -> None:
    good = make(house, NOW - timedelta(days=1))
    before = good.read_bytes()
    small_files()
    with pytest.raises(DiskFull):
        make(house)
    assert left_in(house.settings.backups) == [good.name]
    assert good.read_bytes() == before
    ok, size, _, reason, ended = runs(house.url)[-1]
    assert (ok, size, ended) == (False, None, True)
    assert str(reason).startswith("DiskFull")


KILLED = """
import os, signal, sys
from pathlib import Path
from pyrage import x25519
from ops import backup
from ops.backup_rules import KeepRule
def files(folder):
    os.kill(os.getpid(), int(sys.argv[3]))
    return iter(())
backup._files = files
import ops.backup_cli; ops.backup_cli.quietly()
key = [x25519.Identity.generate().to_public()]
sources = backup.Sources(Path("/x"), Path("/x"))
backup.back_up(sys.argv[1], sources, Path(sys.argv[2]), key, KeepRule())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_backup_left_is_gone_with_the_next_one(house: House, number: int) -> None:
    folder = house.settings.backups
    argv = [sys.executable, "-c", KILLED, house.url, str(folder), str(int(number))]
    done = subprocess.run(argv, cwd=CHECKOUT, check=False, capture_output=True)
    assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGTERM), done.stderr
    left = left_in(folder)
    assert all(name.startswith(".") for name in left)
    assert number == signal.SIGKILL or left == []
    file = make(house)
    assert left_in(folder) == [file.name]
    assert [row[0] for row in runs(house.url)] == [
        None if number == signal.SIGKILL else False, True,
    ]  # fmt: skip


def test_old_backups_go_by_rule_and_foreign_files_stay(house: House) -> None:
    folder = house.settings.backups
    folder.mkdir()
    foreign = ["catatan.txt", "tanya-izin-2020.tar.age", "tanya-izin-20260101T000000Z.tar.age.bak"]
    for name in foreign:
        (folder / name).write_text("milik orang lain")
    for days in range(1, 500, 3):
        (folder / backup_name(NOW - timedelta(days=days))).write_bytes(b"x")
    file = make(house)
    kept = left_in(folder)
    assert set(foreign) < set(kept)
    assert file.name in kept
    assert 15 <= len(kept) - len(foreign) <= 8 + 4 + 12


def kept(days_ago: int) -> Kept:
    at = NOW - timedelta(days=days_ago)
    return Kept(Path(backup_name(at)), at)


def test_the_last_good_backup_is_never_deleted() -> None:
    old, bad = kept(700), kept(1)
    nothing = KeepRule(0, 0, 0)
    assert to_delete([old, bad], nothing, lambda item: item is old) == []
    assert to_delete([bad], nothing, lambda item: False) == []
    new = kept(0)
    assert to_delete([old, bad, new], nothing, lambda item: item is not bad) == [old, bad]


def test_a_broken_backup_takes_no_sound_ones_place() -> None:
    sound = [kept(2), kept(9)]
    assert to_delete([kept(1), *sound], KeepRule(2, 0, 0), lambda item: item in sound) == []


def test_every_period_keeps_its_newest() -> None:
    everything = [kept(days) for days in range(400)]
    gone = to_delete(everything, KeepRule(7, 4, 12), lambda item: True)
    left = [item for item in everything if item not in gone]
    assert [item.made_at.date() for item in left[:7]] == [
        (NOW - timedelta(days=days)).date() for days in range(7)
    ]
    assert len({(item.made_at.year, item.made_at.month) for item in left}) == 12


def test_an_afternoons_backup_does_not_push_out_the_mornings() -> None:
    morning = Kept(Path(backup_name(NOW - timedelta(hours=9))), NOW - timedelta(hours=9))
    assert to_delete([kept(0), morning], KeepRule(), lambda item: True) == []


@pytest.mark.parametrize("text", ["7", "7,4", "a,b,c", "-1,4,12", "7,4,12,1"])
def test_a_rule_that_is_none_is_not_read(text: str) -> None:
    assert KeepRule.read(text) is None


def test_only_names_of_ours_are_seen() -> None:
    assert made_at(backup_name(NOW)) == NOW
    assert made_at("tanya-izin-20269999T000000Z.tar.age") is None


def test_keys_are_told_apart_and_never_repeated_in_errors(tmp_path: Path) -> None:
    secret, public = new_key()
    assert [str(key) for key in locks({"TANYA_BACKUP_KEY": f"{public}, {secret}"})] == [public] * 2
    with pytest.raises(BackupKeyMissing):
        locks({})
    with pytest.raises(BackupKeyInvalid) as caught:
        locks({"TANYA_BACKUP_KEY": "rahasia-sekali"})
    assert "rahasia-sekali" not in f"{caught.value} {caught.value.parameters}"
    with pytest.raises(BackupSecretMissing):
        openers({"TANYA_BACKUP_KEY": public})
    file = tmp_path / "key"
    file.write_text(f"# public key: {public}\n{secret}\n")
    for found in (
        openers({}, file),
        openers({"TANYA_BACKUP_SECRET": secret}),
        openers({"TANYA_BACKUP_KEY": secret}),
    ):
        assert [str(key) for key in found] == [secret]
    with pytest.raises(BackupKeyInvalid):
        openers({}, tmp_path / "missing")


def test_memory_stays_bounded_however_much_there_is(house: House) -> None:
    with (house.settings.media / "big").open("wb") as stream:
        stream.truncate(100_000_000)  # zeroes that take no room on disk
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    file = make(house)
    check_backup(file, [house.identity])
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 50_000


KINDS = [
    kind
    for kind in vars(backup_errors).values()
    if isinstance(kind, type) and issubclass(kind, backup_errors.KeepingError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_refusal_has_its_sentence(kind: type[backup_errors.KeepingError]) -> None:
    assert WORDING.has(kind.sentence)


def test_a_house_without_files_can_be_kept(database_url: str, tmp_path: Path) -> None:
    house = House(database_url, tmp_path, x25519.Identity.generate())
    made = back_up(
        house.url, Sources(tmp_path / "none", tmp_path / "none"), tmp_path / "b", house.keys, RULE
    )
    assert "media" not in check_backup(made.file, [house.identity]).parts
