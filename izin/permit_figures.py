"""Figures of permit applications from the office's registry: where they wait, what came back.

Made of the registry's stages alone; no applicant is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from izin.applications import Application, StageVisit, Status
from izin.figures import OfficeTime, Period, Share, Spread, spread
from izin.service_time import ServiceTime, service_time

MOST_STAGES = 50
MOST_LONGEST = 20
SENT_BACK_OFTEN = 2


@dataclass(frozen=True, slots=True)
class StageWait:
    """Applications of a permit that are in a stage now.

    Attributes:
        waiting: How many.
        days: Working days they have been in it, earlier visits to it too.
        longest: The largest of these.
        standard: Service standard of the permit as a whole, in working days; None: unknown.
        over: How many have used more than their standard.
    """

    permit_code: str
    stage: str
    unit: str
    waiting: int
    days: Spread
    longest: int
    standard: int | None
    over: int


@dataclass(frozen=True, slots=True)
class LongestOpen:
    """An application open for long.

    ``open_days`` are working days since submission, ``used`` those the office worked on it
    (service time), ``over`` how many of these are beyond the standard.
    """

    number: str
    permit_code: str
    stage: str
    unit: str
    submitted_at: datetime
    open_days: int
    used: int
    standard: int | None
    over: int


@dataclass(frozen=True, slots=True)
class Returns:
    """What came back to applicants, of the files submitted in a period.

    Attributes:
        unit: Who sent them back first.
        incomplete: Files sent back at least once.
        same_day: Of these, those sent back on the day of receipt.
        often: Of these, those sent back more than once.
    """

    unit: str
    incomplete: int
    same_day: Share
    often: Share


@dataclass(frozen=True, slots=True)
class PermitFigures:
    """The registry's figures as read at a moment.

    Attributes:
        received: Files submitted in the period.
        open: Files open now; ``over``: of these, those beyond their standard.
        returns: All of them, then by unit.
        partial: There were more files than are read at once.
    """

    at: datetime
    received: int
    open: int
    over: int
    stages: tuple[StageWait, ...]
    longest: tuple[LongestOpen, ...]
    all_returns: Returns
    returns: tuple[Returns, ...]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class PermitCounter:
    """Counts applications as they stand at ``now``; ``standard`` gives a permit's days."""

    time: OfficeTime
    standard: Callable[[str], int | None]
    now: datetime

    def of(
        self,
        open_now: Sequence[Application],
        received: Sequence[Application],
        period: Period,
        partial: bool = False,
    ) -> PermitFigures:
        """Give the figures of what is open now and of what was submitted in the period."""
        own = [item for item in received if period.covers(self.time.day(item.submitted_at))]
        counted = [(item, self._over(item)) for item in open_now]
        incomplete = [item for item in own if _sent_back(item)]
        units = sorted({_returned_by(item) for item in incomplete})
        by_unit = [
            self._returns(unit, [item for item in incomplete if _returned_by(item) == unit])
            for unit in units
        ]
        return PermitFigures(
            at=self.now,
            received=len(own),
            open=len(counted),
            over=sum(over > 0 for _, over in counted),
            stages=self._stages(counted),
            longest=self._longest(open_now),
            all_returns=self._returns("", incomplete),
            returns=tuple(sorted(by_unit, key=lambda item: (-item.incomplete, item.unit))),
            partial=partial,
        )

    def _stages(self, counted: Iterable[tuple[Application, int]]) -> tuple[StageWait, ...]:
        groups: dict[tuple[str, str], list[tuple[Application, int]]] = {}
        for item, over in counted:
            groups.setdefault((item.permit_code, item.stage), []).append((item, over))
        waits = [self._stage(code, stage, own) for (code, stage), own in groups.items()]
        waits.sort(key=lambda wait: (-(wait.days.high or 0), -wait.waiting, wait.permit_code))
        return tuple(waits[:MOST_STAGES])

    def _stage(self, code: str, stage: str, own: list[tuple[Application, int]]) -> StageWait:
        days = [self._in_stage(item) for item, _ in own]
        units = {item.unit for item, _ in own}
        return StageWait(
            permit_code=code,
            stage=stage,
            unit=units.pop() if len(units) == 1 else "",
            waiting=len(own),
            days=spread(days),
            longest=max(days),
            standard=self.standard(code),
            over=sum(over > 0 for _, over in own),
        )

    def _in_stage(self, item: Application) -> int:
        own = [visit for visit in item.history if visit.stage == item.stage]
        if not own:
            return self.time.days(item.submitted_at, self.now)
        return sum(
            self.time.days(visit.entered_at, min(visit.left_at or self.now, self.now))
            for visit in own
            if visit.entered_at <= self.now
        )

    def _longest(self, open_now: Sequence[Application]) -> tuple[LongestOpen, ...]:
        oldest = sorted(open_now, key=lambda item: (item.submitted_at, item.number))
        found = []
        for item in oldest[:MOST_LONGEST]:
            account = self._account(item)
            found.append(
                LongestOpen(
                    number=item.number,
                    permit_code=item.permit_code,
                    stage=item.stage,
                    unit=item.unit,
                    submitted_at=item.submitted_at,
                    open_days=self.time.days(item.submitted_at, self.now),
                    used=account.used,
                    standard=account.standard,
                    over=account.overdue_days,
                )
            )
        return tuple(found)

    def _over(self, item: Application) -> int:
        return self._account(item).overdue_days

    def _account(self, item: Application) -> ServiceTime:
        standard = self.standard(item.permit_code)
        return service_time(item, standard, self.time.calendar, self.now, self.time.zone)

    def _returns(self, unit: str, files: Sequence[Application]) -> Returns:
        same_day = sum(self._same_day(item) for item in files)
        often = sum(len(_sent_back(item)) >= SENT_BACK_OFTEN for item in files)
        return Returns(unit, len(files), Share(same_day, len(files)), Share(often, len(files)))

    def _same_day(self, item: Application) -> bool:
        first = _sent_back(item)[0].entered_at
        return self.time.day(first) == self.time.day(item.submitted_at)


def _sent_back(item: Application) -> list[StageVisit]:
    """Give the beginnings of the stretches in which the applicant had to repair the file."""
    before = (None, *(visit.status for visit in item.history))
    return [
        visit
        for visit, last in zip(item.history, before, strict=False)
        if visit.status is Status.RETURNED and last is not Status.RETURNED
    ]


def _returned_by(item: Application) -> str:
    """Give the unit that sent a file back first: the one that held it before."""
    history = list(item.history)
    place = history.index(_sent_back(item)[0])
    return history[place - 1].unit if place else item.unit
