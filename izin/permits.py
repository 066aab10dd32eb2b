"""The permit catalogue: what a permit is, asks for, costs and takes.

Facts carry their honesty with them: ``inferred`` marks what no public source was found
for, ``checked_on`` says when the facts were last checked (the file's compile date until
an editor confirms), ``confirmed_by`` names that editor's role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

RequirementKind = Literal["new", "extension", "change"]
FeeType = Literal["free", "formula", "tax", "pnbp"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One document or condition.

    Attributes:
        kind: For a new permit, its extension or its change.
        number: Place in the list, from 1.
        text: What is needed, in Indonesian.
        applicant: Only for this kind of applicant (None: everyone).
        note: Extra explanation.
        inferred: True when no public source was found.
    """

    kind: RequirementKind
    number: int
    text: str
    applicant: str | None = None
    note: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the process and who holds the file meanwhile (working days).

    ``only_for`` is the id of the one variant that has this step, or None for every case.
    """

    order: int
    name: str
    unit: str
    working_days: int = 0
    inferred: bool = False
    note: str | None = None
    only_for: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A case with its own service standard (working days; None: no own standard).

    ``inferred`` doubts the whole case, ``sla_inferred`` only its working days. ``risk`` is
    the risk level and ``fee`` the cost of this case, in words, where the catalogue has them.
    """

    id: str
    when: str
    sla_working_days: int | None = None
    note: str | None = None
    inferred: bool = False
    sla_inferred: bool = False
    risk: str | None = None
    fee: str | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """What a permit costs.

    Attributes:
        type: free, formula (levy), tax, or pnbp (state charge).
        amount_rupiah: The amount when it is fixed (0 when free), else None.
        name: Legal name of the charge.
        formula: How it is worked out, for people.
        note: What to know.
        inferred: True when no public source was found.
        calculator: Name of the fee table that calculates it (``fee_tables`` of the catalogue).
        details: Everything else the catalogue holds (exemptions, examples…), by its own keys.
    """

    type: FeeType
    amount_rupiah: int | None = None
    name: str | None = None
    formula: str | None = None
    note: str | None = None
    inferred: bool = False
    calculator: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Permit:
    """One permit with all the catalogue knows about it.

    ``sla_working_days`` beats the sum of the stages; 0 means the catalogue gives no
    standard of this office (see ``sla_note``). ``details`` holds permit-specific facts
    (risk levels, thresholds, authority) by the catalogue's own keys.
    """

    code: str
    official_name: str
    short_name: str
    sector: str
    technical_agency: str
    apply_at: Mapping[str, str]
    sla_working_days: int
    fee: Fee
    validity: str
    product: str
    confidence: str
    checked_on: date
    former_names: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    requirement_notes: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    stages: tuple[Stage, ...] = ()
    sla_note: str | None = None
    sla_inferred: bool = False
    validity_note: str | None = None
    validity_inferred: bool = False
    legal_basis: tuple[str, ...] = ()
    common_confusions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    redirect: str | None = None
    note: str | None = None
    confirmed_by: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def requirements_for(self, kind: RequirementKind) -> tuple[Requirement, ...]:
        """Give the requirements of one kind, in their order."""
        return tuple(item for item in self.requirements if item.kind == kind)


@dataclass(frozen=True, slots=True)
class AmbiguousTerm:
    """A name that means several permits; ``ask`` is the question to put."""

    term: str
    codes: tuple[str, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class LegacyName:
    """An old name, what it is called now, and what happened to it.

    ``code`` is the catalogue code that answers for it now, or None when it was abolished.
    """

    old: str
    now: str
    code: str | None = None
    since: str | None = None
    note: str | None = None
    inferred: bool = False
