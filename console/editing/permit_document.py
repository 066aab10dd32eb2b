"""Makes a permit's document of a form, or says which fields cannot be read."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from console.editing.permit_form import (
    CONFIRMED_TODAY,
    FLAGS,
    KINDS,
    LINES,
    ROW_FLAGS,
    ROWS,
    TEXTS,
    PermitForm,
    Row,
)

LONGEST = 4000
MOST_LINES = 400
NUMBERS = frozenset({"sla_working_days", "working_days", "fee.amount_rupiah"})
_OPTIONAL = frozenset({
    "apply_at.issuer", "redirect", "note", "sla_note", "fee.name", "fee.formula",
    "fee.calculator", "fee.note", "validity_note", "confirmed_by",
})  # fmt: skip
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")

EMPTY: Mapping[str, Any] = {
    "code": "", "official_name": "", "short_name": "", "sector": "", "technical_agency": "",
    "apply_at": {"primary": "", "assisted": ""}, "sla_working_days": 0,
    "fee": {"type": "free", "amount_rupiah": 0, "name": None, "formula": None, "note": None,
            "inferred": False, "calculator": None, "details": {}},
    "validity": "", "product": "", "confidence": "medium", "checked_on": "",
    "former_names": [], "synonyms": [], "applicants": [], "requirements": [],
    "requirement_notes": [], "variants": [], "stages": [], "sla_note": None,
    "sla_inferred": False, "validity_note": None, "validity_inferred": False, "legal_basis": [],
    "common_confusions": [], "sources": [], "redirect": None, "note": None,
    "confirmed_by": None, "details": {},
}  # fmt: skip
"""A permit that says nothing yet."""

Errors = dict[str, str]
"""Wording ids by field name."""


def document_of(
    form: PermitForm, before: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], Errors]:
    """Give the document, and what could not be read; parts without a field stay as before.

    Args:
        form: Without empty rows.
        before: The document the form was opened from, or ``EMPTY``.
        today: The office's; facts cannot have been checked later.
    """
    document, errors = copy.deepcopy(dict(before)), dict[str, str]()
    document["code"] = form.code
    if not _CODE.fullmatch(form.code):
        errors["code"] = "content.problem.permit_code"
    for name in TEXTS:
        said = form.texts.get(name, "")
        _put(document, name, _value(name, said, name in _OPTIONAL, errors, name))
    for name in FLAGS:
        _put(document, name, bool(form.texts.get(name)))
    for name in LINES:
        _put_lines(document, name, form, errors)
    _checked_on(document, form, today, errors)
    document["requirements"] = [
        {"kind": kind, "number": number, **_parts(f"requirements.{kind}", number - 1, row, errors)}
        for kind in KINDS
        for number, row in enumerate(form.rows[f"requirements.{kind}"], 1)
    ]
    document["stages"] = [
        {"order": order, **_parts("stages", order - 1, row, errors)}
        for order, row in enumerate(form.rows["stages"], 1)
    ]
    document["variants"] = [
        _parts("variants", place, row, errors) for place, row in enumerate(form.rows["variants"])
    ]
    return document, errors


def _parts(name: str, place: int, row: Row, errors: Errors) -> dict[str, Any]:
    """Give the parts of one row."""
    needed = {"text", "name", "unit", "id", "when", "working_days"}
    return {
        part: bool(row[part])
        if part in ROW_FLAGS
        else _value(part, row[part], part not in needed, errors, f"{name}:{place}:{part}")
        for part in ROWS[name]
    }


def _value(part: str, said: str, optional: bool, errors: Errors, field: str) -> Any:
    text = said.strip()
    if len(text) > LONGEST:
        errors[field] = "catalogue.error.long"
    if part not in NUMBERS:
        return None if optional and not text else text
    digits = re.sub(r"^rp\s*", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", digits):
        digits = digits.replace(".", "")
    if not digits:
        return None if part == "fee.amount_rupiah" or optional else 0
    if not re.fullmatch(r"-?\d{1,12}", digits):
        errors[field] = "catalogue.error.number"
        return 0
    return int(digits)


def _put_lines(document: dict[str, Any], name: str, form: PermitForm, errors: Errors) -> None:
    lines = form.lines(name)
    if len(lines) > MOST_LINES or any(len(line) > LONGEST for line in lines):
        errors[name] = "catalogue.error.long"
    if lines or name not in ("fee.details.exemptions", "details.source_regions"):
        _put(document, name, lines)
    else:
        holder, _, key = name.rpartition(".")
        details = document["fee"]["details"] if holder.startswith("fee") else document["details"]
        details.pop(key, None)


def _put(document: dict[str, Any], name: str, value: Any) -> None:
    holder, *path = document, *name.split(".")
    for part in path[:-1]:
        holder = holder[part]
    if name == "apply_at.issuer" and value is None:
        holder.pop("issuer", None)
        return
    holder[path[-1]] = value


def _checked_on(document: dict[str, Any], form: PermitForm, today: date, errors: Errors) -> None:
    if form.texts.get(CONFIRMED_TODAY):
        document["checked_on"] = today.isoformat()
        if not form.text("confirmed_by"):
            errors["confirmed_by"] = "catalogue.error.confirmed_by"
        return
    try:
        checked = date.fromisoformat(form.text("checked_on"))
    except ValueError:
        errors["checked_on"] = "catalogue.error.day"
        document["checked_on"] = today.isoformat()
        return
    if checked > today:
        errors["checked_on"] = "catalogue.error.future"
    document["checked_on"] = checked.isoformat()
