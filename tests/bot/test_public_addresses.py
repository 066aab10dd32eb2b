"""Addresses that others named: public ones only, as checked, and no further than the first."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest

from bot.public_addresses import PublicTransport
from bot.whatsapp.sender import public_client
from tests.bot.jobs.test_webhooks import LOOPBACK, Names, receiving

pytestmark = pytest.mark.anyio

INSIDE = (
    ["127.0.0.1"], ["10.1.2.3"], ["172.16.0.1"], ["192.168.0.10"], ["169.254.169.254"],
    ["100.64.0.1"], ["0.0.0.1"], ["224.0.0.1"], ["::1"], ["::"], ["fe80::1"], ["fd00:ec2::254"],
    ["::ffff:127.0.0.1"], ["::ffff:169.254.169.254"], ["2002:7f00:1::"], ["64:ff9b::7f00:1"],
    ["93.184.216.34", "127.0.0.1"], [],
)  # fmt: skip


async def asked(
    url: str, names: Names, allowed: Sequence[str] = (), follow: bool = False
) -> httpx.Response:
    transport = PublicTransport(names, allowed=frozenset(allowed))
    async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=5.0) as http:
        return await http.post(url, content=b"x", follow_redirects=follow)


@pytest.mark.parametrize("found", INSIDE, ids=str)
async def test_a_name_that_leads_inside_is_not_called(found: Sequence[str]) -> None:
    called: list[str] = []

    def take(request: httpx.Request) -> httpx.Response:
        called.append(request.url.host)
        return httpx.Response(200)

    transport = PublicTransport(Names(found), under=httpx.MockTransport(take))
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("https://berkas.example/")
    assert called == []


async def test_the_address_that_was_checked_is_called_under_its_own_name() -> None:
    with receiving() as received:
        names = Names([LOOPBACK], ["10.0.0.1"])
        url = f"http://berkas.example:{received.port}/"
        assert (await asked(url, names, [LOOPBACK])).status_code == 200
    [(headers, _)] = received.requests
    assert (headers["host"], names.asked) == (f"berkas.example:{received.port}", 1)


async def test_a_redirect_inside_is_not_followed_and_would_be_refused() -> None:
    with receiving(status=302, location="http://169.254.169.254/latest/") as received:
        url = f"http://berkas.example:{received.port}/"
        assert (await asked(url, Names([LOOPBACK]), [LOOPBACK])).status_code == 302
        names = Names([LOOPBACK], ["169.254.169.254"])
        with pytest.raises(httpx.ConnectError):
            await asked(url, names, [LOOPBACK], follow=True)
        assert len(received.requests) == 2


async def test_an_unknown_name_is_an_error_of_the_connection() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    async with httpx.AsyncClient(transport=PublicTransport(unknown)) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("https://berkas.example/")


async def test_the_client_for_files_follows_nothing_and_reads_no_proxy_of_the_environment() -> None:
    async with public_client() as http:
        assert (http.follow_redirects, http.trust_env) == (False, False)
        with pytest.raises(httpx.ConnectError):
            await http.get("https://127.0.0.1/")
