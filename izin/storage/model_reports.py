"""Reports on language models <-> JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from izin.language_models import (
    CaseResult,
    Change,
    FeeFailure,
    GateReason,
    JourneyFailure,
    Report,
    Scores,
)


def read_scores(content: Mapping[str, Any] | None) -> Scores | None:
    """Give stored scores; None when there are none."""
    if content is None:
        return None
    f1 = {str(intent): float(value) for intent, value in content["f1"].items()}
    return Scores(
        float(content["accuracy"]), float(content["permit_f1"]), f1, int(content["sentences"])
    )


def read_reason(content: Mapping[str, Any]) -> GateReason:
    """Give a stored reason."""
    return GateReason(str(content["code"]), dict(content["values"]))


def read_report(content: Mapping[str, Any] | None) -> Report | None:
    """Give a stored report; None when there is none."""
    if content is None:
        return None
    after = read_scores(content["after"])
    if after is None:
        return None
    return Report(
        before=read_scores(content["before"]),
        after=after,
        better=[Change(**item) for item in content["better"]],
        worse=[Change(**item) for item in content["worse"]],
        cases=content["cases"],
        failing_cases=[CaseResult(**item) for item in content["failing_cases"]],
        journeys=content["journeys"],
        journeys_skipped=content["journeys_skipped"],
        failing_journeys=[JourneyFailure(**item) for item in content["failing_journeys"]],
        fees=content["fees"],
        failing_fees=[FeeFailure(**item) for item in content["failing_fees"]],
        reasons=[read_reason(item) for item in content["reasons"]],
        left_out=list(content["left_out"]),
        took_s=dict(content["took_s"]),
    )
