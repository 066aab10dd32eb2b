"""Looks at an old name: the permit that answers for it is known, and has not that name now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.content import Check, Everything, Problem
from izin.permits import LegacyName


def check(name: LegacyName, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with an old name."""
    found = []
    permits = {item.item.key: item for item in everything.items(content.PERMIT) if item.live}
    if name.code is not None and name.code not in permits:
        found.append(Problem("legacy_code_unknown", "code", {"code": name.code}))
    old = name.old.casefold()
    for code, item in permits.items():
        current = (item.document["short_name"], item.document["official_name"])
        if any(str(one).casefold() == old for one in current):
            found.append(Problem("legacy_still_used", "old", {"code": code}, warning=True))
    return found


CHECKS: Mapping[str, Check] = {content.LEGACY_NAME: check}
