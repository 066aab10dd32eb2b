"""Looks at a permit: names others own, lists that do not run, days, fees and sources.

A clash of names that is in force already is only warned of: the office took it over so, and
another edit of the permit must not be held up by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from izin.content import (
    AMBIGUOUS_TERM,
    FEE_TABLE,
    LEGACY_NAME,
    PERMIT,
    UNIT,
    Check,
    Everything,
    Problem,
)
from izin.permits import Permit
from izin.usecases.permit_names import alternatives
from izin.wording import Wording
from izin.words import fold, words_of

SHORTEST_NAME = 3
MOST_DAYS = 366
KINDS = ("new", "extension", "change")
FEE_TYPES = ("free", "formula", "tax", "pnbp")
CONFIDENCES = ("high", "medium", "low")

_CODE = re.compile(r"[A-Z][A-Z0-9_]+")
_CODE_INSIDE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_ADDRESS = re.compile(r"^https://[^\s/.]+\.[^\s]+")


def check(permit: Permit, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a permit among everything else."""
    return [
        *_parts(permit),
        *_names(permit, everything),
        *_requirements(permit),
        *_variants(permit),
        *_stages(permit, everything),
        *_fee(permit, everything),
        *_sources(permit),
        *_redirect(permit, everything),
    ]


def _parts(permit: Permit) -> Iterator[Problem]:
    """Look for what the answers and the data files cannot do without."""
    if not _CODE.fullmatch(permit.code):
        yield Problem("permit_code", "code")
    for field in ("official_name", "short_name", "sector", "technical_agency", "product",
                  "validity"):  # fmt: skip
        if not getattr(permit, field).strip():
            yield Problem("permit_missing", field)
    for place in ("primary", "assisted"):
        if not permit.apply_at.get(place, "").strip():
            yield Problem("permit_missing", f"apply_at.{place}")
    for field in ("synonyms", "applicants", "stages"):
        if not getattr(permit, field):
            yield Problem("permit_missing", field)
    if permit.confidence not in CONFIDENCES:
        yield Problem("permit_choice", "confidence")
    if not permit.requirements:
        yield Problem("permit_no_requirements", "requirements", warning=True)


def _names(permit: Permit, everything: Everything) -> Iterator[Problem]:
    owned = _owned_names(permit, everything)
    before = {fold(name) for name in _names_in_force(permit.code, everything)}
    seen: set[str] = set()
    named = [("short_name", permit.short_name)]
    named += [(f"synonyms.{place}", name) for place, name in enumerate(permit.synonyms)]
    for field, name in named:
        folded = fold(name)
        if not folded:
            yield Problem("permit_synonym_empty", field)
            continue
        if folded in seen and field != "short_name" and folded != fold(permit.short_name):
            yield Problem("permit_synonym_twice", field, {"name": name}, warning=True)
        seen.add(folded)
        if folded in owned:
            code, owner = owned[folded]
            yield Problem(code, field, {"name": name, "owner": owner}, warning=folded in before)
        elif len(folded) < SHORTEST_NAME:
            yield Problem("permit_synonym_short", field, {"name": name}, warning=True)
        elif set(words_of(name)) <= _everyday():
            yield Problem("permit_synonym_everyday", field, {"name": name}, warning=True)


def _owned_names(permit: Permit, everything: Everything) -> Mapping[str, tuple[str, str]]:
    """Give (problem, owner) by name, of all names that are not this permit's to take."""
    owned: dict[str, tuple[str, str]] = {}
    for item in everything.items(LEGACY_NAME):
        if item.live and item.document["code"] != permit.code:
            for part in alternatives(item.document["old"]):
                now = item.document["now"]
                owned[fold(part)] = ("permit_synonym_legacy", f"{item.document['old']} ({now})")
    for item in everything.items(AMBIGUOUS_TERM):
        if item.live:
            for part in alternatives(item.document["term"]):
                codes = ", ".join(item.document["codes"])
                owned[fold(part)] = ("permit_synonym_ambiguous", codes)
    for item in everything.items(PERMIT):
        if item.item.key == permit.code:
            continue
        names = [item.document["short_name"], item.item.key, *item.document["synonyms"]]
        for name in names:
            # A term that is known to mean several permits is told as such.
            owned.setdefault(fold(name), ("permit_synonym_owned", item.document["short_name"]))
    return {name: found for name, found in owned.items() if name}


def _names_in_force(code: str, everything: Everything) -> Sequence[str]:
    for item in everything.items(PERMIT):
        # What was begun and never published is not in force.
        if item.item.key == code and not (item.open_version and item.number is None
                                          and not item.live):  # fmt: skip
            return [item.document["short_name"], *item.document["synonyms"]]
    return []


def _requirements(permit: Permit) -> Iterator[Problem]:
    expected = dict.fromkeys(KINDS, 1)
    for place, item in enumerate(permit.requirements):
        field = f"requirements.{place}"
        if not item.text.strip():
            yield Problem("permit_missing", f"{field}.text")
        if item.number != expected[item.kind]:
            yield Problem("permit_number", f"{field}.number",
                          {"number": item.number, "expected": expected[item.kind]})  # fmt: skip
        expected[item.kind] = item.number + 1
        if item.applicant and item.applicant not in permit.applicants:
            yield Problem("permit_applicant", f"{field}.applicant",
                          {"applicant": item.applicant}, warning=True)  # fmt: skip


def _variants(permit: Permit) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, item in enumerate(permit.variants):
        field = f"variants.{place}"
        if not re.fullmatch(r"[A-Za-z0-9_]+", item.id):
            yield Problem("permit_variant_id", f"{field}.id", {"id": item.id})
        if item.id in seen:
            yield Problem("permit_variant_twice", f"{field}.id", {"id": item.id})
        seen.add(item.id)
        if not item.when.strip():
            yield Problem("permit_missing", f"{field}.when")
        yield from _days(item.sla_working_days, f"{field}.sla_working_days")


def _stages(permit: Permit, everything: Everything) -> Iterator[Problem]:
    variants = {item.id for item in permit.variants}
    units = _known_units(permit.code, everything)
    for place, stage in enumerate(permit.stages):
        field = f"stages.{place}"
        for part in ("name", "unit"):
            if not getattr(stage, part).strip():
                yield Problem("permit_missing", f"{field}.{part}")
        if stage.order != place + 1:
            yield Problem("permit_number", f"{field}.order",
                          {"number": stage.order, "expected": place + 1})  # fmt: skip
        if stage.only_for is not None and stage.only_for not in variants:
            yield Problem("permit_variant_unknown", f"{field}.only_for", {"id": stage.only_for})
        if stage.unit.strip() and fold(stage.unit) not in units:
            yield Problem("permit_unit_unknown", f"{field}.unit", {"unit": stage.unit},
                          warning=True)  # fmt: skip
        yield from _days(stage.working_days, f"{field}.working_days")
    yield from _days(permit.sla_working_days, "sla_working_days")
    total = sum(stage.working_days for stage in permit.stages if stage.only_for is None)
    if permit.stages and total != permit.sla_working_days:
        yield Problem("permit_days_differ", "sla_working_days",
                      {"total": total, "standard": permit.sla_working_days},
                      warning=True)  # fmt: skip


def _days(days: int | None, field: str) -> Iterator[Problem]:
    if days is not None and not 0 <= days <= MOST_DAYS:
        yield Problem("permit_days", field, {"most": MOST_DAYS})


def _known_units(code: str, everything: Everything) -> set[str]:
    """Give the units that other permits' stages, this one's in force, or the office name."""
    known = {
        fold(stage["unit"])
        for item in everything.items(PERMIT)
        if item.live or item.item.key != code
        for stage in item.document["stages"]
    }
    for item in everything.items(UNIT):
        known |= {fold(item.item.key), fold(item.document["name"])}
    return known


def _fee(permit: Permit, everything: Everything) -> Iterator[Problem]:
    fee = permit.fee
    if fee.type not in FEE_TYPES:
        yield Problem("permit_choice", "fee.type")
    if fee.amount_rupiah is not None and fee.amount_rupiah < 0:
        yield Problem("permit_amount_negative", "fee.amount_rupiah")
    elif fee.type == "free" and fee.amount_rupiah:
        yield Problem("permit_free_amount", "fee.amount_rupiah")
    elif fee.type != "free" and fee.amount_rupiah == 0:
        yield Problem("permit_paid_zero", "fee.amount_rupiah")
    elif fee.type == "free" and fee.amount_rupiah is None:
        yield Problem("permit_free_says_zero", "fee.amount_rupiah")
    elif fee.type != "free" and fee.amount_rupiah is None and not (fee.formula or fee.calculator):
        yield Problem("permit_fee_unknown", "fee.formula", warning=True)
    if fee.calculator:
        tables = {item.item.key for item in everything.items(FEE_TABLE)}
        if fee.calculator not in tables:
            yield Problem("permit_table_unknown", "fee.calculator", {"table": fee.calculator})


def _sources(permit: Permit) -> Iterator[Problem]:
    if not permit.sources and not permit.legal_basis:
        yield Problem("permit_no_source", "sources", warning=True)
    for place, source in enumerate(permit.sources):
        if "://" in source and not _ADDRESS.match(source):
            insecure = source.startswith("http://")
            code = "permit_source_http" if insecure else "permit_source"
            yield Problem(code, f"sources.{place}", {"source": source}, warning=insecure)


def _redirect(permit: Permit, everything: Everything) -> Iterator[Problem]:
    """Look for codes of permits in the words that send elsewhere."""
    if not permit.redirect:
        return
    codes = {item.item.key for item in everything.items(PERMIT)}
    for code in _CODE_INSIDE.findall(permit.redirect):
        if code not in codes:
            yield Problem("permit_redirect_unknown", "redirect", {"code": code})


@cache
def _everyday() -> frozenset[str]:
    """Give the words by which nobody names a permit, from the wording."""
    return frozenset(words_of(Wording().say("catalogue.words_everyday")))


CHECKS: Mapping[str, Check] = {PERMIT: check}
