"""The gateway's guard: pace by address, length before reading, headers on whatever leaves."""

from __future__ import annotations

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from bot.gateway.guard import HEADERS, Guard
from bot.telegram.webhook import SECRET_HEADER
from bot.telegram.webhook import router as telegram
from izin.client_addresses import AddressLimit
from izin.wording import Wording

pytestmark = pytest.mark.anyio
SIGNED = {SECRET_HEADER: "rahasia"}
TELEGRAM = "/webhooks/telegram"


class World:
    """A guarded application; ``read`` holds the lengths of bodies that were read."""

    def __init__(self, proxies: int = 0, peer: str = "203.0.113.9") -> None:
        self.at = 0.0
        self.read: list[int] = []
        routes = APIRouter()

        @routes.post("/simulator/api/turns")
        async def turns(request: Request) -> JSONResponse:
            self.read.append(len(await request.body()))
            return JSONResponse({})

        @routes.get("/readyz")
        async def readyz() -> JSONResponse:
            return JSONResponse({"ready": True})

        async def stored(message: object) -> None:
            """Take it."""

        app = FastAPI(openapi_url=None)
        app.include_router(routes)
        app.include_router(telegram(stored, "rahasia", "bot"))
        limits = [AddressLimit(5, lambda: self.at), AddressLimit(8, lambda: self.at)]
        guard = Guard(app, Wording(), proxies, *limits)
        transport = httpx.ASGITransport(app=guard, client=(peer, 1))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://izin.example")

    async def statuses(self, times: int, **headers: str) -> list[int]:
        return [
            (await self.http.post(TELEGRAM, content=b"{}", headers=headers)).status_code
            for _ in range(times)
        ]


async def test_wrong_secrets_of_one_address_are_soon_only_told_to_wait() -> None:
    world = World()
    wrong = {SECRET_HEADER: "salah"}
    assert await world.statuses(7, **wrong) == [403] * 5 + [429] * 2
    late = await world.http.post(TELEGRAM, content=b"{}", headers=wrong)
    assert int(late.headers["retry-after"]) == 12
    assert "Coba lagi dalam 12 detik" in late.json()["error"]
    assert {name: late.headers[name] for name in HEADERS} == HEADERS
    world.at = 12.0
    assert await world.statuses(2, **wrong) == [403, 429]


async def test_what_is_rightly_signed_is_never_limited() -> None:
    world = World()
    await world.statuses(20, **{SECRET_HEADER: "salah"})
    assert await world.statuses(50, **SIGNED) == [200] * 50


async def test_each_address_behind_our_proxy_has_a_limit_of_its_own() -> None:
    world = World(proxies=1, peer="127.0.0.1")
    one = {"x-forwarded-for": "6.6.6.6, 198.51.100.7"}
    assert (await world.statuses(6, **one))[-1] == 429
    assert await world.statuses(1, **{"x-forwarded-for": "198.51.100.8"}) == [401]
    # What a stranger writes before our proxy's entry changes nothing.
    assert await world.statuses(1, **{"x-forwarded-for": "7.7.7.7, 198.51.100.7"}) == [429]


async def test_a_header_nobody_of_ours_wrote_gives_no_new_address() -> None:
    world = World()
    told = [{"x-forwarded-for": f"198.51.100.{n}"} for n in range(6)]
    assert [(await world.statuses(1, **one))[0] for one in told] == [401] * 5 + [429]


async def test_programs_on_this_machine_may_ask_as_often_as_they_like() -> None:
    world = World(peer="127.0.0.1")
    assert await world.statuses(30) == [401] * 30
    for _ in range(30):
        assert (await world.http.get("/readyz")).status_code == 200


async def test_health_is_asked_of_everything_only_so_often() -> None:
    world = World()
    found = [(await world.http.get("/readyz")).status_code for _ in range(10)]
    assert found == [200] * 8 + [429] * 2


async def test_a_long_body_is_refused_before_it_is_read() -> None:
    world = World()
    sent: list[int] = []

    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(100):
            sent.append(1)
            yield b"x" * 1000

    turns = "/simulator/api/turns"
    long = await world.http.post(turns, content=b"x", headers={"content-length": "9" * 12})
    assert (long.status_code, long.json()["error"]) == (413, "Kiriman itu terlalu besar.")
    for length in ("-1", "1e9", "\u00b2"):
        refused = await world.http.post(
            turns, content=b"x", headers=[(b"content-length", length.encode("latin-1"))]
        )
        assert refused.status_code == 413, length
    unknown = await world.http.post(
        turns, content=endless(), headers={"transfer-encoding": "chunked"}
    )
    assert (unknown.status_code, world.read, sent) == (411, [], [])
    assert (await world.http.post(turns, content=b"x")).status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/tidak-ada", TELEGRAM])
async def test_every_answer_has_safe_headers_and_names_no_program(path: str) -> None:
    answer = await World().http.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "server" not in answer.headers
