"""The simulator's JSON API over ports in memory, with a worker that answers."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest

from bot.gateway import app as web
from bot.gateway.receiving import Receiver
from bot.simulator import api, turn_body
from izin.conversations import InboundMedia
from izin.storage.keyring import DIALOGUE_PHONE, opened
from tests.bot.gateway.house import WORDING, FakeRasa, House, said
from tests.bot.jobs.running import until

pytestmark = pytest.mark.anyio
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()


class Simulator:
    """The API with a worker that takes the job list in order."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.ran: list[datetime] = []
        routes = api.router(
            Receiver(house.inbox, house.outbox), house.inbox, house.outbox, house.deliverer,
            house.media, house.watch, self.run_due,
        )  # fmt: skip

        @asynccontextmanager
        async def nothing() -> AsyncIterator[None]:
            yield

        transport = httpx.ASGITransport(app=web.build([routes], nothing, WORDING))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    async def run_due(self, now: datetime) -> dict[str, int]:
        self.ran.append(now)
        return {"forget_old_drafts": 2}

    async def work(self) -> None:
        while True:
            while self.house.data.jobs:
                job = self.house.data.jobs.pop(0)
                if "turn_id" in job.arguments:
                    await self.house.turns.answer(job.arguments["turn_id"])
                else:
                    await self.house.deliverer.deliver(job.arguments["message_id"])
            await asyncio.sleep(0.005)

    async def turn(self, **body: Any) -> httpx.Response:
        return await self.http.post(
            "/simulator/api/turns", json={"channel": "telegram", "chat": "ani", **body}
        )

    async def messages(self, **query: str) -> list[Any]:
        answer = await self.http.get(
            "/simulator/api/messages", params={"channel": "telegram", "chat": "ani", **query}
        )
        assert answer.status_code == 200
        return answer.json()["messages"]


@asynccontextmanager
async def simulator(*answers: Any, working: bool = True) -> AsyncIterator[Simulator]:
    made = Simulator(House(FakeRasa(list(answers) or [said("Ini syaratnya.")])))
    worker = asyncio.create_task(made.work()) if working else None
    try:
        yield made
    finally:
        if worker:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
        await made.http.aclose()


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
async def test_a_turn_is_answered_in_its_channels_shape(channel: str) -> None:
    choices = [{"title": "Biaya", "intent": "tanya_biaya", "entities": {"izin": "PBG"}}]
    async with simulator(said(replies=[{"text": "[b]Syarat[/b]", "choices": choices}])) as phone:
        answer = await phone.turn(channel=channel, text="syarat pbg")
        document = answer.json()
        assert answer.status_code == 200
        assert document["handled_by"] == "bot"
        assert document["turn_ms"] > 0
        [reply] = document["replies"]
        assert "Syarat" in reply["text"] and "[b]" not in reply["text"]
        [choice] = reply["choices"]
        assert choice["title"] == "Biaya"
        tapped = await phone.turn(channel=channel, choice=choice["id"])
        assert tapped.status_code == 200
        body = phone.house.fake_rasa.bodies[-1]
        assert body["choice"] == {"intent": "tanya_biaya", "entities": {"izin": "PBG"}}


async def test_nothing_simulated_reaches_a_platform() -> None:
    async with simulator() as phone:
        await phone.turn(text="halo")
        assert phone.house.sender.sent == []
        [conversation] = phone.house.data.conversations.values()
        assert conversation.address.namespace == "simulator"


async def test_a_file_sent_to_a_chat_can_be_opened_there_and_nowhere_else() -> None:
    async with simulator(said("x")) as phone:
        file = InboundMedia("document", "", "text/plain", 3, "data-saya.txt")
        media_id = phone.house.media.put(file, b"isi", None)
        other = phone.house.media.put(file, b"lain", None)
        document = {"kind": "document", "media_id": media_id, "title": "data saya.txt"}
        phone.house.fake_rasa.answers.insert(
            0, said(replies=[{"text": "Ini salinannya.", "media": [document]}])
        )
        [shown] = (await phone.turn(text="salinan data saya")).json()["replies"]
        assert shown["media"]["media_id"] == media_id

        def path(name: str) -> str:
            return f"/simulator/api/media/{name}"

        here = {"channel": "telegram", "chat": "ani"}
        opened = await phone.http.get(path(media_id), params=here)
        assert (opened.status_code, opened.content) == (200, b"isi")
        assert "data%20saya.txt" in opened.headers["content-disposition"]
        assert (await phone.http.get(path(other), params=here)).status_code == 404
        stranger = {**here, "chat": "budi"}
        assert (await phone.http.get(path(media_id), params=stranger)).status_code == 404


async def test_the_given_time_changes_the_office_clock_of_that_turn_only() -> None:
    async with simulator() as phone:
        await phone.turn(text="a", at="2026-12-24T10:00:00+07:00")
        await phone.turn(text="b")
        first, second = phone.house.data.turns.values()
        assert first.now.isoformat() == "2026-12-24T10:00:00+07:00"
        assert second.now == second.received_at


async def test_a_given_phone_is_the_chats_verified_one() -> None:
    async with simulator() as phone:
        await phone.turn(text="status", phone="+6280000000001")
        passed = phone.house.fake_rasa.bodies[0]["metadata"]["verified_phone"]
        assert passed != "+6280000000001", "Rasa keeps what passes and has no key"
        assert opened(DIALOGUE_PHONE, passed) == "+6280000000001"


async def test_a_photo_and_a_location_arrive() -> None:
    async with simulator() as phone:
        await phone.turn(photo=PNG, text="lampiran")
        await phone.turn(location=[-7.02, 109.59])
        photo, place = phone.house.fake_rasa.bodies
        [media_id] = photo["metadata"]["media_ids"]
        assert phone.house.media.get(media_id)[1] == "image/png"
        assert place["metadata"]["location"] == [-7.02, 109.59]


async def test_start_takes_its_parameter() -> None:
    async with simulator() as phone:
        await phone.turn(text="/start")
        await phone.turn(text="/start ADU-8XYZ-W2")
        bare, linked = phone.house.data.turns.values()
        assert (bare.message.kind, bare.message.text) == ("start", "")
        assert (linked.message.kind, linked.message.text) == ("start", "ADU-8XYZ-W2")


async def test_a_chat_held_by_an_officer_is_told_as_such() -> None:
    async with simulator(working=False) as phone:
        asking = asyncio.create_task(phone.turn(text="halo"))
        await until(lambda: phone.house.data.turns)
        [turn_id] = phone.house.data.turns
        phone.house.hold(turn_id)
        await phone.house.turns.answer(turn_id)
        document = (await asking).json()
        assert (document["handled_by"], document["replies"]) == ("officer", [])


async def test_a_turn_that_takes_too_long_is_told_as_504_with_what_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "ANSWER_TIMEOUT_S", 0.05)
    async with simulator(working=False) as phone:
        answer = await phone.turn(text="halo")
        assert answer.status_code == 504
        assert answer.json()["turn_id"] in phone.house.data.turns
        assert answer.json()["replies"] == []


async def test_everything_delivered_can_be_read_on_from_a_message() -> None:
    async with simulator(said("satu"), said("dua")) as phone:
        await phone.turn(text="a")
        await phone.turn(text="b")
        await phone.turn(chat="budi", text="c")
        first, second = await phone.messages()
        assert [item["replies"][0]["text"] for item in (first, second)] == ["satu", "dua"]
        assert await phone.messages(after=first["id"]) == [second]
        assert await phone.messages(after=second["id"]) == []


async def test_the_clock_runs_what_is_due_by_then() -> None:
    async with simulator(working=False) as phone:
        answer = await phone.http.post(
            "/simulator/api/clock", json={"at": "2026-12-24T10:00:00+07:00"}
        )
        assert answer.json() == {"ran": {"forget_old_drafts": 2}}
        assert [item.isoformat() for item in phone.ran] == ["2026-12-24T10:00:00+07:00"]


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "sms"},
        {"chat": ""},
        {"chat": "x" * 129},
        {"chat": "a\x00b"},
        {"phone": "0812"},
        {"at": "2026-12-24T10:00:00"},
        {"at": "besok"},
        {"photo": "bukan base64!"},
        {"photo": base64.b64encode(b"<svg>").decode()},
        {"location": [91, 0]},
        {"location": [0]},
        {"location": ["a", "b"]},
        {"text": "x" * 100_001},
        {"text": 5},
        {"unknown": 1},
    ],
)
async def test_a_body_that_cannot_be_used_is_refused_and_nothing_stored(
    body: dict[str, Any],
) -> None:
    async with simulator(working=False) as phone:
        answer = await phone.turn(**{"text": "halo", **body})
        assert answer.status_code == 422
        assert answer.json()["error"]
        assert phone.house.data.turns == {}


async def test_not_a_number_is_no_place() -> None:
    async with simulator(working=False) as phone:
        answer = await phone.http.post(
            "/simulator/api/turns",
            content='{"channel":"telegram","chat":"a","location":[NaN,0]}',
            headers={"content-type": "application/json"},
        )
        assert answer.status_code == 422


async def test_a_photo_above_5_mb_is_refused() -> None:
    async with simulator(working=False) as phone:
        answer = await phone.turn(photo="A" * (turn_body.LARGEST_PHOTO_BYTES * 4 // 3 + 8))
        assert answer.status_code == 413


async def test_messages_after_something_that_is_no_id_are_refused() -> None:
    async with simulator(working=False) as phone:
        answer = await phone.http.get(
            "/simulator/api/messages",
            params={"channel": "telegram", "chat": "ani", "after": "'; --"},
        )
        assert answer.status_code == 422
