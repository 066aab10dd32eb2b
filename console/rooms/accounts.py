"""Accounts of the console: what admins do. It shows no citizen's data."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from console.door import session_of
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin.accounts import Account, Permission, Role
from izin.errors import Conflict, InvalidInput
from izin.units import Unit
from izin.usecases.manage_accounts import role_of

_ADMIN = Permission.ACCOUNTS
_SPACE = uuid.UUID("5c1d9a0e-6a53-4b0f-9a53-0a7e6c1f2b10")
"""Makes an account's id of the form it was made on: the same form twice is one account."""

DONE = frozenset({"saved", "on", "off", "factor_reset", "sessions"})


def router(house: House) -> APIRouter:
    """Serve ``/akun`` and what is below it."""
    routes = Routes("/akun")
    _add_list(routes, house)
    _add_new(routes, house)
    _add_account(routes, house)
    _add_acts(routes, house)
    return routes.router


def _add_list(routes: Routes, house: House) -> None:
    @routes.get("", _ADMIN)
    def accounts(request: Request) -> Response:
        known = house.accounts.all()
        names = {unit.code: unit.name for unit in house.units.all()}
        return house.pages.page(
            request, "accounts/list.html", units=names,
            active=[item for item in known if item.active],
            inactive=[item for item in known if not item.active],
        )  # fmt: skip


def _add_new(routes: Routes, house: House) -> None:
    @routes.get("/baru", _ADMIN)
    def new_form(request: Request) -> Response:
        return _form(house, request, None, once=uuid.uuid4().hex)

    @routes.post("/baru", _ADMIN)
    async def add(request: Request) -> Response:
        return await run_in_threadpool(_add, house, request, await _typed(request))


def _add(house: House, request: Request, typed: dict[str, Any]) -> Response:
    admin, once = session_of(request).account, typed["once"] or uuid.uuid4().hex
    account_id = str(uuid.uuid5(_SPACE, once))
    try:
        account = _given(house, typed, Account(account_id, typed["login"], "", frozenset()))
        password = house.manage_accounts.add(admin.id, account)
    except InvalidInput as error:
        return _form(house, request, None, 422, once=once, wrong=error.field or "", typed=typed)
    except Conflict:
        if any(known.id == account_id for known in house.accounts.all()):
            return see_other(f"/akun/{account_id}")
        return _form(house, request, None, 422, once=once, wrong="taken", typed=typed)
    return _password_page(house, request, house.accounts.account(account_id), password)


def _add_account(routes: Routes, house: House) -> None:
    @routes.get("/{account_id}", _ADMIN)
    def one(request: Request, account_id: str, kabar: str = "") -> Response:
        shown = house.accounts.account(account_id)
        return _form(house, request, shown, done=kabar if kabar in DONE else "")

    @routes.post("/{account_id}", _ADMIN)
    async def change(request: Request, account_id: str) -> Response:
        typed = await _typed(request)
        return await run_in_threadpool(_change, house, request, account_id, typed)


def _change(house: House, request: Request, account_id: str, typed: dict[str, Any]) -> Response:
    admin, before = session_of(request).account, house.accounts.account(account_id)
    try:
        wanted = _given(house, typed, before)
        if before.id == admin.id:
            # Nobody gives oneself rights: another admin does, or whoever holds the machine.
            wanted = replace(wanted, roles=before.roles, unit=before.unit)
        house.manage_accounts.change(admin.id, wanted)
    except InvalidInput as error:
        return _form(house, request, before, 422, wrong=error.field or "", typed=typed)
    except Conflict:
        return _form(house, request, before, 409, wrong="last_admin", typed=typed)
    return see_other(f"/akun/{account_id}?kabar=saved")


def _add_acts(routes: Routes, house: House) -> None:
    manage = house.manage_accounts

    def other(request: Request, account_id: str) -> tuple[str, Account]:
        admin, account = session_of(request).account, house.accounts.account(account_id)
        if account.id == admin.id:
            raise Conflict("one's own account is changed by another admin")
        return admin.id, account

    def switched(request: Request, account_id: str, *, active: bool) -> Response:
        admin, account = other(request, account_id)
        try:
            manage.change(admin, replace(account, active=active))
        except Conflict:
            return _form(house, request, account, 409, wrong="last_admin")
        return see_other(f"/akun/{account_id}?kabar={'on' if active else 'off'}")

    @routes.post("/{account_id}/aktifkan", _ADMIN)
    def switch_on(request: Request, account_id: str) -> Response:
        return switched(request, account_id, active=True)

    @routes.post("/{account_id}/nonaktifkan", _ADMIN)
    def switch_off(request: Request, account_id: str) -> Response:
        return switched(request, account_id, active=False)

    @routes.post("/{account_id}/kata-sandi", _ADMIN)
    def reset_password(request: Request, account_id: str) -> Response:
        admin, account = other(request, account_id)
        password = manage.reset_password(admin, account)
        return _password_page(house, request, account, password)

    @routes.post("/{account_id}/kode", _ADMIN)
    def reset_second_factor(request: Request, account_id: str) -> Response:
        manage.reset_second_factor(*other(request, account_id))
        return see_other(f"/akun/{account_id}?kabar=factor_reset")

    @routes.post("/{account_id}/sesi", _ADMIN)
    def end_sessions(request: Request, account_id: str) -> Response:
        manage.end_sessions(*other(request, account_id))
        return see_other(f"/akun/{account_id}?kabar=sessions")


async def _typed(request: Request) -> dict[str, Any]:
    form = await request.form()
    names = ("once", "login", "name", "title", "unit")
    typed: dict[str, Any] = {name: _text(form.get(name)) for name in names}
    return {**typed, "roles": [_text(role) for role in form.getlist("roles")]}


def _text(value: object) -> str:
    """Give a field's text; a file sent in its place is none."""
    return value if isinstance(value, str) else ""


def _given(house: House, typed: dict[str, Any], account: Account) -> Account:
    """Give the account as typed; its checks are made when it is stored."""
    unit = typed["unit"] or None
    if unit is not None and unit not in {known.code for known in _units(house)}:
        raise InvalidInput(f"no unit {unit!r}", field="unit")
    return replace(
        account, name=typed["name"], title=typed["title"] or account.title, unit=unit,
        roles=frozenset(role_of(role) for role in typed["roles"]),
    )  # fmt: skip


def _units(house: House) -> Sequence[Unit]:
    """Give the units one can belong to; the office's own desk is belonging to none."""
    return [unit for unit in house.units.all() if unit.active and not unit.desk]


def _form(
    house: House,
    request: Request,
    shown: Account | None,
    status: int = 200,
    *,
    once: str = "",
    wrong: str = "",
    typed: dict[str, Any] | None = None,
    done: str = "",
) -> Response:
    """Give an account's page, or that of a new one, with what was typed."""
    if typed is None:
        typed = {"login": "", "name": "", "title": "", "unit": "", "roles": [Role.OFFICER.value]}
        if shown is not None:
            typed = {
                "login": shown.login, "name": shown.name, "title": shown.title,
                "unit": shown.unit or "", "roles": sorted(shown.roles),
            }  # fmt: skip
    going_on = house.sessions.of_account(shown.id, house.clock()) if shown else ()
    return house.pages.page(
        request, "accounts/account.html", status, shown=shown, once=once, wrong=wrong, typed=typed,
        done=done, roles=[role.value for role in Role], units=_units(house),
        own=shown is not None and shown.id == session_of(request).account.id, sessions=going_on,
    )  # fmt: skip


def _password_page(house: House, request: Request, account: Account, password: str) -> Response:
    return house.pages.page(request, "accounts/temporary.html", shown=account, temporary=password)
