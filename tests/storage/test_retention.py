"""What the privacy notice promises about time is what happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from izin.errors import NotFound
from izin.privacy import CHAT_LIVES
from izin.replies import Reply
from izin.storage.postgres import retention
from izin.storage.postgres.engine import create
from tests.contracts.conversation_ports import Ports, fresh, message, postgres_ports
from tests.storage.test_due import file

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = create(database_url, pool_size=4)
    yield made
    made.dispose()


@pytest.fixture
def ports(database_url: str, tmp_path: Path) -> Iterator[Ports]:
    made = postgres_ports(database_url, tmp_path)
    yield made
    made.close()


def chatted(ports: Ports, at: datetime = NOW, **changes: Any) -> tuple[str, str]:
    received = ports.inbox.receive(message(**{"namespace": "simulator", **changes}), NOW, at)
    ports.inbox.answer(received.turn_id, [Reply("jawaban")], {})
    return received.conversation_id, received.turn_id


def lives(engine: Engine, conversation_id: str) -> bool:
    with engine.begin() as connection:
        found = connection.execute(
            text("select 1 from conversations where id = :id"), {"id": conversation_id}
        )
        return found.first() is not None


def run(engine: Engine, ports: Ports, now: datetime) -> int:
    return retention.forget_old_messages(engine, ports.media, now)


def test_a_chat_is_kept_for_ninety_days_and_then_gone_wholly(ports: Ports, engine: Engine) -> None:
    here, turn_id = chatted(ports)
    assert run(engine, ports, NOW + CHAT_LIVES - DAY) == 0
    assert ports.inbox.turn(turn_id).state == "answered"
    assert run(engine, ports, NOW + CHAT_LIVES + DAY) > 0
    assert not lives(engine, here)
    assert run(engine, ports, NOW + CHAT_LIVES + DAY) == 0


def test_in_a_chat_that_goes_on_only_the_old_messages_go(ports: Ports, engine: Engine) -> None:
    first = message(namespace="simulator")
    old = ports.inbox.receive(first, NOW, NOW)
    ports.inbox.answer(old.turn_id, [Reply("a")], {})
    again = message(first.address.chat, namespace="simulator")
    new = ports.inbox.receive(again, NOW, NOW + 60 * DAY)
    ports.inbox.answer(new.turn_id, [Reply("b")], {})
    run(engine, ports, NOW + 100 * DAY)
    with pytest.raises(NotFound):
        ports.inbox.turn(old.turn_id)
    assert ports.inbox.turn(new.turn_id).state == "answered"


def test_a_chat_with_a_complaint_is_kept_two_years_beyond_its_end(
    ports: Ports, engine: Engine
) -> None:
    here, turn_id = chatted(ports)
    complaint = file(ports, here)
    run(engine, ports, NOW + 1000 * DAY)
    assert ports.inbox.turn(turn_id).state == "answered", "it is still open"
    ports.complaints.withdraw(complaint.ticket, fresh("turn"), "x", NOW)
    run(engine, ports, NOW + 700 * DAY)
    assert lives(engine, here)
    run(engine, ports, NOW + 731 * DAY)
    assert not lives(engine, here)
    assert ports.complaints.find(complaint.ticket) is not None


def test_somebody_who_follows_an_application_stays_known(ports: Ports, engine: Engine) -> None:
    here, _ = chatted(ports)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into subscriptions (conversation_id, number, permit_code, proof, snapshot,"
                " since, followed_turn) values (:id, '1', 'PBG', 'phone', '{}', :at, 't')"
            ),
            {"id": here, "at": NOW},
        )
    run(engine, ports, NOW + 200 * DAY)
    assert lives(engine, here)


def test_a_simulated_clock_never_forgets_real_chats(ports: Ports, engine: Engine) -> None:
    here, turn_id = chatted(ports, namespace="live")
    run(engine, ports, NOW + 5000 * DAY)
    assert lives(engine, here) and ports.inbox.turn(turn_id).state == "answered"
