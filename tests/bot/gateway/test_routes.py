"""Every route of the gateway is known here, and each proves who calls or tells no secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.main import Gateway
from izin.settings import Settings

pytestmark = pytest.mark.anyio

OPEN = {("GET", "/healthz"), ("GET", "/readyz")}
SIMULATOR = {
    ("GET", "/simulator"),
    ("GET", "/simulator/static/{name}"),
    ("POST", "/simulator/api/turns"),
    ("GET", "/simulator/api/messages"),
    ("GET", "/simulator/api/media/{media_id}"),
    ("POST", "/simulator/api/clock"),
}
SIGNED = {
    ("POST", "/webhooks/telegram"),
    ("POST", "/webhooks/whatsapp"),
    ("GET", "/webhooks/whatsapp"),
}
MODEL = ("GET", "/internal/model/{release}")


def gateway(folder: Path, **changes: Any) -> Gateway:
    values: dict[str, Any] = {
        "database_url": "postgresql://nobody@/nothing?host=/nonexistent",
        "media_folder": str(folder),
        "rasa_processes": ("http://127.0.0.1:9",),  # nobody listens there
        "actions_servers": ("http://127.0.0.1:9",),
        "seal_key": "s" * 32,
        "audit_key": "a" * 32,
        "simulator": True,
        "public_url": "https://izin.contoh.example",
        "telegram_token": "1:contoh",
        "telegram_secret": "rahasia",
        "whatsapp_token": "contoh",
        "whatsapp_phone_id": "1",
        "whatsapp_app_secret": "rahasia",
        "whatsapp_verify_token": "rahasia",
    }
    return Gateway(Settings(**{**values, **changes}))


def leaves(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give (method, path) of every route, also of those in included routers."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from leaves(inner.routes, prefix)
        else:
            for method in getattr(route, "methods", None) or {"?"}:
                if method != "HEAD":
                    yield method, f"{prefix}{route.path}"


@pytest.fixture
async def made(tmp_path: Path):  # type: ignore[no-untyped-def]
    gateways: list[Gateway] = []

    def make(**changes: Any) -> Gateway:
        gateways.append(gateway(tmp_path, **changes))
        return gateways[-1]

    yield make
    for item in gateways:
        await item.channels.stop()
        await item.rasa.close()
        item.engine.dispose()


async def call(item: Gateway, method: str, path: str, **request: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=item.application())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        return await client.request(method, path.replace("{name}", "phone.css"), **request)


async def test_every_route_is_known(made) -> None:  # type: ignore[no-untyped-def]
    assert set(leaves(made().application().routes)) == OPEN | SIMULATOR | SIGNED


async def test_what_is_switched_off_is_not_there(made) -> None:  # type: ignore[no-untyped-def]
    item = made(simulator=False, telegram_token="", whatsapp_token="")
    assert set(leaves(item.application().routes)) == OPEN


async def test_a_channel_without_its_secret_stays_closed(made) -> None:  # type: ignore[no-untyped-def]
    item = made(simulator=False, telegram_secret="", whatsapp_app_secret="")
    assert set(leaves(item.application().routes)) == OPEN


async def test_polling_needs_no_webhook(made) -> None:  # type: ignore[no-untyped-def]
    item = made(simulator=False, public_url="", whatsapp_token="")
    assert set(leaves(item.application().routes)) == OPEN


async def test_models_are_for_those_who_know_the_token(made) -> None:  # type: ignore[no-untyped-def]
    item = made(model_server_token="kunci")
    assert MODEL in set(leaves(item.application().routes))
    assert (await call(item, *MODEL)).status_code == 403


@pytest.mark.parametrize(("method", "path"), sorted(SIGNED))
async def test_a_webhook_call_without_its_proof_is_refused(  # type: ignore[no-untyped-def]
    made, method: str, path: str
) -> None:
    answer = await call(made(), method, path, content=b"{}" if method == "POST" else None)
    assert answer.status_code in (401, 403)


@pytest.mark.parametrize(("method", "path"), sorted(SIMULATOR))
@pytest.mark.parametrize(
    "headers",
    [
        {"forwarded": "for=1.2.3.4"},
        {"x-forwarded-for": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"x-forwarded-anything": ""},
        {"host": "izin.contoh.example"},
        {"host": "localhost.contoh.example"},
        {"host": "127.0.0.1.nip.io:8080"},
        {"host": "127.0.0.2"},
        {"host": ""},
    ],
)
async def test_the_simulator_is_for_this_machine_only(  # type: ignore[no-untyped-def]
    made, method: str, path: str, headers: dict[str, str]
) -> None:
    body = {"channel": "telegram", "chat": "1", "text": "halo", "at": "2026-11-23T10:00:00+07:00"}
    answer = await call(
        made(), method, path, headers=headers, json=body if method == "POST" else None
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:1"])
async def test_the_simulator_opens_under_this_machines_own_names(made, host: str) -> None:  # type: ignore[no-untyped-def]
    assert (await call(made(), "GET", "/simulator", headers={"host": host})).status_code == 200


async def test_without_its_database_the_gateway_lives_but_is_not_ready(made) -> None:  # type: ignore[no-untyped-def]
    item = made()
    assert (await call(item, "GET", "/healthz")).status_code == 200
    answer = await call(item, "GET", "/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": False,
        "rasa": False,
        "actions": False,
        "worker": False,
    }


async def test_without_its_database_no_message_is_acknowledged(made) -> None:  # type: ignore[no-untyped-def]
    body = {"channel": "telegram", "chat": "1", "text": "halo"}
    answer = await call(made(), "POST", "/simulator/api/turns", json=body)
    assert answer.status_code == 503
    assert "Belum ada yang disimpan" in answer.json()["error"]


async def test_a_worker_opens_no_door_and_a_door_does_no_work(made) -> None:  # type: ignore[no-untyped-def]
    worker = made(gateway_role="worker")
    assert set(leaves(worker.application().routes)) == OPEN
    assert len(worker._beside()) > len(made(gateway_role="web")._beside())
    assert set(made(gateway_role="web")._checks()) == {"database"}
