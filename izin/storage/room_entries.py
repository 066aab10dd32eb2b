"""How stored messages become lines of a history, the same on every storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from izin.conversation_room import Delivery, Entry, EntryKind

OFFICER_KEY = "officer:"
SCHEDULED_KEY = "scheduled:"
_NOTICE_KEYS = ("notice:", "held:")
_OWN_SENTENCES = frozenset({"claimed", "released", "expired"})
_RANK = {"accepted": 0, "sent": 0, "delivered": 1, "read": 2}


def outgoing_kind(
    key: str, turn_id: str | None, outbox_id: str, authors: Mapping[str, str]
) -> tuple[EntryKind, str | None]:
    """Give whose words an outbox message holds, and the officer's id if it is an officer's.

    ``authors`` names officers by hold (``officer:7``) and by outbox id.
    """
    if key.startswith(OFFICER_KEY):
        _, hold, what = key.split(":", 2)
        if what in _OWN_SENTENCES:
            return "notice", None
        return "officer", authors.get(f"{OFFICER_KEY}{hold}")
    if key.startswith(SCHEDULED_KEY):
        return "officer", authors.get(outbox_id)
    return ("bot" if turn_id else "notice"), None


def delivery_of(
    state: str,
    told: Sequence[str],
    error: str | None,
    code: str | None,
    key: str,
    removed: bool,
) -> Delivery:
    """Give what became of a message: as far as the least far of its parts.

    A notice that failed waits for the citizen by itself; what was sealed has no words left.
    """
    if state == "failed":
        can_repeat = not removed and not key.startswith(_NOTICE_KEYS)
        return Delivery("failed", error, code, can_repeat)
    if state == "waiting":
        return Delivery("waiting")
    reached = min((_RANK.get(item, 0) for item in told), default=0)
    if reached == 2:
        return Delivery("read")
    return Delivery("delivered" if reached == 1 else "sent")


def event_entry(identity: str, at: datetime, what: str, who: str | None, **details: str) -> Entry:
    """Give an event as a line."""
    return Entry(identity, at, "event", who=who, what=what, details=details)
