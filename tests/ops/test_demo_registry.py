"""The demo registry's applications are believable, consistent and reproducible."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from izin.applications import Application, Status
from izin.errors import InvalidInput
from izin.office import Calendar
from izin.pace import LOOKED_BACK, Pace, pace_of
from izin.storage.memory.registry import MemoryRegistry
from izin.storage.seed_files import Seed, read_seed
from ops.demo_registry import DemoWorld, invent
from ops.demo_stories import Stories, read_people, read_stories

DATA = Path(__file__).resolve().parents[2] / "data"
TODAY = date(2026, 11, 21)  # a Saturday
ZONE = ZoneInfo("Asia/Jakarta")
DAYS = [TODAY, date(2026, 11, 25), date(2027, 1, 1), date(2027, 3, 15), date(2028, 2, 29)]


@pytest.fixture(scope="module")
def content() -> Seed:
    return read_seed(DATA)


@pytest.fixture(scope="module")
def stories() -> Stories:
    return read_stories(DATA)


@pytest.fixture(scope="module")
def calendar(content: Seed) -> Calendar:
    return Calendar(content.holidays)


def world_of(content: Seed, stories: Stories, today: date, seed: int = 7) -> DemoWorld:
    permits = {permit.code: permit for permit in content.permits}
    return DemoWorld(permits, Calendar(content.holidays), ZONE, stories, today, seed)


@pytest.fixture(scope="module", params=DAYS, ids=str)
def today(request: pytest.FixtureRequest) -> date:
    day: date = request.param
    return day


@pytest.fixture(scope="module")
def rows(content: Seed, stories: Stories, today: date) -> tuple[Application, ...]:
    return invent(world_of(content, stories, today), read_people(DATA))


def local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def days_used(row: Application, calendar: Calendar, today: date) -> int:
    return sum(
        calendar.working_days_between(
            local(visit.entered_at), local(visit.left_at) if visit.left_at else today
        )
        for visit in row.history
        if visit.status.clock_runs
    )


def test_hundreds_of_applications_for_all_thirty_permits(rows: tuple[Application, ...]) -> None:
    assert len(rows) >= 320
    assert len({row.permit_code for row in rows}) == 30


def test_every_status(rows: tuple[Application, ...]) -> None:
    assert {row.status for row in rows} == set(Status)


def test_an_application_in_every_stage_that_applications_pass(
    rows: tuple[Application, ...], content: Seed, stories: Stories
) -> None:
    present = {(row.permit_code, row.stage) for row in rows if row.status.is_open}
    planned = {
        (permit.code, stage.name)
        for permit in content.permits
        for stage in stories.plan(permit)
        if stage.status in (Status.RECEIVED, Status.TECHNICAL, Status.FINAL_CHECK)
    }
    assert planned <= present


def test_overdue_returned_unpaid_and_the_one_from_2015(
    rows: tuple[Application, ...], calendar: Calendar, today: date
) -> None:
    overdue = [
        row
        for row in rows
        if row.status.clock_runs
        and row.sla_working_days
        and days_used(row, calendar, today) > row.sla_working_days
    ]
    assert len(overdue) >= 20
    assert sum(len(row.missing) >= 3 for row in rows) >= 20
    assert sum(row.status is Status.PAYMENT for row in rows) >= 10
    (stuck,) = [row for row in rows if row.submitted_at.year == 2015]
    assert stuck.status is Status.TECHNICAL
    assert stuck in overdue


@pytest.mark.parametrize(("least", "most"), [(1, 7), (8, 30), (31, 90), (-365, -1)])
def test_permits_that_end_soon_or_ended(
    rows: tuple[Application, ...], today: date, least: int, most: int
) -> None:
    left = [
        (row.issued.valid_until - today).days
        for row in rows
        if row.issued and row.issued.valid_until
    ]
    assert sum(least <= days <= most for days in left) >= 10


def test_a_history_has_no_gaps_and_ends_in_the_present_stage(rows: tuple[Application, ...]) -> None:
    for row in rows:
        assert row.history[0].entered_at == row.submitted_at
        assert row.history[-1].left_at is None
        assert row.history[-1].entered_at == row.changed_at
        for visit, following in zip(row.history, row.history[1:], strict=False):
            assert visit.left_at == following.entered_at
            assert visit.entered_at < following.entered_at
        last = row.history[-1]
        assert (last.status, last.stage, last.unit) == (row.status, row.stage, row.unit)


def test_nothing_lies_in_the_future(rows: tuple[Application, ...], today: date) -> None:
    start = datetime.combine(today, datetime.min.time(), ZONE)
    assert all(row.changed_at < start for row in rows)


def test_offices_move_files_on_working_days_only(
    rows: tuple[Application, ...], calendar: Calendar
) -> None:
    for row in rows:
        for visit in row.history:
            if visit.status is not Status.EXPIRED:
                assert calendar.is_working_day(local(visit.entered_at))


def test_stages_and_units_are_the_catalogues(
    rows: tuple[Application, ...], content: Seed, stories: Stories
) -> None:
    known = {
        permit.code: {(stage.name, stage.unit) for stage in permit.stages}
        for permit in content.permits
    }
    own = {
        (stage.name, stage.unit)
        for stage in map(
            stories.own_stage,
            (
                Status.RETURNED,
                Status.ISSUED,
                Status.REJECTED,
                Status.REVOKED,
                Status.EXPIRED,
            ),
        )
    }
    for row in rows:
        for visit in row.history:
            assert (visit.stage, visit.unit) in known[row.permit_code] | own


def test_what_is_issued_in_time_or_nearly_done_kept_the_service_standard(
    rows: tuple[Application, ...], calendar: Calendar, today: date
) -> None:
    for row in rows:
        if row.status in (Status.FINAL_CHECK, Status.ISSUED) and row.sla_working_days:
            assert days_used(row, calendar, today) <= row.sla_working_days


def test_only_what_must_be_paid_has_an_amount_and_only_what_is_issued_a_permit(
    rows: tuple[Application, ...],
) -> None:
    for row in rows:
        assert (row.amount_due_rupiah is not None) == (row.status is Status.PAYMENT)
        assert bool(row.missing) <= (row.status is Status.RETURNED)
        assert (row.status is Status.RETURNED) <= bool(row.missing)
        had_permit = row.status in (Status.ISSUED, Status.EXPIRED, Status.REVOKED)
        assert (row.issued is not None) == had_permit
        if row.status is Status.EXPIRED:
            assert row.issued
            assert row.issued.valid_until
            assert row.issued.valid_until < local(row.changed_at)


def test_nobody_in_it_is_real(rows: tuple[Application, ...]) -> None:
    for row in rows:
        assert row.applicant_name.endswith(" Contoh")
        assert row.phone
        assert row.phone.startswith("+62800000")
        assert row.nik_last4
        assert len(row.nik_last4) == 4


def test_numbers_are_unique(rows: tuple[Application, ...]) -> None:
    assert max(Counter(row.number for row in rows).values()) == 1
    assert any(row.number.startswith("PBG-339901-") for row in rows)


def test_equal_seeds_give_equal_registries(content: Seed, stories: Stories) -> None:
    people = read_people(DATA)
    one, two = (invent(world_of(content, stories, TODAY), people) for _ in range(2))
    assert one == two


def test_another_seed_gives_another_registry(content: Seed, stories: Stories) -> None:
    people = read_people(DATA)
    one, two = (invent(world_of(content, stories, TODAY, seed), people) for seed in (1, 2))
    assert one != two


def test_the_numbers_of_the_demo_citizens_never_change(rows: tuple[Application, ...]) -> None:
    fixed = [a.number for person in read_people(DATA) for a in person.applications]
    assert [row.number for row in rows[: len(fixed)]] == fixed


def test_a_person_in_an_impossible_situation_is_an_error(content: Seed, stories: Stories) -> None:
    (person, *_) = read_people(DATA)
    broken = replace(
        person, applications=(replace(person.applications[0], situation="kedaluwarsa"),)
    )
    with pytest.raises(InvalidInput, match="cannot be kedaluwarsa"):
        invent(world_of(content, stories, TODAY), [broken])


def test_some_permits_have_enough_decided_applications_to_say_what_is_usual_and_some_not(
    rows: tuple[Application, ...], calendar: Calendar, today: date, content: Seed
) -> None:
    now = datetime.combine(today, datetime.min.time(), ZONE)
    registry = MemoryRegistry(rows)

    def pace(code: str) -> Pace:
        return pace_of(registry.courses(code, now - LOOKED_BACK), calendar, ZONE)

    known = {permit.code for permit in content.permits if pace(permit.code).whole}
    assert {"PBG", "SIP_DOKTER", "REKLAME"} <= known
    assert len(known) <= len(content.permits) // 2
    whole = pace("PBG").whole
    assert whole is not None
    assert 0 < whole.typical <= whole.most
    assert any(stage.within and stage.to_the_end for stage in pace("PBG").stages.values())
