"""Citizens' files: encrypted contents in a private folder, their records in PostgreSQL."""

from __future__ import annotations

import hashlib
import os
import stat
import uuid
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select

from izin.conversations import InboundMedia
from izin.errors import DataLocked, NotFound
from izin.storage.clean_files import without_metadata
from izin.storage.keyring import VARIABLE, locked_with
from izin.storage.postgres import identifiers
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.conversations import media_files
from izin.storage.tables.encrypted import keyring_of
from izin.storage.tables.privacy import expiring_files
from izin.storage.text import storable


def purpose(media_id: str) -> str:
    """Give what a file is encrypted for: no other file's content opens in its place."""
    return f"media:{media_id}"


def read_file(engine: Engine, folder: Path, media_id: str) -> bytes:
    """Give a file's content as it was stored; the caller has checked who asks.

    Raises:
        NotFound: The folder lacks it.
        DataLocked: No key of ours opens it.
    """
    try:
        content = (folder / media_id).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"media {media_id} lost its file") from error
    if locked_with(content) is None:
        return content  # of an earlier release, not yet encrypted
    keyring = keyring_of(engine)
    if keyring is None:
        raise DataLocked(f"{VARIABLE} is not set, and files are encrypted")
    return keyring.unlock_bytes(purpose(media_id), content)


class FolderMediaStore:
    """``izin.ports.MediaStore`` with files of mode 0600 in a folder of mode 0700.

    A folder that all accounts share, such as ``/tmp``, keeps its mode: others need it.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        """Take the engine and the folder, which is created when missing."""
        self._engine = engine
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not folder.stat().st_mode & stat.S_ISVTX:
            folder.chmod(0o700)  # it may have been there, open to others

    def put(
        self,
        media: InboundMedia,
        content: bytes,
        conversation_id: str | None,
        expires_at: datetime | None = None,
    ) -> str:
        """Store a file without metadata; it is on disk, encrypted, before its record is."""
        content, mime_type = without_metadata(content, media.mime_type)
        media_id = str(uuid.uuid4())
        keyring = keyring_of(self._engine)
        # A plain digest would tell whoever reads the database which known file was sent.
        digest = hashlib.sha256(content).hexdigest()
        locked = keyring.lock_bytes(purpose(media_id), content) if keyring else content
        handle = os.open(self._folder / media_id, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(locked)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            # A full disk must not keep the half of a file that no record names.
            (self._folder / media_id).unlink(missing_ok=True)
            raise
        with transaction(self._engine) as connection:
            connection.execute(
                insert(media_files).values(
                    id=media_id,
                    conversation_id=conversation_id,
                    kind=media.kind,
                    mime_type=storable(mime_type),
                    file_name=storable(media.file_name),
                    size_bytes=len(content),
                    sha256=keyring.mark(identifiers.DIGEST, digest) if keyring else digest,
                )
            )
            if expires_at is not None:
                connection.execute(
                    insert(expiring_files).values(media_id=media_id, expires_at=expires_at)
                )
        return media_id

    def get(self, media_id: str) -> tuple[bytes, str]:
        """Give content and MIME type."""
        if not is_id(media_id):
            raise NotFound(f"media {media_id!r}")
        with transaction(self._engine) as connection:
            row = connection.execute(
                select(media_files).where(media_files.c.id == media_id)
            ).first()
        if row is None:
            raise NotFound(f"media {media_id}")
        content = read_file(self._engine, self._folder, str(row.id))
        return content, row.mime_type or "application/octet-stream"

    def remove(self, media_id: str) -> None:
        """Remove a file's content, then its record; unknown ids are fine."""
        if not is_id(media_id):
            return
        (self._folder / media_id).unlink(missing_ok=True)
        with transaction(self._engine) as connection:
            connection.execute(delete(media_files).where(media_files.c.id == media_id))
