"""Declares the fields of a form over a document, and finds the field of a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

FieldType = Literal[
    "text", "area", "lines", "number", "decimal", "date", "check", "maybe", "choice", "point",
    "week", "days", "rows",
]  # fmt: skip
"""``lines`` is a list of texts, one a line; ``maybe`` yes, no or unsaid; ``point`` degrees of
latitude and longitude; ``week`` the open spans of each weekday; ``days`` a list of weekdays;
``rows`` a list of further fields."""

Shape = Literal["", "key", "code", "term"]
"""``key`` is ``small_letters``, ``code`` ``CAPITALS``; a term is written small."""

Stored = Literal["parts", "row", "only"]
"""How a row lies in the document: by name, as a list in the order of its fields, or as the value
of its only field."""

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        path: Where its value lies in the document or row, parts joined by dots.
        type: What is typed.
        required: May not stay empty.
        longest: Characters of a text or of one line; at most so many rows.
        least, most: Range of a number.
        options: Name of the list to choose from, see ``console.editing.kind_options``.
        empty: What is stored when nothing was typed.
        fixed: Names the item; cannot be changed once it exists.
        hint: A sentence below the field explains it.
        section: A heading before it: ``kinds.section.<section>``.
        fields: Of a row.
        stored: Of a row.
        shape: What the text has to look like.
        by_name: A week of names and ``HH:MM-HH:MM`` instead of numbers and times.
        words: Its wording is that of another field.
    """

    path: str
    type: FieldType = "text"
    required: bool = False
    longest: int = 300
    least: float = 0
    most: float = 1_000_000_000
    options: str = ""
    empty: str | None = None
    fixed: bool = False
    hint: bool = False
    section: str = ""
    fields: tuple[Field, ...] = field(default_factory=tuple)
    stored: Stored = "parts"
    shape: Shape = ""
    by_name: bool = False
    words: str = ""

    @property
    def name(self) -> str:
        """Give its part of a form field's name."""
        return self.path.replace(".", "-")

    @property
    def kept_empty(self) -> bool:
        """Say whether an empty value is written down: what a noun has a place for is."""
        return "." not in self.path


def form_name(fields: Sequence[Field], path: str) -> str:
    """Give the name in the form of the part of a document that ``path`` leads to.

    Gives the nearest part that has a field, or "" when there is none.
    """
    for item in fields:
        if path == item.path:
            return item.name
        if not path.startswith(f"{item.path}."):
            continue
        rest = path[len(item.path) + 1 :]
        number, _, inner = rest.partition(".")
        if item.type == "week":
            return f"{item.name}.{number}"
        if item.type != "rows":
            return item.name
        below = _named(item, inner)
        return f"{item.name}.{number}.{below}" if below else f"{item.name}.{number}"
    return ""


def _named(rows: Field, path: str) -> str:
    if rows.stored == "only":
        return rows.fields[0].name
    first, _, _ = path.partition(".")
    if rows.stored == "row" and first.isdecimal() and int(first) < len(rows.fields):
        return rows.fields[int(first)].name
    return form_name(rows.fields, path)
