"""What the measured facts mean: one small rule for each check. Pure.

The numbers are chosen so that a quiet night, a single failure or one clumsy citizen never rings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from izin.health import SUPERVISOR, Check, Reading, State
from izin.health_channels import delivery, platform, webhook
from izin.health_disks import disk
from izin.health_facts import Certificate, Facts, HouseFacts, Understanding

QUEUE_LATE_S = 300.0
"""Citizens wait five minutes at most before somebody hears of it."""

TURN_STUCK_S = 120.0
"""A turn has 20 s; six times that is no slow Rasa but a worker that stands still."""

WORKER_SILENT_S = 60.0
"""Workers beat every 5 s."""

BACKUP_LATE = timedelta(hours=36)
"""A nightly backup that was missed once, with half a day to mend it."""

CERTIFICATE_SOON = timedelta(days=14)
CLOCK_ODD_S, CLOCK_WRONG_S = 5.0, 60.0
RESTARTS_WITHIN = timedelta(minutes=15)
MANY_RESTARTS = 4

FEWEST_RECENT, FEWEST_LOST, FEWEST_USUAL = 30, 10, 200
"""Messages below which a share says nothing."""

WORSE_BY, WORSE_TIMES = 0.10, 1.5
LOST_WITHOUT_USUAL = 0.5

_AT_ONCE = timedelta(0)
_SOME = timedelta(minutes=3)
_LONG = timedelta(minutes=10)

Rule = Callable[[Facts, HouseFacts, datetime], Reading]


def examine(facts: Facts, now: datetime) -> dict[Check, Reading]:
    """Give a reading of every check; without our database only it is known, as failed."""
    if facts.house is None:
        unknown = {check: Reading(check, State.UNKNOWN, "unknown") for check in Check}
        away = Reading(Check.DATABASE, State.FAILED, "away")
        return {**unknown, Check.DATABASE: away}
    good = Reading(Check.DATABASE, State.GOOD)
    house = facts.house
    return {Check.DATABASE: good, **{check: rule(facts, house, now) for check, rule in RULES}}


def _worker(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    silent = house.worker_silent_s
    if silent is None or silent > WORKER_SILENT_S:
        values = {"minutes": 0 if silent is None else round(silent / 60)}
        code = "never" if silent is None else "silent"
        return Reading(Check.WORKER, State.FAILED, code, values, timedelta(minutes=1))
    if house.longest_turn_s > TURN_STUCK_S:
        minutes = {"minutes": round(house.longest_turn_s / 60)}
        return Reading(Check.WORKER, State.FAILED, "stuck", minutes, timedelta(minutes=1))
    return Reading(Check.WORKER, State.GOOD)


def _queue(check: Check, facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    age = house.oldest_turn_s if check is Check.TURNS else house.oldest_delivery_s
    if age > QUEUE_LATE_S:
        # After a night switched off all is old for a moment: a second look must find it, too.
        minute, minutes = timedelta(minutes=1), {"minutes": round(age / 60)}
        return Reading(check, State.FAILED, "late", minutes, minute)
    return Reading(check, State.GOOD)


def _rasa(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    processes = facts.outside.rasa
    away = [one.name for one in processes if one.model_id is None]
    if not processes:
        return Reading(Check.RASA, State.UNKNOWN, "unknown")
    if not away:
        return Reading(Check.RASA, State.GOOD)
    if len(away) < len(processes):
        values: dict[str, str | int] = {"away": len(away), "of": len(processes)}
        return Reading(Check.RASA, State.ATTENTION, "some_away", values, _SOME)
    return Reading(Check.RASA, State.FAILED, "away")


def _actions(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    if facts.outside.actions is None:
        return Reading(Check.ACTIONS, State.UNKNOWN, "unknown")
    if facts.outside.actions:
        return Reading(Check.ACTIONS, State.GOOD)
    return Reading(Check.ACTIONS, State.FAILED, "away")


def _registry(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    if not facts.outside.registry_connected:
        return Reading(Check.REGISTRY, State.OFF, "off")
    if facts.outside.registry is None:
        return Reading(Check.REGISTRY, State.UNKNOWN, "unknown")
    if facts.outside.registry:
        return Reading(Check.REGISTRY, State.GOOD)
    return Reading(Check.REGISTRY, State.FAILED, "away", patience=timedelta(minutes=5))


def _model(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    loaded = [one.model_id for one in facts.outside.rasa if one.model_id is not None]
    if not loaded or not house.published:
        return Reading(Check.MODEL, State.UNKNOWN, "unknown")
    wrong = sum(model != house.published for model in loaded)
    if wrong:
        values = {"wrong": wrong, "of": len(loaded)}
        return Reading(Check.MODEL, State.ATTENTION, "other", values, _LONG)
    return Reading(Check.MODEL, State.GOOD)


def _backup(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    backup = house.backup
    if not facts.production:
        return Reading(Check.BACKUP, State.OFF, "off")
    last = backup.last_good
    newest = last or backup.since
    late = newest is None or now - newest > BACKUP_LATE
    hours = {"hours": round((now - newest).total_seconds() / 3600) if newest else 0}
    if late:
        code = "late" if last else "never"
        return Reading(Check.BACKUP, State.FAILED, code, hours if last else {}, _AT_ONCE)
    if backup.failed is not None:
        return Reading(Check.BACKUP, State.ATTENTION, "failed", {}, _AT_ONCE)
    if last is None:
        return Reading(Check.BACKUP, State.GOOD, "young")
    return Reading(Check.BACKUP, State.GOOD, "good", hours)


def _certificate(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    found = facts.outside.certificates
    if not found:
        return Reading(Check.CERTIFICATE, State.OFF, "off")
    readings = [_one_certificate(item, now) for item in found]
    order = (State.FAILED, State.ATTENTION, State.UNKNOWN, State.GOOD)
    return min(readings, key=lambda reading: order.index(reading.state))


def _one_certificate(item: Certificate, now: datetime) -> Reading:
    check = Check.CERTIFICATE
    values: dict[str, str | int] = {"host": item.host}
    if not item.reached:
        return Reading(check, State.UNKNOWN, "unreachable", values)
    if item.until is not None:
        values["until_on"] = item.until.date().isoformat()
        if item.until <= now:
            return Reading(check, State.FAILED, "expired", values, _AT_ONCE)
    if not item.trusted:
        return Reading(check, State.FAILED, "untrusted", {"host": item.host}, _SOME)
    if item.until is None:
        return Reading(check, State.UNKNOWN, "unreachable", values)
    if item.until - now < CERTIFICATE_SOON:
        values["days"] = (item.until - now).days
        return Reading(check, State.ATTENTION, "soon", values, _AT_ONCE)
    return Reading(check, State.GOOD, "good", values)


def _fallback(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    recent, usual = house.recent, house.usual
    values = {
        "percent": round(recent.share * 100), "usual": round(usual.share * 100),
        "messages": recent.judged,
    }  # fmt: skip
    if recent.judged < FEWEST_RECENT:
        return Reading(Check.FALLBACK, State.GOOD, "few")
    if not _rises(recent, usual):
        return Reading(Check.FALLBACK, State.GOOD, "good", {"percent": values["percent"]})
    return Reading(Check.FALLBACK, State.ATTENTION, "rising", values, _LONG)


def _rises(recent: Understanding, usual: Understanding) -> bool:
    if recent.lost < FEWEST_LOST:
        return False
    if usual.judged < FEWEST_USUAL:
        return recent.share > LOST_WITHOUT_USUAL
    # Three standard deviations of a share of so few messages: chance alone hardly goes there.
    chance = 3 * (usual.share * (1 - usual.share) / recent.judged) ** 0.5
    risen = recent.share - usual.share
    return risen > max(WORSE_BY, chance) and recent.share > WORSE_TIMES * usual.share


def _restarts(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    known, worst = False, ("", 0)
    for sign in house.signs:
        if sign.kind == SUPERVISOR and sign.is_fresh(now):
            known = True
            for name, child in sign.document.get("children", {}).items():
                worst = max(worst, (str(name), _late_deaths(child, now)), key=lambda one: one[1])
    if not known:
        return Reading(Check.RESTARTS, State.OFF, "off")
    name, many = worst
    if many >= MANY_RESTARTS:
        values: dict[str, str | int] = {"part": name, "times": many}
        return Reading(Check.RESTARTS, State.FAILED, "again", values, _AT_ONCE)
    return Reading(Check.RESTARTS, State.GOOD)


def _late_deaths(child: Any, now: datetime) -> int:
    deaths = (datetime.fromisoformat(at) for at in child.get("died", ()))
    return sum(now - at < RESTARTS_WITHIN for at in deaths)


def _clock(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    offsets = [
        float(sign.document["clock_offset_s"])
        for sign in house.signs
        if sign.is_fresh(now) and "clock_offset_s" in sign.document
    ]
    if not offsets:
        return Reading(Check.CLOCK, State.UNKNOWN, "unknown")
    worst = max(offsets, key=abs)
    values = {"seconds": round(abs(worst))}
    if abs(worst) > CLOCK_WRONG_S:
        return Reading(Check.CLOCK, State.FAILED, "wrong", values, _SOME)
    if abs(worst) > CLOCK_ODD_S:
        return Reading(Check.CLOCK, State.ATTENTION, "wrong", values, _LONG)
    return Reading(Check.CLOCK, State.GOOD)


RULES: tuple[tuple[Check, Rule], ...] = (
    (Check.WORKER, _worker),
    (Check.RASA, _rasa),
    (Check.ACTIONS, _actions),
    (Check.TURNS, partial(_queue, Check.TURNS)),
    (Check.DELIVERIES, partial(_queue, Check.DELIVERIES)),
    (Check.TELEGRAM, partial(platform, Check.TELEGRAM, "telegram")),
    (Check.TELEGRAM_WEBHOOK, partial(webhook, Check.TELEGRAM_WEBHOOK, "telegram")),
    (Check.TELEGRAM_DELIVERY, partial(delivery, Check.TELEGRAM_DELIVERY, "telegram")),
    (Check.WHATSAPP, partial(platform, Check.WHATSAPP, "whatsapp")),
    (Check.WHATSAPP_WEBHOOK, partial(webhook, Check.WHATSAPP_WEBHOOK, "whatsapp")),
    (Check.WHATSAPP_DELIVERY, partial(delivery, Check.WHATSAPP_DELIVERY, "whatsapp")),
    (Check.DISK, disk),
    (Check.CERTIFICATE, _certificate),
    (Check.BACKUP, _backup),
    (Check.REGISTRY, _registry),
    (Check.MODEL, _model),
    (Check.FALLBACK, _fallback),
    (Check.RESTARTS, _restarts),
    (Check.CLOCK, _clock),
)
