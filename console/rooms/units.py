"""Units (OPD) that complaints go to."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.door import session_of
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import Conflict, InvalidInput
from izin.units import LONGEST_CONTACT, LONGEST_NAME, Unit

BASE = "/unit"
Typed = Annotated[str, Form()]


def router(house: House) -> APIRouter:
    """Serve ``/unit``."""
    routes = Routes(BASE)

    def page(
        request: Request,
        status: int = 200,
        *,
        problem: str | None = None,
        at: str = "",
        kept: Unit | None = None,
    ) -> Response:
        """Give the list with its forms; ``at`` is the code of the form that came back."""
        people: dict[str, int] = {}
        for account in house.accounts.all():
            if account.active and account.unit:
                people[account.unit] = people.get(account.unit, 0) + 1
        return house.pages.page(
            request, "units/list.html", status, units=house.units.all(), people=people,
            categories=house.catalogue.complaint_categories(), problem=problem, at=at,
            kept=kept or Unit("", ""), longest_name=LONGEST_NAME,
            longest_contact=LONGEST_CONTACT, once=uuid.uuid4().hex,
        )  # fmt: skip

    @routes.get("", Permission.UNITS)
    def all_units(request: Request) -> Response:
        return page(request)

    @routes.post("", Permission.UNITS)
    def add(request: Request, code: Typed = "", name: Typed = "", contact: Typed = "") -> Response:
        new = Unit(code.strip().upper(), name, contact=contact)
        try:
            with house.one_commit():
                stored = house.units.add(new)
                house.record(session_of(request).account, "unit.tambah", "unit", stored.code)
        except InvalidInput as error:
            return page(request, 422, problem=f"units.problem.{error.field}", at="+", kept=new)
        except Conflict:
            return page(request, 409, problem="units.problem.known", at="+", kept=new)
        return see_other(f"{BASE}#unit-{stored.code}")

    @routes.post("/{code}", Permission.UNITS)
    def edit(
        request: Request, code: str, name: Typed = "", contact: Typed = "", active: Typed = ""
    ) -> Response:
        known = house.units.unit(code)
        wanted = replace(known, name=name, contact=contact, active=bool(active) or known.desk)
        try:
            with house.one_commit():
                house.units.edit(wanted)
                house.record(
                    session_of(request).account, "unit.ubah", "unit", code, active=wanted.active
                )
        except InvalidInput as error:
            problem = f"units.problem.{error.field}"
            return page(request, 422, problem=problem, at=code, kept=wanted)
        return see_other(f"{BASE}#unit-{code}")

    return routes.router
