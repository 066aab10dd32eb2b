"""Looks at a class of complaint: its working days, and who still needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.complaint_rules import SUPERVISED_CLASS
from izin.complaints import ComplaintClass
from izin.content import Check, Everything, Problem

LONGEST_WORKING_DAYS: Mapping[str, int] = {
    "PERMINTAAN_INFORMASI": 5, "ASPIRASI": 14, "TIDAK_BERKADAR": 14, "BERKADAR": 60,
}  # fmt: skip
"""What offices hold to: 5, 14 and 60 working days by class (follow-up of complaints under
PermenPANRB 62/2018). UU 25/2009 Ps. 50 ayat 1 ends every other at 60 days."""

LONGEST_OF_ALL = 60


def check(one: ComplaintClass, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a class of complaint."""
    found = []
    days, longest = one.resolve_working_days, LONGEST_WORKING_DAYS.get(one.code, LONGEST_OF_ALL)
    if days < 1:
        found.append(Problem("class_no_days", "resolve_working_days"))
    elif days > longest:
        values = {"days": days, "longest": longest}
        found.append(Problem("class_days_long", "resolve_working_days", values, warning=True))
    if one.code == SUPERVISED_CLASS and not (one.always_confidential and one.human_only):
        found.append(Problem("class_must_stay_closed", "always_confidential"))
    return found


def still_needed(code: str, everything: Everything) -> Sequence[Problem]:
    """Give why a class cannot be switched off; empty when it can."""
    if code == SUPERVISED_CLASS:
        return [Problem("class_of_the_product")]
    users = [
        str(item.document["label"])
        for item in everything.items(content.COMPLAINT_CATEGORY)
        if item.live and item.document["class_code"] == code
    ]
    return [Problem("class_in_use", values={"users": ", ".join(users)})] if users else []


CHECKS: Mapping[str, Check] = {content.COMPLAINT_CLASS: check}
