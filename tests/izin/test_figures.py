"""Figures by hand: periods, spreads, office time, complaints, permit stages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from izin.applications import Application, StageVisit, Status
from izin.complaint_figures import ComplaintCounter, ComplaintFact, SealedTotal, sealed_total
from izin.complaint_states import ComplaintState, Pause
from izin.errors import InvalidInput
from izin.figures import OfficeTime, Period, Share, average, last_days, month, spread, top
from izin.office import Calendar, Holiday, Office, OfficeHours
from izin.permit_figures import PermitCounter

ZONE = ZoneInfo("Asia/Jayapura")
NOVEMBER = month(2026, 11)
WEEK = {day: ((time(8), time(12)), (time(13), time(15))) for day in range(5)}
OFFICE = Office("Dinas", "Dinas", "Kabupaten", "Asia/Jayapura", opening_hours=WEEK)
CALENDAR = Calendar([Holiday(date(2026, 11, 11), "Libur")])
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)


def office() -> OfficeTime:
    return OfficeTime(CALENDAR, OfficeHours(OFFICE, CALENDAR), ZONE)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_a_period_holds_both_its_days_in_the_office_s_zone() -> None:
    assert Period(date(2026, 11, 1), date(2026, 11, 30)) == NOVEMBER
    assert NOVEMBER.since(ZONE) == datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
    assert NOVEMBER.until(ZONE) == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert last_days(date(2026, 11, 20), 7) == Period(date(2026, 11, 14), date(2026, 11, 20))
    assert Period(date(2026, 12, 31), date(2027, 1, 1)).months() == [(2026, 12), (2027, 1)]
    assert (month(2028, 2).count, month(2026, 12).count) == (29, 31)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "dari"),
        (date(2025, 1, 1), date(2026, 1, 2), "sampai"),
    ],
)
def test_what_is_no_period_is_refused(first: date, last: date, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Period(first, last)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("values", "middle", "high"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([1, 2], 1.5, 2),
        ([3, 1, 2], 2, 3),
        (range(1, 11), 5.5, 9),  # the ninth of ten
        (range(1, 12), 6, 10),  # 9.9 of eleven: the tenth
        ([0] * 9 + [100], 0, 0),
    ],
)
def test_a_spread_tells_the_middle_and_what_nine_of_ten_keep(
    values: list[int], middle: float | None, high: float | None
) -> None:
    found = spread(values)
    assert (found.count, found.middle, found.high) == (len(values), middle, high)


def test_shares_and_means_of_nothing_are_nothing() -> None:
    assert Share(0, 0).ratio is None
    assert Share(0, 4).ratio == 0
    assert Share(1, 3).ratio == Fraction(1, 3)
    assert average([]).value is None
    assert average([4, 5]).value == Fraction(9, 2)
    assert top({"a": 1, "c": 2, "b": 2}, 2) == [("b", 2), ("c", 2)]


def test_office_time_leaves_out_nights_weekends_holidays_and_the_break() -> None:
    own = office()
    assert own.hours(at(2, 9), at(2, 14)) == 4  # an hour of break
    assert own.hours(at(6, 14), at(9, 9)) == 2  # Friday's last and Monday's first
    assert own.hours(at(10, 14), at(12, 9)) == 2  # Wednesday was a holiday
    assert own.hours(at(7), at(8)) == 0
    assert own.hours(at(9), at(2)) == 0
    assert own.hours(at(2, 9), at(2, 14)) == 4  # asking for earlier days changed nothing
    assert (own.days(at(2), at(2, 15)), own.days(at(6), at(9)), own.days(at(10), at(12))) == (
        0, 1, 1,
    )  # fmt: skip


def fact(**changes: object) -> ComplaintFact:
    plain = ComplaintFact(
        category="SARANA", class_code="TIDAK_BERKADAR", unit=None, channel="telegram",
        state=ComplaintState.RECEIVED, filed_at=at(2), first_due=date(2026, 11, 5),
        decision_due=date(2026, 11, 24),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def count(*facts: ComplaintFact):  # type: ignore[no-untyped-def]
    return ComplaintCounter(NOVEMBER, office(), NOW).of(facts)


def test_days_the_complainant_was_waited_for_do_not_count() -> None:
    closed = fact(
        state=ComplaintState.CLOSED, closed_at=at(13), responded_at=at(3),
        pauses=(Pause(at(4), at(10)),),
    )  # fmt: skip
    # From the 2nd to the 13th there are 8 working days (the 11th is none), 4 of them waited.
    assert count(closed).decision_days.middle == 4


def test_what_waits_for_its_complainant_is_neither_late_nor_due() -> None:
    found = count(fact(state=ComplaintState.WAITING))
    assert (found.open, found.overdue, found.due_soon, found.answered_in_time.whole) == (1, 0, 0, 0)


def test_an_answer_on_the_promised_day_is_in_time() -> None:
    found = count(fact(responded_at=at(5, 23, 59)), fact(responded_at=at(6, 0, 0)), fact())
    assert (found.answered_in_time.part, found.answered_in_time.whole) == (1, 3)


def test_a_first_answer_is_judged_by_its_first_date_after_opening_again() -> None:
    again = fact(
        state=ComplaintState.REOPENED, reopened_times=1, responded_at=at(6),
        first_due=date(2026, 11, 24),
    )  # fmt: skip
    found = count(again)
    assert found.answered_in_time == Share(0, 1)
    assert found.reopened == Share(1, 1)


def test_due_soon_is_today_or_the_next_working_day() -> None:
    for due, soon in ((20, 1), (22, 1), (23, 1), (24, 0)):  # the 20th is a Friday
        answered = fact(responded_at=at(3), decision_due=date(2026, 11, due))
        assert count(answered).due_soon == soon, due
        assert count(answered).overdue == 0
    assert count(fact(responded_at=at(3), decision_due=date(2026, 11, 19))).overdue == 1


def test_sealed_complaints_are_told_by_whole_months_with_enough_of_them() -> None:
    two = Period(date(2026, 10, 31), date(2026, 11, 1))
    assert sealed_total({}, two) == SealedTotal(None, (), True)
    assert sealed_total({(2026, 10): 4, (2026, 11): 4}, two).told is None
    assert sealed_total({(2026, 10): 4, (2026, 11): 5}, two) == SealedTotal(5, ((2026, 11),), True)
    assert sealed_total({(2026, 10): 6, (2026, 11): 5}, two).told == 11


def application(number: str, *stages: tuple[Status, str, int], **more: object) -> Application:
    """Stages as (status, unit, day it began); each ends when the next begins."""
    begins = [day for _, _, day in stages]
    ends = [*begins[1:], None]
    history = tuple(
        StageVisit(status, status.value, unit, at(day), at(end) if end else None)
        for (status, unit, day), end in zip(stages, ends, strict=True)
    )
    last = history[-1]
    return Application(
        number=number, permit_code="PBG", status=last.status, stage=last.stage, unit=last.unit,
        submitted_at=history[0].entered_at, changed_at=last.entered_at, history=history, **more,
    )  # type: ignore[arg-type]  # fmt: skip


R, P, T = Status.RECEIVED, Status.RETURNED, Status.TECHNICAL
TWICE = application("1", (R, "Loket", 2), (P, "Pemohon", 2), (R, "Loket", 4), (P, "Pemohon", 6),
                    (P, "Pemohon", 9), (T, "PU", 10))  # fmt: skip
ONCE = application("2", (R, "Dinkes", 2), (P, "Pemohon", 3))
NEVER = application("3", (R, "Loket", 3), (T, "PU", 4))


def test_files_sent_back_are_counted_for_who_sent_them_back_first() -> None:
    found = PermitCounter(office(), {"PBG": 5}.get, NOW).of(
        [TWICE, ONCE, NEVER], [TWICE, ONCE, NEVER], NOVEMBER
    )
    assert (found.received, found.open) == (3, 3)
    assert found.all_returns.same_day == Share(1, 2)
    # Two stretches in a row with the applicant are one return.
    assert found.all_returns.often == Share(1, 2)
    assert [(item.unit, item.incomplete, item.same_day.part) for item in found.returns] == [
        ("Dinkes", 1, 0), ("Loket", 1, 1),
    ]  # fmt: skip


def test_where_applications_wait_is_measured_in_working_days_of_the_stage() -> None:
    found = PermitCounter(office(), {"PBG": 5}.get, NOW).of([TWICE, ONCE, NEVER], [], NOVEMBER)
    stages = {wait.stage: wait for wait in found.stages}
    technical = stages[T.value]
    # TWICE since the 10th: 7 days (without the 11th); NEVER since the 4th: 11.
    assert (technical.waiting, technical.days.middle, technical.longest) == (2, 9, 11)
    assert (technical.standard, technical.over, technical.unit) == (5, 2, "PU")
    assert stages[P.value].days.middle == 12
    assert [(item.number, item.open_days, item.used, item.over) for item in found.longest] == [
        ("1", 13, 7, 2), ("2", 13, 0, 0), ("3", 12, 11, 6),
    ]  # fmt: skip


def test_a_registry_without_files_gives_no_shares() -> None:
    found = PermitCounter(office(), {}.get, NOW).of([], [], NOVEMBER)
    assert (found.open, found.stages, found.returns) == (0, (), ())
    assert found.all_returns.same_day.ratio is None


def test_stretches_before_the_first_seen_are_measured_too() -> None:
    own = office()
    assert own.hours(at(10, 9), at(10, 10)) == 1
    long_ago = at(2, 9) - timedelta(days=700)
    assert own.hours(long_ago.replace(hour=9), long_ago.replace(hour=10)) in (0, 1)
    assert own.hours(at(10, 9), at(10, 10)) == 1
