"""Who sent a complaint, and what its files are, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from izin.case_file import OCTETS, Complainant, EvidenceFile
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.conversations import conversations, media_files
from izin.storage.tables.sealed import sealed_media


class PostgresCaseFile:
    """``izin.ports.CaseFile`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def complainant(self, conversation_id: str) -> Complainant | None:
        """Give who sent it."""
        with transaction(self._engine) as connection:
            chat = connection.execute(
                select(
                    conversations.c.channel,
                    conversations.c.verified_phone,
                    conversations.c.namespace,
                ).where(conversations.c.id == conversation_id)
            ).first()
        if chat is None:
            return None
        return Complainant(chat.channel, chat.verified_phone, chat.namespace == "simulator")

    def files(self, media_ids: Sequence[str], *, sealed: bool) -> Sequence[EvidenceFile]:
        """Give the files in this order."""
        table = sealed_media if sealed else media_files
        ids = [media_id for media_id in media_ids if is_id(media_id)]
        if not ids:
            return []
        with transaction(self._engine) as connection:
            rows = connection.execute(
                select(table.c.id, table.c.mime_type, table.c.size_bytes).where(table.c.id.in_(ids))
            ).all()
        found = {
            row.id: EvidenceFile(row.id, row.mime_type or OCTETS, row.size_bytes) for row in rows
        }
        return [found[media_id] for media_id in ids if media_id in found]
