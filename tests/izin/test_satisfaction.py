"""The index of the survey, from the edges of the regulation's table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from izin.satisfaction import (
    ELEMENTS,
    SurveyResponse,
    grade_of,
    period_of,
    satisfaction_index,
    two_decimals,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = [element.name for element in ELEMENTS]


def survey(*scores: int | None) -> SurveyResponse:
    """Give one survey with scores in the order of the elements; None is skipped."""
    given = {name: score for name, score in zip(NAMES, scores, strict=True) if score is not None}
    return SurveyResponse("c", "2026-2", given, NOW)


def test_there_are_the_nine_elements_of_the_regulation() -> None:
    assert len(NAMES) == len(set(NAMES)) == 9
    assert NAMES[7] == "Penanganan pengaduan, saran, dan masukan"
    assert NAMES[8] == "Sarana dan prasarana"


@pytest.mark.parametrize(
    ("score", "converted", "grade"),
    [(4, "100.00", "A"), (3, "75.00", "C"), (2, "50.00", "D"), (1, "25.00", "D")],
)
def test_equal_scores_give_the_score_itself(score: int, converted: str, grade: str) -> None:
    result = satisfaction_index([survey(*[score] * 9)])
    assert result.index == score
    assert result.converted == Decimal(converted)
    assert result.grade == grade


@pytest.mark.parametrize(
    ("converted", "grade"),
    [
        ("100.00", "A"), ("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"),
        ("65.00", "C"), ("64.99", "D"), ("25.00", "D"),
    ],
)  # fmt: skip
def test_grades_change_at_the_edges_of_the_table(converted: str, grade: str) -> None:
    assert grade_of(Decimal(converted)) == grade


@pytest.mark.parametrize(
    ("value", "rounded", "grade"),
    [
        (Fraction("76.605"), "76.61", "B"),
        (Fraction("76.60499"), "76.60", "C"),
        (Fraction("88.305"), "88.31", "A"),
        (Fraction("88.304999"), "88.30", "B"),
        (Fraction("64.995"), "65.00", "C"),
        (Fraction("64.9949"), "64.99", "D"),
    ],
)
def test_no_value_falls_between_two_grades_as_it_is_rounded_first(
    value: Fraction, rounded: str, grade: str
) -> None:
    assert two_decimals(value) == Decimal(rounded)
    assert grade_of(two_decimals(value)) == grade


def test_each_element_is_averaged_and_weighs_a_ninth_exactly() -> None:
    result = satisfaction_index([survey(4, 3, 3, 3, 3, 3, 3, 3, 3), survey(*[3] * 9)])
    assert result.elements[0].average == Fraction(7, 2)
    assert result.index == Fraction(55, 18)
    assert result.converted == Decimal("76.39")
    assert result.respondents == 2


def test_the_rounded_weight_of_practice_would_give_another_grade() -> None:
    # 3.0644 by 1/9; with 0.11 for 1/9 the index would be 1 per cent lower, and C.
    scores = [survey(3, 3, 3, 3, 3, 3, 3, 3, 4) for _ in range(58)]
    scores += [survey(*[3] * 9) for _ in range(42)]
    result = satisfaction_index(scores)
    assert result.index == 3 + Fraction(58, 900)
    assert result.converted == Decimal("76.61")
    assert result.grade == "B"


def test_a_skipped_element_is_averaged_over_those_who_scored_it() -> None:
    result = satisfaction_index([survey(None, *[4] * 8), survey(2, *[4] * 8)])
    assert result.elements[0].average == 2
    assert result.elements[0].respondents == 1
    assert result.elements[1].respondents == 2


def test_without_a_score_for_every_element_there_is_no_index() -> None:
    result = satisfaction_index([survey(None, *[4] * 8)])
    assert (result.index, result.converted, result.grade) == (None, None, None)
    assert len(result.elements) == 8
    assert satisfaction_index([]).index is None
    assert satisfaction_index([]).lowest == ()


def test_scores_count_by_name_whatever_their_order() -> None:
    one = survey(1, 2, 3, 4, 1, 2, 3, 4, 1)
    turned = SurveyResponse("c", "2026-2", dict(reversed(list(one.scores.items()))), NOW)
    assert satisfaction_index([one]) == satisfaction_index([turned])


def test_the_three_lowest_elements_come_lowest_first() -> None:
    result = satisfaction_index([survey(4, 4, 1, 4, 4, 2, 4, 2, 4)])
    assert [item.element.code for item in result.lowest] == ["U3", "U6", "U8"]


def test_periods_are_half_years() -> None:
    assert period_of(date(2026, 6, 30)) == "2026-1"
    assert period_of(date(2026, 7, 1)) == "2026-2"
