"""Guards over all routes, and the console's first door."""

from __future__ import annotations

import httpx
import pytest
from fastapi.routing import APIRoute

from console.main import rooms
from console.routes import BY_KEY, PUBLIC, access_of
from izin.accounts import GRANTS, Permission, Role
from tests.console.conftest import PASSWORD, RunningConsole, csrf_of

OPEN = {"/healthz", "/readyz", "/static/{version}/{name}", "/masuk", "/masuk/kode"}
"""All that may be had without an account or a key; a route is added here on purpose only."""


def routes(console: RunningConsole) -> list[APIRoute]:
    return [
        route
        for router in rooms(console.house, console.engine)
        for route in router.routes
        if isinstance(route, APIRoute)
    ]


def test_every_route_names_who_may_use_it(console: RunningConsole) -> None:
    for route in routes(console):
        access = access_of(route.endpoint)
        assert access in {PUBLIC, BY_KEY, *Permission}, route.path
        if access == PUBLIC:
            assert route.path in OPEN, route.path


def test_every_page_turns_away_whoever_is_not_signed_in(console: RunningConsole) -> None:
    with httpx.Client(base_url=console.url, trust_env=False, timeout=60) as nobody:
        for route in routes(console):
            if access_of(route.endpoint) in (PUBLIC, BY_KEY):
                continue
            path = route.path.replace("{", "").replace("}", "")
            for method in route.methods:
                answer = nobody.request(method, path)
                assert answer.status_code in (303, 401), (method, path)


@pytest.mark.parametrize("role", list(Role))
def test_a_guessed_route_is_refused_without_its_permission(
    console: RunningConsole, role: Role
) -> None:
    with console.client(role) as somebody:
        for route in routes(console):
            access = access_of(route.endpoint)
            if access in (PUBLIC, BY_KEY) or access in GRANTS[role]:
                continue
            path = route.path.replace("{", "").replace("}", "")
            for method in route.methods:
                assert somebody.request(method, path).status_code == 403, (method, path)


def test_every_form_needs_the_session_s_token(console: RunningConsole) -> None:
    with console.client(*Role) as everything:
        for route in routes(console):
            if access_of(route.endpoint) in (PUBLIC, BY_KEY) or "POST" not in route.methods:
                continue
            path = route.path.replace("{", "").replace("}", "")
            answer = everything.post(path, data={"csrf": "forged"})
            assert answer.status_code == 403, path
            assert "Formulir ini sudah tidak berlaku" in answer.text


def test_who_knows_the_password_comes_in_and_out(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER)
    with httpx.Client(base_url=console.url, trust_env=False, timeout=60) as http:
        wrong = http.post("/masuk", data={"login": account.login, "password": "salah"})
        assert wrong.status_code == 401
        assert "tidak cocok" in wrong.text
        given = {"login": account.login.upper(), "password": PASSWORD, "to": "//jahat.example"}
        entered = http.post("/masuk", data=given)
        assert entered.headers["location"] == "/"
        assert "HttpOnly" in entered.headers["set-cookie"]
        assert http.get("/tidak-ada").status_code == 404
        http.post("/keluar", data={"csrf": csrf_of(http.get("/akun-saya").text)})
        assert http.get("/").headers["location"].startswith("/masuk")
