"""Looks at a reply kept ready: its variables, its length, and a title of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin import content
from izin.canned_replies import CannedReply, checked, unknown_variables
from izin.content import Check, Everything, Problem
from izin.errors import InvalidInput


def check(reply: CannedReply, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a reply kept ready."""
    found = []
    if unknown := unknown_variables(reply.text):
        names = ", ".join(f"[{name}]" for name in unknown)
        found.append(Problem("canned_variable", "text", {"names": names}))
    try:
        checked(reply)
    except InvalidInput as error:
        if error.field != "variable":
            found.append(Problem(f"canned_{error.field}", error.field or ""))
    title = reply.title.strip().casefold()
    for item in everything.items(content.CANNED):
        same = item.document["title"].casefold() == title
        if same and item.live and item.item.key != reply.id:
            found.append(Problem("canned_title_taken", "title", warning=True))
    return found


CHECKS: Mapping[str, Check] = {content.CANNED: check}
