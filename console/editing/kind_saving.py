"""Opens an item for its form, and saves what was typed as a version of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from console.editing.kind_forms import KIND_FORMS, KindForm
from console.house import House
from izin.accounts import Account
from izin.content import ContentVersion, ItemName, StoredItem, VersionState
from izin.errors import Conflict, NotFound
from izin.storage.documents import plain


@dataclass(frozen=True, slots=True)
class Opened:
    """An item as its form shows it.

    Attributes:
        name: Of the item; its key is empty while it is new.
        document: What the form begins with.
        live: Whether it is on.
        item: As it is stored; None while it is new.
    """

    form: KindForm
    name: ItemName
    document: Any
    live: bool = True
    item: StoredItem | None = None

    @property
    def version(self) -> ContentVersion | None:
        """Give the open version."""
        return self.item.open_version if self.item else None

    @property
    def may_save(self) -> bool:
        """Say whether something can be typed: what waits for somebody's approval stays."""
        return self.version is None or self.version.state is VersionState.DRAFT


def form_of(kind: str) -> KindForm:
    """Give the form of a kind.

    Raises:
        NotFound: The kind has none here.
    """
    if kind not in KIND_FORMS:
        raise NotFound(f"no form of {kind!r}")
    return KIND_FORMS[kind]


def opened(house: House, kind: str, key: str) -> Opened:
    """Open an item: its open version, or what is in force.

    Raises:
        NotFound: There is none.
    """
    form, name = form_of(kind), ItemName(kind, key)
    item = house.content.item(name)
    source = item.open_version or item
    return Opened(form, name, source.document, source.live, item)


def begun(kind: str) -> Opened:
    """Open the form of a new item.

    Raises:
        NotFound: There can be no further one of this kind.
    """
    form = form_of(kind)
    if form.new is None:
        raise NotFound(f"no new {kind!r}")
    return Opened(form, ItemName(kind, ""), dict(form.new))


def known(house: House, name: ItemName) -> bool:
    """Say whether there is an item of this name, or an open version of one."""
    return any(item.item == name for item in house.content.items(name.kind))


def saved(
    house: House, name: ItemName, document: Any, live: bool, account: Account,
    version_id: str = "", edits: int = 0, base: int | None = None,
) -> ContentVersion:  # fmt: skip
    """Save a document as a draft of its item.

    A form that was sent twice is saved once.

    Raises:
        Conflict: Somebody else saved or moved the item meanwhile.
        InvalidInput: The document is no content of its kind.
    """
    try:
        with house.one_commit():
            version = house.edit_content.put(name, document, live, account, version_id, edits, base)
            house.record(account, "isi.ubah", name.kind, name.key, version=version.number)
        return version
    except Conflict:
        same = _same(house, name, document, live, account)
        if same is None:
            raise
        return same


def submitted(house: House, version: ContentVersion, account: Account) -> ContentVersion:
    """Hand a draft to a second person; where there is none, publish it.

    Raises:
        Unpublishable: Something must be mended first; the draft is kept.
        Conflict: Somebody else moved it meanwhile.
    """
    name = version.item
    if version.state is not VersionState.DRAFT:
        return version
    with house.one_commit():
        if house.edit_content.single_editor:
            done = house.edit_content.approve(version.id, version.edits, account)
            action = "isi.terbitkan"
        else:
            done = house.edit_content.submit(version.id, version.edits, account)
            action = "isi.ajukan"
        house.record(account, action, name.kind, name.key, version=version.number)
    return done


def _same(
    house: House, name: ItemName, document: Any, live: bool, account: Account
) -> ContentVersion | None:
    """Give the open version when it is just what is to be saved, by the same person."""
    try:
        version = house.content.item(name).open_version
    except NotFound:
        return None
    if version is None or account.id != version.authors[-1] or version.live != live:
        return None
    return version if version.document == _whole(house, name, document) else None


def _whole(house: House, name: ItemName, document: Any) -> Any:
    """Give a document with everything its kind adds to it."""
    return plain(house.content.noun(name, document))
