"""A sender of ours talking to the fake Meta."""

from __future__ import annotations

import httpx
import pytest

from bot.plain_http import PlainTransport
from bot.whatsapp.sender import WhatsAppSender


@pytest.fixture
async def http(anyio_backend):
    """Give an HTTP client with short time-outs."""
    async with httpx.AsyncClient(trust_env=False, timeout=20.0) as client:
        yield client


@pytest.fixture
async def calls(anyio_backend):
    """Give what short calls go by."""
    transport = PlainTransport()
    yield transport
    await transport.aclose()


@pytest.fixture
def sender(fake_meta, http, calls):
    """Give a sender with the fake's token."""
    return WhatsAppSender(
        fake_meta.token, fake_meta.phone_id, http, api_url=fake_meta.url, calls=calls
    )
