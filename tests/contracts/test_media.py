"""The port MediaStore, in memory and on PostgreSQL with a private folder."""

from __future__ import annotations

import errno
import os
import stat
import uuid
from pathlib import Path

import pytest

from izin.conversations import InboundMedia
from izin.errors import NotFound, RejectedMessage
from izin.storage.postgres.engine import create
from izin.storage.postgres.media import FolderMediaStore
from ops.journeys.files import FILES
from tests.contracts.conversation_ports import NOW, Ports, message

PHOTO = InboundMedia("photo", "platform-1", "image/jpeg", 4, "foto.jpg")


def test_a_file_comes_back_with_its_type(ports: Ports) -> None:
    here = ports.inbox.receive(message(), NOW).conversation_id
    media_id = ports.media.put(PHOTO, b"\xff\xd8\x00\xff", here)
    assert ports.media.get(media_id) == (b"\xff\xd8\x00\xff", "image/jpeg")
    assert ports.owner_of_file(media_id) == here


def test_a_file_without_a_chat_or_a_type_is_taken_too(ports: Ports) -> None:
    media_id = ports.media.put(InboundMedia("document", "x", file_name="a\x00.pdf"), b"", None)
    assert ports.media.get(media_id) == (b"", "application/octet-stream")


def test_a_photo_is_stored_without_what_it_tells_of_its_sender(ports: Ports) -> None:
    photo = FILES["foto berlokasi"]
    assert b"Samsung" in photo
    media_id = ports.media.put(PHOTO, photo, None)
    content, mime_type = ports.media.get(media_id)
    assert mime_type == "image/jpeg"
    assert b"Samsung" not in content


def test_a_picture_that_cannot_be_read_is_not_stored(ports: Ports) -> None:
    with pytest.raises(RejectedMessage):
        ports.media.put(PHOTO, b"RIFF\x20\x00\x00\x00WEBPVP8 rusak", None)


def test_the_same_file_twice_gets_two_ids(ports: Ports) -> None:
    assert ports.media.put(PHOTO, b"a", None) != ports.media.put(PHOTO, b"a", None)


@pytest.mark.parametrize("media_id", [str(uuid.uuid4()), "../../etc/passwd", "\x00", ""])
def test_an_unknown_file_is_not_found(ports: Ports, media_id: str) -> None:
    with pytest.raises(NotFound):
        ports.media.get(media_id)


@pytest.mark.parametrize("made_before", [False, True])
def test_only_the_owner_can_read_folder_and_files(
    module_database_url: str, tmp_path: Path, made_before: bool
) -> None:
    folder = tmp_path / "files" / "media"
    if made_before:
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    engine = create(module_database_url)
    old = os.umask(0)
    try:
        media_id = FolderMediaStore(engine, folder).put(PHOTO, b"isi", None)
    finally:
        os.umask(old)
        engine.dispose()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / media_id).stat().st_mode) == 0o600


def test_a_folder_that_all_accounts_share_stays_open_to_them(
    module_database_url: str, tmp_path: Path
) -> None:
    tmp_path.chmod(0o1777)
    engine = create(module_database_url)
    try:
        media_id = FolderMediaStore(engine, tmp_path).put(PHOTO, b"isi", None)
    finally:
        engine.dispose()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
    assert stat.S_IMODE((tmp_path / media_id).stat().st_mode) == 0o600


def test_a_record_whose_file_is_lost_is_not_found(module_database_url: str, tmp_path: Path) -> None:
    engine = create(module_database_url)
    store = FolderMediaStore(engine, tmp_path)
    media_id = store.put(PHOTO, b"isi", None)
    (tmp_path / media_id).unlink()
    with pytest.raises(NotFound):
        store.get(media_id)
    engine.dispose()


def test_a_full_disk_keeps_no_half_of_a_file(
    module_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    engine = create(module_database_url)
    try:
        store = FolderMediaStore(engine, tmp_path / "media")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            store.put(PHOTO, b"\xff\xd8\x00\xff", None)
    finally:
        engine.dispose()
    assert list((tmp_path / "media").iterdir()) == []
