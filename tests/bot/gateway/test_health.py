"""``/healthz`` while alive; ``/readyz`` only when every part answers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from bot.gateway import app as web
from bot.gateway import health
from tests.bot.gateway.house import WORDING

pytestmark = pytest.mark.anyio


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def broken() -> bool:
    raise OSError("gone")


async def hanging() -> bool:
    await asyncio.sleep(30)
    return True


@asynccontextmanager
async def nothing():  # type: ignore[no-untyped-def]
    yield


def application(**checks: health.Check) -> FastAPI:
    return web.build([health.router(checks)], nothing, WORDING)


async def get(app: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        return await client.get(path)


async def test_ready_only_when_every_part_answers() -> None:
    answer = await get(application(database=yes, rasa=yes), "/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "parts": {"database": True, "rasa": True}}


@pytest.mark.parametrize("check", [no, broken, hanging])
async def test_one_part_that_does_not_answer_makes_it_503_and_is_named(
    monkeypatch: pytest.MonkeyPatch, check: health.Check
) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.05)
    app = application(database=yes, worker=check)
    answer = await get(app, "/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": True, "worker": False}
    assert (await get(app, "/healthz")).status_code == 200


async def test_checks_run_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 5.0)
    together = asyncio.Barrier(2)

    async def meet() -> bool:
        await together.wait()
        return True

    assert (await get(application(a=meet, b=meet), "/readyz")).status_code == 200
