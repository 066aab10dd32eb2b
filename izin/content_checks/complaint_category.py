"""Looks at a category of complaint: its class, its phrases, and who still needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.complaints import ComplaintCategory
from izin.content import Check, Everything, Problem

ALWAYS_NEEDED = frozenset({"LAINNYA", "PUNGLI"})
"""What fits nowhere goes to the first; reports of extortion lie apart from all others."""

LONGEST_LABEL = 80


def check(category: ComplaintCategory, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a category of complaint."""
    found = []
    classes = {
        item.item.key: item.document
        for item in everything.items(content.COMPLAINT_CLASS)
        if item.live
    }
    own = classes.get(category.class_code)
    if own is None:
        found.append(Problem("category_class", "class_code", {"code": category.class_code}))
    elif own["always_confidential"] and not category.confidential:
        found.append(Problem("category_not_closed", "confidential", warning=True))
    owners: dict[str, str] = {}
    for item in everything.items(content.COMPLAINT_CATEGORY):
        if item.live and item.item.key != category.code:
            for phrase in item.document["phrases"]:
                owners[_folded(phrase)] = str(item.document["label"])
    for phrase in category.phrases:
        if owner := owners.get(_folded(phrase)):
            values = {"phrase": phrase, "owner": owner}
            found.append(Problem("category_phrase_taken", "phrases", values, warning=True))
    return found


def still_needed(code: str, everything: Everything) -> Sequence[Problem]:
    """Give why a category cannot be switched off; empty when it can."""
    return [Problem("category_always_needed")] if code in ALWAYS_NEEDED else []


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


CHECKS: Mapping[str, Check] = {content.COMPLAINT_CATEGORY: check}
