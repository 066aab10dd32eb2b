"""What is forgotten by rule goes in small steps, is noted, and can be counted beforehand."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from izin.satisfaction import ELEMENTS, Rating, SurveyResponse, satisfaction_index
from izin.storage.postgres import batches, leftovers, opinion_months, retention_plan
from izin.storage.postgres.engine import create
from izin.storage.postgres.retention_plan import KINDS, due_now, forgotten, jobs_of, recorded
from izin.storage.postgres.satisfaction import PostgresRatings, PostgresSurveys
from izin.storage.seed import seed_all
from izin.storage.tables.conversations import choices
from tests.contracts.conversation_ports import Ports, message, postgres_ports

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
DATA = Path(__file__).parents[2] / "data"
LONG_AGO = NOW - timedelta(days=100)


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[Engine]:
    seed_all(module_database_url, DATA)
    made = create(module_database_url, pool_size=4)
    yield made
    made.dispose()


@pytest.fixture
def ports(module_database_url: str, engine: Engine, tmp_path: Path) -> Iterator[Ports]:
    with engine.begin() as connection:
        connection.execute(
            text(
                "truncate conversations, review_items, rasa_trackers, procrastinate_jobs, ratings,"
                " survey_responses, survey_months, rating_months, retention_days, media_files"
                " restart identity cascade"
            )
        )
    made = postgres_ports(module_database_url, tmp_path)
    yield made
    made.close()


def count(engine: Engine, table: str) -> int:
    with engine.begin() as connection:
        return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


def execute(engine: Engine, sql: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql), values)


def test_raw_payloads_go_after_ninety_days(ports: Ports, engine: Engine) -> None:
    for at in (LONG_AGO, NOW - DAY):
        execute(
            engine,
            "insert into review_items (channel, payload, reason, received_at)"
            " values ('telegram', 'x', 'y', :at)",
            at=at,
        )
    assert leftovers.forget_review_items(engine, NOW) == 1
    assert leftovers.forget_review_items(engine, NOW) == 0
    assert count(engine, "review_items") == 1


def test_dialogues_of_silent_and_vanished_chats_go(ports: Ports, engine: Engine) -> None:
    here = ports.inbox.receive(message(), NOW, NOW).conversation_id
    silent = ports.inbox.receive(message(chat="8", external_id="8"), NOW, NOW).conversation_id
    for sender, at in (
        (here, NOW - 2 * DAY),
        (silent, LONG_AGO),
        (str(uuid.uuid4()), NOW - 2 * DAY),
        ("just-beginning", NOW),
    ):
        execute(
            engine,
            "insert into rasa_trackers (sender_id, document, updated_at) values (:s, '{}', :at)",
            s=sender,
            at=at,
        )
    assert leftovers.forget_trackers(engine, NOW) == 2
    with engine.begin() as connection:
        left = connection.execute(text("select sender_id from rasa_trackers")).scalars().all()
    assert set(left) == {here, "just-beginning"}


def test_failed_jobs_go_thirty_days_after_they_were_seen(ports: Ports, engine: Engine) -> None:
    for status in ("failed", "cancelled", "todo", "doing"):
        execute(
            engine,
            "insert into procrastinate_jobs (queue_name, task_name, status)"
            " values ('turns', 't', cast(:status as procrastinate_job_status))",
            status=status,
        )
    execute(engine, "update procrastinate_jobs set scheduled_at = :at where status = 'cancelled'",
            at=LONG_AGO)  # fmt: skip
    assert leftovers.forget_failed_jobs(engine, NOW) == 1
    execute(
        engine,
        "update procrastinate_jobs set scheduled_at = :at where status = 'failed'",
        at=NOW - timedelta(days=31),
    )
    assert leftovers.forget_failed_jobs(engine, NOW) == 1
    assert count(engine, "procrastinate_jobs") == 2


def test_files_without_a_record_go_and_foreign_ones_stay(
    ports: Ports, engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    known, orphan, fresh = (folder / str(uuid.uuid4()) for _ in range(3))
    for file in (known, orphan, fresh, folder / "catatan.txt"):
        file.write_bytes(b"x")
        os.utime(file, (0, 0))
    os.utime(fresh)
    lost = str(uuid.uuid4())
    for media_id in (known.name, lost):
        execute(
            engine,
            "insert into media_files (id, kind, mime_type, size_bytes, sha256)"
            " values (:id, 'photo', 'image/jpeg', 1, 'x')",
            id=media_id,
        )
    assert leftovers.forget_unrecorded_files(engine, folder, NOW) == 1
    assert sorted(os.listdir(folder)) == sorted([known.name, fresh.name, "catatan.txt"])
    assert list(leftovers.lost_files(engine, folder)) == [lost]


def test_much_goes_in_batches_and_never_more_than_a_run_may(ports: Ports, engine: Engine) -> None:
    chat = ports.inbox.receive(message(), NOW, NOW).conversation_id
    execute(
        engine,
        "insert into choices (id, conversation_id, title, intent, entities, created_at)"
        " select 'c' || n, :chat, '', '', '{}', :at from generate_series(1, 25) n",
        chat=chat,
        at=LONG_AGO,
    )
    old = choices.c.created_at < NOW - DAY
    assert batches.delete_in_batches(engine, choices, old, batch=5, most=10) == 10
    assert batches.delete_in_batches(engine, choices, old, batch=10) == 15
    assert batches.delete_in_batches(engine, choices, old, batch=10) == 0


def opinions(ports: Ports, engine: Engine, at: datetime, number: int) -> None:
    """Let citizens give surveys with skipped elements, and ratings."""
    for n in range(number):
        chat = ports.inbox.receive(
            message(chat=str(900 + n), external_id=f"s{n}"), NOW, NOW
        ).conversation_id
        scores = {e.name: 1 + (n + i) % 4 for i, e in enumerate(ELEMENTS) if (n + i) % 5}
        PostgresSurveys(engine).store(SurveyResponse(chat, "2020-1", scores, at, "kata"), f"t{n}")
        PostgresRatings(engine).rate(Rating(chat, "layanan", 1 + n % 5, at, "kata"), f"t{n}")


def test_opinions_over_a_year_old_are_counts_that_give_the_same_index(
    ports: Ports, engine: Engine
) -> None:
    at = NOW - timedelta(days=450)
    since, until = NOW - timedelta(days=600), NOW
    opinions(ports, engine, at, 13)
    surveys, ratings = PostgresSurveys(engine), PostgresRatings(engine)
    index = satisfaction_index(surveys.between(since, until))
    scores = sorted(item.score for item in ratings.between(since, until))
    assert opinion_months.merge_old_opinions(engine, NOW) == 26
    assert (count(engine, "survey_responses"), count(engine, "ratings")) == (0, 0)
    merged = surveys.between(since, until)
    assert satisfaction_index(merged) == index
    assert sorted(item.score for item in ratings.between(since, until)) == scores
    assert {item.conversation_id for item in merged} == {None}
    assert {item.remark for item in merged} == {""}
    assert surveys.between(at - DAY, at + DAY) == []
    assert opinion_months.merge_old_opinions(engine, NOW) == 0


def test_opinions_of_a_year_that_has_not_ended_stay(ports: Ports, engine: Engine) -> None:
    opinions(ports, engine, NOW - timedelta(days=300), 2)
    assert opinion_months.merge_old_opinions(engine, NOW) == 0
    assert count(engine, "survey_responses") == 2


def test_what_is_due_is_counted_without_being_removed(
    ports: Ports, engine: Engine, tmp_path: Path
) -> None:
    received = ports.inbox.receive(message(namespace="simulator"), NOW, LONG_AGO)
    execute(engine, "update turns set office_now = :at, state = 'answered'", at=LONG_AGO)
    execute(engine, "update conversations set namespace = 'live', last_inbound_at = :at",
            at=LONG_AGO)  # fmt: skip
    orphan = tmp_path / str(uuid.uuid4())
    orphan.write_bytes(b"x")
    os.utime(orphan, (0, 0))
    found = due_now(engine, tmp_path, NOW)
    assert set(found) == set(KINDS)
    assert found["forget_old_messages"] == 1
    assert found["forget_unrecorded_files"] == 1
    assert orphan.exists()
    assert ports.inbox.turn(received.turn_id).state == "answered"
    jobs = jobs_of(engine, ports.media, tmp_path)
    assert {kind: job(NOW) for kind, job in jobs.items()} == found


def test_every_run_is_noted_by_day(ports: Ports, engine: Engine) -> None:
    removed = iter([3, 4])
    jobs = recorded(engine, {KINDS[0]: lambda now: next(removed), "other": lambda now: 9})
    assert [jobs[KINDS[0]](NOW), jobs[KINDS[0]](NOW), jobs["other"](NOW)] == [3, 4, 9]
    found = forgotten(engine, NOW)
    assert set(found) == {KINDS[0]}
    assert (found[KINDS[0]].last_removed, found[KINDS[0]].lately) == (4, 7)
    retention_plan.note(engine, KINDS[0], 1, NOW + timedelta(days=800))
    with engine.begin() as connection:
        days = connection.execute(select(text("day from retention_days"))).scalars().all()
    assert days == [date.fromisoformat(str((NOW + timedelta(days=800)).date()))]
