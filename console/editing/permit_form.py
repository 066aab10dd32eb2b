"""A permit as the fields of a form, and back: what was typed is kept whatever it is.

A field's name is the path of its part in the document. Rows of a list are named
``<list>:<row>:<part>``; their order is the order in which the browser sends them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

TEXTS = (
    "official_name", "short_name", "sector", "technical_agency", "apply_at.primary",
    "apply_at.assisted", "apply_at.issuer", "product", "redirect", "note", "sla_working_days",
    "sla_note", "fee.type", "fee.amount_rupiah", "fee.name", "fee.formula", "fee.calculator",
    "fee.note", "validity", "validity_note", "confidence", "checked_on", "confirmed_by",
)  # fmt: skip
FLAGS = ("sla_inferred", "fee.inferred", "validity_inferred")
CONFIRMED_TODAY = "confirmed_today"
"""A box that is no part of the document: the facts were looked at today."""

LINES = (
    "synonyms", "former_names", "applicants", "requirement_notes", "common_confusions",
    "legal_basis", "sources", "fee.details.exemptions", "details.source_regions",
)  # fmt: skip
"""Lists of short texts, typed one a line."""

KINDS = ("new", "extension", "change")
ROWS: Mapping[str, tuple[str, ...]] = {
    **{f"requirements.{kind}": ("text", "applicant", "note", "inferred") for kind in KINDS},
    "stages": ("name", "unit", "working_days", "only_for", "note", "inferred"),
    "variants": ("id", "when", "sla_working_days", "risk", "fee", "note", "inferred",
                 "sla_inferred"),
}  # fmt: skip
"""Parts of a row, by list."""

ROW_FLAGS = frozenset({"inferred", "sla_inferred"})
MOST_ROWS = 80

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PermitForm:
    """What stands in the form, all of it text.

    Attributes:
        code: The permit's code, as typed for a new one.
        live: Shown to citizens once published.
        texts: Of ``TEXTS``, ``FLAGS`` ("1" or "") and ``LINES`` (text of lines).
        rows: Of ``ROWS``.
    """

    code: str
    live: bool
    texts: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Give what stands in a field, without space around it."""
        return self.texts.get(name, "").strip()

    def lines(self, name: str) -> list[str]:
        """Give the lines of a list that say something."""
        return [line.strip() for line in self.text(name).split("\n") if line.strip()]

    def filled(self) -> PermitForm:
        """Give it without rows that say nothing."""
        kept = {
            name: [row for row in rows if any(row[part].strip() for part in row)]
            for name, rows in self.rows.items()
        }
        return replace(self, rows=kept)

    def with_rows(self, act: str) -> PermitForm:
        """Give it with one row added, removed or moved: ``add:stages``, ``up:stages:2``."""
        verb, _, where = act.partition(":")
        name, _, place = where.partition(":")
        if name not in ROWS:
            return self
        rows = list(self.rows[name])
        if verb == "add" and len(rows) < MOST_ROWS:
            rows.append(dict.fromkeys(ROWS[name], ""))
        at = int(place) if place.isdecimal() and len(place) < 4 else -1
        if 0 <= at < len(rows):
            if verb == "remove":
                del rows[at]
            to = at + {"up": -1, "down": 1}.get(verb, 0)
            if to != at and 0 <= to < len(rows):
                rows.insert(to, rows.pop(at))
        return replace(self, rows={**self.rows, name: rows})


def of_document(document: Mapping[str, Any], live: bool) -> PermitForm:
    """Give the form of a permit's document."""
    texts = {name: _text(_at(document, name)) for name in TEXTS}
    texts |= {name: "1" if _at(document, name) else "" for name in FLAGS}
    texts |= {name: "\n".join(map(str, _at(document, name) or ())) for name in LINES}
    rows = {name: [_row(name, item) for item in document[name]] for name in ("stages", "variants")}
    for kind in KINDS:
        name = f"requirements.{kind}"
        rows[name] = [_row(name, item) for item in document["requirements"] if item["kind"] == kind]
    return PermitForm(str(document["code"]), live, texts, rows)


def of_fields(items: Iterable[tuple[str, object]], code: str) -> PermitForm:
    """Give the form that a browser sent; ``code`` is "" for a new permit, which types it."""
    texts: dict[str, str] = {}
    found: dict[str, dict[str, dict[str, str]]] = {name: {} for name in ROWS}
    live, typed = False, code
    for name, value in items:
        if not isinstance(value, str):
            continue
        said = clean(value)
        listed, _, rest = name.partition(":")
        row, _, part = rest.partition(":")
        if listed in ROWS and part in ROWS[listed] and len(found[listed]) <= MOST_ROWS:
            found[listed].setdefault(row, dict.fromkeys(ROWS[listed], ""))[part] = said
        elif name in TEXTS or name in FLAGS or name in LINES or name == CONFIRMED_TODAY:
            texts[name] = said
        elif name == "live":
            live = bool(said)
        elif name == "code" and not code:
            typed = said.strip()
    rows = {name: list(by_row.values())[:MOST_ROWS] for name, by_row in found.items()}
    return PermitForm(typed, live, texts, rows)


def field_of(path: str, form: PermitForm) -> str:
    """Give the name of the field that a part of the document stands in."""
    head, _, rest = path.partition(".")
    place, _, part = rest.partition(".")
    if head in ("synonyms", "sources", "applicants", "legal_basis"):
        return head
    if not place.isdigit():
        return "requirements.new" if path == "requirements" else path
    at = int(place)
    shown = {"number": "text", "order": "name"}.get(part, part)
    if head == "requirements":
        for kind in KINDS:
            count = len(form.rows[f"requirements.{kind}"])
            if at < count:
                return f"requirements.{kind}:{at}:{shown}"
            at -= count
    return f"{head}:{at}:{shown}"


def clean(text: str) -> str:
    """Give a text with one kind of line break and without what no database keeps."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(mark for mark in plain if mark == "\n" or mark >= " ")
    return kept.encode("utf-8", "replace").decode("utf-8")


def _at(document: Mapping[str, Any], name: str) -> Any:
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _row(name: str, item: Mapping[str, Any]) -> Row:
    return {
        part: ("1" if item.get(part) else "") if part in ROW_FLAGS else _text(item.get(part))
        for part in ROWS[name]
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)
