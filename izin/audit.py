"""The record of who did and read what: ids and codes, never a personal value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from izin.errors import InvalidInput

SYSTEM = "sistem"
"""Actor of what no person did (time, a job)."""

TERMINAL = "terminal"
"""Actor of what was done from the machine's own command line."""

LONGEST_VALUE = 200
LONGEST_WORDS = 32
"""A value with blanks that is longer is no code but somebody's words."""

_HARMLESS = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,128}"
    r"|\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?",
    re.IGNORECASE,
)
"""Ids, digests and dates hold long runs of digits by nature."""

_PERSONAL = {
    "a NIK": re.compile(r"(?<!\d)\d{16}(?!\d)"),
    "a phone number": re.compile(
        r"(?<!\d)(\+?62|0)8\d{7,11}(?!\d)|(?<!\d)(\+?62[ -]?|0)8\d{2}[ -]\d{3,4}[ -]\d{3,5}"
        r"|\+\d[\d -]{8,}\d"
    ),
    "an e-mail address": re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]"),
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action, or one reading of personal data.

    Attributes:
        at: Aware moment.
        actor: Account id, :data:`SYSTEM` or :data:`TERMINAL`.
        action: What was done, ``area.verb`` in lower case (``percakapan.ambil``); the
            sentence for people is the wording ``audit.action.<action>``.
        subject_kind: What it was done to (``percakapan``, ``pengaduan``, ``akun``…).
        subject: Its id. An anonymous or confidential complaint is named by its ticket.
        details: Codes, ids and numbers; never names, phones, texts or other personal values.
    """

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject: str
    details: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry as it stands in the chain.

    Attributes:
        number: Its place; the first is 1 and none is left out.
        month: Segment it lies in, ``2026-11``: that of its moment, or of the entry before it
            where that is later.
        mac: Seal over the entry and the seal before it, in hexadecimal.
    """

    number: int
    month: str
    entry: AuditEntry
    mac: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The end of a month's segment, kept after the month itself has expired.

    Attributes:
        last_mac: Seal of the month's last entry.
        mac: Seal over this and over the checkpoint before it.
    """

    month: str
    first: int
    last: int
    last_mac: str
    mac: str


@dataclass(frozen=True, slots=True)
class DayHead:
    """Where the chain stood at the end of a day.

    Attributes:
        number: Number of the last entry, which is how many were ever written.
        entries: How many were written since the head before.
        mac: Seal of the last entry.
    """

    day: str
    number: int
    entries: int
    mac: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for; None and empty ask for all.

    Attributes:
        since: Aware moment, included.
        until: Aware moment, excluded.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    subject_kind: str = ""
    subject: str = ""


def refuse_personal_values(entry: AuditEntry) -> None:
    """See that an entry holds ids and codes only.

    This catches a careless caller, not a cunning one: a name of two words looks like a code.

    Raises:
        InvalidInput: A value looks like a phone number, NIK, e-mail address or somebody's
            words, or the moment is not aware.
    """
    if entry.at.tzinfo is None:
        raise InvalidInput("the moment of an audit entry must be aware", field="at")
    named = {"actor": entry.actor, "action": entry.action, "subject_kind": entry.subject_kind,
             "subject": entry.subject, **entry.details}  # fmt: skip
    for name, value in named.items():
        reason = _reason(str(value))
        if reason or _reason(name):
            # The value itself must not reach a log by way of this message.
            raise InvalidInput(
                f"{name!r} of the audit entry {entry.action!r} holds {reason}", field=name
            )


def _reason(value: str) -> str | None:
    if len(value) > LONGEST_VALUE:
        return "a text"
    if not value.isprintable():
        return "control characters"
    if len(value) > LONGEST_WORDS and any(character.isspace() for character in value):
        return "somebody's words"
    rest = _HARMLESS.sub("", value)
    return next((what for what, pattern in _PERSONAL.items() if pattern.search(rest)), None)
