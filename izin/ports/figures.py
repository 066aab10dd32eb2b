"""What the supervisors' figures are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from izin.applications import Application
from izin.complaint_figures import ComplaintFact
from izin.conversations import Namespace
from izin.figures import Period
from izin.officer_figures import AnswerFact, HandlingFact, Queue
from izin.talk_figures import AskedCount, HourCount, TalkDay


class Figures(Protocol):
    """Figures by day, and the facts of the smaller rest. Holds nobody's name or words."""

    def refresh(self, now: datetime, zone: ZoneInfo) -> int:
        """Count today, yesterday and every day a message came for since the last time anew.

        Gives how many days were counted. May be repeated; older days stay as they are, also
        when what they were counted from is deleted.
        """
        ...

    def refreshed_at(self) -> datetime | None:
        """Give the moment of the last refreshing, None before the first."""
        ...

    def hours(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[HourCount]:
        """Give the messages of each day by hour and channel."""
        ...

    def talks(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[TalkDay]:
        """Give what is counted of each day and channel."""
        ...

    def asked(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[AskedCount]:
        """Give intents and permits asked about, added up over the days of the period.

        Each count carries the first day of the period and no channel.
        """
        ...

    def complaints(
        self, since: datetime, until: datetime, namespaces: Sequence[Namespace]
    ) -> Sequence[ComplaintFact]:
        """Give ordinary complaints filed, answered or ended in a time, and all that are open."""
        ...

    def complaints_open_at(
        self, moment: datetime, namespaces: Sequence[Namespace], unit: str | None = None
    ) -> int:
        """Give how many ordinary complaints had been filed and not ended at a moment.

        One opened again counts as open since it was filed.
        """
        ...

    def sealed_by_month(self, period: Period, zone: ZoneInfo) -> Mapping[tuple[int, int], int]:
        """Give how many sealed complaints were filed in each whole month the period touches."""
        ...

    def answers(
        self,
        since: datetime,
        until: datetime,
        namespaces: Sequence[Namespace],
        channel: str | None = None,
    ) -> Sequence[AnswerFact]:
        """Give what was opened to officers in the chat, and when an officer first answered."""
        ...

    def handlings(
        self,
        since: datetime,
        until: datetime,
        namespaces: Sequence[Namespace],
        channel: str | None = None,
    ) -> Sequence[HandlingFact]:
        """Give the holds of officers that ended in a time, and those that go on."""
        ...

    def queue(self, namespaces: Sequence[Namespace]) -> Queue:
        """Give how many wait in the chat for an officer now."""
        ...


class RegistryFigures(Protocol):
    """The permit registry as far as it is counted: no applicant is in what it gives.

    Every call raises RegistryUnavailable when it does not answer in time.
    """

    def open_applications(self, most: int) -> Sequence[Application]:
        """Give submitted applications that are not decided, the oldest first, with stages."""
        ...

    def received_applications(
        self, since: datetime, until: datetime, most: int
    ) -> Sequence[Application]:
        """Give applications submitted in a time, the newest first, with stages."""
        ...
