"""Fixtures of the fake platforms; load with ``pytest_plugins = ["tests.fakes.fixtures"]``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.meta import FakeMeta
from tests.fakes.telegram import FakeTelegram


@pytest.fixture
def fake_telegram() -> Iterator[FakeTelegram]:
    """Give a strict fake Telegram, running on a free loopback port."""
    with FakeTelegram().running() as fake:
        yield fake


@pytest.fixture
def fake_meta() -> Iterator[FakeMeta]:
    """Give a strict fake WhatsApp Cloud API, running on a free loopback port."""
    with FakeMeta().running() as fake:
        yield fake
