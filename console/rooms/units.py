"""Units (OPD) that complaints go to; every change is a version that a second person approves."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.door import session_of
from console.editing import kind_saving as saving
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin import content
from izin.accounts import Account, Permission
from izin.content import ItemName
from izin.errors import Conflict, InvalidInput
from izin.storage.documents import plain
from izin.units import LONGEST_CONTACT, LONGEST_NAME, Unit, checked

BASE = "/unit"
Typed = Annotated[str, Form()]


def router(house: House) -> APIRouter:
    """Serve ``/unit``."""
    routes = Routes(BASE)

    @routes.get("", Permission.UNITS)
    def all_units(request: Request) -> Response:
        return _page(house, request)

    @routes.post("", Permission.UNITS)
    def add(request: Request, code: Typed = "", name: Typed = "", contact: Typed = "") -> Response:
        account, new = (
            session_of(request).account,
            Unit(code.strip().upper(), name, contact=contact),
        )
        if any(unit.code == new.code for unit in house.units.all()):
            return _page(house, request, 409, problem="units.problem.known", at="+", kept=new)
        return _kept(house, request, new, account, "+")

    @routes.post("/{code}", Permission.UNITS)
    def edit(
        request: Request, code: str, name: Typed = "", contact: Typed = "", active: Typed = ""
    ) -> Response:
        known = house.units.unit(code)
        wanted = replace(known, name=name, contact=contact, active=bool(active) or known.desk)
        return _kept(house, request, wanted, session_of(request).account, code)

    return routes.router


def _kept(house: House, request: Request, typed: Unit, account: Account, at: str) -> Response:
    """Save a unit as a version and hand it on, or give the form again."""
    try:
        unit = checked(typed)
        document, name = plain(unit), ItemName(content.UNIT, unit.code)
        version = saving.saved(house, name, document, unit.active, account)
        saving.submitted(house, version, account)
    except InvalidInput as error:
        problem = f"units.problem.{error.field}"
        return _page(house, request, 422, problem=problem, at=at, kept=typed)
    except Conflict:
        problem = "units.problem.known" if at == "+" else "units.problem.waits"
        return _page(house, request, 409, problem=problem, at=at, kept=typed)
    return see_other(f"{BASE}#unit-{unit.code}")


def _page(
    house: House, request: Request, status: int = 200, *, problem: str | None = None,
    at: str = "", kept: Unit | None = None,
) -> Response:  # fmt: skip
    """Give the list with its forms; ``at`` is the code of the form that came back."""
    people: dict[str, int] = {}
    for account in house.accounts.all():
        if account.active and account.unit:
            people[account.unit] = people.get(account.unit, 0) + 1
    units = house.units.all()
    known = {unit.code for unit in units}
    waiting = {
        item.item.key: item.open_version
        for item in house.content.items(content.UNIT)
        if item.open_version
    }
    return house.pages.page(
        request, "units/list.html", status, units=units, people=people, waiting=waiting,
        coming=[version for code, version in waiting.items() if code not in known],
        may_see=session_of(request).account.may(Permission.CONTENT),
        alone=house.edit_content.single_editor,
        categories=house.catalogue.complaint_categories(), problem=problem, at=at,
        kept=kept or Unit("", ""), longest_name=LONGEST_NAME, longest_contact=LONGEST_CONTACT,
        once=uuid.uuid4().hex,
    )  # fmt: skip
