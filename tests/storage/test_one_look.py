"""One look at revisions and drafts for each action of a turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text

from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.one_look import one_look
from izin.storage.seed import seed_content
from tests.contracts.content_samples import seed
from tests.contracts.conversation_ports import NOW, message


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create(database_url, pool_size=2)
    with transaction(engine) as connection:
        seed_content(connection, seed())
    yield engine
    engine.dispose()


@pytest.fixture
def conversation_id(engine: Engine) -> str:
    return PostgresInbox(engine).receive(message(), NOW).conversation_id


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    statements: list[str] = []
    execute = psycopg.Cursor.execute

    def note(cursor: Any, statement: Any, *values: Any, **options: Any) -> Any:
        statements.append(str(statement))
        return execute(cursor, statement, *values, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", note)
    return statements


def test_revisions_and_drafts_cost_one_statement_together(
    engine: Engine, conversation_id: str, asked: list[str]
) -> None:
    catalogue, drafts = PostgresCatalogue(engine), PostgresDrafts(engine)
    drafts.put(conversation_id, "status", {"number": "1"})
    catalogue.permits()
    asked.clear()
    with one_look(engine, conversation_id):
        catalogue.permit("PBG")
        catalogue.revision()
        assert drafts.get(conversation_id, "status") == {"number": "1"}
        assert drafts.get(conversation_id, "pengaduan") is None
        drafts.drop(conversation_id, "pengaduan")
        catalogue.complaint_categories()
    assert len(asked) == 1


def test_a_draft_put_or_dropped_within_a_look_is_seen_so_there_and_afterwards(
    engine: Engine, conversation_id: str
) -> None:
    drafts = PostgresDrafts(engine)
    with one_look(engine, conversation_id):
        drafts.put(conversation_id, "status", {"turns": ("a",), "name": "Nul\x00"})
        within = drafts.get(conversation_id, "status")
        drafts.put(conversation_id, "topik", {"now": {}})
        drafts.drop(conversation_id, "topik")
        assert drafts.get(conversation_id, "topik") is None
    assert within == drafts.get(conversation_id, "status") == {"turns": ["a"], "name": "Nul"}
    assert drafts.get(conversation_id, "topik") is None


def test_changing_what_was_read_does_not_change_the_draft(
    engine: Engine, conversation_id: str
) -> None:
    drafts = PostgresDrafts(engine)
    with one_look(engine, conversation_id):
        drafts.put(conversation_id, "status", {"now": {"list": [1]}})
        read = drafts.get(conversation_id, "status")
        assert read is not None
        read["now"]["list"].append(2)
        assert drafts.get(conversation_id, "status") == {"now": {"list": [1]}}


def test_a_draft_that_another_transaction_of_the_action_removed_is_gone(
    engine: Engine, conversation_id: str
) -> None:
    drafts = PostgresDrafts(engine)
    drafts.put(conversation_id, "pengaduan", {"now": {}})
    with one_look(engine, conversation_id):
        assert drafts.get(conversation_id, "pengaduan") is not None
        with transaction(engine) as connection:
            connection.execute(text("delete from drafts"))
        assert drafts.get(conversation_id, "pengaduan") is None


def test_a_published_change_is_seen_by_the_next_look(engine: Engine, conversation_id: str) -> None:
    catalogue = PostgresCatalogue(engine)
    with one_look(engine, conversation_id):
        before = catalogue.revision()
    with transaction(engine) as connection:
        connection.execute(
            text("update content_revisions set revision = revision + 1 where subject = 'catalogue'")
        )
    with one_look(engine, conversation_id):
        assert catalogue.revision() == before + 1


def test_content_loaded_newer_than_the_look_is_loaded_once(
    engine: Engine, database_url: str, conversation_id: str, asked: list[str]
) -> None:
    catalogue = PostgresCatalogue(engine)
    catalogue.permits()
    with one_look(engine, conversation_id):
        catalogue.revision()
        other = create(database_url, pool_size=1)
        with transaction(other) as connection:
            connection.execute(text("update content_revisions set revision = revision + 1"))
        other.dispose()
        catalogue._cache._kept = None  # as if another thread had thrown it away
        catalogue.permits()
        asked.clear()
        catalogue.permits()
        assert not asked


def test_drafts_of_another_conversation_are_read_by_themselves(
    engine: Engine, conversation_id: str
) -> None:
    drafts = PostgresDrafts(engine)
    drafts.put(conversation_id, "status", {"number": "1"})
    with one_look(engine, "no-conversation"):
        assert drafts.get(conversation_id, "status") == {"number": "1"}
