"""What a sandbox is made of: the copy of the content, its folder, its environment."""

from __future__ import annotations

import os
import tarfile
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from izin.content import FAQ, PERMIT, ItemName, VersionState
from izin.language_models import NewModel, Origin, Taught
from izin.storage.content_kinds import CONTENT_KINDS
from izin.storage.postgres.content import PostgresContentRoom
from izin.storage.postgres.engine import create
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.seed import seed_all
from ops.errors import PartMissing
from ops.explain import extract_model
from ops.sandbox_content import ALL, NONE, ContentCopy
from ops.sandbox_folder import Folder, sweep
from ops.sandbox_handle import SandboxHandle
from ops.sandbox_settings import free_mb, sandbox_environment, sandbox_settings
from ops.settings import CHECKOUT

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
KEY = ItemName(FAQ, "beda_pbg_imb")


@pytest.fixture
def databases(database_url: str, module_database_url: str) -> Iterator[tuple[Engine, Engine]]:
    """The office's database and a sandbox's, both seeded."""
    engines = []
    for url in (database_url, module_database_url):
        seed_all(url, CHECKOUT / "data")
        engines.append(create(url, pool_size=2))
    yield engines[0], engines[1]
    for engine in engines:
        engine.dispose()


def read(engine: Engine, name: ItemName) -> tuple[Any, bool] | None:
    with engine.connect() as connection:
        return CONTENT_KINDS[name.kind].read(connection).get(name.key)


def test_a_sandbox_has_the_office_s_content_with_drafts_on_top(
    databases: tuple[Engine, Engine],
) -> None:
    office, own = databases
    room, copy = PostgresContentRoom(office), ContentCopy(own, office)
    assert (copy.renew(ALL).changed, copy.renew(ALL).changed) == (0, 0)

    published = room.item(KEY).document
    draft = room.begin(KEY, {**published, "answer": "Draf."}, True, "a", NOW)
    new = ItemName(FAQ, "pertanyaan_baru")
    room.begin(new, {**published, "key": new.key, "question": "Baru?"}, True, "a", NOW)
    done = copy.renew(ALL)
    assert (done.changed, done.drafts, done.unfit) == (2, 2, ())
    assert read(own, KEY) == ({**published, "answer": "Draf."}, True)
    assert read(own, new) is not None
    assert copy.renew(ALL).changed == 0

    copy.renew([draft.id])
    answer, live = read(own, new) or ({}, True)
    assert (answer["question"], live) == ("Baru?", False)

    copy.renew(NONE)
    assert read(own, KEY) == (published, True)
    assert read(office, KEY) == (published, True)

    saved = room.save(draft.id, draft.edits, {**published, "answer": "Lagi."}, False, "a", NOW)
    assert copy.renew(ALL).changed == 2
    assert read(own, KEY) == ({**published, "answer": "Lagi."}, False)
    room.move(saved.id, saved.edits, VersionState.DISCARDED, "a", NOW)
    copy.renew(ALL)
    assert read(own, KEY) == (published, True)


def test_a_draft_that_contradicts_other_content_is_left_out_and_told(
    databases: tuple[Engine, Engine],
) -> None:
    office, own = databases
    room, copy = PostgresContentRoom(office), ContentCopy(own, office)
    category = ItemName("complaint_category", "SARANA")
    document = {**room.item(category).document, "class_code": "TIDAK_ADA"}
    draft = room.begin(category, document, True, "a", NOW)
    assert copy.renew(ALL).unfit == (draft.id,)
    assert copy.renew(ALL).unfit == (draft.id,)
    assert room.items(PERMIT)[0].document == (read(own, room.items(PERMIT)[0].item) or ({},))[0]


def test_a_sandbox_knows_none_of_the_office_s_secrets_and_addresses(tmp_path: Path) -> None:
    office = {
        "PATH": "/usr/bin", "DATABASE_URL": "postgresql://kantor", "TELEGRAM_TOKEN": "t",
        "PERMIT_DATABASE_URL": "mysql://registri", "WHATSAPP_PHONE_ID": "1",
        "TANYA_SEAL_KEY": "k", "TANYA_AUDIT_KEY": "a", "TANYA_ACTIONS_SECRET": "s",
        "TANYA_MODEL_SERVER_URL": "http://x", "TANYA_MEDIA_FOLDER": "/media",
        "TANYA_PG_BIN": "/pg", "TANYA_PUBLIC_URL": "https://x", "TANYA_ABUSE_PER_HOUR": "9",
    }  # fmt: skip
    settings = sandbox_settings(tmp_path)
    assert sandbox_environment(settings, office) == {
        "PATH": "/usr/bin", "TANYA_PG_BIN": "/pg", "TANYA_ABUSE_PER_HOUR": "9",
        "TANYA_MEDIA_FOLDER": str(tmp_path / "var" / "media"),
    }  # fmt: skip
    assert settings.gateway_host == "127.0.0.1"
    assert settings.metrics_port == 0
    assert not settings.permit_database_url


def test_free_memory_is_read_where_the_system_tells_it(tmp_path: Path) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal:  9 kB\nMemAvailable:  2048000 kB\n")
    assert free_mb(told) == 2000
    assert free_mb(tmp_path / "none") is None


def test_only_the_owner_reaches_a_sandbox_and_what_a_killed_one_left_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    held, left = Folder.new(), Folder.new()
    assert held.control.stat().st_mode & 0o777 == 0o700
    held.hold()
    (left.root / "lock").touch()
    fresh = Folder.new()
    assert sweep() == 1
    assert (held.root.exists(), left.root.exists(), fresh.root.exists()) == (True, False, True)
    held.write({"state": "ready"})
    held.remove(keep_state=True)
    assert held.read() == {"state": "ready"}
    held.remove()
    assert held.read() == {}


def test_a_broken_model_is_told_as_such(tmp_path: Path) -> None:
    for content in (b"", b"bukan arsip", os.urandom(2000)):
        archive = tmp_path / uuid.uuid4().hex
        archive.write_bytes(content)
        with pytest.raises(PartMissing):
            extract_model(archive, tmp_path / "out")


def test_a_model_is_broken_when_its_last_byte_is(tmp_path: Path) -> None:
    for name in ("weights.npz", "gazetteer.json", "lexicon.yml"):
        (tmp_path / name).write_bytes(os.urandom(5000))
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("weights.npz", "gazetteer.json", "lexicon.yml"):
            tar.add(tmp_path / name, name)
    whole = archive.read_bytes()
    assert extract_model(archive, tmp_path / "out")[0].name == "out"
    flipped = bytearray(whole)
    flipped[-2000] ^= 0xFF  # in what only Rasa reads
    for content in (whole[:-1], bytes(flipped)):
        archive.write_bytes(content)
        with pytest.raises(PartMissing):
            extract_model(archive, tmp_path / "out")


def test_a_sandbox_without_a_model_says_so(tmp_path: Path) -> None:
    handle = SandboxHandle(model=tmp_path / "none.tar.gz", live_url="")
    assert handle.state().name == "off"
    handle.begin()
    try:
        while (state := handle.state()).name == "starting":
            time.sleep(0.02)
        assert (state.name, state.code) == ("failed", "model")
    finally:
        handle.stop()
    assert handle.state().name == "off"


def test_a_sandbox_takes_the_published_model_and_says_that_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("TANYA_VAR_FOLDER", str(tmp_path))
    engine = create(database_url, pool_size=1)
    models = PostgresLanguageModels(engine)
    taught = Taught((), {})
    model = models.add(NewModel("m", b"bukan arsip", "r", Origin.TRAINING, taught), NOW)
    models.publish(model.id, NOW)
    engine.dispose()
    handle = SandboxHandle(live_url=database_url)
    handle.begin()
    try:
        while (state := handle.state()).name == "starting":
            time.sleep(0.02)
        assert (state.name, state.code) == ("failed", "model")
        assert [file.read_bytes() for file in tmp_path.rglob("*.tar.gz")] == [b"bukan arsip"]
    finally:
        handle.stop()
