"""What an officer sees and leaves in one conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.canned_replies import CannedReply
from izin.conversation_room import (
    Background,
    HistoryPage,
    Mention,
    Note,
    RoomFile,
    RoomHead,
    Scheduled,
)


class ConversationRoom(Protocol):
    """One conversation with its history, notes and later messages.

    Whether somebody may see the conversation is not asked here. Words that belong to a sealed
    complaint, or to a complaint that is still being told, are left out of every history.
    """

    def head(self, conversation_id: str) -> RoomHead:
        """Give the conversation (NotFound if unknown)."""
        ...

    def history(self, conversation_id: str, before: str | None = None) -> HistoryPage:
        """Give the latest entries, or those before a page's ``earlier``.

        Raises:
            InvalidInput: ``before`` is none of ours.
        """
        ...

    def open_reasons(self, conversation_id: str) -> Sequence[str]:
        """Give why the conversation waits for an officer, oldest first, each reason once."""
        ...

    def settle(self, conversation_id: str, now: datetime) -> bool:
        """Close what is open for reasons in ``izin.officers.LOOKED_AT``; False if nothing is."""
        ...

    def background(self, conversation_id: str) -> Background:
        """Give ordinary complaints of the chat or its verified phone, holds and ratings."""
        ...

    def file(self, conversation_id: str, media_id: str) -> RoomFile:
        """Give a file of this conversation (NotFound if it is another's, sealed or unknown)."""
        ...

    def write_note(self, note: Note) -> str:
        """Store a note once per key; gives its id."""
        ...

    def mentions_of(self, account_id: str, limit: int = 50) -> Sequence[Mention]:
        """Give the notes that name an account, newest first."""
        ...

    def schedule(self, message: Scheduled, now: datetime) -> str:
        """Store a message to be sent later, once per key; gives its id."""
        ...

    def scheduled(self, conversation_id: str) -> Sequence[Scheduled]:
        """Give what waits or has failed, the next one first."""
        ...

    def cancel_scheduled(self, conversation_id: str, scheduled_id: str) -> bool:
        """Cancel a message that waits or has failed; False if it is gone."""
        ...

    def send_due(self, now: datetime) -> int:
        """Put the messages whose time has come into the outbox, each once; gives how many.

        One that WhatsApp would refuse now fails, and opens the conversation to an officer.
        """
        ...

    def send_again(self, conversation_id: str, message_id: str, key: str) -> bool:
        """Put a failed message back on its way, once per ``key``; False if it has not failed."""
        ...


class CannedReplies(Protocol):
    """Replies kept ready for officers."""

    def replies(self, *, active_only: bool = True) -> Sequence[CannedReply]:
        """Give the replies by category and title."""
        ...

    def reply(self, reply_id: str) -> CannedReply:
        """Give one (NotFound if unknown)."""
        ...

    def add(self, reply: CannedReply, key: str) -> str:
        """Store a new reply once per ``key``; gives its id."""
        ...

    def change(self, reply: CannedReply) -> None:
        """Replace a reply's words (NotFound if unknown)."""
        ...
