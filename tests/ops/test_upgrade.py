"""An upgrade keeps what is there, runs once at a time, and can be stopped anywhere."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import structlog
from pyrage import x25519

from izin.storage.migrate import upgrade as migrate_to
from izin.storage.schema_versions import newest_revision, state_of
from ops.backup import back_up
from ops.backup_check import check_backup
from ops.backup_errors import (
    BackupKeyMissing,
    DiskFull,
    OldProgramsMissing,
    SchemaNewer,
    UpgradeBusy,
)
from ops.cli import main
from ops.embedded_postgres import EmbeddedPostgres
from ops.errors import PostgresVersionMismatch
from ops.postgres_binaries import PostgresBinaries, checked_binaries
from ops.postgres_cluster import Cluster
from ops.postgres_upgrade import served, upgrade_cluster
from ops.prepare import migrate
from ops.settings import CHECKOUT
from ops.upgrade import upgrade
from tests.ops.house import RULE, House, rows_of
from tests.postgres_fixtures import DatabaseFactory

PREVIOUS = "0025"
"""The schema of the release before."""

CHAT = "7f1d6c1e-0000-4000-8000-000000000001"
TURN = "7f1d6c1e-0000-4000-8000-000000000002"
WRITTEN = f"""
INSERT INTO conversations (id, namespace, channel, chat, verified_phone)
VALUES ('{CHAT}', 'live', 'telegram', '7001', '628123456789');
INSERT INTO chat_aliases (namespace, channel, alias, conversation_id)
VALUES ('live', 'telegram', '@warga', '{CHAT}');
INSERT INTO turns (id, conversation_id, namespace, channel, external_id, message, office_now,
                   received_at, state)
VALUES ('{TURN}', '{CHAT}', 'live', 'telegram', '1', '{{"text": "berapa lama izin praktik"}}',
        now(), now(), 'answered');
INSERT INTO outbox (id, conversation_id, turn_id, key, reply)
VALUES ('{TURN}', '{CHAT}', '{TURN}', 'k', '{{"parts": []}}');
INSERT INTO complaints (ticket, key, conversation_id, category, class_code, story, place,
    confidentiality, state, owner, filed_at, first_response_due, decision_due)
VALUES ('ADU-AAAA-AA', 'k', '{CHAT}', 'SARANA', 'TIDAK_BERKADAR', 'kursinya rusak', 'loket',
    'normal', 'DITERIMA', 'Sekretariat', now(), '{{"day": "2026-11-25"}}',
    '{{"day": "2026-12-10"}}');
INSERT INTO ratings (conversation_id, turn_id, subject, score, at)
VALUES ('{CHAT}', '{TURN}', 'layanan', 5, now());
"""
ASKED = """
SELECT c.chat, a.alias, t.message->>'text', o.key, p.story, r.score
  FROM conversations c JOIN chat_aliases a ON a.conversation_id = c.id
  JOIN turns t ON t.conversation_id = c.id JOIN outbox o ON o.turn_id = t.id
  JOIN complaints p ON p.conversation_id = c.id JOIN ratings r ON r.conversation_id = c.id
"""
ANSWER = [("7001", "@warga", "berapa lama izin praktik", "k", "kursinya rusak", 5)]


@pytest.fixture(autouse=True)
def own_process() -> Iterator[None]:
    """Undo what a command sets for its whole process."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def written(new_database: DatabaseFactory) -> Iterator[str]:
    """Name of a database of the release before, with things people wrote."""
    with new_database(None) as url:
        migrate_to(url, PREVIOUS)
        with psycopg.connect(url) as connection:
            connection.execute(WRITTEN)
        yield urlsplit(url).path.strip("/")


@pytest.fixture
def house(written: str, new_database: DatabaseFactory, tmp_path: Path) -> Iterator[House]:
    """A house of the release before."""
    with new_database(written) as url:
        yield House(url, tmp_path, x25519.Identity.generate())


def revision(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def asked(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(ASKED).fetchall()


def backup_of(house: House) -> Path:
    return back_up(house.url, house.sources, house.settings.backups, house.keys, RULE).file


def test_an_upgrade_keeps_everything_and_begins_with_a_backup(house: House) -> None:
    steps: list[str] = []
    done = upgrade(house.settings, lambda: backup_of(house), steps.append)
    assert (done.before, done.after) == (PREVIOUS, newest_revision())
    assert steps == ["backup", "migrating"]
    assert asked(house.url) == ANSWER
    assert done.backup is not None
    assert check_backup(done.backup, [house.identity]).schema == PREVIOUS
    again = upgrade(house.settings, lambda: backup_of(house))
    assert (again.before, again.after, again.backup) == (done.after, done.after, None)


def test_without_a_backup_nothing_is_changed(house: House) -> None:
    before = rows_of(house.url)

    def full() -> Path:
        raise DiskFull("full", folder="/")

    with pytest.raises(DiskFull):
        upgrade(house.settings, full)
    assert rows_of(house.url) == before


@pytest.mark.parametrize("way", ["upgrade", "start"])
def test_a_newer_schema_is_refused_by_upgrade_and_by_an_ordinary_start(
    house: House, way: str
) -> None:
    with psycopg.connect(house.url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = rows_of(house.url)
    ways = {
        "start": lambda: migrate(house.url),
        "upgrade": lambda: upgrade(house.settings, lambda: backup_of(house)),
    }
    with pytest.raises(SchemaNewer):
        ways[way]()
    assert rows_of(house.url) == before


def test_the_command_says_what_to_do(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.url)
    monkeypatch.setenv("TANYA_BACKUP_KEY", "")
    assert main(["upgrade"]) == 1
    assert "tanya backup --new-key" in capsys.readouterr().err
    assert revision(house.url) == PREVIOUS
    with psycopg.connect(house.url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert main(["migrate"]) == 1
    assert "Pasang versi terbaru" in capsys.readouterr().err


def test_a_second_upgrade_is_refused_while_one_runs(house: House) -> None:
    def meanwhile() -> Path:
        with pytest.raises(UpgradeBusy):
            upgrade(house.settings, None)
        return backup_of(house)

    assert upgrade(house.settings, meanwhile).after == newest_revision()


def test_two_starts_at_once_migrate_once(house: House) -> None:
    argv = [
        sys.executable,
        "-c",
        "import sys; from ops.prepare import migrate; migrate(sys.argv[1])",
    ]
    starts = [subprocess.Popen([*argv, house.url], cwd=CHECKOUT) for _ in range(2)]
    assert [start.wait() for start in starts] == [0, 0]
    assert revision(house.url) == newest_revision()
    assert asked(house.url) == ANSWER


KILLED = """
import os, signal, sys
import alembic.op as op
from ops.prepare import migrate
done = op.execute
def execute(*given, **named):
    execute.count += 1
    if execute.count == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return done(*given, **named)
execute.count = 0
op.execute = execute
migrate(sys.argv[1])
"""


def test_an_upgrade_killed_half_way_is_undone_and_runs_again(house: House) -> None:
    before = rows_of(house.url)
    argv = [sys.executable, "-c", KILLED, house.url]
    done = subprocess.run(argv, cwd=CHECKOUT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert rows_of(house.url) == before
    assert upgrade(house.settings, None).after == newest_revision()
    assert asked(house.url) == ANSWER


def test_no_key_no_backup_no_upgrade(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from ops.backup_cli import make_backup

    monkeypatch.delenv("TANYA_BACKUP_KEY", raising=False)
    with pytest.raises(BackupKeyMissing):
        upgrade(house.settings, lambda: make_backup(house.settings).file)
    assert revision(house.url) == PREVIOUS


@pytest.fixture
def old_programs() -> PostgresBinaries:
    """Programs of an older PostgreSQL than ours."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("1[0-7]/bin"), reverse=True):
        return checked_binaries(folder)
    pytest.skip("no older PostgreSQL is installed")


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder for a database that a dropped uid can enter."""
    folder = Path(tempfile.mkdtemp(prefix="tanya-test-old-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_data_of_an_older_postgresql_moves_to_the_new_one_and_is_kept(
    old_programs: PostgresBinaries, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANYA_PG_OLD_BIN", str(old_programs.folder))
    old = replace(Cluster.at(root, durable=False), binaries=old_programs)
    old.prepare()
    with tempfile.TemporaryDirectory() as folder, served(old, Path(folder) / "s") as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE notes AS SELECT n FROM generate_series(1, 1000) n")
        before = rows_of(url)
    with pytest.raises(PostgresVersionMismatch):
        Cluster.at(root).prepare()
    kept = upgrade_cluster(root, lambda step: None)
    assert kept is not None
    assert (kept / "PG_VERSION").read_text().strip() == str(old_programs.major)
    with EmbeddedPostgres(root, durable=False) as url:
        assert rows_of(url) == before
    assert upgrade_cluster(root, lambda step: None) is None


def test_data_of_an_older_postgresql_without_its_programs_is_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "data").mkdir()
    (root / "data" / "PG_VERSION").write_text("9\n")
    monkeypatch.setenv("TANYA_PG_OLD_BIN", str(root))
    with pytest.raises(OldProgramsMissing):
        upgrade_cluster(root, lambda step: None)
    assert os.listdir(root / "data") == ["PG_VERSION"]


def test_every_revision_is_told_apart() -> None:
    assert [state_of(name) for name in ("", "0001", newest_revision(), "9999", "abc")] == [
        "empty", "older", "current", "newer", "newer",
    ]  # fmt: skip
