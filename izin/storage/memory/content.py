"""Items of content and their versions in memory."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from izin.content import FAQ, ContentVersion, Document, ItemName, StoredItem, VersionState
from izin.errors import Conflict, InvalidInput, NotFound
from izin.faq_asked import WaysToAsk
from izin.storage.content_kinds import CONTENT_KINDS, ContentKind, Item
from izin.storage.documents import plain

MOST_LISTED = 500
BASE_REPLACED = "base_replaced"


class MemoryContentRoom:
    """The port ``ContentRoom`` over the items it is given."""

    def __init__(
        self,
        items: Mapping[str, Mapping[str, Item]],
        offers: Mapping[ItemName, Document] | None = None,
    ) -> None:
        """Take items by kind and key, and what a newer release says of some."""
        self._items = {kind: dict(items.get(kind, {})) for kind in CONTENT_KINDS}
        self._offers = dict(offers or {})
        self._versions: dict[str, ContentVersion] = {}

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind."""
        _kind(kind)
        known = [self.item(ItemName(kind, key)) for key in self._items[kind]]
        new = [
            version
            for version in self._versions.values()
            if version.item.kind == kind and version.is_open
            and version.item.key not in self._items[kind]
        ]  # fmt: skip
        return known + [self.item(version.item) for version in new]

    def item(self, name: ItemName) -> StoredItem:
        """Give one item."""
        _kind(name.kind)
        opened = next((one for one in self._of(name) if one.is_open), None)
        stored = self._items[name.kind].get(name.key)
        if stored is None:
            if opened is None:
                raise NotFound(f"{name.kind} {name.key!r}")
            return StoredItem(name, opened.document, False, None, opened)
        in_force = self._in_force(name)
        return StoredItem(
            name, *stored, in_force.number if in_force else None, opened, self._offers.get(name)
        )

    def namesakes(self, key: str, texts: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Give which of these ways to ask another answer has."""
        asked = WaysToAsk(self.items(FAQ))
        return asked.namesakes(key, texts)

    def noun(self, name: ItemName, document: Document) -> Any:
        """Give a document's noun."""
        return _kind(name.kind).checked(name.key, document)

    def versions(self, name: ItemName) -> Sequence[ContentVersion]:
        """Give an item's versions, newest first."""
        known = sorted(self._of(name), key=lambda version: -version.number)
        if known:
            return known
        stored = self._items[_kind(name.kind).name].get(name.key)
        if stored is None:
            raise NotFound(f"{name.kind} {name.key!r}")
        never = datetime.fromtimestamp(0).astimezone()
        return [
            ContentVersion("", name, 1, VersionState.PUBLISHED, *stored, None, (), 0, never, never)
        ]

    def version(self, version_id: str) -> ContentVersion:
        """Give one version."""
        if version_id not in self._versions:
            raise NotFound(f"content version {version_id!r}")
        return self._versions[version_id]

    def in_state(self, *states: VersionState) -> Sequence[ContentVersion]:
        """Give the versions in these states."""
        found = [version for version in self._versions.values() if version.state in states]
        return sorted(found, key=lambda version: version.changed_at)[:MOST_LISTED]

    def begin(
        self, name: ItemName, document: Document, live: bool, account_id: str, now: datetime,
        base: int | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Begin a draft of an item that has none open."""
        kind = _kind(name.kind)
        noun = kind.checked(name.key, document)
        if any(version.is_open for version in self._of(name)):
            raise Conflict(f"{name.kind} {name.key!r} has an open version")
        number = self._number_in_force(name, now)
        if base is not None and base != (number or 0):
            raise Conflict(f"{name.kind} {name.key!r} was published meanwhile")
        return self._add(
            name, VersionState.DRAFT, plain(noun), kind.lives(noun, live), now, base=number,
            authors=(account_id,),
        )  # fmt: skip

    def save(
        self, version_id: str, edits: int, document: Document, live: bool, account_id: str,
        now: datetime,
    ) -> ContentVersion:  # fmt: skip
        """Put a new document into a draft."""
        version = self._unmoved(version_id, edits)
        if version.state is not VersionState.DRAFT:
            raise Conflict(f"version {version_id} is no draft any more")
        kind = _kind(version.item.kind)
        noun = kind.checked(version.item.key, document)
        authors = tuple(dict.fromkeys([*version.authors, account_id]))
        return self._change(
            version, now, document=plain(noun), live=kind.lives(noun, live), authors=authors
        )

    def move(
        self, version_id: str, edits: int, state: VersionState, account_id: str, now: datetime,
        *, note: str = "", publish_at: datetime | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Move an open version."""
        version = self._unmoved(version_id, edits)
        return self._change(
            version, now, state=state, note=note, publish_at=publish_at, decided_by=account_id
        )

    def publish(self, version_id: str, edits: int, account_id: str, now: datetime) -> None:
        """Bring an open version into force at once."""
        self._publish(self._unmoved(version_id, edits), account_id, now)

    def restore(self, version_id: str, account_id: str, now: datetime) -> ContentVersion:
        """Bring an earlier content into force again."""
        earlier = self.version(version_id)
        if earlier.state is not VersionState.REPLACED:
            raise Conflict(f"version {version_id} was not replaced")
        base = self._replace(earlier.item, now)
        self._items[earlier.item.kind][earlier.item.key] = (earlier.document, earlier.live)
        return self._add(
            earlier.item, VersionState.PUBLISHED, earlier.document, earlier.live, now, base=base,
            authors=(account_id,), decided_by=account_id, published_at=now,
        )  # fmt: skip

    def publish_due(self, now: datetime) -> Sequence[ContentVersion]:
        """Publish what was scheduled until now."""
        due = [
            version
            for version in self.in_state(VersionState.SCHEDULED)
            if version.publish_at and version.publish_at <= now
        ]
        published = []
        for version in sorted(due, key=lambda one: one.publish_at or now):
            try:
                self._publish(version, version.decided_by or "", now)
            except (Conflict, InvalidInput) as error:
                note = BASE_REPLACED if isinstance(error, Conflict) else "unreadable"
                self._change(version, now, state=VersionState.REVIEW, note=note, publish_at=None)
            else:
                published.append(self.version(version.id))
        return published

    def dismiss_offer(self, name: ItemName, now: datetime) -> None:
        """Forget what a newer release says of an item."""
        self._number_in_force(name, now)
        self._offers.pop(name, None)

    def _of(self, name: ItemName) -> list[ContentVersion]:
        return [version for version in self._versions.values() if version.item == name]

    def _in_force(self, name: ItemName) -> ContentVersion | None:
        states = [one for one in self._of(name) if one.state is VersionState.PUBLISHED]
        return states[0] if states else None

    def _number_in_force(self, name: ItemName, now: datetime) -> int | None:
        known, stored = self._in_force(name), self._items[name.kind].get(name.key)
        if known is None and stored is not None:
            known = self._add(name, VersionState.PUBLISHED, *stored, now, published_at=now)
        return known.number if known else None

    def _replace(self, name: ItemName, now: datetime) -> int | None:
        number, known = self._number_in_force(name, now), self._in_force(name)
        if known is not None:
            self._versions[known.id] = replace(known, state=VersionState.REPLACED)
        return number

    def _publish(self, version: ContentVersion, account_id: str, now: datetime) -> None:
        kind, name = _kind(version.item.kind), version.item
        kind.checked(name.key, version.document)
        if self._number_in_force(name, now) != version.base:
            raise Conflict(f"{name.kind} {name.key!r} was published meanwhile")
        self._replace(name, now)
        self._change(
            version, now, state=VersionState.PUBLISHED, decided_by=account_id, published_at=now,
            publish_at=None,
        )  # fmt: skip
        self._items[name.kind][name.key] = (version.document, version.live)
        if self._offers.get(name) == version.document:
            del self._offers[name]

    def _add(
        self, name: ItemName, state: VersionState, document: Document, live: bool, now: datetime,
        *, base: int | None = None, authors: tuple[str, ...] = (), **more: Any,
    ) -> ContentVersion:  # fmt: skip
        number = max((version.number for version in self._of(name)), default=0) + 1
        version = ContentVersion(
            str(uuid.uuid4()), name, number, state, document, live, base, authors, 0, now, now,
            **more,
        )  # fmt: skip
        self._versions[version.id] = version
        return version

    def _unmoved(self, version_id: str, edits: int) -> ContentVersion:
        version = self.version(version_id)
        if not version.is_open or version.edits != edits:
            raise Conflict(f"version {version_id} has changed meanwhile")
        return version

    def _change(self, version: ContentVersion, now: datetime, **values: Any) -> ContentVersion:
        changed = replace(version, changed_at=now, edits=version.edits + 1, **values)
        self._versions[version.id] = changed
        return changed


def _kind(name: str) -> ContentKind:
    if name not in CONTENT_KINDS:
        raise NotFound(f"content kind {name!r}")
    return CONTENT_KINDS[name]
