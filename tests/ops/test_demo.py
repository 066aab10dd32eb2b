"""Demo data are loaded once, agree with the list of people, and move on when told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from izin.applications import Status
from izin.errors import Conflict, NotFound, RegistryUnavailable
from izin.office import Calendar
from izin.storage.registry import DEMO_SCHEMA
from izin.storage.registry.engine import registry_url
from izin.storage.registry.sql import SqlRegistry
from izin.storage.seed_files import read_seed
from ops import demo
from ops.demo_registry import DemoWorld, invent
from ops.demo_stories import Stories, read_people, read_stories
from tests.contracts.registry_samples import StandingClock
from tests.postgres_fixtures import DatabaseFactory

DATA = Path(__file__).resolve().parents[2] / "data"
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def stories() -> Stories:
    return read_stories(DATA)


@pytest.fixture(params=["postgresql", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'contoh.db'}"
    found: str = request.getfixturevalue("database_url")
    return found


@pytest.fixture
def registry(url: str) -> Iterator[SqlRegistry]:
    schema = None if url.startswith("sqlite") else DEMO_SCHEMA
    registry = SqlRegistry(url, StandingClock(), ZONE, schema=schema)
    yield registry
    registry.close()


def test_what_is_loaded_is_what_was_invented(
    url: str, registry_after_load: SqlRegistry, stories: Stories
) -> None:
    content = read_seed(DATA)
    permits = {permit.code: permit for permit in content.permits}
    calendar = Calendar(content.holidays)
    world = DemoWorld(permits, calendar, ZONE, stories, TODAY, demo.DEFAULT_SEED)
    for row in invent(world, read_people(DATA))[::20]:
        assert registry_after_load.find(row.number) == row


@pytest.fixture
def registry_after_load(url: str, registry: SqlRegistry) -> SqlRegistry:
    assert demo.load(url, TODAY).loaded
    return registry


def test_a_second_load_keeps_what_happened_since(
    url: str, registry_after_load: SqlRegistry
) -> None:
    moved = demo.advance(url, "503/0123/PBG/2026", datetime(2026, 11, 23, 3, tzinfo=UTC))
    report = demo.load(url, TODAY + timedelta(days=5))
    assert report == demo.DemoReport(False, TODAY, demo.DEFAULT_SEED)
    assert registry_after_load.find("503/0123/PBG/2026") == moved


def test_loading_again_on_purpose_starts_anew(url: str, registry_after_load: SqlRegistry) -> None:
    before = registry_after_load.find("503/0123/PBG/2026")
    later = TODAY + timedelta(days=400)
    report = demo.load(url, later, again=True)
    after = registry_after_load.find("503/0123/PBG/2026")
    assert report.loaded
    assert report.applications >= 320
    assert before
    assert after
    assert timedelta(days=380) < after.submitted_at - before.submitted_at


def test_loading_costs_less_than_two_seconds_of_work(url: str) -> None:
    start = time.process_time()
    demo.load(url, TODAY)
    assert time.process_time() - start < 2


def test_the_views_of_a_real_registry_are_never_touched(url: str) -> None:
    engine = create_engine(registry_url(url))
    prefix = "" if url.startswith("sqlite") else f"{DEMO_SCHEMA}."
    with engine.begin() as connection:
        if prefix:
            connection.execute(text(f"CREATE SCHEMA {DEMO_SCHEMA}"))
        connection.execute(text(f"CREATE TABLE {prefix}tanya_applications (x int)"))
    engine.dispose()
    with pytest.raises(Conflict):
        demo.load(url, TODAY)


def test_a_database_that_is_not_there_is_told_as_unavailable() -> None:
    with pytest.raises(RegistryUnavailable):
        demo.load("postgresql://x@127.0.0.1:1/x", TODAY)


@pytest.fixture(scope="module")
def untouched(new_database: DatabaseFactory) -> Iterator[SqlRegistry]:
    """A demo registry nobody has moved on."""
    with new_database(None) as url:
        demo.load(url, TODAY)
        registry = SqlRegistry(url, StandingClock(), ZONE, schema=DEMO_SCHEMA)
        yield registry
        registry.close()


def test_there_are_about_a_dozen_with_phones_of_their_own() -> None:
    people = demo.people()
    assert len(people) >= 12
    assert len({person.phone for person in people}) == len(people)
    assert all(person.interesting for person in people)


@pytest.mark.parametrize("person", demo.people(), ids=lambda person: person.phone)
def test_the_registry_knows_a_person_as_the_list_says(
    untouched: SqlRegistry, stories: Stories, person: demo.DemoPerson
) -> None:
    assert {row.number for row in untouched.of_phone(person.phone)} == {
        application.number for application in person.applications
    }
    for wanted in person.applications:
        row = untouched.find(wanted.number)
        assert row
        assert (row.applicant_name, row.phone, row.nik_last4, row.permit_code) == (
            person.name,
            person.phone,
            person.nik_last4,
            wanted.permit,
        )
        assert row.status is stories.situation(wanted.situation).status


@pytest.fixture(scope="module")
def loaded(module_database_url: str) -> str:
    demo.load(module_database_url, TODAY)
    return module_database_url


@pytest.mark.parametrize(
    "number",
    [
        a.number
        for person in demo.people()
        for a in person.applications
        if read_stories(DATA).situation(a.situation).status.is_open
    ],
)
def test_an_open_application_reaches_its_permit_step_by_step_and_then_stops(
    loaded: str, number: str
) -> None:
    demo.load(loaded, TODAY)
    now, rows = NOW, []
    while not rows or rows[-1].status.is_open:
        rows.append(demo.advance(loaded, number, now))
        now += timedelta(days=1)
        assert len(rows) < 12
    for row in rows:
        assert row.history[-2].left_at == row.history[-1].entered_at == row.changed_at
        assert (row.amount_due_rupiah is not None) == (row.status is Status.PAYMENT)
        assert row.missing == ()
    assert rows[-1].status is Status.ISSUED
    assert rows[-1].issued
    assert rows[-1].completed_at == rows[-1].changed_at
    with pytest.raises(Conflict):
        demo.advance(loaded, number, now)


@pytest.mark.parametrize("situation", ["terbit", "ditolak", "dicabut", "kedaluwarsa"])
def test_a_decided_application_does_not_move(loaded: str, situation: str) -> None:
    number = next(
        a.number for p in demo.people() for a in p.applications if a.situation == situation
    )
    with pytest.raises(Conflict):
        demo.advance(loaded, number, NOW)


def test_a_returned_application_goes_back_to_where_it_came_from(loaded: str) -> None:
    demo.load(loaded, TODAY, again=True)
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    row = demo.advance(loaded, "503/0131/SLF/2026", now)
    assert row.status is Status.RECEIVED
    assert row.history[-2].status is Status.RETURNED
    assert row.history[-3].stage == row.stage


def test_time_never_runs_backwards(loaded: str) -> None:
    demo.load(loaded, TODAY, again=True)
    row = demo.advance(loaded, "503/0123/PBG/2026", datetime(2020, 1, 1, tzinfo=UTC))
    assert row.history[-1].entered_at == row.history[-2].entered_at


def test_the_number_may_be_typed_as_people_type_it(loaded: str) -> None:
    demo.load(loaded, TODAY, again=True)
    row = demo.advance(loaded, "503 / 0123 / pbg / 2026", datetime(2026, 11, 23, tzinfo=UTC))
    assert row.number == "503/0123/PBG/2026"


def test_an_unknown_number_is_told(loaded: str) -> None:
    with pytest.raises(NotFound):
        demo.advance(loaded, "503/9999/PBG/2026", datetime(2026, 11, 23, tzinfo=UTC))


def test_without_a_demo_registry_there_is_nothing_to_move(database_url: str) -> None:
    with pytest.raises(NotFound):
        demo.advance(database_url, "503/0123/PBG/2026", datetime(2026, 11, 23, tzinfo=UTC))
