"""A person's own account: password, second factor, sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.door import OWN_PASSWORD, OWN_SECOND_FACTOR, second_factor_due, session_of
from console.house import House
from console.one_time_codes import picture
from console.pages import see_other
from console.rooms.sign_in import in_words
from console.routes import Routes
from izin.accounts import Account, Permission
from izin.errors import InvalidInput, NotFound
from izin.passwords import SHORTEST
from izin.usecases.enter_console import Attempt, Outcome
from izin.usecases.manage_accounts import WeakPassword

DONE = frozenset({"password", "session", "sessions", "factor_off"})
"""What a page can tell was done, ``account.done.<name>``."""

_Text = Annotated[str, Form()]
_ANY = Permission.OWN_ACCOUNT


def router(house: House) -> APIRouter:
    """Serve ``/akun-saya`` and what is below it."""
    routes = Routes("/akun-saya")
    _add_overview(routes, house)
    _add_password(routes, house)
    _add_second_factor(routes, house)
    return routes.router


def _add_overview(routes: Routes, house: House) -> None:
    @routes.get("", _ANY)
    def own_account(request: Request, kabar: str = "") -> Response:
        session = session_of(request)
        return house.pages.page(
            request, "own_account.html",
            sessions=house.sessions.of_account(session.account.id, house.clock()),
            recovery_left=house.enter.second_factor.factors.recovery_left(session.account.id),
            done=kabar if kabar in DONE else "",
        )  # fmt: skip

    @routes.post("/sesi/akhiri-lain", _ANY)
    def end_others(request: Request) -> Response:
        session = session_of(request)
        house.manage_accounts.end_sessions(session.account.id, session.account, but=session.id)
        return see_other("/akun-saya?kabar=sessions")

    @routes.post("/sesi/{session_id}/akhiri", _ANY)
    def end_one(request: Request, session_id: str) -> Response:
        session = session_of(request)
        if not house.manage_accounts.end_session(session.account, session_id):
            raise NotFound("session")
        return see_other("/akun-saya?kabar=session")


def _add_password(routes: Routes, house: House) -> None:
    def form(request: Request, status: int = 200, **problem: str) -> Response:
        given = {"field": "", "reason": "", "wait": "", **problem}
        return house.pages.page(request, "accounts/own_password.html", status,
                                shortest=SHORTEST, **given)  # fmt: skip

    @routes.get(OWN_PASSWORD.removeprefix("/akun-saya"), _ANY)
    def password_form(request: Request) -> Response:
        return form(request)

    @routes.post(OWN_PASSWORD.removeprefix("/akun-saya"), _ANY)
    def set_password(
        request: Request, old_password: _Text = "", password: _Text = "", again: _Text = ""
    ) -> Response:
        session = session_of(request)
        attempt = house.enter.own_password(session.account, old_password)
        if attempt.outcome is not Outcome.OK:
            wait = in_words(house.wording, attempt.wait_s)
            return form(request, 422, field="old", reason=attempt.outcome, wait=wait)
        if password != again:
            return form(request, 422, field="again", reason="differs")
        try:
            house.manage_accounts.own_password(session.account, password, session.id)
        except WeakPassword as error:
            return form(request, 422, field="new", reason=error.reason)
        return see_other("/akun-saya?kabar=password")


def _add_second_factor(routes: Routes, house: House) -> None:
    factor, path = house.enter.second_factor, OWN_SECOND_FACTOR.removeprefix("/akun-saya")

    def checked(account: Account, password: str) -> tuple[Attempt, str]:
        attempt = house.enter.own_password(account, password)
        return attempt, in_words(house.wording, attempt.wait_s)

    @routes.get(path, _ANY)
    def second_factor(request: Request, ganti: str = "") -> Response:
        account = session_of(request).account
        if account.totp and not ganti:
            return _state(house, request)
        return _set_up(house, request, factor.offer(account))

    @routes.post(path, _ANY)
    def confirm(
        request: Request, offer: _Text = "", code: _Text = "", password: _Text = ""
    ) -> Response:
        session = session_of(request)
        account = session.account
        try:
            factor.key(account, offer)
        except InvalidInput:
            return see_other(OWN_SECOND_FACTOR)
        attempt, wait = checked(account, password)
        if attempt.outcome is not Outcome.OK:
            return _set_up(house, request, offer, problem=attempt.outcome, wait=wait)
        with house.one_commit():
            recovery = factor.confirm(account, offer, code)
            if recovery is not None:
                house.sessions.revoke_all(account.id, house.clock(), but=session.id)
                house.record(account, "akun.pasang_kode", "akun", account.id)
        if recovery is None:
            return _set_up(house, request, offer, problem="code")
        return house.pages.page(request, "accounts/recovery.html", codes=recovery, first=True)

    @routes.post(f"{path}/pemulihan", _ANY)
    def new_recovery(request: Request, password: _Text = "") -> Response:
        account = session_of(request).account
        attempt, wait = checked(account, password)
        if attempt.outcome is not Outcome.OK or not account.totp:
            return _state(house, request, problem=attempt.outcome, wait=wait)
        with house.one_commit():
            recovery = factor.new_recovery(account)
            house.record(account, "akun.ganti_pemulihan", "akun", account.id)
        return house.pages.page(request, "accounts/recovery.html", codes=recovery, first=False)

    @routes.post(f"{path}/hapus", _ANY)
    def remove(request: Request, password: _Text = "") -> Response:
        session = session_of(request)
        attempt, wait = checked(session.account, password)
        if attempt.outcome is not Outcome.OK:
            return _state(house, request, problem=attempt.outcome, wait=wait)
        if not _may_remove(house, session.account):
            return _state(house, request, problem="required")
        with house.one_commit():
            factor.factors.remove(session.account.id)
            house.sessions.revoke_all(session.account.id, house.clock(), but=session.id)
            house.record(session.account, "akun.lepas_kode", "akun", session.account.id)
        return see_other("/akun-saya?kabar=factor_off")


def _may_remove(house: House, account: Account) -> bool:
    return house.settings.demo or not account.sees_personal_data


def _set_up(
    house: House, request: Request, offer: str, *, problem: str = "", wait: str = ""
) -> Response:
    account = session_of(request).account
    secret = house.enter.second_factor.key(account, offer)
    return house.pages.page(
        request, "accounts/second_factor.html", 422 if problem else 200,
        offer=offer, picture=picture(secret, account.login), problem=problem, wait=wait,
        typed=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        due=second_factor_due(account, demo=house.settings.demo),
    )  # fmt: skip


def _state(house: House, request: Request, *, problem: str = "", wait: str = "") -> Response:
    account = session_of(request).account
    return house.pages.page(
        request, "accounts/second_factor_on.html", 422 if problem else 200,
        recovery_left=house.enter.second_factor.factors.recovery_left(account.id),
        removable=_may_remove(house, account), problem=problem, wait=wait,
    )  # fmt: skip
