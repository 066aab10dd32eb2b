"""A receipt that arrives in the very moment in which its message is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from izin.conversations import ChatAddress, DeliveryReceipt
from izin.replies import Reply
from izin.storage.postgres import outbox as rows
from izin.storage.postgres.engine import create
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.outbox import PostgresOutbox
from tests.contracts.conversation_ports import NOW, message

DELIVERED = DeliveryReceipt("whatsapp", "wamid.X", "delivered", NOW)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = create(database_url)
    yield made
    made.dispose()


def waiting(engine: Engine) -> str:
    inbox = PostgresInbox(engine)
    address = ChatAddress("whatsapp", "628", "live")
    turn = inbox.receive(message(address=address), NOW).turn_id
    [outbox_id] = inbox.answer(turn, [Reply("halo")], {})
    return outbox_id


def one(engine: Engine, statement: str) -> Any:
    with engine.begin() as connection:
        return connection.execute(text(statement)).scalar()


def store_receipt(engine: Engine) -> None:
    """Commit a receipt whose look for its message came too early."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_apply", lambda *_: None)
        PostgresOutbox(engine).receipt(DELIVERED)


@pytest.mark.parametrize("parts", [1, 2])
def test_a_receipt_committed_while_its_message_is_recorded_counts(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    outbox, outbox_id = PostgresOutbox(engine), waiting(engine)
    catch_up = PostgresOutbox._catch_up

    def just_then(self: PostgresOutbox, external_id: str) -> None:
        store_receipt(engine)
        catch_up(self, external_id)

    monkeypatch.setattr(PostgresOutbox, "_catch_up", just_then)
    outbox.part_accepted(outbox_id, 0, "wamid.X", parts, NOW)
    assert one(engine, "select status from sent_parts") == "delivered"


def test_a_receipt_looks_for_its_message_only_when_others_can_see_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(
        rows, "_apply", lambda *_: seen.append(one(engine, "select count(*) from receipts"))
    )
    PostgresOutbox(engine).receipt(DELIVERED)
    assert seen == [1]
