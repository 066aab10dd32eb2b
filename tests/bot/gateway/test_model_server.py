"""Rasa gets the published model, once, and nobody else gets any."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from bot.gateway.model_server import router
from izin.language_models import NewModel, Origin, Taught
from izin.storage.postgres.engine import create
from izin.storage.postgres.models import PostgresLanguageModels

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SUM = hashlib.sha256(b"arsip").hexdigest()
PATH = "/internal/model/r1"
TOKEN = "kunci"


@pytest.fixture
def models(database_url: str) -> Iterator[PostgresLanguageModels]:
    engine = create(database_url, pool_size=2)
    yield PostgresLanguageModels(engine)
    engine.dispose()


async def asked(
    models: PostgresLanguageModels, known: str = "", token: str = TOKEN, own: str = TOKEN
) -> httpx.Response:
    """Ask a gateway whose own token is ``own``."""
    app = FastAPI()
    app.include_router(router(models, own))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        headers = {"If-None-Match": known} if known else {}
        return await client.get(PATH, params={"token": token}, headers=headers)


def publish(models: PostgresLanguageModels, archive: bytes, release: str = "r1") -> None:
    model = NewModel("id", archive, release, Origin.TRAINING, Taught([], {}))
    models.publish(models.add(model, NOW).id, NOW)


async def test_the_published_model_is_given_to_whoever_does_not_have_it(
    models: PostgresLanguageModels,
) -> None:
    assert (await asked(models)).status_code == 404
    publish(models, b"arsip")

    given = await asked(models, known="lain")

    assert (given.status_code, given.content, given.headers["etag"]) == (200, b"arsip", SUM)
    for known in (SUM, f'"{SUM}"'):
        again = await asked(models, known)
        assert (again.status_code, again.content) == (304, b"")
    publish(models, b"baru")
    assert (await asked(models, SUM)).content == b"baru"


async def test_a_model_of_another_release_is_not_given(models: PostgresLanguageModels) -> None:
    publish(models, b"arsip", release="r2")

    assert (await asked(models)).status_code == 404


async def test_nobody_gets_a_model_without_the_token(models: PostgresLanguageModels) -> None:
    publish(models, b"arsip")

    assert (await asked(models, token="lain")).status_code == 403
    assert (await asked(models, token="", own="")).status_code == 403
