"""What a citizen has open with the office: proofs, drafts, complaints, escalations, notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from izin.complaints import Complaint, Deadlines


class ProofLedger(Protocol):
    """Counts wrong proofs and keeps the locks that follow."""

    def is_locked(self, number: str, conversation_id: str, now: datetime) -> bool:
        """Say whether the application number or the chat is locked at ``now``."""
        ...

    def record_failure(
        self, number: str, conversation_id: str, turn_id: str, now: datetime
    ) -> bool:
        """Count a wrong proof once per turn; True when this one caused a new lock.

        Five wrong proofs within 24 hours, for the number over all chats or for the chat,
        lock both the number and the chat for 24 hours. While either is locked nothing new is
        counted; the turn that caused the lock is told True again.
        """
        ...


class Drafts(Protocol):
    """Unfinished tasks of a conversation (its topic stack)."""

    def get(self, conversation_id: str, kind: str) -> dict[str, Any] | None:
        """Give the draft of one kind, or None."""
        ...

    def put(self, conversation_id: str, kind: str, draft: Mapping[str, Any]) -> None:
        """Store the draft, replacing an earlier one of the kind."""
        ...

    def drop(self, conversation_id: str, kind: str) -> None:
        """Forget the draft."""
        ...


class Complaints(Protocol):
    """Filed complaints."""

    def file(self, complaint: Complaint, turn_id: str, step: str) -> Complaint:
        """Store a new complaint once; gives the stored one (the first, on repetition).

        Raises:
            Conflict: The ticket number is taken by another complaint.
        """
        ...

    def find(self, ticket: str) -> Complaint | None:
        """Give the complaint with this ticket, or None."""
        ...

    def of_conversation(self, conversation_id: str) -> Sequence[Complaint]:
        """Give the complaints filed here, newest first (never anonymous ones)."""
        ...

    def owned_by(self, ticket: str, conversation_id: str) -> bool:
        """Say whether this chat filed the ticket, also for an anonymous one.

        False for an unknown ticket too: both get the same answer.
        """
        ...

    def add(
        self,
        ticket: str,
        text: str,
        media_ids: Sequence[str],
        turn_id: str,
        step: str,
        now: datetime,
    ) -> Complaint:
        """Store what the citizen adds, once per turn and step (event ``added``).

        Raises:
            NotFound: No such ticket.
        """
        ...

    def reopen(
        self,
        ticket: str,
        reason: str,
        new_deadlines: Deadlines,
        turn_id: str,
        step: str,
        now: datetime,
    ) -> Complaint:
        """Open a closed complaint again with new dates, once (event ``reopened``).

        The state becomes ``REOPENED``, ``reopened_times`` grows by one, the closing is undone.

        Raises:
            NotFound: No such ticket.
        """
        ...

    def withdraw(self, ticket: str, turn_id: str, step: str, now: datetime) -> Complaint:
        """Close a complaint for the reason ``dicabut``, once (event ``withdrawn``).

        Raises:
            NotFound: No such ticket.
        """
        ...

    def make_confidential(self, ticket: str, turn_id: str, step: str, now: datetime) -> Complaint:
        """Seal an ordinary complaint at its citizen's wish, once (event ``made_confidential``).

        A sealed one stays as it is: secrecy is tightened, never loosened.

        Raises:
            NotFound: No such ticket.
        """
        ...

    def rate(
        self, ticket: str, score: int, comment: str, turn_id: str, step: str, now: datetime
    ) -> Complaint:
        """Store a rating from 1 to 5 with its reason, once (event ``rated``).

        Raises:
            NotFound: No such ticket.
        """
        ...


class Escalations(Protocol):
    """Conversations that a human has to look at."""

    def open(
        self,
        conversation_id: str,
        reason: str,
        now: datetime,
        key: str,
        note: str = "",
        respond_by: date | None = None,
    ) -> bool:
        """Open the conversation to an officer once per ``key``; True if newly opened.

        ``reason`` and ``note`` are words of ours, never a citizen's; ``respond_by`` is the
        date promised for a first response.
        """
        ...

    def take_back(self, conversation_id: str, keys: Sequence[str]) -> None:
        """Undo the openings of a conversation with these keys, so that they lead to it no more."""
        ...
