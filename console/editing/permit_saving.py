"""Opens a permit or fee table for its form, and saves what was typed as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


def problems_of(house: House, name: ItemName, document: Mapping[str, Any]) -> Sequence[Problem]:
    """Give what is wrong or doubtful about a document, also when it is none of its kind."""
    try:
        return house.edit_content.problems(name, document)
    except InvalidInput as error:
        return [Problem("unreadable", error.field or "", {"field": error.field or "-"})]


def save(
    house: House, opened: Opened, document: Any, live: bool, account: Account,
    version_id: str, edits: int,
) -> ContentVersion:  # fmt: skip
    """Save a document as a draft; the same form sent twice is saved once.

    Raises:
        Conflict: Somebody else saved or moved the item since the form was opened.
    """
    name = opened.name
    try:
        with house.one_commit():
            version = house.edit_content.put(name, document, live, account, version_id, edits)
            house.record(account, "isi.ubah", name.kind, name.key, version=version.number)
    except Conflict:
        now = house.content.item(name).open_version
        same = now is not None and now.state is VersionState.DRAFT and now.live == live
        if now is None or not same or now.document != document or account.id not in now.authors:
            raise
        return now
    return version
