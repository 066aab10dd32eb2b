"""Shows content to people: names of its parts, values, differences and versions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from console.house import House
from izin import content
from izin.content import ContentVersion, Document, ItemName, Problem, StoredItem
from izin.content_changes import MISSING, NUMBERING, Change, Path, Piece, changes, parts, words
from izin.content_titles import title
from izin.wording import Wording

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = ("0", "1", "2", "3", "4", "5", "6")
_ROOMS: Mapping[str, str] = {
    content.FAQ: "/isi/tanya-jawab",
    content.PERMIT: "/isi/katalog",
    content.FEE_TABLE: "/isi/katalog/biaya",
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One difference as it is read.

    Attributes:
        label: Names of the part, from the outermost inwards.
        before: What it was, cut into pieces; None when there was nothing.
        after: What it is, cut into pieces; None when there is nothing.
    """

    label: str
    before: Sequence[Piece] | None
    after: Sequence[Piece] | None


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part of a document: its name, and its value as text of lines."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version as a list shows it; ``authors`` and ``decided_by`` are names of people."""

    version: ContentVersion
    title: str
    kind: str
    authors: str
    decided_by: str
    note: str


def item_path(name: ItemName) -> str:
    """Give the path of the page on which an item is edited."""
    room = _ROOMS.get(name.kind)
    key = quote(name.key, safe="")
    return f"{room}/{key}" if room else f"/isi/kantor/{name.kind}/{key}"


class ContentWords:
    """Shows content in one process's words."""

    def __init__(self, house: House) -> None:
        """Take the house; names of people are read once, when first needed."""
        self._wording: Wording = house.wording
        self._house = house
        self._names: dict[str, str] | None = None

    def kind(self, kind: str) -> str:
        """Give the name of a kind of content."""
        return self._wording.say(f"content.kind.{kind}")

    def changes(
        self, kind: str, before: Document | None, after: Document | None
    ) -> Sequence[ShownChange]:
        """Give the differences between two documents of one item, for ``isi/parts.html``."""
        return [self._change(change) for change in changes(kind, before, after)]

    def document(self, kind: str, document: Document) -> Sequence[ShownPart]:
        """Give everything a document says, part by part; what says nothing is left out."""
        shown = [
            ShownPart(self.label((name,)), self.text(value))
            for name, value in parts(kind, document).items()
        ]
        return [part for part in shown if part.text]

    def history(self, name: ItemName) -> Sequence[ShownVersion]:
        """Give an item's versions, newest first."""
        return self.versions(self._house.content.versions(name))

    def versions(self, versions: Sequence[ContentVersion]) -> Sequence[ShownVersion]:
        """Give versions of any items as a list shows them."""
        return [self.version(version) for version in versions]

    def version(self, version: ContentVersion) -> ShownVersion:
        """Give one version as a list shows it."""
        authors = ", ".join(self.person(account) for account in version.authors)
        decided = self.person(version.decided_by) if version.decided_by else ""
        if not version.authors:
            authors = self._wording.say("content.author.release")
        name = title(version.item, version.document)
        return ShownVersion(
            version, name, self.kind(version.item.kind), authors, decided, self.note(version)
        )

    def opened(self, item: StoredItem) -> ShownVersion | None:
        """Give an item's open version, for the banner above its form."""
        return self.version(item.open_version) if item.open_version else None

    def problems(self, found: Sequence[Problem]) -> Sequence[tuple[Problem, str, str]]:
        """Give problems, each with its sentence and the name of the part at fault."""
        return [
            (
                problem,
                self._wording.say(f"content.problem.{problem.code}", **(problem.values or {})),
                self.label(_path(problem.field)) if problem.field else "",
            )
            for problem in found
        ]

    def note(self, version: ContentVersion) -> str:
        """Give a version's note; one that is a code in words."""
        coded = f"content.note.{version.note}"
        if version.note.isidentifier() and self._wording.has(coded):
            return self._wording.say(coded)
        return version.note

    def person(self, account_id: str) -> str:
        """Give the name of an account's owner."""
        if self._names is None:
            self._names = {item.id: item.name for item in self._house.accounts.all()}
        return self._names.get(account_id) or self._wording.say("content.author.unknown")

    def label(self, path: Path) -> str:
        """Give the names of a part, from the outermost inwards."""
        return " › ".join(self._name(path, place) for place in range(len(path)))

    def text(self, value: Any, name: str = "") -> str:
        """Give a value as text of lines."""
        if value is None or value is MISSING:
            return ""
        if isinstance(value, bool):
            return self._wording.say(f"content.value.{'yes' if value else 'no'}")
        if isinstance(value, int | float):
            return self._wording.number(value)
        if isinstance(value, Mapping):
            return "\n".join(
                f"{self._name((key,), 0)}: {self._inner(inner, key)}"
                for key, inner in value.items()
                if key not in NUMBERING and (inner or type(inner) in (int, float))
            )
        if isinstance(value, list):
            return "\n".join(f"• {self._inner(inner, name)}" for inner in value)
        return self._plain_text(str(value), name)

    def _inner(self, value: Any, name: str) -> str:
        """Give a value within another: on the same line, or indented below it."""
        if isinstance(value, list) and all(not isinstance(item, Mapping | list) for item in value):
            return ", ".join(self.text(item, name) for item in value)
        said = self.text(value, name)
        return said.replace("\n", "\n   ") if "\n" in said else said

    def _plain_text(self, value: str, name: str) -> str:
        coded = f"content.value.{name}.{value}"
        if name and value.isidentifier() and self._wording.has(coded):
            return self._wording.say(coded)
        if _DAY.fullmatch(value):
            return self._wording.date(date.fromisoformat(value), weekday=False)
        return value

    def _name(self, path: Path, place: int) -> str:
        part = path[place]
        if isinstance(part, int):
            return str(part)
        if part in _DAYS and place and path[place - 1] == "opening_hours":
            return self._wording.say(f"content.weekday.{part}")
        known = f"content.field.{part}"
        return self._wording.say(known) if self._wording.has(known) else part.replace("_", " ")

    def _change(self, change: Change) -> ShownChange:
        label = self.label(change.path)
        names = [part for part in change.path if isinstance(part, str)]
        before, after = (self.text(side, names[-1]) for side in (change.before, change.after))
        if before and after:
            return ShownChange(label, *words(before, after))
        return ShownChange(
            label, (Piece(before, True),) if before else None,
            (Piece(after, True),) if after else None,
        )  # fmt: skip


def _path(field: str) -> Path:
    return tuple(int(part) + 1 if part.isdigit() else part for part in field.split("."))
