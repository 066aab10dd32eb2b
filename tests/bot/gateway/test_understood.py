"""What was understood of a message is kept for officers: codes and a number, never words."""

from __future__ import annotations

import pytest

from bot.dialogue import DialogueAnswer
from bot.gateway.turns import understanding
from izin.replies import Reply
from tests.bot.gateway.house import FakeRasa, House, said

pytestmark = pytest.mark.anyio


async def test_intent_and_confidence_are_kept_with_the_turn() -> None:
    house = House(FakeRasa([said("Ini syaratnya.", confidence=0.93456)]))
    turn_id = house.receive()
    await house.answer(turn_id)
    kept = house.data.turns[turn_id].understood
    assert kept == {"intent": "tanya_syarat", "confidence": 0.935}


async def test_nothing_is_kept_where_nothing_was_read() -> None:
    house = House(FakeRasa([said("Halo", intent="")]))
    turn_id = house.receive()
    await house.answer(turn_id)
    assert house.data.turns[turn_id].understood is None


def test_the_published_answer_that_was_told_is_kept() -> None:
    house = House()
    turn_id = house.receive()
    turn = house.inbox.begin(turn_id)
    answer = DialogueAnswer((Reply("Ada.", faq="laktasi"),), "tanya_faq", 0.9, replayed=False)
    kept = understanding(turn, answer)
    assert kept is not None and kept["faq"] == "laktasi"
