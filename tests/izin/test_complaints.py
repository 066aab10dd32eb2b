"""Deadlines of complaints and the shape of tickets."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from izin.complaints import TICKET_ALPHABET, deadlines, ticket_number
from izin.office import Calendar, DueDate, Holiday

NO_HOLIDAYS = Calendar([Holiday(date(year, 1, 1), "Tahun Baru") for year in (2026, 2027)])


def test_the_class_target_and_the_three_day_answer_are_counted_in_working_days() -> None:
    found = deadlines(date(2026, 11, 20), 14, NO_HOLIDAYS)
    assert found.first_response == DueDate(date(2026, 11, 25))
    assert found.decision == DueDate(date(2026, 12, 10))


def test_the_law_caps_a_long_class_target_at_sixty_calendar_days() -> None:
    found = deadlines(date(2026, 3, 2), 60, NO_HOLIDAYS)
    assert found.decision == DueDate(date(2026, 5, 1))


def test_the_law_caps_the_first_response_at_fourteen_calendar_days() -> None:
    start = date(2026, 3, 2)
    closed = Calendar([Holiday(start + timedelta(days=n), "Libur") for n in range(1, 40)])
    assert deadlines(start, 14, closed).first_response == DueDate(date(2026, 3, 16))


def test_a_capped_date_is_not_provisional_whatever_holidays_come() -> None:
    found = deadlines(date(2027, 12, 1), 60, NO_HOLIDAYS)
    assert found.decision == DueDate(date(2028, 1, 30))


def test_a_counted_date_in_a_year_without_holidays_is_provisional() -> None:
    found = deadlines(date(2027, 12, 28), 14, NO_HOLIDAYS)
    assert found.decision.provisional
    assert deadlines(date(2027, 12, 28), 14, NO_HOLIDAYS).first_response.provisional is False


@pytest.mark.parametrize("indexes", [[0] * 6, [31] * 6, [5, 31, 0, 17, 8, 22]])
def test_a_ticket_is_capitals_digits_and_hyphens_without_look_alikes(indexes: list[int]) -> None:
    ticket = ticket_number(indexes)
    assert re.fullmatch(r"ADU-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}", ticket)


def test_the_alphabet_has_32_different_signs() -> None:
    assert len(set(TICKET_ALPHABET)) == len(TICKET_ALPHABET) == 32
