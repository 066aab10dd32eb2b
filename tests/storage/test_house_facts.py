"""What our own database tells of the house's health."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from izin.health_facts import BackupFacts, ChannelFacts, HouseFacts, Understanding
from izin.replies import Reply
from izin.storage.postgres.engine import create
from izin.storage.postgres.health import machine
from izin.storage.postgres.house_facts import FALLBACK_EVERY, PostgresHouseFacts
from izin.storage.postgres.inbox import PostgresInbox
from tests.contracts.conversation_ports import message

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


class Office:
    """A fresh database, and what happens in it."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create(url, pool_size=2)
        self.inbox = PostgresInbox(self.engine)
        self.facts = PostgresHouseFacts(self.engine)

    def run(self, statement: str, **given: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), given)

    def measure(self, after: timedelta = timedelta(0)) -> HouseFacts:
        return self.facts.measure(NOW + after)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    found = Office(database_url)
    yield found
    found.engine.dispose()


def test_an_empty_database_tells_of_nothing_but_silence(office: Office) -> None:
    found = office.measure()
    assert (found.oldest_turn_s, found.oldest_delivery_s, found.longest_turn_s) == (0, 0, 0)
    assert found.worker_silent_s is None
    assert found.channels == {"telegram": ChannelFacts(), "whatsapp": ChannelFacts()}
    assert (found.backup, found.recent, found.published) == (BackupFacts(), Understanding(), "")


def test_messages_and_answers_that_wait_have_an_age(office: Office) -> None:
    turn = office.inbox.receive(message(), NOW - 7 * MINUTE).turn_id
    found = office.measure()
    assert found.oldest_turn_s == pytest.approx(420, abs=1)
    assert found.channels["telegram"].received == 1
    [answer] = office.inbox.answer(turn, [Reply("halo")], {})
    assert office.measure().oldest_turn_s == 0
    office.run("update outbox set created_at = :now", now=NOW)
    assert office.measure(10 * MINUTE).oldest_delivery_s == pytest.approx(600, abs=1)
    office.run("update procrastinate_jobs set scheduled_at = now() + interval '1 hour'")
    assert office.measure(10 * MINUTE).oldest_delivery_s == 0  # the platform asked for a pause
    office.run("update outbox set attempts = 3 where id = :id", id=answer)
    assert office.measure().channels["telegram"].retried == 1
    office.run("update outbox set state = 'failed', error = 'RejectedMessage'")
    assert office.measure().channels["telegram"].given_up == 1
    office.run("update outbox set error = 'Undeliverable'")
    assert office.measure().channels["telegram"].given_up == 0
    office.run("update outbox set state = 'accepted', accepted_at = :now", now=NOW)
    assert office.measure().channels["telegram"].accepted == 1


def test_a_turn_is_at_it_since_a_look_first_found_it(office: Office) -> None:
    office.inbox.receive(message(), NOW)
    office.run("update procrastinate_jobs set status = 'doing'")
    assert office.measure().longest_turn_s == 0
    assert office.measure().longest_turn_s > 0
    office.run("update procrastinate_jobs set attempts = attempts + 1")
    assert office.measure().longest_turn_s == 0


def test_workers_beat(office: Office) -> None:
    office.run(
        "insert into procrastinate_workers (last_heartbeat) values (now() - interval '3 min')"
    )
    silent = office.measure().worker_silent_s
    assert silent is not None
    assert silent == pytest.approx(180, abs=5)
    office.run("insert into procrastinate_workers default values")
    silent = office.measure().worker_silent_s
    assert silent is not None
    assert silent < 5


def test_backups_tell_of_the_last_good_one_and_whether_the_newest_failed(office: Office) -> None:
    def run(ago: timedelta, ok: bool | None) -> None:
        office.run(
            "insert into backup_runs (started_at, finished_at, ok, file)"
            " values (:at, :at, :ok, 'x')",
            at=NOW - ago, ok=ok,
        )  # fmt: skip

    run(50 * MINUTE, True)
    run(30 * MINUTE, None)
    assert office.measure().backup.last_good == NOW - 50 * MINUTE
    assert office.measure().backup.failed is None
    run(20 * MINUTE, False)
    assert office.measure().backup.failed == NOW - 20 * MINUTE
    run(10 * MINUTE, True)
    assert office.measure().backup.failed is None


def test_understanding_counts_live_chats_of_the_last_hours_and_is_kept_for_minutes(
    office: Office,
) -> None:
    for intent, at in (("tanya_biaya", NOW), ("nlu_fallback", NOW), ("", NOW),
                       ("nlu_fallback", NOW - 4 * timedelta(hours=1))):  # fmt: skip
        turn = office.inbox.receive(message(), at).turn_id
        office.run("update turns set understood = jsonb_build_object('intent', cast(:i as text))"
                   " where id = :id", i=intent, id=turn)  # fmt: skip
    office.run(
        "insert into figure_talks values ('live', :day, 'telegram', 1, 1, 1, 100, 90, 9),"
        " ('simulator', :day, 'telegram', 1, 1, 1, 100, 90, 90)",
        day=NOW.date() - timedelta(days=1),
    )
    found = office.measure()
    assert (found.recent, found.usual) == (Understanding(2, 1), Understanding(90, 9))
    office.run("update turns set understood = null")
    assert office.measure(MINUTE).recent == Understanding(2, 1)
    assert office.measure(FALLBACK_EVERY).recent == Understanding()


def test_the_machine_is_compared_with_the_databases(office: Office) -> None:
    offset_s, folder = machine(office.engine)
    assert abs(offset_s) < 2
    assert folder.startswith("/")
