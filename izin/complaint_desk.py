"""Who may read which complaint, and what a list of complaints shows.

Sealed complaints (confidential, anonymous) are read by few roles only, and every reading is
recorded. For everybody else they do not exist: not in lists, not in searches, not by ticket.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from izin.accounts import Account, Role
from izin.complaints import Complaint, ComplaintState, Confidentiality, Deadlines

OFFICER_ROLES = frozenset({Role.OFFICER.value, Role.SUPERVISOR.value})
"""Roles whose work ordinary complaints are."""

SEALED_ROLES = frozenset({Role.SEALED_OFFICER.value, Role.INSPECTORATE.value})
"""Roles that see sealed complaints ("hanya petugas berperan khusus dan Inspektorat",
``complaints.yaml``: confidentiality)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads complaints.

    Attributes:
        officer: Id of the account, kept with each reading of a sealed complaint.
        roles: Codes of the account's roles.
        unit: Code of the account's unit: ordinary complaints of other units do not exist for
            it. None sees those of every unit.
    """

    officer: str
    roles: Set[str]
    unit: str | None = None

    @property
    def reads_ordinary(self) -> bool:
        """Say whether ordinary complaints are this reader's work."""
        return bool(OFFICER_ROLES & self.roles)

    def may_see(self, complaint: Complaint) -> bool:
        """Say whether a complaint exists for this reader."""
        if complaint.confidentiality is not Confidentiality.NORMAL:
            return self.sealed_role is not None
        return self.reads_ordinary and self.unit in (None, complaint.unit)

    @property
    def sealed_role(self) -> str | None:
        """Give the role by which sealed complaints may be read, or None."""
        return next(iter(sorted(SEALED_ROLES & self.roles)), None)


def reader_of(account: Account) -> Reader:
    """Give an account as a reader of complaints."""
    return Reader(account.id, frozenset(role.value for role in account.roles), account.unit)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A complaint in a list: enough to choose the next one, none of its words."""

    ticket: str
    category: str
    class_code: str
    confidentiality: Confidentiality
    state: ComplaintState
    filed_at: datetime
    deadlines: Deadlines
    overdue: bool


def desk_line(complaint: Complaint, now: datetime | None = None) -> DeskLine:
    """Give a complaint as a line of a list; late if a promised date has passed by ``now``."""
    kinds = {event.kind for event in complaint.events}
    return DeskLine(
        ticket=complaint.ticket,
        category=complaint.category,
        class_code=complaint.class_code,
        confidentiality=complaint.confidentiality,
        state=complaint.state,
        filed_at=complaint.filed_at,
        deadlines=complaint.deadlines,
        overdue="first_response_overdue" in kinds
        or bool(now and complaint.deadlines.decision.day < now.date()),
    )
