"""Signing in and out, and the first page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from console import kept_form
from console.door import check_form, first_step, session_of
from console.errors import FormRejected, SignInNeeded
from console.house import House
from console.pages import MENU, own_path, see_other
from console.routes import PUBLIC, Routes
from console.turned_away import kept_page, sign_in_page
from console.visitors import from_own_page
from izin.accounts import Account, AccountSession, Permission
from izin.usecases.enter_console import Attempt, Outcome
from izin.wording import Wording

_CODE = "/masuk/kode"
_Text = Annotated[str, Form()]


def router(house: House) -> APIRouter:
    """Serve ``/masuk``, ``/masuk/kode``, ``/keluar`` and ``/``."""
    routes = Routes()
    pages, signing = house.pages, house.signing

    @routes.get("/", Permission.OWN_ACCOUNT)
    def first_page(request: Request) -> Response:
        account = session_of(request).account
        rooms = [item.path for item in MENU if account.may(item.permission)]
        return see_other(rooms[0] if rooms else "/akun-saya")

    @routes.get("/masuk", PUBLIC)
    def form(request: Request, to: str = "/") -> Response:
        request.state.session = None
        return sign_in_page(pages, request, to=own_path(to))

    @routes.post("/masuk", PUBLIC)
    def sign_in(
        request: Request, login: _Text = "", password: _Text = "", to: _Text = "/", kept: _Text = ""
    ) -> Response:
        if not from_own_page(request, house.settings):
            raise FormRejected
        to, typed, login = own_path(to), kept_form.read(kept), login.strip()
        attempt = house.enter.by_password(login, password, signing.visitor(request, login))
        account = attempt.account
        if attempt.outcome is not Outcome.OK or account is None:
            request.state.session = None
            return _again(
                sign_in_page(
                    pages, request, _status(attempt), to=to, kept=typed, login=login[:80],
                    problem=attempt.outcome, wait=in_words(house.wording, attempt.wait_s),
                ),
                attempt,
            )  # fmt: skip
        if not account.totp:
            return _enter(house, request, account, to, typed, "sandi")
        session, secret = signing.enter(request, account, second_factor=False)
        answer = _code_page(house, request, session, to=to, kept=typed)
        signing.hand_over(answer, secret)
        return answer

    @routes.get(_CODE, PUBLIC)
    def code_form(request: Request, to: str = "/") -> Response:
        return _code_page(house, request, _half_open(request), to=own_path(to))

    @routes.post(_CODE, PUBLIC)
    async def check_token(request: Request) -> Response:
        session = _half_open(request)
        await check_form(request, session, house.settings)
        form = await request.form()
        return await run_in_threadpool(
            _second_step, house, request, session,
            {name: str(form.get(name, "")) for name in ("code", "to", "kept")},
        )  # fmt: skip

    @routes.post("/keluar", Permission.OWN_ACCOUNT)
    def sign_out(request: Request) -> Response:
        session = session_of(request)
        house.sessions.revoke(session.id, house.clock())
        house.record(session.account, "akun.keluar", "akun", session.account.id)
        answer = see_other("/masuk")
        signing.take_back(answer)
        return answer

    return routes.router


def in_words(wording: Wording, wait_s: int) -> str:
    """Give a waiting time as people say it: seconds below two minutes, else whole minutes."""
    if wait_s < 120:
        return wording.say("account.seconds", count=wait_s)
    return wording.say("account.minutes", count=-(-wait_s // 60))


def _second_step(
    house: House, request: Request, session: AccountSession, form: dict[str, str]
) -> Response:
    to, typed = own_path(form["to"] or "/"), kept_form.read(form["kept"])
    attempt = house.enter.by_code(session.account, form["code"])
    if attempt.outcome is not Outcome.OK:
        answer = _code_page(house, request, session, attempt, to=to, kept=typed)
        return _again(answer, attempt)
    how = "pemulihan" if attempt.by_recovery else "kode"
    return _enter(house, request, session.account, to, typed, how)


def _enter(
    house: House,
    request: Request,
    account: Account,
    to: str,
    typed: kept_form.KeptForm | None,
    how: str,
) -> Response:
    """Begin the session; go where it was wanted, or show what waits to be sent."""
    session, secret = house.signing.enter(request, account, second_factor=True)
    house.record(session.account, "akun.masuk", "akun", account.id, cara=how)
    if typed is None:
        answer: Response = see_other(to)
    else:
        step = first_step(account, demo=house.settings.demo)
        answer = kept_page(house.pages, request, typed, "signed_in", step=step)
    house.signing.hand_over(answer, secret)
    house.signing.remember_device(answer, account)
    return answer


def _half_open(request: Request) -> AccountSession:
    session: AccountSession | None = request.state.session
    if session is None or session.second_factor:
        raise SignInNeeded
    return session


def _code_page(
    house: House,
    request: Request,
    session: AccountSession,
    attempt: Attempt | None = None,
    *,
    to: str,
    kept: kept_form.KeptForm | None = None,
) -> Response:
    request.state.session = None  # nobody is in yet: no menu, no name
    return house.pages.page(
        request, "sign_in_code.html", 200 if attempt is None else _status(attempt),
        token=session.csrf, to=to, kept=kept, problem=attempt.outcome if attempt else "",
        wait=in_words(house.wording, attempt.wait_s if attempt else 0),
    )  # fmt: skip


def _status(attempt: Attempt) -> int:
    return 429 if attempt.outcome is Outcome.WAIT else 401


def _again(answer: Response, attempt: Attempt) -> Response:
    if attempt.outcome is Outcome.WAIT:
        answer.headers["Retry-After"] = str(attempt.wait_s)
    return answer
