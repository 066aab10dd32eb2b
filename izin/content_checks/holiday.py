"""Looks at a holiday: one a day, on a day on which the office would be open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.content import Check, Everything, Problem
from izin.office import Holiday

KINDS = frozenset({"libur_nasional", "cuti_bersama", "daerah"})


def check(holiday: Holiday, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a holiday."""
    found = []
    if holiday.kind not in KINDS:
        found.append(Problem("holiday_kind", "kind", {"kind": holiday.kind}))
    if holiday.day.weekday() >= 5 and holiday.kind != "libur_nasional":
        found.append(Problem("holiday_on_weekend", "day", warning=True))
    if twin := _twin(holiday, everything):
        found.append(Problem("holiday_doubled", "name", {"day": twin}, warning=True))
    return found


def _twin(holiday: Holiday, everything: Everything) -> str:
    """Give another day of the same year and name; joint leave has several of one name."""
    own = holiday.day.isoformat()
    if holiday.kind == "cuti_bersama":
        return ""
    for item in everything.items(content.HOLIDAY):
        other = item.document
        same_year = item.live and item.item.key != own and other["day"][:4] == own[:4]
        if same_year and other["name"].casefold() == holiday.name.casefold():
            return str(other["day"])
    return ""


CHECKS: Mapping[str, Check] = {content.HOLIDAY: check}
