"""Citizens' files, in memory."""

from __future__ import annotations

import uuid
from datetime import datetime

from izin.conversations import InboundMedia
from izin.errors import NotFound
from izin.storage.clean_files import without_metadata
from izin.storage.memory.conversations import ConversationData, MediaRecord


class MemoryMediaStore:
    """The port ``MediaStore``; ``data`` is shared with the conversation side."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self.expiring: dict[str, datetime] = {}

    def put(
        self,
        media: InboundMedia,
        content: bytes,
        conversation_id: str | None,
        expires_at: datetime | None = None,
    ) -> str:
        """Store a file without metadata and give our id."""
        content, mime_type = without_metadata(content, media.mime_type)
        media_id = str(uuid.uuid4())
        with self.data.lock:
            self.data.media[media_id] = MediaRecord(content, mime_type, conversation_id)
            if expires_at is not None:
                self.expiring[media_id] = expires_at
        return media_id

    def get(self, media_id: str) -> tuple[bytes, str]:
        """Give content and MIME type."""
        with self.data.lock:
            record = self.data.media.get(media_id)
        if record is None:
            raise NotFound(f"media {media_id}")
        return record.content, record.mime_type or "application/octet-stream"

    def remove(self, media_id: str) -> None:
        """Remove a file."""
        with self.data.lock:
            self.data.media.pop(media_id, None)
