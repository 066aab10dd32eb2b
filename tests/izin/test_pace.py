"""How long the office usually takes: the middle, eight of ten, and never from too few."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from izin.applications import Course, StageVisit, Status
from izin.office import Calendar, Holiday
from izin.pace import MINIMUM_CASES, Pace, StagePace, UsualTime, pace_of, usual_time

ZONE = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar([Holiday(date(2026, 8, 17), "Proklamasi Kemerdekaan")])
DAY = date(2026, 6, 1)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=ZONE)


def cases(*lengths: int) -> list[tuple[date, int]]:
    return [(DAY + timedelta(days=number), length) for number, length in enumerate(lengths)]


def test_the_middle_and_eight_of_ten_are_told_with_their_cases_and_period() -> None:
    found = usual_time(cases(9, 8, 7, 12, 30, 9, 10, 11, 9, 40))
    assert found == UsualTime(10, 12, 10, DAY, DAY + timedelta(days=9))


@pytest.mark.parametrize("count", [0, 1, MINIMUM_CASES - 1])
def test_too_few_cases_tell_nothing(count: int) -> None:
    assert usual_time(cases(*range(count))) is None
    assert usual_time(cases(*range(MINIMUM_CASES))) is not None


def test_a_middle_between_two_days_is_rounded_up() -> None:
    found = usual_time(cases(1, 1, 1, 1, 1, 2, 2, 2, 2, 2))
    assert found is not None
    assert (found.typical, found.most) == (2, 2)


def way(status: Status = Status.TECHNICAL) -> Course:
    """Checked 3-5 August, examined 5-12, repaired 12-19, examined again 19-21, signed 21-24."""
    return Course(
        at(8, 24),
        (
            StageVisit(Status.RECEIVED, "Cek berkas", "Loket", at(8, 3), at(8, 5)),
            StageVisit(status, "Kajian", "DPU", at(8, 5), at(8, 12)),
            StageVisit(Status.RETURNED, "Perbaikan", "Pemohon", at(8, 12), at(8, 19)),
            StageVisit(status, "KAJIAN ", "DPU", at(8, 19), at(8, 21)),
            StageVisit(Status.FINAL_CHECK, "Penerbitan", "DPMPTSP", at(8, 21), at(8, 24)),
        ),
    )


def test_only_the_offices_own_days_count_for_the_whole() -> None:
    pace = pace_of([way()] * 10, CALENDAR, ZONE)
    assert pace.whole is not None
    assert pace.whole.typical == 5 + 2 + 1


def test_a_stage_is_told_by_all_its_days_and_by_what_was_left_from_it_on() -> None:
    pace = pace_of([way()] * 10, CALENDAR, ZONE)
    stage = pace.stage("kajian")
    assert stage.within is not None and stage.to_the_end is not None
    assert (stage.within.typical, stage.to_the_end.typical) == (7, 8)
    checking = pace.stage("Cek berkas")
    assert checking.within is not None and checking.to_the_end is not None
    assert (checking.within.typical, checking.to_the_end.typical) == (2, 8)
    repaired = pace.stage("Perbaikan").within
    assert repaired is not None
    assert repaired.typical == 4  # 17 August is a holiday


def test_a_stage_that_nobody_passed_is_unknown() -> None:
    assert pace_of([way()] * 10, CALENDAR, ZONE).stage("Sidang") == StagePace()
    assert pace_of([way()] * 9, CALENDAR, ZONE) == Pace(
        None, {name: StagePace() for name in ("cek berkas", "kajian", "perbaikan", "penerbitan")}
    )


def test_an_application_that_the_office_never_worked_on_is_no_case() -> None:
    assert pace_of([way(Status.PAYMENT)] * 10, CALENDAR, ZONE).whole is not None
    bare = Course(at(8, 24), (StageVisit(Status.RECEIVED, "Cek", "Loket", at(8, 3), at(8, 24)),))
    assert pace_of([bare] * 20, CALENDAR, ZONE).whole is None
