"""Signing in: sessions, pauses, the second step, and text that is not lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import httpx
import pyotp
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from console import app as web
from console.door import COOKIE, Door, secret_hash
from console.main import join, rooms
from console.visitors import address_of
from izin.accounts import HALF_OPEN_LENGTH, SESSION_IDLE, SESSION_LENGTH, Account, Role
from izin.settings import Settings
from izin.usecases.enter_console import Visitor
from tests.console.conftest import PASSWORD, RunningConsole, csrf_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HTTPS = {"console_url": "https://ruang.example.go.id", "demo": False}


@contextmanager
def visitor(console: RunningConsole) -> Iterator[httpx.Client]:
    """Somebody with a browser of their own, in real time."""
    with httpx.Client(base_url=console.url, trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture(autouse=True)
def _fresh(console: RunningConsole) -> Iterator[None]:
    """Every test begins without anybody's failures, at the real time."""
    console.rows("DELETE FROM sign_in_attempts")
    yield
    console.at(None)


@contextmanager
def production(console: RunningConsole, **changes: object) -> Iterator[httpx.Client]:
    """The same console as an office runs it: no demo, behind https."""
    settings = replace(console.house.settings, **{**HTTPS, **changes})  # type: ignore[arg-type]
    house = join(settings, console.engine, console.house.clock)
    door = Door(house.sessions, house.clock, settings)
    app = web.build(rooms(house, console.engine), door, house.pages)
    with httpx.Client(base_url=settings.console_url, transport=_Inside(app)) as client:
        yield client
    house.registry.close()


class _Inside(httpx.BaseTransport):
    """Hands requests to an application in this process, as if https stood before it."""

    def __init__(self, app: FastAPI) -> None:
        self._app = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return anyio.run(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=await answer.aread()
        )


def sign_in(client: httpx.Client, account: Account, password: str = PASSWORD, **more: str):
    return client.post("/masuk", data={"login": account.login, "password": password, **more})


def with_app(console: RunningConsole, *roles: Role) -> Account:
    """An account with an authenticator app that holds SECRET, and one recovery code."""
    account, factor = console.account(*roles), console.house.enter.second_factor
    marks = factor._marks(account, ["abcde-fghjk"])
    factor.factors.store(account.id, factor._lock(account, SECRET), marks, 0)
    return replace(account, totp=True)


def value(page: str, name: str) -> str:
    """Give what a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def code(at: datetime, steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).generate_otp(int(at.timestamp()) // 30 + steps)


def entries(console: RunningConsole, subject: str) -> list[tuple[str, str, dict[str, object]]]:
    found = console.rows(
        "SELECT action, actor, details FROM audit_log WHERE subject = :subject ORDER BY id",
        subject=subject,
    )
    return [tuple(row) for row in found]


# Sessions


def test_signing_in_renews_the_session_whatever_cookie_the_browser_had(
    console: RunningConsole,
) -> None:
    account, stranger = console.account(Role.OFFICER), console.account(Role.OFFICER)
    planted = console.secret(stranger)
    with visitor(console) as http:
        http.cookies.set(COOKIE, planted)
        entered = sign_in(http, account)
        fresh = entered.cookies[COOKIE]
        assert fresh != planted
    for given in ("made-up-by-somebody", planted):  # neither adopted nor left alive
        with httpx.Client(base_url=console.url, trust_env=False, cookies={COOKIE: given}) as http:
            assert http.get("/akun-saya").headers["location"].startswith("/masuk")
    assert console.rows("SELECT 1 FROM account_sessions WHERE secret_hash = :s", s=fresh) == []


def test_a_session_ends_idle_at_its_longest_and_when_revoked(console: RunningConsole) -> None:
    now = datetime.now(UTC)
    account = console.account(Role.OFFICER)
    with console.client(account=account) as http:
        console.at(now + SESSION_IDLE - timedelta(minutes=1))
        assert http.get("/akun-saya").status_code == 200
        console.at(now + SESSION_IDLE * 2)
        assert http.get("/akun-saya").status_code == 303
    console.at(now)
    with console.client(account=account) as http:
        for hour in range(1, 12):
            console.at(now + timedelta(hours=hour))
            assert http.get("/akun-saya").status_code == 200
        console.at(now + SESSION_LENGTH)
        assert http.get("/akun-saya").status_code == 303
    console.at(None)
    with console.client(account=account) as http:
        console.house.sessions.revoke_all(account.id, datetime.now(UTC))
        assert http.get("/akun-saya").status_code == 303


def test_what_a_page_s_script_asks_by_itself_keeps_no_session_alive(
    console: RunningConsole,
) -> None:
    now = datetime.now(UTC)
    with console.client(Role.OFFICER) as http:
        script = {"sec-fetch-mode": "cors"}
        console.at(now + SESSION_IDLE - timedelta(minutes=1))
        assert http.get("/akun-saya", headers=script).status_code == 200
        console.at(now + SESSION_IDLE + timedelta(minutes=1))
        ended = http.get("/akun-saya", headers=script)
        assert ended.status_code == 401  # no sign-in form in the middle of a page
        assert "Sesi sudah berakhir" in ended.text


def test_changed_roles_and_deactivation_end_sessions_at_once(console: RunningConsole) -> None:
    manage = console.house.manage_accounts
    account = console.account(Role.OFFICER)
    with console.client(account=account) as http:
        manage.change("sistem", replace(account, roles=frozenset({Role.EDITOR})))
        assert http.get("/akun-saya").status_code == 303
    with console.client(account=account) as http:
        assert http.get("/permintaan-data").status_code == 403  # what the new role does not give
        manage.change("sistem", replace(account, active=False))
        assert http.get("/akun-saya").status_code == 303
        assert sign_in(http, account).status_code == 401


def test_over_https_cookies_belong_to_this_host_alone(console: RunningConsole) -> None:
    account = console.account(Role.EDITOR)
    with production(console) as http:
        cookies = sign_in(http, account).headers.get_list("set-cookie")
        assert len(cookies) == 2
        for cookie in cookies:
            assert cookie.startswith("__Host-")
            assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
        assert http.get("/akun-saya").status_code == 200
        out = http.post("/keluar", data={"csrf": csrf_of(http.get("/akun-saya").text)})
        assert out.headers["location"] == "/masuk"
        assert http.get("/akun-saya").status_code == 303


@pytest.mark.parametrize(
    "to", ["https://jahat.example", "//jahat.example", "/\\jahat.example", "/\t/jahat", "jahat"]
)
def test_nobody_is_led_elsewhere_after_signing_in(console: RunningConsole, to: str) -> None:
    with visitor(console) as http:
        assert 'name="to" value="/"' in http.get("/masuk", params={"to": to}).text
        assert sign_in(http, console.account(Role.OFFICER), to=to).headers["location"] == "/"


def test_one_returns_to_the_page_one_wanted(console: RunningConsole) -> None:
    with visitor(console) as http:
        turned = http.get("/permintaan-data?dari=2026-11-01")
        assert turned.headers["location"] == "/masuk?to=%2Fpermintaan-data%3Fdari%3D2026-11-01"
        form = http.get(turned.headers["location"]).text
        assert 'value="/permintaan-data?dari=2026-11-01"' in form


def test_another_site_cannot_sign_anybody_in(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER)
    with visitor(console) as http:
        for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://jahat.example"}):
            given = {"login": account.login, "password": PASSWORD}
            answer = http.post("/masuk", data=given, headers=header)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers


# Passwords and pauses


def test_wrong_and_unknown_are_answered_alike_and_leave_no_typed_text(
    console: RunningConsole,
) -> None:
    account, slip = console.account(Role.OFFICER), "sandi-terketik-di-sini"
    with visitor(console) as http:
        wrong = sign_in(http, account, slip)
        unknown = http.post("/masuk", data={"login": slip, "password": slip})
    assert wrong.status_code == unknown.status_code == 401
    same = [re.sub(r'value="[^"]*"', "", page.text) for page in (wrong, unknown)]
    assert same[0] == same[1]
    assert slip not in wrong.text
    failed = ("akun.gagal_masuk", "sistem", {"bagian": "sandi"})
    assert entries(console, account.id) == [failed]
    assert entries(console, "-")[-1] == failed
    kept = console.rows("SELECT row_to_json(a)::text FROM sign_in_attempts a")
    assert not any(slip in row[0] or account.login in row[0] for row in kept)


def test_an_unknown_login_takes_as_long_as_a_wrong_password(console: RunningConsole) -> None:
    looked: list[str | None] = []
    enter = console.house.enter

    class Counting:
        def matches(self, password_hash: str | None, password: str) -> bool:
            looked.append(password_hash)
            return enter.passwords.matches(password_hash, password)

    counting = replace(enter, passwords=Counting())  # type: ignore[arg-type]
    here = console.house.signing.visitor(_request({}), "tak-ada")
    counting.by_password("tak-ada", "salah", here)
    counting.by_password(console.account(Role.OFFICER).login, "salah", here)
    assert looked[0] is None
    assert looked[1] is not None


def test_failures_bring_pauses_that_double_and_end(console: RunningConsole) -> None:
    account, now = console.account(Role.OFFICER), datetime.now(UTC)
    console.at(now)
    with visitor(console) as http:
        for _ in range(5):
            assert sign_in(http, account, "salah").status_code == 401
        paused = sign_in(http, account)
        assert paused.status_code == 429
        assert paused.headers["retry-after"] == "5"
        assert "tunggu 5 detik" in paused.text
        assert f'value="{account.login}"' in paused.text
        console.at(now + timedelta(seconds=5))
        assert sign_in(http, account, "salah").status_code == 401
        assert "tunggu 10 detik" in sign_in(http, account).text
        console.at(now + timedelta(seconds=15))
        assert sign_in(http, account).status_code == 303
        assert sign_in(http, account, "salah").status_code == 401  # and it begins anew


def test_a_stranger_s_failures_never_keep_out_a_browser_that_was_here(
    console: RunningConsole,
) -> None:
    account, now = console.account(Role.OFFICER), datetime.now(UTC)
    console.at(now)
    quick = replace(console.house.enter, passwords=_Never())  # type: ignore[arg-type]
    with visitor(console) as own, visitor(console) as stranger:
        assert sign_in(own, account).status_code == 303
        for minute in range(40):
            console.at(now + timedelta(minutes=minute * 20))
            quick.by_password(account.login, "x", Visitor("127.0.0.1"))
        assert sign_in(stranger, account).status_code == 429
        assert sign_in(own, account).status_code == 303
        other = console.account(Role.OFFICER)  # its cookie proves nothing for another login
        assert console.house.signing.visitor(_request(own.cookies), other.login).known_device == ""


def test_an_address_that_tries_many_logins_waits(console: RunningConsole) -> None:
    now = datetime.now(UTC)
    console.at(now)
    enter, here = console.house.enter, console.house.signing.visitor(_request({}), "x")
    quick = replace(enter, passwords=_Never())  # type: ignore[arg-type]
    outcomes = [quick.by_password(f"nama{n}", "x", here).outcome for n in range(31)]
    assert outcomes == ["wrong"] * 30 + ["wait"]


def test_many_addresses_that_try_one_login_wait_at_most_a_minute(console: RunningConsole) -> None:
    now, account = datetime.now(UTC), console.account(Role.OFFICER)
    enter = replace(console.house.enter, passwords=_Never())  # type: ignore[arg-type]
    moment = now
    for n in range(60):
        console.at(moment)
        here = console.house.signing.visitor(_request({}, f"10.0.{n}.1"), account.login)
        attempt = enter.by_password(account.login, "x", here)
        moment += timedelta(seconds=attempt.wait_s)
        assert attempt.wait_s <= 60
    assert moment > now + timedelta(minutes=10)


def test_an_old_hash_is_renewed_at_sign_in(console: RunningConsole) -> None:
    from argon2 import PasswordHasher

    account = console.account(Role.OFFICER)
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    console.house.accounts.set_password(account.id, weak, must_change=False)
    with visitor(console) as http:
        assert sign_in(http, account).status_code == 303
        found = console.house.accounts.by_login(account.login)
        assert found is not None
        assert not console.house.enter.passwords.outdated(found[1])
        assert sign_in(http, account).status_code == 303


class _Never:
    """Passwords that never match, without the work."""

    def matches(self, password_hash: str | None, password: str) -> bool:
        return False


def _request(cookies: object, address: str = "10.9.8.7", forwarded: str = "") -> Request:
    pairs = "; ".join(f"{name}={value}" for name, value in dict(cookies).items())  # type: ignore[call-overload]
    headers = [(b"cookie", pairs.encode())]
    if forwarded:
        headers.append((b"x-forwarded-for", forwarded.encode()))
    return Request({"type": "http", "headers": headers, "client": (address, 1)})


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (1, "10.0.0.1", "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (2, "10.0.0.1", "9.9.9.9, 1.2.3.4", "9.9.9.9"),
        (2, "10.0.0.1", "1.2.3.4", "10.0.0.1"),
        (1, "10.0.0.1", "bukan alamat", "-"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "::ffff:10.1.1.1", "", "10.1.1.1"),
    ],
)
def test_a_forwarded_address_is_believed_only_from_our_own_proxies(
    proxies: int, peer: str, forwarded: str, address: str
) -> None:
    settings = Settings(database_url="", console_proxies=proxies)
    assert address_of(_request({}, peer, forwarded), settings) == address


# The second step


def test_the_password_alone_opens_nothing_when_a_code_is_set_up(console: RunningConsole) -> None:
    account, now = with_app(console, Role.OFFICER), datetime.now(UTC)
    console.at(now)
    with visitor(console) as http:
        asked = sign_in(http, account, to="/jejak")
        assert "Kode masuk" in asked.text
        assert account.name not in asked.text
        half = asked.cookies[COOKIE]
        assert http.get("/akun-saya").status_code == 303
        assert http.post("/masuk/kode", data={"code": code(now)}).status_code == 403  # no token
        given = {"csrf": csrf_of(asked.text), "to": "/jejak"}
        wrong = http.post("/masuk/kode", data={**given, "code": "000000"})
        assert wrong.status_code == 401
        entered = http.post("/masuk/kode", data={**given, "code": f" {code(now)} "})
        assert entered.headers["location"] == "/jejak"
        assert entered.cookies[COOKIE] != half
        assert console.house.sessions.find(secret_hash(half), now) is None
        assert http.get("/akun-saya").status_code == 200
    assert [entry[0] for entry in entries(console, account.id)] == [
        "akun.gagal_masuk", "akun.masuk",
    ]  # fmt: skip


def test_a_code_counts_once_within_its_window(console: RunningConsole) -> None:
    account, now = with_app(console, Role.OFFICER), datetime.now(UTC)
    console.at(now)
    outcomes = []
    for given in (code(now, -2), code(now, 2), code(now), code(now), code(now, -1), code(now, 1)):
        outcomes.append(console.house.enter.by_code(account, given).outcome)
    assert outcomes == ["wrong", "wrong", "ok", "wrong", "wrong", "ok"]


def test_a_recovery_code_opens_once(console: RunningConsole) -> None:
    account = with_app(console, Role.OFFICER)
    other = with_app(console, Role.OFFICER)
    assert console.house.enter.second_factor.check_recovery(account, "") is False
    for expected in (303, 401):
        with visitor(console) as http:
            given = {"csrf": csrf_of(sign_in(http, account).text), "code": "ABCDE FGHJK"}
            assert http.post("/masuk/kode", data=given).status_code == expected
    assert entries(console, account.id)[0][2] == {"cara": "pemulihan"}
    assert console.house.enter.second_factor.factors.recovery_left(other.id) == 1


def test_codes_are_paused_too_and_the_half_open_session_is_soon_over(
    console: RunningConsole,
) -> None:
    account, now = with_app(console, Role.OFFICER), datetime.now(UTC)
    console.at(now)
    with visitor(console) as http:
        given = {"csrf": csrf_of(sign_in(http, account).text)}
        for _ in range(5):
            assert http.post("/masuk/kode", data={**given, "code": "1"}).status_code == 401
        paused = http.post("/masuk/kode", data={**given, "code": code(now)})
        assert paused.status_code == 429
        assert "tunggu 5 detik" in paused.text
        console.at(now + HALF_OPEN_LENGTH)
        over = http.post("/masuk/kode", data={**given, "code": code(now)})
        assert over.headers["location"].startswith("/masuk")


def test_the_stored_key_is_unreadable_and_serves_no_other_account(console: RunningConsole) -> None:
    account, other = with_app(console, Role.OFFICER), with_app(console, Role.OFFICER)
    console.rows(
        "UPDATE accounts SET totp_secret = (SELECT totp_secret FROM accounts WHERE id = :other)"
        " WHERE id = :own",
        own=account.id, other=other.id,
    )  # fmt: skip
    stored = console.rows("SELECT totp_secret FROM accounts WHERE id = :id", id=other.id)[0][0]
    assert SECRET not in stored
    assert not console.house.enter.second_factor.check(account, code(datetime.now(UTC)))


def test_at_work_whoever_sees_personal_data_first_sets_up_a_code(console: RunningConsole) -> None:
    officer, editor = console.account(Role.OFFICER), console.account(Role.EDITOR)
    with production(console) as http:
        assert sign_in(http, editor).status_code == 303
        assert http.get("/akun-saya").status_code == 200
    with production(console) as http:
        sign_in(http, officer)
        for path in ("/permintaan-data", "/akun-saya", "/akun-saya/kata-sandi", "/"):
            assert http.get(path).headers["location"] == "/akun-saya/kode"
        page = http.get("/akun-saya/kode").text
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
        assert secret is not None
        assert "data:image/svg+xml" in page
        given = {
            "csrf": csrf_of(page), "offer": value(page, "offer"), "password": PASSWORD,
            "code": pyotp.TOTP(secret[1].replace(" ", "")).now(),
        }  # fmt: skip
        done = http.post("/akun-saya/kode", data=given)
        codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", done.text)
        assert len(set(codes)) == 10
        assert http.get("/permintaan-data").status_code == 200
        kept = console.rows("SELECT mark FROM recovery_codes WHERE account_id = :id", id=officer.id)
        assert len(kept) == 10
        assert not {row[0] for row in kept} & set(codes)
        refused = http.post("/akun-saya/kode/hapus", data=given)
        assert refused.status_code == 422
        assert "tidak dapat dilepas" in refused.text


def test_an_account_for_trying_out_does_not_exist_at_work(console: RunningConsole) -> None:
    account = console.account(Role.EDITOR)
    console.rows("UPDATE accounts SET demo = true WHERE id = :id", id=account.id)
    with visitor(console) as http:
        assert sign_in(http, account).status_code == 303
    secret = console.secret(replace(account, demo=True))
    with production(console) as http:
        assert sign_in(http, account).status_code == 401
        http.cookies.set(f"__Host-{COOKIE}", secret)
        assert http.get("/akun-saya").status_code == 303
