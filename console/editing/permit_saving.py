"""Opens a permit or fee table for its form, and saves what was typed as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.house import House
from izin.accounts import Account
from izin.content import ContentVersion, ItemName, Problem, StoredItem, VersionState
from izin.errors import Conflict, InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Opened:
    """An item as its form shows it; ``item`` is None while it is new."""

    name: ItemName
    document: Any
    live: bool
    item: StoredItem | None = None

    @property
    def version(self) -> ContentVersion | None:
        """Give the open version."""
        return self.item.open_version if self.item else None

    @property
    def may_save(self) -> bool:
        """Say whether something may be typed: what waits for approval stays as it is."""
        return self.version is None or self.version.state is VersionState.DRAFT

    @property
    def theirs(self) -> Any:
        """Give what is stored now: the open version's document, or what is in force."""
        source = self.version or self.item
        return source.document if source else None


@dataclass(frozen=True, slots=True)
class ReadFrom:
    """What a form was opened from, as its hidden fields say.

    Attributes:
        version_id: The draft; "" when there was none.
        edits: Of the draft.
        base: ``StoredItem.base``; None for a new item.
    """

    version_id: str
    edits: int
    base: int | None


def read_from(typed: Mapping[str, str]) -> ReadFrom:
    """Read a form's hidden fields; what is no number fits nothing that is stored."""
    edits, base = _number(typed.get("edits", "")), typed.get("base", "")
    return ReadFrom(typed.get("version", ""), edits, _number(base) if base else None)


def opened(house: House, name: ItemName) -> Opened:
    """Open an item: its open version, or what is in force.

    Raises:
        NotFound: There is none.
    """
    item = house.content.item(name)
    source = item.open_version or item
    return Opened(name, source.document, source.live, item)


def is_known(house: House, name: ItemName) -> bool:
    """Say whether there is such an item, or an open version of one."""
    try:
        house.content.item(name)
    except NotFound:
        return False
    return True


def problems_of(
    house: House, name: ItemName, document: Any, live: bool = True
) -> Sequence[Problem]:
    """Give what is wrong or doubtful about a document, also when it is none of its kind.

    What is switched off may keep its faults, unless something else needs it.
    """
    try:
        found = house.edit_content.problems(name, document)
        if live:
            return found
        needed = house.edit_content.problems(name, document, live=False)
        return [*needed, *(replace(problem, warning=True) for problem in found)]
    except InvalidInput as error:
        return [Problem("unreadable", error.field or "", {"field": error.field or "-"})]


def save(
    house: House, opened: Opened, document: Any, live: bool, account: Account, read: ReadFrom
) -> ContentVersion:
    """Save a document as a draft; the same form sent twice is saved once.

    Raises:
        Conflict: Somebody else saved or moved the item since the form was opened.
    """
    name = opened.name
    try:
        with house.one_commit():
            version = house.edit_content.put(
                name, document, live, account, read.version_id, read.edits, read.base
            )
            house.record(account, "isi.ubah", name.kind, name.key, version=version.number)
    except Conflict:
        # Sent twice, it may have been handed on or published already.
        now = next(iter(house.content.versions(name)), None) if is_known(house, name) else None
        if now is None or now.live != live or now.document != document:
            raise
        if account.id not in now.authors or now.state is VersionState.DISCARDED:
            raise
        return now
    return version


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else -1
