"""The record of who did and read what: ids and codes, never a personal value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SYSTEM = "sistem"
"""Actor of what no person did (time, a job)."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action, or one reading of personal data.

    Attributes:
        at: Aware moment.
        actor: Account id, or :data:`SYSTEM`.
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
