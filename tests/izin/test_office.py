"""Working days and opening hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from izin.errors import InvalidInput
from izin.office import Calendar, DueDate, Holiday, Office, OfficeHours
from izin.office_periods import hours_periods

CALENDAR = Calendar(
    (
        Holiday(date(2026, 12, 24), "Cuti bersama", "cuti_bersama"),
        Holiday(date(2026, 12, 25), "Natal"),
        Holiday(date(2027, 1, 1), "Tahun Baru"),
    )
)
RAMADAN: dict[str, Any] = {
    "name": "Ramadan", "first": "2027-02-08", "last": "2027-03-09", "words": ["puasa"],
    "opening_hours": {"senin": ["08:00-12:00", "12:30-14:00"], "jumat": ["08:00-10:30"]},
}  # fmt: skip
OFFICE = Office(
    "Dinas", "Dinas", "Kabupaten", "Asia/Jakarta",
    opening_hours={
        **{day: ((time(8), time(12)), (time(13), time(15))) for day in range(4)},
        4: ((time(8), time(11)),),
    },
    details={"special_hours": [RAMADAN]},
)  # fmt: skip
HOURS = OfficeHours(OFFICE, CALENDAR)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=OFFICE.zone)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 23), 0, DueDate(date(2026, 11, 23))),
        (date(2026, 11, 27), 1, DueDate(date(2026, 11, 30))),
        (date(2026, 11, 28), 1, DueDate(date(2026, 11, 30))),
        (date(2026, 12, 23), 1, DueDate(date(2026, 12, 28))),
        (date(2026, 12, 31), 1, DueDate(date(2027, 1, 4))),
        (date(2027, 12, 31), 1, DueDate(date(2028, 1, 3), True)),
        (date(2025, 12, 31), 1, DueDate(date(2026, 1, 1), True)),
    ],
)
def test_working_days_skip_weekends_and_holidays_across_years(
    start: date, days: int, due: DueDate
) -> None:
    assert CALENDAR.add_working_days(start, days) == due


@pytest.mark.parametrize("days", [-1, 100_000])
def test_absurd_counts_are_refused(days: int) -> None:
    with pytest.raises(InvalidInput):
        CALENDAR.add_working_days(date(2026, 11, 23), days)


def test_counting_back_agrees_with_counting_on() -> None:
    start = date(2026, 11, 20)
    for days in range(40):
        due = CALENDAR.add_working_days(start, days)
        assert CALENDAR.working_days_between(start, due.day) == days


@given(st.dates(date(2026, 11, 1), date(2027, 2, 1)), st.integers(0, 100))
def test_counting_by_weeks_agrees_with_counting_day_by_day(start: date, many: int) -> None:
    days = [start + timedelta(days=number) for number in range(1, many + 1)]
    counted = sum(CALENDAR.is_working_day(day) for day in days)
    assert CALENDAR.working_days_between(start, start + timedelta(days=many)) == counted


def test_no_days_lie_between_a_day_and_an_earlier_one() -> None:
    assert CALENDAR.working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == 0


def test_the_next_working_day_may_be_today() -> None:
    assert CALENDAR.next_working_day(date(2026, 12, 23)).day == date(2026, 12, 23)
    assert CALENDAR.next_working_day(date(2026, 12, 24)).day == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (local(2026, 11, 23, 7, 59, 59), False),
        (local(2026, 11, 23, 8), True),
        (local(2026, 11, 23, 12), False),
        (local(2026, 11, 23, 13), True),
        (local(2026, 11, 23, 15), False),
        (local(2026, 11, 27, 13), False),
        (local(2026, 11, 28, 9), False),
        (local(2026, 12, 25, 9), False),
        (datetime(2026, 11, 23, 1, 30, tzinfo=UTC), True),
    ],
)
def test_the_counter_is_open_in_its_spans_only(moment: datetime, is_open: bool) -> None:
    assert HOURS.is_open(moment) is is_open
    assert (HOURS.closing(moment) is not None) is is_open


def test_closing_and_next_opening_are_told_in_the_offices_time() -> None:
    assert HOURS.closing(local(2026, 11, 23, 9)) == local(2026, 11, 23, 12)
    assert HOURS.next_opening(local(2026, 11, 23, 9)) == local(2026, 11, 23, 13)
    assert HOURS.next_opening(local(2026, 11, 27, 12)) == local(2026, 11, 30, 8)
    assert HOURS.next_opening(local(2026, 12, 23, 16)) == local(2026, 12, 28, 8)


def test_an_office_without_hours_never_opens() -> None:
    closed = OfficeHours(Office("D", "D", "K", "Asia/Jakarta"), CALENDAR)
    assert closed.next_opening(local(2026, 11, 23, 9)) is None
    assert not closed.is_open(local(2026, 11, 23, 9))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (local(2027, 2, 1, 14, 30), True),  # the Monday before
        (local(2027, 2, 8, 12, 15), False),
        (local(2027, 2, 8, 12, 30), True),
        (local(2027, 2, 8, 14, 30), False),
        (local(2027, 2, 9, 9), False),  # a day the period does not name
        (local(2027, 2, 12, 10, 45), False),
        (local(2027, 3, 15, 14, 30), True),  # the Monday after
    ],
)
def test_in_ramadan_the_counter_keeps_the_hours_of_the_period(
    moment: datetime, is_open: bool
) -> None:
    assert HOURS.is_open(moment) is is_open


def test_the_next_opening_and_closing_follow_the_period() -> None:
    assert HOURS.closing(local(2027, 2, 8, 13)) == local(2027, 2, 8, 14)
    assert HOURS.next_opening(local(2027, 2, 8, 14)) == local(2027, 2, 12, 8)
    period = HOURS.period_on(date(2027, 3, 9))
    assert period is not None
    assert period.name == "Ramadan"
    assert HOURS.period_on(date(2027, 3, 10)) is None


def test_ramadan_hours_do_not_change_the_working_days() -> None:
    assert CALENDAR.working_days_between(date(2027, 2, 7), date(2027, 2, 14)) == 5


@pytest.mark.parametrize("part", ["name", "first", "last", "opening_hours"])
def test_a_period_that_cannot_be_read_is_an_error(part: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        hours_periods({"special_hours": [{k: v for k, v in RAMADAN.items() if k != part}]})
    assert caught.value.field == "special_hours"
