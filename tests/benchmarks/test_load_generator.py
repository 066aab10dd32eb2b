"""The load on a tiny house: arrivals by the clock, signed calls, replies matched to them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from benchmarks.load.fake_platform import BOT, TOKEN, Platform, Requests
from benchmarks.load.generator import Generator
from benchmarks.load.webhooks import Door

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def house(platform: Platform, delay_s: float = 0.0) -> AsyncIterator[int]:
    """Serve a house that answers each chat once, ``delay_s`` later; gives its port."""
    loop = asyncio.get_running_loop()

    def take(path: bytes, body: bytes) -> bytes:
        chat = json.loads(body)["message"]["chat"]["id"]
        call = f"chat_id={chat}&text=ya".encode()
        loop.call_later(delay_s, platform.answer, f"/bot{TOKEN}/sendMessage".encode(), call)
        return b"{}"

    server = await loop.create_server(lambda: Requests(take), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def spent() -> dict[str, float]:
    return {"house": 0.0}


async def test_an_open_load_sends_on_though_answers_are_slow() -> None:
    platform = Platform()
    async with house(platform, delay_s=0.3) as port:
        generator = Generator(platform, Door("telegram", port, "/w", "kata"), spent, 1)
        phase = await generator.open_load(200.0, 0.4, warm_up_s=0.1)
        generator.close()
    assert phase.turns > 20
    assert (phase.unanswered, phase.refused) == (0, 0)
    assert phase.reply.p50 >= 300
    assert phase.reply.p50 > phase.webhook.p50


async def test_a_backlog_never_lets_more_wait_than_told() -> None:
    platform = Platform()
    async with house(platform) as port:
        generator = Generator(platform, Door("telegram", port, "/w", "kata"), spent, 1)
        phase = await generator.backlog(5, 0.3, warm_up_s=0.0)
        assert generator.waiting == 0
        generator.close()
    assert phase.served > 0
    assert phase.unanswered == 0


async def test_a_closed_door_is_a_refusal_not_a_failure() -> None:
    platform = Platform()
    async with house(platform) as port:
        pass
    generator = Generator(platform, Door("telegram", port, "/w", "kata"), spent, 1)
    generator.patience_s = 0.1
    phase = await generator.open_load(50.0, 0.2, warm_up_s=0.0)
    assert phase.turns
    assert phase.refused == phase.unanswered == phase.turns


async def test_the_platform_answers_what_both_sides_ask() -> None:
    platform = Platform()
    seen: list[str] = []
    platform.replied = lambda chat, at: seen.append(chat)
    await platform.serve()
    try:
        async with httpx.AsyncClient(base_url=platform.url, trust_env=False) as http:
            base = f"/bot{TOKEN}"
            me = (await http.post(f"{base}/getMe")).json()
            sent = await http.post(f"{base}/sendMessage", data={"chat_id": 77, "text": "Ya."})
            told = await http.post(f"{base}/sendMessage", json={"chat_id": 78, "text": "Ya."})
            typing = await http.post(f"{base}/sendChatAction", data={"chat_id": 79})
            number = "/v23.0/100/messages"
            answer = await http.post(number, json={"to": "62813", "type": "text"})
            read = await http.post(number, json={"status": "read", "message_id": "wamid.1"})
    finally:
        await platform.close()
    assert me["result"]["username"] == BOT
    assert (sent.json()["result"]["chat"]["id"], told.json()["ok"]) == (77, True)
    assert typing.json() == {"ok": True, "result": True}
    assert answer.json()["messages"][0]["id"].startswith("wamid.")
    assert read.json() == {"success": True}
    assert seen == ["77", "78", "62813"]


def test_whatsapp_calls_carry_the_signature_of_their_body() -> None:
    call = Door("whatsapp", 80, "/w", "kunci", "100").call("62813", 1, "halo")
    head, _, body = call.partition(b"\r\n\r\n")
    signature = hmac.new(b"kunci", body, hashlib.sha256).hexdigest()
    assert f"X-Hub-Signature-256: sha256={signature}".encode() in head
    assert re.search(rb"Content-Length: (\d+)", head)[1] == str(len(body)).encode()  # type: ignore[index]
    message = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]
    assert (message["from"], message["text"]["body"]) == ("62813", "halo")


def test_telegram_calls_carry_the_secret_and_an_update_of_their_own() -> None:
    door = Door("telegram", 80, "/w", "kata")
    calls = [door.call("8001", 1, "halo"), door.call("8001", 2, "halo"), door.call("8002", 1, "ya")]
    assert all(b"X-Telegram-Bot-Api-Secret-Token: kata\r\n" in call for call in calls)
    updates = {json.loads(call.partition(b"\r\n\r\n")[2])["update_id"] for call in calls}
    assert len(updates) == 3
