"""The gate lets no model through that understands worse, and says why."""

from __future__ import annotations

from dataclasses import replace

from izin.language_models import (
    JOURNEYS_OFF,
    CaseResult,
    FeeFailure,
    JourneyFailure,
    Report,
    Scores,
)
from izin.model_gate import Tolerance, reasons_against

PUBLISHED = Scores(0.96, 0.95, {"sapa": 1.0, "tanya_biaya": 0.92, "tanya_syarat": 0.94}, 1234)
SAME = Report(PUBLISHED, PUBLISHED)
WAS_RIGHT = CaseResult("1", "brp duit", "tanya_biaya", "sapa", new=True)
NEVER_RIGHT = CaseResult("2", "duit?", "tanya_biaya", "sapa", new=False)


def codes(report: Report, tolerance: Tolerance | None = None) -> list[str]:
    return [reason.code for reason in reasons_against(report, tolerance or Tolerance())]


def scored(**changes: object) -> Report:
    return replace(SAME, after=replace(PUBLISHED, **changes))  # type: ignore[arg-type]


def test_a_model_as_good_as_the_published_one_passes() -> None:
    assert codes(SAME) == []


def test_what_is_tolerated_passes_to_the_last_hundredth() -> None:
    assert codes(scored(accuracy=0.95, permit_f1=0.94)) == []
    assert codes(scored(f1={**PUBLISHED.f1, "sapa": 0.93})) == []


def test_a_fall_of_accuracy_or_of_permits_is_refused_with_figures() -> None:
    reasons = reasons_against(scored(accuracy=0.949, permit_f1=0.8), Tolerance())

    assert [reason.code for reason in reasons] == ["accuracy", "permits"]
    assert reasons[0].values == {"before": 96.0, "after": 94.9, "tolerated": 1.0}


def test_each_fallen_intent_is_named_the_deepest_fall_first() -> None:
    report = scored(f1={"sapa": 0.9, "tanya_biaya": 0.5, "tanya_syarat": 0.94})

    reasons = reasons_against(report, Tolerance())

    assert [reason.values["intent"] for reason in reasons] == ["tanya_biaya", "sapa"]


def test_an_intent_the_model_never_gives_has_fallen() -> None:
    assert codes(scored(f1={"sapa": 1.0, "tanya_biaya": 0.92})) == ["intent"]


def test_a_case_that_was_understood_and_no_longer_is_refuses() -> None:
    assert codes(replace(SAME, cases=2, failing_cases=[WAS_RIGHT, NEVER_RIGHT])) == ["cases"]


def test_a_case_nobody_ever_understood_stops_nothing() -> None:
    assert codes(replace(SAME, cases=1, failing_cases=[NEVER_RIGHT])) == []


def test_a_conversation_or_fee_that_fails_refuses() -> None:
    report = replace(
        SAME,
        failing_journeys=[JourneyFailure("biaya: PBG", "telegram", 3, "Rp")],
        failing_fees=[FeeFailure("pbg: rumah", "1", "2")],
    )

    assert codes(report) == ["journeys", "fees"]


def test_a_conversation_that_fails_with_the_published_model_too_stops_nothing() -> None:
    failure = JourneyFailure("biaya: PBG", "telegram", 3, "Rp", new=False)

    assert codes(replace(SAME, journeys=9, failing_journeys=[failure])) == []


def test_conversations_nobody_could_play_are_a_reason() -> None:
    assert codes(replace(SAME, journeys_skipped="memory")) == ["journeys_missing"]
    assert codes(replace(SAME, journeys_skipped=JOURNEYS_OFF)) == []


def test_reasons_come_in_the_order_of_their_weight() -> None:
    report = replace(
        scored(accuracy=0.5, permit_f1=0.5, f1={}),
        failing_cases=[WAS_RIGHT],
        failing_journeys=[JourneyFailure("a", "telegram", 1, "")],
        failing_fees=[FeeFailure("b", "1", "2")],
    )

    found = codes(report)

    assert found == ["accuracy", "permits", *["intent"] * 3, "cases", "journeys", "fees"]


def test_the_office_may_tolerate_more() -> None:
    wide = Tolerance(accuracy=0.5, permit_f1=0.5, intent_f1=1.0, cases=1, journeys=1, fees=1)
    report = replace(
        scored(accuracy=0.5, permit_f1=0.5, f1={}),
        failing_cases=[WAS_RIGHT],
        failing_journeys=[JourneyFailure("a", "telegram", 1, "")],
        failing_fees=[FeeFailure("b", "1", "2")],
    )

    assert codes(report, wide) == []


def test_the_first_model_has_nothing_to_fall_below() -> None:
    assert codes(Report(None, Scores(0.2, 0.1, {}))) == []
