"""The chats in which officers are told of complaints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from izin.officer_chats import LinkedChat


class OfficerChats(Protocol):
    """One private chat for each account; it goes with its conversation or account."""

    def begin(self, account_id: str, code_hash: str, expires_at: datetime) -> None:
        """Store the code that links a chat; an earlier one of the account ends."""
        ...

    def redeem(self, code_hash: str, conversation_id: str, now: datetime) -> str | None:
        """Link a chat with a code, once; gives the account, None for a wrong or old code.

        A chat and an account belong to one another: what either was linked to before ends.
        """
        ...

    def of(self, account_id: str) -> LinkedChat | None:
        """Give the chat an account linked, or None."""
        ...

    def unlink(self, account_id: str) -> bool:
        """End the link and a code that waits; False if there was no link."""
        ...

    def chats(self, account_ids: Iterable[str]) -> Mapping[str, str]:
        """Give the conversations of those accounts that linked one, by account."""
        ...

    def note_bot(self, url: str) -> None:
        """Remember the address of the bot's private chat, as its platform tells it."""
        ...

    def bot(self) -> str:
        """Give that address, empty until it is known."""
        ...
