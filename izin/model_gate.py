"""The gate: a model goes to citizens only when it understands no worse than the one they have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from izin.language_models import JOURNEYS_OFF, GateReason, Report


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a model may fall below the published one, in shares of 1, or in numbers.

    Attributes:
        accuracy: Of all sentences. A training that adds examples moves a few sentences in a
            thousand either way; one in a hundred is more than that.
        permit_f1: Of the permits found, likewise.
        intent_f1: Of each single intent. Wider: an intent has some forty sentences, so that
            one or two make several hundredths.
        cases: Regression cases the published model understands and the new one does not.
        journeys: Conversations that do not go as written.
        fees: Fee examples that do not come out.
    """

    accuracy: float = 0.01
    permit_f1: float = 0.01
    intent_f1: float = 0.07
    cases: int = 0
    journeys: int = 0
    fees: int = 0


def reasons_against(report: Report, tolerance: Tolerance) -> tuple[GateReason, ...]:
    """Give why a model may not be published, the weightiest first; none when it may.

    A regression case or conversation that fails with the published model as well does not count:
    a stubborn sentence, or an answer that was edited, must not keep everything else from getting
    better. Conversations that could not be played count: nobody knows how they would have gone.
    """
    return (
        *_accuracy(report, tolerance),
        *_intents(report, tolerance),
        *_cases(report, tolerance),
        *_journeys(report, tolerance),
        *_fees(report, tolerance),
    )


def _accuracy(report: Report, tolerance: Tolerance) -> Iterator[GateReason]:
    before, after = report.before, report.after
    if before is None:
        return
    if _fell(before.accuracy, after.accuracy, tolerance.accuracy):
        yield _figure("accuracy", before.accuracy, after.accuracy, tolerance.accuracy)
    if _fell(before.permit_f1, after.permit_f1, tolerance.permit_f1):
        yield _figure("permits", before.permit_f1, after.permit_f1, tolerance.permit_f1)


def _intents(report: Report, tolerance: Tolerance) -> Iterator[GateReason]:
    if report.before is None:
        return
    falls = [
        (before - report.after.f1.get(intent, 0.0), intent, before)
        for intent, before in report.before.f1.items()
    ]
    for fall, intent, before in sorted(falls, key=lambda item: (-item[0], item[1])):
        after = before - fall
        if _fell(before, after, tolerance.intent_f1):
            reason = _figure("intent", before, after, tolerance.intent_f1)
            yield GateReason(reason.code, {**reason.values, "intent": intent})


def _cases(report: Report, tolerance: Tolerance) -> Iterator[GateReason]:
    fallen = sum(case.new for case in report.failing_cases)
    if fallen > tolerance.cases:
        yield GateReason("cases", {"count": fallen, "of": report.cases})


def _journeys(report: Report, tolerance: Tolerance) -> Iterator[GateReason]:
    if report.journeys_skipped not in ("", JOURNEYS_OFF):
        yield GateReason("journeys_missing")
    fallen = sum(failure.new for failure in report.failing_journeys)
    if fallen > tolerance.journeys:
        yield GateReason("journeys", {"count": fallen, "of": report.journeys})


def _fees(report: Report, tolerance: Tolerance) -> Iterator[GateReason]:
    if len(report.failing_fees) > tolerance.fees:
        yield GateReason("fees", {"count": len(report.failing_fees), "of": report.fees})


def _fell(before: float, after: float, tolerated: float) -> bool:
    return before - after > tolerated + 1e-9  # what is written as tolerated is tolerated


def _figure(code: str, before: float, after: float, tolerated: float) -> GateReason:
    shown = {"before": before, "after": after, "tolerated": tolerated}
    return GateReason(code, {name: round(value * 100, 1) for name, value in shown.items()})
