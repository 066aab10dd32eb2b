"""Days used against the service standard: pauses, holidays, weekends, overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from izin.applications import Application, StageVisit, Status
from izin.office import Calendar, DueDate, Holiday
from izin.service_time import Pause, ServiceTime, service_time

ZONE = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar(
    [Holiday(date(2026, 12, 24), "Cuti bersama"), Holiday(date(2026, 12, 25), "Natal")]
)


def at(day: int, hour: int = 9, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZONE)


def visit(status: Status, start: datetime, end: datetime | None = None) -> StageVisit:
    return StageVisit(status, "tahap", "unit", start, end)


def account(status: Status, *history: StageVisit, standard: int | None = 7, **changes):  # type: ignore[no-untyped-def]
    now = changes.pop("now", at(23))
    application = Application(
        "1", "PBG", status, "tahap", "unit", at(1), at(1), history=history, **changes
    )
    return service_time(application, standard, CALENDAR, now, ZONE)


def test_the_day_a_stretch_begins_is_not_counted() -> None:
    running = visit(Status.TECHNICAL, at(23, 8))
    assert account(Status.TECHNICAL, running) == ServiceTime(
        0, 7, True, True, expected=DueDate(date(2026, 12, 2)), in_stage=0
    )


def test_weekends_and_holidays_do_not_count() -> None:
    running = visit(Status.TECHNICAL, at(22, month=12))
    found = account(Status.TECHNICAL, running, now=at(29, month=12))
    assert found.used == 3  # 23, 28 and 29 December


def test_the_clock_stands_still_while_the_applicant_repairs_or_pays() -> None:
    history = (
        visit(Status.RECEIVED, at(2), at(4)),
        visit(Status.TECHNICAL, at(4), at(6)),
        visit(Status.RETURNED, at(6), at(17)),
        visit(Status.TECHNICAL, at(17), at(18)),
        visit(Status.PAYMENT, at(18), at(20)),
        visit(Status.FINAL_CHECK, at(20)),
    )
    found = account(Status.FINAL_CHECK, *history)
    assert found.used == 2 + 1 + 1
    assert found.running


@pytest.mark.parametrize("status", [Status.RETURNED, Status.PAYMENT])
def test_a_paused_clock_expects_the_end_as_if_it_went_on_today(status: Status) -> None:
    found = account(status, visit(Status.TECHNICAL, at(16), at(18)), visit(status, at(18)))
    assert (found.used, found.running, found.started) == (2, False, True)
    assert found.expected == DueDate(date(2026, 11, 30))


def test_every_pause_tells_why_since_when_and_how_many_days_did_not_count() -> None:
    history = (
        visit(Status.RECEIVED, at(2), at(4)),
        visit(Status.TECHNICAL, at(4), at(6)),
        visit(Status.RETURNED, at(6), at(9)),
        visit(Status.RETURNED, at(9), at(17)),
        visit(Status.TECHNICAL, at(17), at(18)),
        visit(Status.PAYMENT, at(18)),
    )
    found = account(Status.PAYMENT, *history)
    assert found.pauses == (
        Pause(Status.RECEIVED, date(2026, 11, 2), date(2026, 11, 4), 2),
        Pause(Status.RETURNED, date(2026, 11, 6), date(2026, 11, 17), 7),
        Pause(Status.PAYMENT, date(2026, 11, 18), None, 3),
    )
    assert found.pause == found.pauses[-1]
    assert found.past_pauses == found.pauses[:2]


def test_a_running_clock_has_no_pause_that_lasts() -> None:
    found = account(Status.TECHNICAL, visit(Status.TECHNICAL, at(16)))
    assert (found.pause, found.pauses) == (None, ())


def test_days_in_the_present_stage_and_since_it_was_first_entered() -> None:
    def named(stage: str, status: Status, start: datetime, end: datetime | None) -> StageVisit:
        return StageVisit(status, stage, "unit", start, end)

    found = account(
        Status.TECHNICAL,
        named("kajian", Status.TECHNICAL, at(2), at(4)),
        named("tahap", Status.TECHNICAL, at(4), at(6)),
        named("perbaikan", Status.RETURNED, at(6), at(17)),
        named("tahap", Status.TECHNICAL, at(17), None),
        standard=30,
    )
    assert (found.used, found.in_stage, found.since_stage) == (2 + 2 + 4, 2 + 4, 2 + 4)


def test_before_the_file_is_complete_nothing_has_started() -> None:
    found = account(Status.RECEIVED, visit(Status.RECEIVED, at(2)))
    assert (found.used, found.started, found.running) == (0, False, False)


def test_overdue_tells_the_day_the_standard_was_used_up() -> None:
    found = account(Status.TECHNICAL, visit(Status.TECHNICAL, at(2)), now=at(16))
    assert (found.used, found.overdue_days, found.due) == (10, 3, date(2026, 11, 11))
    assert found.expected is None


def test_overdue_after_a_pause_counts_only_the_running_days() -> None:
    history = (
        visit(Status.TECHNICAL, at(2), at(6)),
        visit(Status.RETURNED, at(6), at(16)),
        visit(Status.TECHNICAL, at(16)),
    )
    found = account(Status.TECHNICAL, *history, now=at(20))
    assert (found.used, found.due, found.overdue_days) == (8, date(2026, 11, 19), 1)


def test_the_last_day_of_the_standard_is_not_overdue_yet() -> None:
    found = account(Status.TECHNICAL, visit(Status.TECHNICAL, at(2)), now=at(11))
    assert (found.used, found.overdue_days) == (7, 0)
    assert found.expected == DueDate(date(2026, 11, 11))


def test_a_used_up_standard_never_expects_the_end_on_a_day_the_office_is_closed() -> None:
    found = account(Status.TECHNICAL, visit(Status.TECHNICAL, at(11)), now=at(21))
    assert found.used == 7  # used up on Friday; today is Saturday
    assert found.expected == DueDate(date(2026, 11, 23))


def test_a_date_that_reaches_into_a_year_without_holidays_is_provisional() -> None:
    running = visit(Status.TECHNICAL, at(28, month=12))
    found = account(Status.TECHNICAL, running, now=at(28, month=12))
    assert found.expected == DueDate(date(2027, 1, 6), provisional=True)


@pytest.mark.parametrize(("own", "catalogue", "used"), [(3, 7, 3), (None, 7, 7), (None, 0, None)])
def test_the_applications_own_standard_beats_the_catalogues(
    own: int | None, catalogue: int, used: int | None
) -> None:
    found = account(
        Status.TECHNICAL, visit(Status.TECHNICAL, at(23)), standard=catalogue, sla_working_days=own
    )
    assert found.standard == used


def test_without_a_standard_no_date_is_guessed() -> None:
    found = account(Status.TECHNICAL, visit(Status.TECHNICAL, at(2)), standard=None)
    assert (found.expected, found.overdue_days, found.used) == (None, 0, 15)


@pytest.mark.parametrize("status", [Status.ISSUED, Status.REJECTED, Status.REVOKED, Status.EXPIRED])
def test_a_decided_application_is_neither_expected_nor_overdue(status: Status) -> None:
    found = account(status, visit(Status.TECHNICAL, at(2), at(20)))
    assert (found.expected, found.overdue_days, found.running) == (None, 0, False)


def test_days_are_the_offices_days_not_utc_days() -> None:
    late = datetime(2026, 11, 22, 18, tzinfo=UTC)  # Monday 01.00 in the office
    found = account(Status.TECHNICAL, visit(Status.TECHNICAL, late), now=at(24))
    assert found.used == 1


def test_a_stretch_that_begins_after_the_office_clock_counts_nothing() -> None:
    found = account(Status.TECHNICAL, visit(Status.TECHNICAL, at(25)), now=at(23))
    assert (found.used, found.started) == (0, False)
