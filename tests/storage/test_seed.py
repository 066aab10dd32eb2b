"""Seeding writes once and never over an editor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from izin.errors import InvalidInput
from izin.faq import FaqEntry
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.seed import SeedItem, SeedReport, seed_all, seed_content
from izin.storage.seed_files import Seed, read_seed
from izin.storage.tables.catalogue import CATALOGUE_TABLES
from izin.storage.tables.content import (
    FAQ_TABLES,
    OFFICE_TABLES,
    content_revisions,
    seed_items,
)
from tests.contracts.content_samples import permit, seed

DATA = Path(__file__).resolve().parents[2] / "data"

NEW_ENTRY = FaqEntry("baru", "kantor", "Baru?", "Ya.", date(2027, 1, 1))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create(database_url, pool_size=4)
    yield engine
    engine.dispose()


def run(engine: Engine, content: Seed) -> SeedReport:
    with transaction(engine) as connection:
        return seed_content(connection, content)


def execute(engine: Engine, statement: str) -> None:
    with transaction(engine) as connection:
        connection.execute(text(statement))


def everything(engine: Engine) -> dict[str, list[Any]]:
    """Give every row of every content table with its transaction id (xmin)."""
    tables = (*CATALOGUE_TABLES, *OFFICE_TABLES, *FAQ_TABLES, content_revisions, seed_items)
    with transaction(engine) as connection:
        return {
            table.name: sorted(
                map(repr, connection.execute(text(f"SELECT xmin::text, t FROM {table.name} t")))
            )
            for table in tables
        }


def test_the_first_run_publishes_everything(engine: Engine) -> None:
    report = run(engine, seed())
    assert SeedItem("permit", "PBG") in report.added
    assert SeedItem("holiday", "2026-12-25") in report.added
    assert report.drafts == ()
    assert report.changed
    assert len(PostgresCatalogue(engine).permits()) == 2


def test_a_second_run_touches_no_row(engine: Engine) -> None:
    run(engine, seed())
    before = everything(engine)
    report = run(engine, seed())
    assert everything(engine) == before
    assert report == SeedReport()


def test_a_new_item_of_a_later_release_arrives_as_a_draft(engine: Engine) -> None:
    run(engine, seed())
    later = seed(permits=(*seed().permits, permit("KKPR")), faq=(*seed().faq, NEW_ENTRY))
    report = run(engine, later)
    assert report.added == ()
    assert set(report.drafts) == {SeedItem("permit", "KKPR"), SeedItem("faq", "baru")}
    assert PostgresCatalogue(engine).permit("KKPR") is None
    assert "baru" not in {entry.key for entry in PostgresFaqBook(engine).entries()}
    execute(engine, "UPDATE permits SET published = true WHERE code = 'KKPR'")
    assert PostgresCatalogue(engine).permit("KKPR") == permit("KKPR")
    assert run(engine, later) == SeedReport()


def test_a_new_status_label_is_live_because_the_code_of_its_release_needs_it(
    engine: Engine,
) -> None:
    run(engine, seed())
    run(engine, seed(status_labels={**seed().status_labels, "DICABUT": "Dicabut"}))
    assert PostgresCatalogue(engine).status_labels()["DICABUT"] == "Dicabut"


def test_an_edited_row_is_never_overwritten(engine: Engine) -> None:
    run(engine, seed())
    execute(engine, "UPDATE permits SET validity = 'Menurut editor' WHERE code = 'PBG'")
    changed = seed(permits=(seed().permits[0], permit("PBG", validity="Menurut rilis baru")))
    report = run(engine, changed)
    found = PostgresCatalogue(engine).permit("PBG")
    assert found is not None
    assert found.validity == "Menurut editor"
    (difference,) = report.differences
    assert difference.item == SeedItem("permit", "PBG")
    assert (difference.field, difference.stored, difference.offered, difference.edited) == (
        "validity", "Menurut editor", "Menurut rilis baru", True,
    )  # fmt: skip


def test_a_changed_value_of_an_unedited_row_is_kept_and_reported_every_time(
    engine: Engine,
) -> None:
    run(engine, seed())
    changed = seed(office=replace(seed().office, phone="+6280000000009"))
    first = run(engine, changed)
    before = everything(engine)
    second = run(engine, changed)
    assert first == second
    assert everything(engine) == before
    assert [(d.field, d.edited) for d in first.differences] == [("phone", False)]
    assert PostgresOfficeBook(engine).office().phone == "+6280000000000"


def with_details(**details: Any) -> Seed:
    return seed(office=replace(seed().office, details={**seed().office.details, **details}))


def test_a_detail_that_no_release_knew_before_reaches_an_office_seeded_earlier(
    engine: Engine,
) -> None:
    run(engine, seed())
    execute(engine, "UPDATE office SET phone = '+6280000000008'")
    later = with_details(objection={"within_working_days": 21}, special_hours=[])
    report = run(engine, later)
    assert report == SeedReport(
        added=(SeedItem("office_detail", "objection"), SeedItem("office_detail", "special_hours")),
        differences=report.differences,
    )
    office = PostgresOfficeBook(engine).office()
    assert office.details == later.office.details
    assert office.phone == "+6280000000008"
    before = everything(engine)
    assert run(engine, later).changed is False
    assert everything(engine) == before


def test_a_detail_that_stands_in_the_office_is_never_overwritten(engine: Engine) -> None:
    run(engine, seed())
    execute(engine, """UPDATE office SET details = details || '{"objection": null}'""")
    report = run(engine, with_details(objection={"within_working_days": 21}))
    assert report.added == ()
    assert PostgresOfficeBook(engine).office().details["objection"] is None
    assert [(d.field, d.edited) for d in report.differences] == [("details", True)]


def test_a_detail_that_an_editor_removed_stays_away(engine: Engine) -> None:
    run(engine, seed())
    later = with_details(objection={"within_working_days": 21})
    run(engine, later)
    execute(engine, "UPDATE office SET details = '{}'")
    report = run(engine, later)
    assert report.changed is False
    assert PostgresOfficeBook(engine).office().details == {}


def test_a_filled_detail_does_not_make_the_office_an_edited_one(engine: Engine) -> None:
    run(engine, seed())
    run(engine, with_details(objection={"within_working_days": 21}))
    report = run(engine, with_details(objection={"within_working_days": 30}))
    assert report.changed is False
    assert [(d.field, d.edited) for d in report.differences] == [("details", False)]


def test_an_office_that_was_not_seeded_is_left_alone(engine: Engine) -> None:
    run(engine, seed())
    execute(engine, "DELETE FROM seed_items WHERE kind = 'office'")
    report = run(engine, with_details(objection={"within_working_days": 21}))
    assert report.added == ()
    assert "objection" not in PostgresOfficeBook(engine).office().details


def test_the_offer_of_a_release_is_kept_for_the_editor_and_dropped_when_withdrawn(
    engine: Engine,
) -> None:
    run(engine, seed())
    run(engine, seed(fee_tables={**seed().fee_tables, "reklame": {"tarif": 2}}))
    query = "SELECT count(*) FROM seed_items WHERE jsonb_typeof(offered) = 'array'"
    with transaction(engine) as connection:
        assert connection.execute(text(query)).scalar_one() == 1
    assert run(engine, seed()) == SeedReport()
    with transaction(engine) as connection:
        assert connection.execute(text(query)).scalar_one() == 0


def test_an_item_that_an_editor_deleted_stays_deleted(engine: Engine) -> None:
    run(engine, seed())
    execute(engine, "DELETE FROM faq_entries WHERE key = 'antrean'")
    assert run(engine, seed()) == SeedReport()
    assert [entry.key for entry in PostgresFaqBook(engine).entries()] == ["oss_lupa_sandi"]


def test_an_item_that_an_editor_made_first_is_kept(engine: Engine) -> None:
    run(engine, seed())
    execute(
        engine,
        "INSERT INTO faq_entries (key, position, topic, question, answer, checked_on) "
        "VALUES ('baru', 9, 'kantor', 'Baru?', 'Menurut editor.', '2026-12-01')",
    )
    report = run(engine, seed(faq=(*seed().faq, NEW_ENTRY)))
    assert {d.field for d in report.differences} == {"answer", "checked_on"}
    assert all(d.edited for d in report.differences)
    assert "Menurut editor." in {entry.answer for entry in PostgresFaqBook(engine).entries()}


def test_a_failure_in_the_middle_leaves_nothing_behind(engine: Engine) -> None:
    broken = seed(faq=(*seed().faq, seed().faq[0]))
    with pytest.raises(InvalidInput, match="stands twice"):
        run(engine, broken)
    assert PostgresCatalogue(engine).permits() == ()


def test_two_processes_that_seed_at_once_do_it_once(engine: Engine) -> None:
    with ThreadPoolExecutor(2) as threads:
        reports = list(threads.map(lambda _: run(engine, seed()), range(2)))
    assert sorted(report.changed for report in reports) == [False, True]


def test_the_real_data_files_come_back_from_the_database_unchanged(
    database_url: str, engine: Engine
) -> None:
    report = seed_all(database_url, DATA)
    content = read_seed(DATA)
    assert report.warnings == content.warnings
    catalogue, office = PostgresCatalogue(engine), PostgresOfficeBook(engine)
    assert tuple(catalogue.permits()) == content.permits
    assert tuple(catalogue.activities()) == content.activities
    assert tuple(catalogue.legacy_names()) == content.legacy_names
    assert catalogue.fee_tables() == content.fee_tables
    assert tuple(PostgresFaqBook(engine).entries()) == content.faq
    assert office.office() == content.office
    assert seed_all(database_url, DATA).changed is False
