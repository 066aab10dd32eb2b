"""What the facts mean for Telegram and WhatsApp: token, webhook, deliveries. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from izin.health import Check, Reading, State
from izin.health_facts import ChannelFacts, Facts, HouseFacts, PlatformFacts

MANY_REFUSED = 5
"""Refused webhook calls in a quarter of an hour, with none that was right: the secret differs."""

KNOCKING = 200
"""Refused calls beside right ones: somebody else knocks."""

FEWEST_UNDELIVERED = 3
ERROR_LATELY = timedelta(minutes=15)
MANY_PENDING = 100

_SECRET_STATUS = frozenset({401, 403})


def platform(check: Check, channel: str, facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    """Say whether the platform takes our token."""
    found = facts.outside.platforms.get(channel)
    if found is None:
        return Reading(check, State.OFF, "off")
    if found.answer == "refused":
        return Reading(check, State.FAILED, "refused", patience=timedelta(minutes=1))
    if found.answer == "unreachable":
        # Their own short failures are none of ours, and mend themselves.
        return Reading(check, State.FAILED, "unreachable", patience=timedelta(minutes=10))
    return Reading(check, State.GOOD)


def webhook(check: Check, channel: str, facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    """Say whether messages reach us."""
    found = facts.outside.platforms.get(channel)
    flow = house.channels.get(channel, ChannelFacts())
    if found is None or (channel == "telegram" and facts.outside.polled):
        return Reading(check, State.OFF, "off")
    if _secret_differs(found, flow, now):
        values = {"refused": flow.refused}
        return Reading(check, State.FAILED, "secret", values, timedelta(minutes=1))
    if found.webhook in ("other", "none"):
        return Reading(check, State.FAILED, "elsewhere", patience=timedelta(minutes=3))
    if _fails_lately(found, now) and found.pending:
        code = "untrusted" if found.error_tls else "errors"
        values = {"pending": found.pending, "status": found.error_status}
        patience = timedelta(minutes=3)
        return Reading(check, State.FAILED, code, values if code == "errors" else {}, patience)
    if flow.refused >= KNOCKING:
        return Reading(
            check, State.ATTENTION, "knocking", {"refused": flow.refused}, timedelta(minutes=15)
        )
    if found.pending >= MANY_PENDING:
        return Reading(
            check, State.ATTENTION, "pending", {"pending": found.pending}, timedelta(minutes=10)
        )
    return Reading(check, State.GOOD)


def _secret_differs(found: PlatformFacts, flow: ChannelFacts, now: datetime) -> bool:
    if flow.received:
        return False
    told = _fails_lately(found, now) and found.error_status in _SECRET_STATUS and found.pending > 0
    return told or flow.refused >= MANY_REFUSED


def _fails_lately(found: PlatformFacts, now: datetime) -> bool:
    return found.error_at is not None and now - found.error_at < ERROR_LATELY


def delivery(check: Check, channel: str, facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    """Say whether the platform takes our answers."""
    if channel not in facts.outside.platforms:
        return Reading(check, State.OFF, "off")
    flow = house.channels.get(channel, ChannelFacts())
    bad = flow.given_up + flow.retried
    values = {"undelivered": bad}
    if bad < FEWEST_UNDELIVERED:
        return Reading(check, State.GOOD)
    if not flow.accepted:
        return Reading(check, State.FAILED, "none", values, timedelta(minutes=1))
    if bad > flow.accepted:
        return Reading(check, State.ATTENTION, "many", values, timedelta(minutes=5))
    return Reading(check, State.GOOD)
