"""What citizens can ask about their own data, and what they allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from izin.privacy import KeptData, Outcome, PrivacyRequest, RequestWork
from izin.replies import Reply


class PrivacyRequests(Protocol):
    """Requests of citizens about their own data, each with its deadline."""

    def open(self, request: PrivacyRequest, turn_id: str, step: str) -> PrivacyRequest:
        """Store a new request once; gives the stored one (the first, on repetition).

        Raises:
            Conflict: The ticket number is taken by another request.
        """
        ...

    def of_conversation(self, conversation_id: str) -> Sequence[PrivacyRequest]:
        """Give the requests made in a chat, newest first."""
        ...

    def finish(self, ticket: str, now: datetime, details: Mapping[str, Any]) -> PrivacyRequest:
        """Close a request, replacing its details; a finished one stays as it is.

        Raises:
            NotFound: No such request.
        """
        ...

    def begin_erasure(self, ticket: str) -> None:
        """Cut the request's chat off from its address, at once and for ever.

        The citizen's next message begins a new conversation; what is kept is erased by a due
        job as soon as the answer is delivered.

        Raises:
            NotFound: No such request.
        """
        ...


class PrivacyDesk(Protocol):
    """What officers do about requests; every call is one transaction."""

    def waiting(self, after: str | None = None, limit: int = 50) -> Sequence[RequestWork]:
        """Give the requests an officer has to act on, the next due first, without notes.

        ``after`` is the last ticket of the page before.
        """
        ...

    def ended(self, after: str | None = None, limit: int = 50) -> Sequence[RequestWork]:
        """Give the requests that are done or lapsed, the latest due first, without notes."""
        ...

    def read(self, ticket: str) -> RequestWork:
        """Give a request with all that is known (NotFound if unknown)."""
        ...

    def take(self, ticket: str, officer: str, now: datetime, seen: str | None = None) -> None:
        """Work on a request; ``seen`` is the officer it is taken over from.

        Raises:
            NotFound: No such request.
            Conflict: It has ended, or a colleague has taken it who is not ``seen``.
        """
        ...

    def note(self, ticket: str, officer: str, text: str, key: str, now: datetime) -> None:
        """Add a note once per ``key`` (NotFound if unknown); it goes with the citizen's chat.

        Raises:
            Conflict: The chat is erased, nothing may be added.
        """
        ...

    def close(
        self, ticket: str, officer: str, outcome: Outcome, answer: Reply, key: str, now: datetime
    ) -> bool:
        """End a request, tell the citizen and close what it had opened, once per ``key``.

        What the request asked for is forgotten with it. False when this key closed it before.

        Raises:
            NotFound: No such request.
            Conflict: It has ended otherwise, or another officer works on it.
        """
        ...


class OwnData(Protocol):
    """What is kept about one chat."""

    def kept(self, conversation_id: str) -> KeptData:
        """Count what is kept (NotFound if the chat is unknown)."""
        ...

    def copy(self, conversation_id: str) -> Mapping[str, Any]:
        """Give messages, answers and all else that is kept, in JSON's own types.

        Complaints are left out: they have rules of their own. NotFound if unknown.
        """
        ...

    def forget_phone(self, conversation_id: str) -> bool:
        """Forget the proven phone; False if there was none."""
        ...

    def end_subscriptions(self, conversation_id: str) -> int:
        """End every subscription to notices; gives how many there were."""
        ...


class PrivacyChoices(Protocol):
    """Which notice a citizen has seen, and what they allowed."""

    def show_notice(self, conversation_id: str, version: str, turn_id: str, now: datetime) -> bool:
        """Say whether this turn has to show the notice, and remember that it did.

        True once per chat and version, and again for the same turn.
        """
        ...

    def record(
        self, conversation_id: str, purpose: str, given: bool, version: str, now: datetime,
        turn_id: str,
    ) -> None:  # fmt: skip
        """Store what a citizen allows or stops, with the notice's version, once per turn."""
        ...

    def consents(self, conversation_id: str) -> Mapping[str, bool]:
        """Give the citizen's last word by purpose; a purpose never asked for is absent."""
        ...
