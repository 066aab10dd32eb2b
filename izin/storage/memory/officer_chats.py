"""Officers' chats, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from izin.officer_chats import LinkedChat


class MemoryOfficerChats:
    """The port ``OfficerChats``."""

    def __init__(self) -> None:
        """Begin without links."""
        self._codes: dict[str, tuple[str, datetime]] = {}
        self._chats: dict[str, LinkedChat] = {}
        self._bot = ""

    def begin(self, account_id: str, code_hash: str, expires_at: datetime) -> None:
        """Store the code that links a chat."""
        self._codes[account_id] = (code_hash, expires_at)

    def redeem(self, code_hash: str, conversation_id: str, now: datetime) -> str | None:
        """Link a chat with a code, once."""
        for account_id, (known, expires_at) in list(self._codes.items()):
            if known == code_hash and now < expires_at:
                del self._codes[account_id]
                self._chats = {
                    key: chat
                    for key, chat in self._chats.items()
                    if chat.conversation_id != conversation_id
                }
                self._chats[account_id] = LinkedChat(account_id, conversation_id, now)
                return account_id
        return None

    def of(self, account_id: str) -> LinkedChat | None:
        """Give the chat an account linked, or None."""
        return self._chats.get(account_id)

    def unlink(self, account_id: str) -> bool:
        """End the link and a code that waits."""
        self._codes.pop(account_id, None)
        return self._chats.pop(account_id, None) is not None

    def chats(self, account_ids: Iterable[str]) -> Mapping[str, str]:
        """Give the conversations of those accounts that linked one."""
        return {one: self._chats[one].conversation_id for one in account_ids if one in self._chats}

    def note_bot(self, url: str) -> None:
        """Remember the address of the bot's private chat."""
        self._bot = url

    def bot(self) -> str:
        """Give that address, empty until it is known."""
        return self._bot
