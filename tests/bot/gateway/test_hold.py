"""While an officer holds a conversation the bot is silent, until the citizen's own word."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from tests.bot.gateway.house import House

pytestmark = pytest.mark.anyio


def held(house: House) -> str:
    """Let an officer take the first chat; gives its conversation id."""
    conversation_id = house.inbox.turn(house.receive()).conversation.id
    house.serve.take(conversation_id, "Ani", "Petugas", datetime.now(UTC))
    return conversation_id


@pytest.mark.parametrize("text", ["syarat pbg apa?", "makasih pak", "halo?", "/start", "batal"])
async def test_nothing_but_the_plain_word_is_answered(text: str) -> None:
    house = House()
    held(house)
    turn_id = house.receive(text=text)
    assert await house.answer(turn_id) == []
    assert house.state(turn_id) == "held"
    assert house.fake_rasa.bodies == []


async def test_the_plain_word_ends_the_hold_and_rasa_is_not_asked() -> None:
    house = House()
    conversation_id = held(house)
    [text] = await house.answer(house.receive(text="balik ke bot aja"))
    assert "kembali dengan saya" in text
    assert house.serve.officers.handling(conversation_id) is None
    assert house.fake_rasa.bodies == []
    assert await house.answer(house.receive()) == ["Ini syaratnya."]


async def test_the_tapped_way_back_ends_the_hold() -> None:
    house = House()
    held(house)
    [message] = house.data.outbox.values()
    turn_id = house.receive(kind="choice", text="", choice_id=message.choice_ids[0])
    [text] = await house.answer(turn_id)
    assert "kembali dengan saya" in text


async def test_the_word_is_answered_even_when_the_worker_died_after_ending_the_hold() -> None:
    house = House()
    conversation_id = held(house)
    turn_id = house.receive(text="kembali ke bot")
    house.serve.back_to_bot(conversation_id, turn_id, datetime.now(UTC))
    [text] = await house.answer(turn_id)
    assert "kembali dengan saya" in text
    assert house.fake_rasa.bodies == []


async def test_without_a_hold_the_word_is_rasas_business() -> None:
    house = House()
    assert await house.answer(house.receive(text="kembali ke bot")) == ["Ini syaratnya."]


async def test_an_officer_who_comes_while_rasa_thinks_silences_the_answer() -> None:
    house = House()
    turn_id = house.receive()
    conversation_id = house.inbox.turn(turn_id).conversation.id

    def take(_body: object) -> object:
        house.serve.take(conversation_id, "Ani", "Petugas", datetime.now(UTC))
        return answer

    answer = house.fake_rasa.answers[0]
    house.fake_rasa.answers = [take]  # type: ignore[list-item]
    await asyncio.wait_for(house.turns.answer(turn_id), 5)
    assert house.texts(turn_id) == []
    assert house.state(turn_id) == "held"
