"""What keeps citizens answered, and how it stands: one check for each thing that can fail.

What is measured lies in ``izin.health_facts``, the rules over it in ``izin.health_rules``; what
follows from a check that stays bad, in ``izin.alarms``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Check(StrEnum):
    """Everything that is looked at, in the order people are shown it."""

    DATABASE = "database"
    WORKER = "worker"
    RASA = "rasa"
    ACTIONS = "actions"
    TURNS = "turns"
    DELIVERIES = "deliveries"
    TELEGRAM = "telegram"
    TELEGRAM_WEBHOOK = "telegram_webhook"
    TELEGRAM_DELIVERY = "telegram_delivery"
    WHATSAPP = "whatsapp"
    WHATSAPP_WEBHOOK = "whatsapp_webhook"
    WHATSAPP_DELIVERY = "whatsapp_delivery"
    DISK = "disk"
    CERTIFICATE = "certificate"
    BACKUP = "backup"
    REGISTRY = "registry"
    MODEL = "model"
    FALLBACK = "fallback"
    RESTARTS = "restarts"
    CLOCK = "clock"


class State(StrEnum):
    """How a check stands."""

    GOOD = "baik"
    ATTENTION = "perhatian"
    """It works for now."""
    FAILED = "gagal"
    """Citizens or the office are harmed."""
    UNKNOWN = "tidak_diketahui"
    """It could not be measured."""
    OFF = "tidak_dipakai"
    """There is nothing to look at here."""


BAD = frozenset({State.ATTENTION, State.FAILED})

Values = Mapping[str, str | int]
"""Numbers, codes, and dates as ISO text; never anything about a person."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at a check gave.

    Attributes:
        code: Its sentence is the wording ``health.said.<check>.<code>``.
        values: Parameters of the sentence.
        patience: How long it must be bad before people are told.
    """

    check: Check
    state: State
    code: str = "good"
    values: Values = field(default_factory=dict)
    patience: timedelta = timedelta(minutes=2)


SIGN_FRESH = timedelta(minutes=3)
"""A part that says something every minute and was not heard for so long is away."""

WATCH = "watch"
"""Kind of sign that the watching itself leaves."""

GATEWAY = "gateway"
SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a process last said of itself and its machine.

    Attributes:
        source: Names the process: kind, machine and port.
        kind: ``gateway``, ``supervisor`` or ``watch``.
        started_at: When the process began.
        document: What it said; see whoever writes it.
    """

    source: str
    kind: str
    at: datetime
    started_at: datetime
    document: Mapping[str, Any] = field(default_factory=dict)

    def is_fresh(self, now: datetime) -> bool:
        """Say whether it was heard lately."""
        return now - self.at < SIGN_FRESH
