"""The console's pace by address: strangers wait, whoever is signed in does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from console import pace
from console.door import COOKIE
from console.pages import HEADERS
from izin.accounts import Role
from izin.client_addresses import AddressLimit
from tests.console.conftest import RunningConsole

STRANGER = {"x-forwarded-for": "198.51.100.7"}
"""Any such header makes a call one from outside; behind no proxy its content is not believed."""


@contextmanager
def limited(console: RunningConsole, **limits: int) -> Iterator[None]:
    """Give the running console's guard small limits, and its usual ones afterwards."""
    guard = console.app.middleware_stack
    while not isinstance(guard, pace.Pace):
        guard = getattr(guard, "_app", None) or guard.app
    before = {name: getattr(guard, f"_{name}") for name in limits}
    for name, per_minute in limits.items():
        setattr(guard, f"_{name}", AddressLimit(per_minute, lambda: 0.0))
    try:
        yield
    finally:
        for name, limit in before.items():
            setattr(guard, f"_{name}", limit)


@pytest.fixture
def nobody(console: RunningConsole) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=console.url, headers=STRANGER, trust_env=False, timeout=60) as http:
        yield http


def test_a_stranger_who_asks_too_often_is_told_when_to_come_back(
    console: RunningConsole, nobody: httpx.Client
) -> None:
    nobody.get("/masuk")
    with limited(console, strangers=4):
        paths = ("/masuk", "/percakapan", "/tidak-ada", "/akun", "/masuk", "/akun")
        assert [nobody.get(path).status_code for path in paths] == [200, 303, 404, 303, 429, 429]
        late = nobody.post("/masuk", data={"login": "a", "password": "b"})
        assert (late.status_code, late.headers["retry-after"]) == (429, "15")
        assert "Coba lagi dalam 15 detik" in late.text
        assert {name: late.headers[name] for name in HEADERS} == dict(HEADERS)
        assert nobody.get("/healthz").status_code == 200


def test_a_made_up_cookie_lets_nobody_ask_on(console: RunningConsole, nobody: httpx.Client) -> None:
    nobody.get("/masuk")
    with limited(console, strangers=2):
        forged = {"cookie": f"{COOKIE}=dikarang"}
        found = [nobody.get("/percakapan", headers=forged).status_code for _ in range(4)]
        assert found == [303, 303, 429, 429]


def test_colleagues_at_the_same_address_go_on(
    console: RunningConsole, nobody: httpx.Client
) -> None:
    nobody.get("/masuk")
    with limited(console, strangers=1), console.client(Role.OFFICER) as officer:
        assert [nobody.get("/masuk").status_code for _ in range(2)] == [200, 429]
        for _ in range(5):
            assert officer.get("/percakapan", headers=STRANGER).status_code == 200


def test_guessed_keys_are_counted_and_the_answer_keeps_its_form(
    console: RunningConsole, nobody: httpx.Client
) -> None:
    nobody.get("/masuk")
    with limited(console, strangers=2):
        asked = "/open311/v2/services.json?api_key=tanya_dikarang"
        found = [nobody.get(asked).status_code for _ in range(3)]
        assert found == [403, 403, 429]
        late = nobody.get("/open311/v2/services.json")
        assert (late.status_code, late.json()[0]["code"]) == (429, 429)
        assert "Coba lagi" in late.json()[0]["description"]
        assert nobody.get("/open311/v2/services.xml").text.startswith("<?xml")


def test_downloads_of_one_address_are_counted_for_everybody(console: RunningConsole) -> None:
    with console.client(*Role) as everybody:
        everybody.get("/percakapan", headers=STRANGER)
        with limited(console, downloads=2):
            path = "/unduh/pengaduan.csv"
            found = [everybody.get(path, headers=STRANGER).status_code for _ in range(3)]
            assert found == [200, 200, 429]


def test_a_browser_on_this_machine_is_not_counted(console: RunningConsole) -> None:
    with (
        httpx.Client(base_url=console.url, trust_env=False, timeout=60) as here,
        limited(console, strangers=1),
    ):
        assert {here.get("/masuk").status_code for _ in range(5)} == {200}
