"""Figures of officers in the chat: how soon they answer, how long they serve, who has what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from izin.figures import OfficeTime, Spread, spread
from izin.officers import EndedBy, OfficerSession


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """Something opened to officers in the chat.

    Attributes:
        reason: Why, in words of ours.
        answered_at: When an officer first wrote after that; None: not, or not known.
    """

    channel: str
    reason: str
    opened_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandlingFact:
    """A conversation in an officer's hands; ``ended_at`` None is "now"."""

    officer: str
    channel: str
    claimed_at: datetime
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    replied: bool = False

    @property
    def served(self) -> bool:
        """Say whether it ended after the officer had answered."""
        return self.ended_at is not None and self.replied


@dataclass(frozen=True, slots=True)
class Queue:
    """Those who wait in the chat and nobody holds; ``oldest_at``: since when the first does."""

    waiting: int
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """An officer now, and in the period.

    Attributes:
        officer: Account id.
        until: How long they are present, None when they are not.
        holds: Conversations in their hands now; ``longest_since``: since when the first is.
        served: Conversations served in the period.
        minutes: How long these were in their hands.
    """

    officer: str
    until: datetime | None
    holds: int
    longest_since: datetime | None
    served: int
    minutes: Spread


@dataclass(frozen=True, slots=True)
class OfficerFigures:
    """Officers in the chat.

    Attributes:
        opened: How often a conversation was opened to officers; ``answered``: of these, those
            an officer has written to since.
        by_reason: How often for each reason.
        wait_minutes: From opening to the first answer, by the clock.
        wait_hours: The same in hours the office was open.
        serving_minutes: From taking a conversation to its end, of those served.
    """

    opened: int
    answered: int
    by_reason: tuple[tuple[str, int], ...]
    wait_minutes: Spread
    wait_hours: Spread
    serving_minutes: Spread
    queue: Queue
    workload: tuple[Workload, ...]
    present: int


def officer_figures(
    answers: Sequence[AnswerFact],
    handlings: Sequence[HandlingFact],
    present: Iterable[OfficerSession],
    queue: Queue,
    time: OfficeTime,
) -> OfficerFigures:
    """Give the figures of these facts."""
    answered = [
        (fact.opened_at, fact.answered_at)
        for fact in answers
        if fact.answered_at is not None and fact.answered_at >= fact.opened_at
    ]
    reasons = Counter(fact.reason for fact in answers)
    here = {session.officer: session.until for session in present}
    return OfficerFigures(
        opened=len(answers),
        answered=len(answered),
        by_reason=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        wait_minutes=spread((at - opened).total_seconds() / 60 for opened, at in answered),
        wait_hours=spread(time.hours(opened, at) for opened, at in answered),
        serving_minutes=spread(_minutes(handlings)),
        queue=queue,
        workload=_workload(handlings, here),
        present=len(here),
    )


def _workload(handlings: Sequence[HandlingFact], here: dict[str, datetime]) -> tuple[Workload, ...]:
    found = []
    by_officer: dict[str, list[HandlingFact]] = {officer: [] for officer in here}
    for item in handlings:
        by_officer.setdefault(item.officer, []).append(item)
    for officer, own in by_officer.items():
        held = [item.claimed_at for item in own if item.ended_at is None]
        minutes = _minutes(own)
        found.append(
            Workload(
                officer, here.get(officer), len(held), min(held, default=None), len(minutes),
                spread(minutes),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda load: (-load.holds, -load.served, load.officer)))


def _minutes(handlings: Iterable[HandlingFact]) -> list[float]:
    return [
        (item.ended_at - item.claimed_at).total_seconds() / 60
        for item in handlings
        if item.served and item.ended_at is not None
    ]
