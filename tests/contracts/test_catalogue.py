"""The port Catalogue, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text

from izin.errors import StorageUnavailable
from izin.ports import Catalogue
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.engine import create, transaction
from izin.storage.seed import seed_content
from tests.contracts.content_samples import permit, seed


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create(database_url, pool_size=4)
    with transaction(engine) as connection:
        seed_content(connection, seed())
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "postgres"])
def catalogue(request: pytest.FixtureRequest) -> Catalogue:
    if request.param == "postgres":
        return PostgresCatalogue(request.getfixturevalue("engine"))
    content = seed()
    return MemoryCatalogue(
        content.permits,
        ambiguous_terms=content.ambiguous_terms,
        legacy_names=content.legacy_names,
        activities=content.activities,
        fee_tables=content.fee_tables,
        status_labels=content.status_labels,
        complaint_classes=content.complaint_classes,
        complaint_categories=content.complaint_categories,
    )


def test_a_permit_comes_back_with_every_fact_it_was_stored_with(catalogue: Catalogue) -> None:
    assert catalogue.permit("PBG") == permit("PBG")


def test_permits_keep_the_order_of_the_catalogue(catalogue: Catalogue) -> None:
    assert [item.code for item in catalogue.permits()] == ["SLF", "PBG"]


def test_an_unknown_code_is_none(catalogue: Catalogue) -> None:
    assert catalogue.permit("TIDAK_ADA") is None


def test_every_other_list_comes_back_unchanged(catalogue: Catalogue) -> None:
    content = seed()
    assert tuple(catalogue.ambiguous_terms()) == content.ambiguous_terms
    assert tuple(catalogue.legacy_names()) == content.legacy_names
    assert tuple(catalogue.activities()) == content.activities
    assert catalogue.fee_tables() == content.fee_tables
    assert catalogue.status_labels() == content.status_labels
    assert list(catalogue.status_labels()) == ["DITERIMA", "TERBIT"]
    assert catalogue.complaint_classes() == content.complaint_classes
    assert tuple(catalogue.complaint_categories()) == content.complaint_categories


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ("UPDATE permits SET validity = 'Satu tahun' WHERE code = 'PBG'", "Satu tahun"),
        ("UPDATE permit_fees SET amount_rupiah = 5 WHERE permit_code = 'PBG'", 5),
        ("DELETE FROM permit_stages WHERE permit_code = 'PBG'", ()),
    ],
)
def test_a_change_in_any_table_is_live_at_the_next_question(
    engine: Engine, change: str, changed: Any
) -> None:
    book = PostgresCatalogue(engine)
    before = book.permit("PBG")
    revision = book.revision()
    with transaction(engine) as connection:
        connection.execute(text(change))
    after = book.permit("PBG")
    assert book.revision() > revision
    assert before is not None
    assert after is not None
    assert changed in (after.validity, after.fee.amount_rupiah, after.stages)
    assert before != after


def test_a_change_that_was_rolled_back_is_never_seen(engine: Engine) -> None:
    book = PostgresCatalogue(engine)
    before = book.permit("PBG")
    with engine.connect() as connection:
        connection.execute(text("UPDATE permits SET validity = 'salah'"))
        connection.rollback()
    assert book.permit("PBG") is before


def test_drafts_are_not_shown(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("UPDATE permits SET published = false WHERE code = 'PBG'"))
        connection.execute(text("UPDATE activities SET published = false WHERE key = 'lain'"))
    book = PostgresCatalogue(engine)
    assert [item.code for item in book.permits()] == ["SLF"]
    assert [item.key for item in book.activities()] == ["bangun_rumah"]


def test_an_unchanged_catalogue_costs_one_query_per_question(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = PostgresCatalogue(engine)
    book.permit("PBG")
    queries: list[object] = []
    execute = psycopg.Cursor.execute

    def note(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
        queries.append(query)
        return execute(cursor, query, *args, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", note)
    book.permit("PBG")
    assert len(queries) == 1


def test_threads_that_ask_while_an_editor_writes_see_old_or_new_and_never_a_mixture(
    engine: Engine,
) -> None:
    book = PostgresCatalogue(engine)

    def look(_number: int) -> bool:
        found = book.permit("PBG")
        assert found is not None
        # Both are always changed together.
        return (found.validity == found.fee.formula) or found.validity == "Selama berdiri"

    def edit(number: int) -> bool:
        with transaction(engine) as connection:
            for statement in (
                "UPDATE permits SET validity = :value WHERE code = 'PBG'",
                "UPDATE permit_fees SET formula = :value WHERE permit_code = 'PBG'",
            ):
                connection.execute(text(statement), {"value": f"v{number}"})
        return True

    with ThreadPoolExecutor(6) as threads:
        outcomes = [
            threads.submit(edit if number % 10 == 0 else look, number) for number in range(200)
        ]
        assert all(outcome.result() for outcome in outcomes)
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE permits SET validity = 'akhir', note = 'akhir' WHERE code = 'PBG'")
        )
    last = book.permit("PBG")
    assert last is not None
    assert last.validity == "akhir"


def test_a_database_that_is_gone_is_told_as_unavailable(postgres_url: str) -> None:
    lost = create(postgres_url.rsplit("/", 1)[0] + "/tidak_ada", pool_size=1)
    if "?" in postgres_url:
        lost = create(postgres_url.replace("/tanya?", "/tidak_ada?"), pool_size=1)
    with pytest.raises(StorageUnavailable) as caught:
        PostgresCatalogue(lost).permits()
    assert caught.value.__cause__ is not None
    lost.dispose()
