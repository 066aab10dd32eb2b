"""Items of content and their versions, on our own PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, null, select, update

from izin.content import ContentVersion, Document, ItemName, StoredItem, VersionState
from izin.errors import Conflict, InvalidInput, NotFound
from izin.storage.documents import plain
from izin.storage.postgres import content_rows as rows
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.faq_namesakes import namesakes
from izin.storage.tables.content import seed_items
from izin.storage.tables.editing import content_versions

MOST_LISTED = 500

BASE_REPLACED = "base_replaced"
"""Note of a scheduled version that went back to review: what it changes was changed meanwhile."""

UNREADABLE = "unreadable"
"""The same of one that cannot be content of its kind any more."""

_row = content_versions.c


class PostgresContentRoom:
    """``izin.ports.content.ContentRoom`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind."""
        with transaction(self._engine) as connection:
            found = rows.kind_named(kind)
            return rows.items_of(connection, found, found.read(connection))

    def item(self, name: ItemName) -> StoredItem:
        """Give one item."""
        kind = rows.kind_named(name.kind)
        with transaction(self._engine) as connection:
            stored = kind.read_one(connection, name.key)
            found = rows.items_of(
                connection, kind, {} if stored is None else {name.key: stored}, name.key
            )
        if not found:
            raise NotFound(f"{name.kind} {name.key!r}")
        return found[0]

    def namesakes(self, key: str, texts: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Give which of these ways to ask another answer has."""
        with transaction(self._engine) as connection:
            return namesakes(connection, key, texts)

    def noun(self, name: ItemName, document: Document) -> Any:
        """Give a document's noun."""
        return rows.kind_named(name.kind).checked(name.key, document)

    def versions(self, name: ItemName) -> Sequence[ContentVersion]:
        """Give an item's versions, newest first."""
        with transaction(self._engine) as connection:
            known = connection.execute(
                select(content_versions).where(*rows.of_item(name)).order_by(_row.number.desc())
            ).all()
            if known:
                return [rows.version_of(row) for row in known]
            document, live = rows.in_force(connection, name)
        return [rows.first_version(name, document, live)]

    def version(self, version_id: str) -> ContentVersion:
        """Give one version."""
        with transaction(self._engine) as connection:
            return rows.version_of(rows.found(connection, version_id))

    def in_state(self, *states: VersionState) -> Sequence[ContentVersion]:
        """Give the versions in these states."""
        query = (
            select(content_versions)
            .where(_row.state.in_([state.value for state in states]))
            .order_by(_row.changed_at)
            .limit(MOST_LISTED)
        )
        with transaction(self._engine) as connection:
            return [rows.version_of(row) for row in connection.execute(query)]

    def begin(
        self, name: ItemName, document: Document, live: bool, account_id: str, now: datetime,
        base: int | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Begin a draft of an item that has none open."""
        kind = rows.kind_named(name.kind)
        noun = kind.checked(name.key, document)
        with transaction(self._engine) as connection:
            number = rows.number_in_force(connection, kind, name, now)
            if base is not None and base != (number or 0):
                raise Conflict(f"{name.kind} {name.key!r} was published meanwhile")
            values = {
                "state": VersionState.DRAFT.value, "document": plain(noun),
                "live": kind.lives(noun, live), "base": number, "authors": [account_id],
            }  # fmt: skip
            return rows.add_version(connection, name, values, now)

    def save(
        self, version_id: str, edits: int, document: Document, live: bool, account_id: str,
        now: datetime,
    ) -> ContentVersion:  # fmt: skip
        """Put a new document into a draft."""
        with transaction(self._engine) as connection:
            version = rows.unmoved(connection, version_id, edits)
            if version.state is not VersionState.DRAFT:
                raise Conflict(f"version {version_id} is no draft any more")
            kind = rows.kind_named(version.item.kind)
            noun = kind.checked(version.item.key, document)
            authors = list(dict.fromkeys([*version.authors, account_id]))
            return rows.change(
                connection, version, now, document=plain(noun), live=kind.lives(noun, live),
                authors=authors,
            )  # fmt: skip

    def move(
        self, version_id: str, edits: int, state: VersionState, account_id: str, now: datetime,
        *, note: str = "", publish_at: datetime | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Move an open version."""
        with transaction(self._engine) as connection:
            version = rows.unmoved(connection, version_id, edits)
            return rows.change(
                connection, version, now, state=state.value, note=note, publish_at=publish_at,
                decided_by=account_id,
            )  # fmt: skip

    def publish(self, version_id: str, edits: int, account_id: str, now: datetime) -> None:
        """Bring an open version into force at once."""
        with transaction(self._engine) as connection:
            version = rows.unmoved(connection, version_id, edits)
            rows.publish(connection, version, account_id, now)

    def restore(self, version_id: str, account_id: str, now: datetime) -> ContentVersion:
        """Bring an earlier content into force again."""
        with transaction(self._engine) as connection:
            earlier = rows.version_of(rows.locked(connection, version_id))
            if earlier.state is not VersionState.REPLACED:
                raise Conflict(f"version {version_id} was not replaced")
            kind = rows.kind_named(earlier.item.kind)
            base = rows.number_in_force(connection, kind, earlier.item, now)
            noun = kind.checked(earlier.item.key, earlier.document)
            connection.execute(
                update(content_versions)
                .where(*rows.of_item(earlier.item), _row.state == VersionState.PUBLISHED.value)
                .values(state=VersionState.REPLACED.value)
            )
            values = {
                "state": VersionState.PUBLISHED.value, "document": earlier.document,
                "live": earlier.live, "base": base, "authors": [account_id],
                "decided_by": account_id, "published_at": now,
            }  # fmt: skip
            restored = rows.add_version(connection, earlier.item, values, now)
            rows.write(connection, kind, noun, earlier.live)
            return restored

    def publish_due(self, now: datetime) -> Sequence[ContentVersion]:
        """Publish what was scheduled until now."""
        published = []
        query = (
            select(_row.id)
            .where(_row.state == VersionState.SCHEDULED.value, _row.publish_at <= now)
            .order_by(_row.publish_at)
        )
        with transaction(self._engine) as connection:
            waiting = connection.execute(query).scalars().all()
        for version_id in waiting:
            with transaction(self._engine) as connection:
                version = rows.version_of(rows.locked(connection, version_id))
                if version.state is not VersionState.SCHEDULED:
                    continue  # another process was quicker
                try:
                    with connection.begin_nested():
                        rows.publish(connection, version, version.decided_by or "", now)
                except (Conflict, InvalidInput) as error:
                    note = BASE_REPLACED if isinstance(error, Conflict) else UNREADABLE
                    rows.change(
                        connection, version, now, state=VersionState.REVIEW.value, note=note,
                        publish_at=null(),
                    )  # fmt: skip
                else:
                    published.append(rows.version_of(rows.locked(connection, version_id)))
        return published

    def dismiss_offer(self, name: ItemName, now: datetime) -> None:
        """Forget what a newer release says of an item."""
        with transaction(self._engine) as connection:
            rows.number_in_force(connection, rows.kind_named(name.kind), name, now)
            connection.execute(
                update(seed_items)
                .where(seed_items.c.kind == name.kind, seed_items.c.key == name.key)
                .values(seeded=func.coalesce(seed_items.c.offered, seed_items.c.seeded),
                        offered=null(), unconfirmed=False)
            )  # fmt: skip
