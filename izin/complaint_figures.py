"""Figures of ordinary complaints: how many, how soon, how many in time.

What came in is counted by the day of filing, answers and results by the day they were given;
what is open, as it is now. Sealed complaints are one number only, see :func:`sealed_total`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from izin.complaint_states import ENDED, ComplaintState, Pause
from izin.complaints import FIRST_RESPONSE_CALENDAR_DAYS, FIRST_RESPONSE_WORKING_DAYS
from izin.figures import Average, OfficeTime, Period, Share, Spread, average, spread

FEWEST_SEALED = 5
"""Fewer sealed complaints in a month are not told: a small number would lead to somebody."""


@dataclass(frozen=True, slots=True)
class ComplaintFact:
    """An ordinary complaint, as far as it is counted.

    Attributes:
        unit: Code of the unit it is with; None is the permit office's desk.
        channel: Where it came in; empty when no conversation leads to it.
        responded_at: When the first substantive answer was given.
        first_due, decision_due: The promised days as they stand.
        closed_at: When it ended; None while it is open.
        pauses: When its complainant was waited for.
    """

    category: str
    class_code: str
    unit: str | None
    channel: str
    state: ComplaintState
    filed_at: datetime
    first_due: date
    decision_due: date
    responded_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_times: int = 0
    rating: int | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def is_open(self) -> bool:
        """Say whether the office still owes something."""
        return self.state not in ENDED

    @property
    def waits(self) -> bool:
        """Say whether its complainant is waited for, so that its dates stand still."""
        return self.state is ComplaintState.WAITING


@dataclass(frozen=True, slots=True)
class ComplaintFigures:
    """Complaints of a group.

    Attributes:
        filed: Filed in the period.
        closed: Ended in the period and not opened again since.
        open: Open now; of these ``overdue``: a promised day has passed, ``due_soon``: the next
            one is today or the next working day.
        response_days, response_hours: From filing to the first answer, of those answered in the
            period, in working days and in hours the office was open.
        answered_in_time: Of those filed in the period whose first answer was given or is late.
        decision_days: From filing to the end, without the days the complainant was waited for.
        decided_in_time: Of those that ended in the period.
        reopened: Of those that ended, or were opened again, those ever opened again.
        rating: Of those that ended in the period.
    """

    filed: int
    closed: int
    open: int
    overdue: int
    due_soon: int
    response_days: Spread
    response_hours: Spread
    answered_in_time: Share
    decision_days: Spread
    decision_hours: Spread
    decided_in_time: Share
    reopened: Share
    rating: Average


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a complaint adds to the groups it belongs to; days and hours belong together."""

    fact: ComplaintFact
    filed: bool
    ended: bool
    overdue: bool
    due_soon: bool
    again: bool
    late: bool | None
    in_time: bool
    answer: tuple[int, float] | None
    decision: tuple[int, float] | None


@dataclass(frozen=True, slots=True)
class ComplaintCounter:
    """Counts complaints of a period as they stand at ``now``."""

    period: Period
    time: OfficeTime
    now: datetime
    _known: dict[int, _Measured] = field(default_factory=dict, repr=False, compare=False)
    _today: date = field(init=False)

    def __post_init__(self) -> None:
        """Note the day of ``now``."""
        object.__setattr__(self, "_today", self.time.day(self.now))

    def of(self, facts: Iterable[ComplaintFact]) -> ComplaintFigures:
        """Give the figures of these complaints, whichever of them belong to the period."""
        items = list(map(self._measured, facts))
        ended = [item for item in items if item.ended]
        answers = [item.answer for item in items if item.answer]
        decisions = [item.decision for item in ended if item.decision]
        judged = [item.late for item in items if item.late is not None]
        again = sum(item.again for item in items)
        return ComplaintFigures(
            filed=sum(item.filed for item in items),
            closed=len(ended),
            open=sum(item.fact.is_open for item in items),
            overdue=sum(item.overdue for item in items),
            due_soon=sum(item.due_soon for item in items),
            response_days=spread(days for days, _ in answers),
            response_hours=spread(hours for _, hours in answers),
            answered_in_time=Share(judged.count(False), len(judged)),
            decision_days=spread(days for days, _ in decisions),
            decision_hours=spread(hours for _, hours in decisions),
            decided_in_time=Share(sum(item.in_time for item in ended), len(ended)),
            reopened=Share(
                sum(bool(item.fact.reopened_times) for item in ended) + again, len(ended) + again
            ),
            rating=average([item.fact.rating for item in ended if item.fact.rating is not None]),
        )

    def by(
        self, facts: Sequence[ComplaintFact], key: Callable[[ComplaintFact], str]
    ) -> dict[str, ComplaintFigures]:
        """Give the figures by group, groups with most complaints filed first."""
        groups: dict[str, list[ComplaintFact]] = {}
        for fact in facts:
            groups.setdefault(key(fact), []).append(fact)
        counted = {name: self.of(items) for name, items in groups.items()}
        some = {name: item for name, item in counted.items() if _any(item)}
        return dict(sorted(some.items(), key=lambda pair: (-pair[1].filed, pair[0])))

    def states(self, facts: Iterable[ComplaintFact]) -> Mapping[str, int]:
        """Give how many of those filed in the period stand where now."""
        return Counter(fact.state.value for fact in facts if self._within(fact.filed_at))

    def filed_by_day(self, facts: Iterable[ComplaintFact]) -> Mapping[date, int]:
        """Give how many were filed on each day of the period."""
        counts = Counter(self._day(fact.filed_at) for fact in facts)
        return {day: counts[day] for day in self.period.days()}

    def overdue(self, fact: ComplaintFact) -> bool:
        """Say whether a promised day of an open complaint has passed."""
        return fact.is_open and not fact.waits and self._next_due(fact) < self._today

    def due_soon(self, fact: ComplaintFact) -> bool:
        """Say whether the next promised day is today or the next working day."""
        if not fact.is_open or fact.waits:
            return False
        return self._today <= self._next_due(fact) <= self.time.next_working_day(self._today)

    def answered_late(self, fact: ComplaintFact) -> bool | None:
        """Say whether the first answer is late; None while it is neither given nor late."""
        due = self._first_due(fact)
        if fact.responded_at is not None:
            return self._day(fact.responded_at) > due
        if not fact.is_open and fact.closed_at is not None:
            return self._day(fact.closed_at) > due
        return True if due < self._today and not fact.waits else None

    def _measured(self, fact: ComplaintFact) -> _Measured:
        """Measure a complaint, once for all groups: the id stays its own while it is kept."""
        known = self._known.get(id(fact))
        if known is None:
            filed, is_open = self._within(fact.filed_at), fact.is_open
            answered, ended = fact.responded_at, fact.closed_at
            over = not is_open and self._within(ended)
            known = self._known[id(fact)] = _Measured(
                fact=fact,
                filed=filed,
                ended=over,
                overdue=self.overdue(fact),
                due_soon=self.due_soon(fact),
                again=filed and is_open and bool(fact.reopened_times),
                late=self.answered_late(fact) if filed else None,
                in_time=over and self._day(ended) <= fact.decision_due,
                answer=self._stretch(fact, answered) if self._within(answered) else None,
                decision=self._stretch(fact, ended) if over else None,
            )
        return known

    def _first_due(self, fact: ComplaintFact) -> date:
        """Give when the first answer was due; opening again put a later date in its place."""
        if not fact.reopened_times:
            return fact.first_due
        filed = self._day(fact.filed_at)
        working = self.time.after_working_days(filed, FIRST_RESPONSE_WORKING_DAYS)
        return min(working, filed + timedelta(days=FIRST_RESPONSE_CALENDAR_DAYS))

    def _next_due(self, fact: ComplaintFact) -> date:
        if fact.responded_at is None:
            return min(fact.first_due, fact.decision_due)
        return fact.decision_due

    def _stretch(self, fact: ComplaintFact, end: datetime | None) -> tuple[int, float]:
        """Give working days and open hours from filing, without those of waiting."""
        until, time = end or self.now, self.time
        days, hours = time.days(fact.filed_at, until), time.hours(fact.filed_at, until)
        for begun, over in _waits(fact, until) if fact.pauses else ():
            days -= time.days(begun, over)
            hours -= time.hours(begun, over)
        return max(0, days), max(0.0, hours)

    def _within(self, moment: datetime | None) -> bool:
        return moment is not None and self.period.covers(self.time.day(moment))

    def _day(self, moment: datetime | None) -> date:
        return self.time.day(moment or self.now)


def _waits(fact: ComplaintFact, until: datetime) -> list[tuple[datetime, datetime]]:
    return [
        (pause.begun_at, min(pause.until or until, until))
        for pause in fact.pauses
        if pause.begun_at < until
    ]


def _any(figures: ComplaintFigures) -> bool:
    return bool(figures.filed or figures.closed or figures.open or figures.response_days.count)


@dataclass(frozen=True, slots=True)
class SealedTotal:
    """How many sealed complaints there were, without anything that tells them apart.

    Attributes:
        told: The sum of the months with enough of them; None when there is no such month.
        months: The months it is made of, as (year, month).
        hidden: Some month of the period has fewer, or none: which, is not told.
    """

    told: int | None
    months: tuple[tuple[int, int], ...]
    hidden: bool


def sealed_total(by_month: Mapping[tuple[int, int], int], period: Period) -> SealedTotal:
    """Give the number of sealed complaints of the whole months a period touches.

    By whole months, each large enough: from figures of two periods that differ by a day
    nobody can tell that somebody complained on it.
    """
    enough = [item for item in period.months() if by_month.get(item, 0) >= FEWEST_SEALED]
    told = sum(by_month[item] for item in enough) if enough else None
    return SealedTotal(told, tuple(enough), len(enough) < len(period.months()))
