"""One real house for all journeys: PostgreSQL, Rasa, actions, gateway, and both fake platforms."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from izin.storage.postgres.engine import create
from ops.journeys.chat import Chat
from ops.journeys.script import CHANNELS
from ops.trial import FIRST_START_S, Trial
from tests.fakes.meta import FakeMeta
from tests.fakes.telegram import FakeTelegram
from tests.journeys.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys; the first one's time holds the start of everything."""
    for item in items:
        if item.path.parent.name == "journeys":
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(FIRST_START_S + 60))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running house, started once."""
    with FakeTelegram().running() as telegram, FakeMeta().running() as meta:
        environment = {
            "TELEGRAM_TOKEN": telegram.token,
            "TELEGRAM_API": telegram.url,
            "WHATSAPP_TOKEN": meta.token,
            "WHATSAPP_PHONE_ID": meta.phone_id,
            "WHATSAPP_APP_SECRET": meta.app_secret,
            "WHATSAPP_VERIFY_TOKEN": meta.verify_token,
            "WHATSAPP_API": meta.url,
            "TANYA_TRAINING_JOURNEYS": "awal",  # trainings are tested, not every conversation
        }
        with (
            Trial(environment) as trial,
            httpx.Client(base_url=trial.gateway_url, timeout=30, trust_env=False) as http,
        ):
            engine = create(trial.database_url)
            try:
                yield Stack(http, engine, trial, telegram, meta)
            finally:
                engine.dispose()


@pytest.fixture(params=CHANNELS)
def chat(stack: Stack, request: pytest.FixtureRequest) -> Chat:
    """A new citizen's chat, on each channel in turn."""
    return stack.chat(request.param)
