"""What officers do to conversations, and what the citizen's side asks about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from izin.officers import Handling, Line, OfficerSession, Waiting
from izin.replies import Reply


class Officers(Protocol):
    """Presence, queue and hold. Every call is one transaction."""

    def beat(self, session: OfficerSession, now: datetime) -> None:
        """Record that an officer is present until the session's ``until``."""
        ...

    def leave(self, session: str) -> bool:
        """Forget a session; False if it is not known."""
        ...

    def present(self, now: datetime) -> Sequence[OfficerSession]:
        """Give the sessions present at ``now``, one per officer, by name."""
        ...

    def waiting(self) -> Sequence[Waiting]:
        """Give every conversation with an open escalation, oldest first."""
        ...

    def handling_times(self, now: datetime) -> Sequence[timedelta]:
        """Give how long recent conversations were in an officer's hands, latest first.

        Only those that the officer or the citizen ended; see ``izin.officers.RECENT``.
        """
        ...

    def leave_message(self, conversation_id: str, turn_id: str) -> bool:
        """Add a turn's message to what waits for the officer; True if it is the first one.

        The same turn twice is one message. Nothing is added when nothing is open.
        """
        ...

    def withdraw(self, conversation_id: str, reason: str, now: datetime) -> bool:
        """Close the conversation's open escalations of a reason; False if there are none."""
        ...

    def claim(
        self, conversation_id: str, officer: str, role: str, notice: Reply, now: datetime
    ) -> Handling:
        """Give the conversation to an officer, tell the citizen, and keep the bot silent.

        Claiming one's own again only begins the lease anew.

        Raises:
            NotFound: No such conversation.
            Conflict: Another officer holds it.
        """
        ...

    def handling(self, conversation_id: str) -> Handling | None:
        """Give the hold on a conversation, or None."""
        ...

    def reply(
        self, conversation_id: str, officer: str, reply: Reply, key: str, now: datetime
    ) -> str:
        """Put an officer's answer into the outbox once per ``key``; gives the outbox id.

        Raises:
            Conflict: This officer does not hold the conversation.
        """
        ...

    def renew(self, conversation_id: str, officer: str, now: datetime) -> bool:
        """Let one's own hold last for another lease; False if this officer holds nothing."""
        ...

    def transfer(
        self, conversation_id: str, officer: str | None, to: str, role: str, notice: Reply,
        now: datetime,
    ) -> Handling:  # fmt: skip
        """Pass the conversation to another officer and tell the citizen; the bot stays silent.

        ``officer`` None takes it from whoever holds it, or begins a hold where nobody does.

        Raises:
            NotFound: No such conversation.
            Conflict: ``officer`` does not hold it.
        """
        ...

    def release(
        self, conversation_id: str, officer: str, notice: Reply, now: datetime, *,
        served: bool = True,
    ) -> bool:  # fmt: skip
        """End one's own hold, tell the citizen, and let the bot answer again.

        As ``served`` it closes what was open in the chat; else the citizen goes on waiting.

        Raises:
            Conflict: Another officer holds it. Gives False when nobody does.
        """
        ...

    def return_to_bot(self, conversation_id: str, turn_id: str, now: datetime) -> bool:
        """End the hold by the citizen's word; True too if this turn had ended it before."""
        ...

    def expired(self, now: datetime) -> Sequence[Handling]:
        """Give the holds whose lease has run out."""
        ...

    def expire(self, handling: Handling, notice: Reply, now: datetime) -> bool:
        """End a hold that has run out and tell the citizen; False if it was renewed or ended.

        What was open stays open while the citizen ``waits`` for an answer.
        """
        ...

    def conversation_with(self, conversation_id: str) -> Sequence[Line]:
        """Give what the citizen left for officers and what officers answered, oldest first.

        Nothing said to the bot is among it: a sealed complaint told there stays unread.
        """
        ...
