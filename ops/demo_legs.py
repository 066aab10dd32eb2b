"""Which stages a demo application has passed in its situation, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from izin.applications import Status
from izin.permits import Permit
from ops.demo_stories import PlannedStage, Situation, Stories
from ops.demo_timeline import Leg

_DECIDED = (Status.ISSUED, Status.REJECTED, Status.REVOKED, Status.EXPIRED)


def legs_of(
    stories: Stories,
    permit: Permit,
    situation: Situation,
    random: Random,
    stage: PlannedStage | None = None,
) -> list[Leg] | None:
    """Give the legs up to ``stage``, or up to one that fits the situation.

    None where the permit has no such stage, or no standard to be late by.
    """
    return _Path(stories, permit, situation, random).legs(stage)


class _Path:
    """The stages an application passes in a situation, each with its working days."""

    def __init__(
        self, stories: Stories, permit: Permit, situation: Situation, random: Random
    ) -> None:
        self._stories = stories
        self._permit = permit
        self._situation = situation
        self._random = random
        self._flow = [
            stage for stage in stories.plan(permit) if stage.status is not Status.RETURNED
        ]

    def legs(self, stage: PlannedStage | None) -> list[Leg] | None:
        """Give the legs up to ``stage``, or up to one that fits the situation."""
        status = self._situation.status
        passed = [planned for planned in self._flow if planned.status is not Status.DRAFT]
        if status is Status.DRAFT:
            drafts = [planned for planned in self._flow if planned.status is status]
            return [Leg(drafts[0], self._waiting())] if drafts else None
        if status in _DECIDED:
            end = passed[:-1] if status is Status.REJECTED and len(passed) > 1 else passed
            legs = self._with_returns(self._spent(end))
            return legs + self._decisions()
        if status is Status.RETURNED:
            checked = passed[: self._random.randint(1, max(1, min(2, len(passed))))]
            legs = self._with_returns(self._spent(checked))
            return [*legs, Leg(self._stories.own_stage(status), self._waiting())]
        fitting = [planned for planned in passed if planned.status is status]
        longest = max(fitting, key=lambda planned: planned.working_days, default=None)
        target = stage or longest
        if target is None or (self._overdue and not self._permit.sla_working_days):
            return None
        legs = self._with_returns(self._spent(passed[: passed.index(target) + 1]))
        return legs if self._situation.used else [*legs[:-1], Leg(target, self._waiting())]

    @property
    def _overdue(self) -> bool:
        return self._situation.used is not None and self._situation.used[0] > 1

    def _decisions(self) -> list[Leg]:
        own, status = self._stories.own_stage, self._situation.status
        if status is Status.REVOKED:
            return [Leg(own(Status.ISSUED), 120), Leg(own(status), self._waiting())]
        # An end of validity is anchored to its own dates, not to today.
        waiting = 0 if self._situation.valid_days is not None else self._waiting()
        return [Leg(own(Status.ISSUED if status is Status.EXPIRED else status), waiting)]

    def _waiting(self) -> int:
        least, most = self._situation.waiting_days
        return self._random.randint(int(least), int(most))

    def _spent(self, stages: Sequence[PlannedStage]) -> list[Leg]:
        """Share the used part of the service standard among the stages that count."""
        used = self._random.uniform(*self._situation.used) if self._situation.used else 0.6
        standard = self._permit.sla_working_days
        budget = round(used * standard)
        if used > 1:
            budget = max(budget, standard + 1)  # really overdue, however short the standard
        counting = [stage for stage in stages if stage.status.clock_runs]
        weights = sum(stage.working_days for stage in counting)
        passed, spent, legs = 0, 0, []
        for stage in stages:
            if stage.status.clock_runs:
                passed += stage.working_days
                ended = budget * passed / weights if weights else budget * (stage is counting[-1])
                days = round(ended) - spent
                spent += days
            else:
                days = self._random.randint(0, 1 if stage.status is Status.RECEIVED else 4)
            legs.append(Leg(stage, days))
        return legs if self._situation.status in _DECIDED else _begun_before_today(legs)

    def _with_returns(self, legs: list[Leg]) -> list[Leg]:
        """Put earlier returns to the applicant behind the first stage."""
        if not legs:
            return legs
        back = self._stories.own_stage(Status.RETURNED)
        first = legs[0]
        returns: list[Leg] = []
        for _ in range(self._situation.returned_before):
            returns += [Leg(first.stage, 0), Leg(back, self._random.randint(2, 9))]
        return [*returns, *legs]


def _begun_before_today(legs: list[Leg]) -> list[Leg]:
    """Give the last leg a day at least, taken from an earlier one that counts if it counts."""
    if not legs or legs[-1].working_days > 0:
        return legs
    *earlier, last = legs
    for index in reversed(range(len(earlier))):
        leg = earlier[index]
        if last.stage.status.clock_runs and leg.stage.status.clock_runs and leg.working_days:
            earlier[index] = Leg(leg.stage, leg.working_days - 1)
            break
    return [*earlier, Leg(last.stage, 1)]
