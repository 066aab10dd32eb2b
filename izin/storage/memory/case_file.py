"""Who sent a complaint, and what its files are, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from izin.case_file import OCTETS, Complainant, EvidenceFile
from izin.storage.memory.conversations import ConversationData


class MemoryCaseFile:
    """The port ``CaseFile`` over the shared tables."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def complainant(self, conversation_id: str) -> Complainant | None:
        """Give who sent it."""
        chat = self.data.conversations.get(conversation_id)
        if chat is None:
            return None
        simulated = chat.address.namespace == "simulator"
        return Complainant(chat.address.channel, chat.verified_phone, simulated)

    def files(self, media_ids: Sequence[str], *, sealed: bool) -> Sequence[EvidenceFile]:
        """Give the files in this order."""
        kept = self.data.sealed_media if sealed else self.data.media
        return [
            EvidenceFile(
                media_id,
                kept[media_id].mime_type or OCTETS,
                len(kept[media_id].content),
            )
            for media_id in media_ids
            if media_id in kept
        ]
