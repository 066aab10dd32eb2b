"""Where officers' work on complaints is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from izin.complaint_desk import Reader
from izin.complaint_work import Alarm, Case, Note, WorkCounts, WorkFilter, WorkPage
from izin.complaints import Complaint


class ComplaintWork(Protocol):
    """Complaints as officers work on them; what a reader may not see does not exist.

    Ordinary complaints of another unit and sealed ones without the role answer ``NotFound``.
    Rules are those of ``izin.usecases.work_complaint.WorkComplaint``; this only keeps.
    """

    def case(self, reader: Reader, ticket: str, now: datetime) -> Case:
        """Give a complaint with notes and alarms, and record the reading of a sealed one.

        Raises:
            NotFound: No such ticket, or not for this reader.
        """
        ...

    def change(
        self,
        reader: Reader,
        ticket: str,
        version: int,
        key: str,
        step: Callable[[Complaint], Complaint],
        now: datetime,
    ) -> tuple[Case, bool]:
        """Make a step once per ``key``; False beside the case when this key was there before.

        A complaint that a step makes confidential is sealed with all that belongs to it in the
        same transaction, and is gone for those who may not read sealed ones.

        Raises:
            NotFound: No such ticket, or not for this reader.
            Conflict: It is no longer at ``version``: somebody else was first.
        """
        ...

    def note(self, reader: Reader, ticket: str, text: str, key: str, now: datetime) -> Note:
        """Store an internal note once per ``key``.

        Raises:
            NotFound: No such ticket, or not for this reader.
        """
        ...

    def list(
        self, reader: Reader, wanted: WorkFilter, now: datetime, after: str | None = None
    ) -> WorkPage:
        """Give a page of ordinary complaints of the reader's unit; sealed ones never."""
        ...

    def list_sealed(
        self, reader: Reader, wanted: WorkFilter, now: datetime, after: str | None = None
    ) -> WorkPage:
        """Give a page of sealed complaints; none without the role."""
        ...

    def counts(self, reader: Reader, now: datetime, soon_until: datetime) -> WorkCounts:
        """Give how many open complaints the reader has to do with."""
        ...

    def alarms(self, reader: Reader, *, supervisors: bool, limit: int = 50) -> Sequence[Alarm]:
        """Give alarms of open ordinary complaints nobody took note of, the newest first.

        ``supervisors``: those addressed to supervisors; else those of the reader's own
        complaints.
        """
        ...

    def sealed_alarms(self, reader: Reader, limit: int = 50) -> Sequence[Alarm]:
        """Give the same of sealed complaints; none without the role."""
        ...

    def see_alarm(self, reader: Reader, ticket: str, alarm_id: int) -> None:
        """Take note of an alarm and all earlier ones of its complaint.

        Raises:
            NotFound: No such ticket, or not for this reader.
        """
        ...


class ComplaintAlarms(Protocol):
    """What the escalating job asks and keeps; it belongs to no officer."""

    def raise_due(self, now: datetime, limit: int = 200) -> Sequence[tuple[Complaint, Alarm]]:
        """Store every alarm due by ``now`` that is not there yet; gives them with complaints.

        Of several marks passed at once (after downtime) each is stored; at most ``limit``
        complaints are looked at.
        """
        ...

    def settled(self, now: datetime, before: datetime) -> Sequence[Complaint]:
        """Close complaints resolved before a moment (reason ``selesai``); gives them."""
        ...
