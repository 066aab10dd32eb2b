"""Documents in the outline of the data files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from izin import content
from izin.office_periods import WEEKDAYS

Raw = dict[str, Any]

_OFFICE_APART = ("special_hours", "privacy")
_ALWAYS = {
    content.PERMIT: ("former_names", "synonyms", "legal_basis", "sources"),
    content.FAQ: ("variants",),
    content.LEGACY_NAME: ("code",),
    content.PLACE: ("synonyms",),
    content.AMBIGUOUS_TERM: ("codes",),
    content.ACTIVITY: ("permits",),
}
"""Keys that stand there also when they hold nothing."""


def shaped(kind: str, document: Any, live: bool = True) -> Raw:
    """Give an item as a data file writes it; what is usual is left out."""
    raw = _SHAPES.get(kind, dict)(document)
    always = _ALWAYS.get(kind, ())
    raw = {name: value for name, value in raw.items() if name in always or _says(value)}
    if not live:
        raw["published"] = False
    return raw


def merged(raw: Any, before: Any, after: Any) -> Any:
    """Give what a file should say: ``raw`` where nothing changed, else what is new.

    ``before`` is ``raw`` in our outline, ``after`` is the item in our outline.
    """
    if before == after:
        return raw
    if isinstance(raw, dict) and isinstance(before, Mapping) and isinstance(after, Mapping):
        found: Raw = {}
        for name in raw:
            if name in after:
                found[name] = merged(raw[name], before.get(name), after[name])
            elif name not in before:
                found[name] = raw[name]
        found |= {name: value for name, value in after.items() if name not in raw}
        return found
    lists = isinstance(raw, list) and isinstance(before, list) and isinstance(after, list)
    if lists and len(raw) == len(before):
        return _merged_list(raw, before, after)
    return after


def _merged_list(raw: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    found = []
    for place, new in enumerate(after):
        same = [index for index, old in enumerate(before) if old == new]
        if same:
            found.append(raw[same[0]])
        elif len(before) == len(after):
            found.append(merged(raw[place], before[place], new))
        else:
            found.append(new)
    return found


def _says(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _kept(part: Mapping[str, Any], *always: str) -> Raw:
    return {name: value for name, value in part.items() if name in always or _says(value)}


def _permit(document: Mapping[str, Any]) -> Raw:
    raw = dict(document)
    kinds: Mapping[str, list[Raw]] = {"new": [], "extension": [], "change": []}
    for part in raw.pop("requirements"):
        rest = {name: value for name, value in part.items() if name not in ("kind", "number")}
        kinds[part["kind"]].append({"no": part["number"], **_kept(rest)})
    fee = dict(raw.pop("fee"))
    calculator, amount = fee.pop("calculator"), fee.pop("amount_rupiah")
    fee |= dict(fee.pop("details"))
    if calculator:
        fee["calculator_ref"] = f"fee_tables.{calculator}"
    if amount is not None:
        fee["amount_idr"] = amount
    details = raw.pop("details")
    stages = [_kept(part, "working_days") for part in raw.pop("stages")]
    variants = [_kept(part, "sla_working_days") for part in raw.pop("variants")]
    for part in variants:
        if part["sla_working_days"] is None:
            del part["sla_working_days"]
    return {
        "compiled": raw.pop("checked_on"), "applicant": raw.pop("applicants"), **raw,
        "fee": _kept(fee, "amount_idr"),
        "requirements": dict(kinds), "stages": stages, "variants": variants, **details,
    }  # fmt: skip


def _needed(pairs: Sequence[Sequence[str]]) -> list[Raw]:
    return [{"code": code, "why": why} for code, why in pairs]


def _activity(document: Mapping[str, Any]) -> Raw:
    questions = [
        _kept(
            {
                **question,
                "answers": [
                    {**_kept({**answer, "add": _needed(answer["add"])}),
                     **({"up_to": answer["up_to"]} if answer["up_to"] is not None else {})}
                    for answer in question["answers"]
                ],
            }
        )
        for question in document["questions"]
    ]  # fmt: skip
    return {**document, "permits": _needed(document["permits"]), "questions": questions}


def _category(document: Mapping[str, Any]) -> Raw:
    raw = dict(document)
    details = raw.pop("details")
    return {"code": raw.pop("code"), "label": raw.pop("label"), "class": raw.pop("class_code"),
            **raw, **details}  # fmt: skip


def hours(document: Mapping[str, Any]) -> Raw:
    """Give opening hours by weekday, ``08:00-12:00`` each."""
    return {
        WEEKDAYS[int(day)]: [f"{start[:5]}-{end[:5]}" for start, end in spans]
        for day, spans in sorted(document.items())
        if spans
    }


def _office(document: Mapping[str, Any]) -> Raw:
    raw = dict(document)
    details = dict(raw.pop("details"))
    place = raw.pop("location")
    special = details.get("special_hours")
    return {
        "compiled": raw.pop("checked_on"), **raw,
        "location": {"latitude": place[0], "longitude": place[1]} if place else None,
        "opening_hours": hours(document["opening_hours"]),
        "special_hours": [_kept(period) for period in special or ()],
        "details": {name: value for name, value in details.items() if name not in _OFFICE_APART},
    }  # fmt: skip


def _holiday(document: Mapping[str, Any]) -> Raw:
    return {"date": date.fromisoformat(document["day"]), "name": document["name"]}


_SHAPES: Mapping[str, Any] = {
    content.PERMIT: _permit,
    content.ACTIVITY: _activity,
    content.COMPLAINT_CATEGORY: _category,
    content.OFFICE: _office,
    content.HOLIDAY: _holiday,
    content.UNIT: lambda document: {n: v for n, v in document.items() if n != "active"},
    content.CANNED: lambda document: {
        n: v for n, v in document.items() if n not in ("id", "active")
    },
    content.STATUS_LABEL: lambda document: {"code": document[0], "label": document[1]},
}
