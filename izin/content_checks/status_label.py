"""Looks at a status label: short enough for the lists it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.applications import Status
from izin.content import Check, Everything, Problem

LONGEST = 60


def check(pair: tuple[str, str], everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a status label, a pair of code and label."""
    code, label = pair
    found = []
    if code not in {status.value for status in Status}:
        found.append(Problem("status_unknown", "code", {"code": code}))
    if not label.strip():
        found.append(Problem("status_empty", "label"))
    elif len(label) > LONGEST:
        found.append(Problem("status_long", "label", {"longest": LONGEST}))
    for item in everything.items(content.STATUS_LABEL):
        other, words = item.document
        if other != code and words.casefold() == label.strip().casefold():
            found.append(Problem("status_taken", "label", {"code": other}))
    return found


def still_needed(code: str, everything: Everything) -> Sequence[Problem]:
    """Give why a status label cannot be switched off: applications with it have no other."""
    return [Problem("status_always_needed")]


CHECKS: Mapping[str, Check] = {content.STATUS_LABEL: check}
