"""Reading complaints by role, and answering somebody nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.complaint_desk import DeskLine, Reader
from izin.complaints import Complaint
from izin.conversations import OutboundMessage
from izin.replies import Reply


class ComplaintDesk(Protocol):
    """The one way officers read complaints; what a reader may not see does not exist."""

    def waiting(self, reader: Reader, now: datetime) -> Sequence[DeskLine]:
        """Give the open complaints the reader may see, the next due first.

        Sealed ones come before all others: extortion is a human's work with priority.
        """
        ...

    def search(self, reader: Reader, words: str) -> Sequence[DeskLine]:
        """Give ordinary complaints that hold every word, newest first, at most 50.

        Sealed complaints are never searched, whoever asks.
        """
        ...

    def read(self, reader: Reader, ticket: str, now: datetime) -> Complaint:
        """Give a complaint and record the reading of a sealed one.

        An anonymous one names no conversation; answers to it go by ``AnonymousMail``.

        Raises:
            NotFound: No such ticket, or not for this reader.
        """
        ...

    def evidence(
        self, reader: Reader, ticket: str, media_id: str, now: datetime
    ) -> tuple[bytes, str]:
        """Give a file of a complaint and its MIME type, and record that of a sealed one.

        Raises:
            NotFound: No such file with this ticket, or not for this reader.
        """
        ...

    def counts(self) -> dict[tuple[str, str], int]:
        """Give how many ordinary complaints there are by (class, state)."""
        ...


class AnonymousMail(Protocol):
    """Answers to sealed complaints: addressed by ticket, never by chat.

    Answers to confidential complaints go this way too, so that they do not enter the
    conversation's history.
    """

    def queue(self, ticket: str, reply: Reply, key: str, now: datetime) -> bool:
        """Queue an answer once per ``key``; False when nothing leads to its reader any more.

        Buttons are left out: they would be kept with the chat they are shown in.

        Raises:
            NotFound: No sealed complaint with this ticket.
        """
        ...


class MailRoom(Protocol):
    """What the delivery worker does with queued mail; it alone learns where it goes."""

    def message(self, message_id: str) -> OutboundMessage:
        """Give a queued mail with its address (NotFound if either is unknown)."""
        ...

    def part_accepted(
        self, message_id: str, part: int, external_id: str, parts: int, at: datetime
    ) -> None:
        """Record that the platform took part ``part`` of ``parts``; its id is not kept."""
        ...

    def attempt(self, message_id: str) -> int:
        """Count a delivery attempt and give the count."""
        ...

    def failed(self, message_id: str, error: str, code: str | None, at: datetime) -> None:
        """Give a mail up; the complaint shows it at the desk."""
        ...

    def put_back(self, message_id: str, error: str, code: str | None, at: datetime) -> bool:
        """Keep a mail the platform may not take now until the citizen writes again."""
        ...
