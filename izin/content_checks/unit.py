"""Looks at a unit: its code, and that the office itself stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.content import Check, Everything, Problem
from izin.errors import InvalidInput
from izin.units import Unit, checked


def check(unit: Unit, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a unit."""
    found = []
    try:
        checked(unit)
    except InvalidInput as error:
        found.append(Problem(f"unit_{error.field}", error.field or ""))
    others = [
        item for item in everything.items(content.UNIT) if item.item.key != unit.code and item.live
    ]
    if unit.desk and not unit.active:
        found.append(Problem("unit_desk_off"))
    if unit.desk and any(item.document["desk"] for item in others):
        found.append(Problem("unit_two_desks"))
    for item in others:
        if item.document["name"].casefold() == unit.name.casefold():
            found.append(Problem("unit_name_taken", "name", {"code": item.item.key}, warning=True))
    return found


def still_needed(code: str, everything: Everything) -> Sequence[Problem]:
    """Give why a unit cannot be switched off; empty when it can."""
    desks = {item.item.key for item in everything.items(content.UNIT) if item.document["desk"]}
    return [Problem("unit_desk_off")] if code in desks else []


CHECKS: Mapping[str, Check] = {content.UNIT: check}
