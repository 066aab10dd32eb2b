"""Failures of a route become the right status with a sentence people can read."""

from __future__ import annotations

from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from bot.gateway import app as web
from izin.errors import InvalidInput, NotFound, StorageUnavailable
from tests.bot.gateway.house import WORDING

pytestmark = pytest.mark.anyio


class Body(BaseModel):
    number: int


@asynccontextmanager
async def nothing():  # type: ignore[no-untyped-def]
    yield


def client() -> httpx.AsyncClient:
    routes = APIRouter()
    errors = {
        "storage": StorageUnavailable("away"),
        "input": InvalidInput("bad", field="nomor"),
        "missing": NotFound("x"),
    }

    @routes.get("/fail/{name}")
    async def fail(name: str) -> None:
        raise errors[name]

    @routes.post("/body")
    async def take(body: Body) -> int:
        return body.number

    transport = httpx.ASGITransport(app=web.build([routes], nothing, WORDING))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("storage", 503, "Belum ada yang disimpan"),
        ("input", 422, "nomor"),
        ("missing", 404, "tidak ada"),
    ],
)
async def test_each_class_of_error_has_its_status(name: str, status: int, said: str) -> None:
    async with client() as http:
        answer = await http.get(f"/fail/{name}")
    assert answer.status_code == status
    assert said in answer.json()["error"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"number": "x"}', "null"])
async def test_a_body_that_cannot_be_used_is_told_where(content: str) -> None:
    async with client() as http:
        answer = await http.post(
            "/body", content=content, headers={"content-type": "application/json"}
        )
    assert answer.status_code == 422
    assert answer.json()["error"]


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json", "/metrics"])
async def test_nothing_is_served_that_was_not_asked_for(path: str) -> None:
    async with client() as http:
        assert (await http.get(path)).status_code == 404
