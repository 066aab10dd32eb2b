"""Items of content and their versions, on our own PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from izin.content import (
    OPEN_STATES,
    ContentVersion,
    Document,
    ItemName,
    StoredItem,
    VersionState,
)
from izin.errors import Conflict, InvalidInput, NotFound
from izin.storage.content_kinds import CONTENT_KINDS, ContentKind
from izin.storage.documents import plain
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.content import seed_items
from izin.storage.tables.editing import content_versions

MOST_LISTED = 500

BASE_REPLACED = "base_replaced"
"""Note of a scheduled version that went back to review: what it changes was changed meanwhile."""

_row = content_versions.c
_OPEN = [state.value for state in OPEN_STATES]


class PostgresContentRoom:
    """``izin.ports.content.ContentRoom`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind."""
        with transaction(self._engine) as connection:
            return _items(connection, _kind(kind))

    def item(self, name: ItemName) -> StoredItem:
        """Give one item."""
        with transaction(self._engine) as connection:
            found = {item.item.key: item for item in _items(connection, _kind(name.kind))}
        if name.key not in found:
            raise NotFound(f"{name.kind} {name.key!r}")
        return found[name.key]

    def noun(self, name: ItemName, document: Document) -> Any:
        """Give a document's noun."""
        return _kind(name.kind).checked(name.key, document)

    def versions(self, name: ItemName) -> Sequence[ContentVersion]:
        """Give an item's versions, newest first."""
        with transaction(self._engine) as connection:
            rows = connection.execute(
                select(content_versions).where(*_of(name)).order_by(_row.number.desc())
            ).all()
            if rows:
                return [_version(row) for row in rows]
            document, live = _in_force(connection, name)
        return [_first_version(name, document, live)]

    def version(self, version_id: str) -> ContentVersion:
        """Give one version."""
        with transaction(self._engine) as connection:
            return _version(_locked(connection, version_id))

    def in_state(self, *states: VersionState) -> Sequence[ContentVersion]:
        """Give the versions in these states."""
        query = (
            select(content_versions)
            .where(_row.state.in_([state.value for state in states]))
            .order_by(_row.changed_at)
            .limit(MOST_LISTED)
        )
        with transaction(self._engine) as connection:
            return [_version(row) for row in connection.execute(query)]

    def begin(
        self, name: ItemName, document: Document, live: bool, account_id: str, now: datetime
    ) -> ContentVersion:
        """Begin a draft of an item that has none open."""
        kind = _kind(name.kind)
        checked = plain(kind.checked(name.key, document))
        with transaction(self._engine) as connection:
            base = _number_in_force(connection, kind, name, now)
            values = {
                "state": VersionState.DRAFT.value, "document": checked, "live": live,
                "base": base, "authors": [account_id],
            }  # fmt: skip
            return _add(connection, name, values, now)

    def save(
        self, version_id: str, edits: int, document: Document, live: bool, account_id: str,
        now: datetime,
    ) -> ContentVersion:  # fmt: skip
        """Put a new document into a draft."""
        with transaction(self._engine) as connection:
            version = _unmoved(connection, version_id, edits)
            if version.state is not VersionState.DRAFT:
                raise Conflict(f"version {version_id} is no draft any more")
            checked = _kind(version.item.kind).checked(version.item.key, document)
            authors = list(dict.fromkeys([*version.authors, account_id]))
            return _change(
                connection, version, now, document=plain(checked), live=live, authors=authors
            )

    def move(
        self, version_id: str, edits: int, state: VersionState, account_id: str, now: datetime,
        *, note: str = "", publish_at: datetime | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Move an open version."""
        with transaction(self._engine) as connection:
            version = _unmoved(connection, version_id, edits)
            return _change(
                connection, version, now, state=state.value, note=note, publish_at=publish_at,
                decided_by=account_id,
            )  # fmt: skip

    def publish(self, version_id: str, edits: int, account_id: str, now: datetime) -> None:
        """Bring an open version into force at once."""
        with transaction(self._engine) as connection:
            version = _unmoved(connection, version_id, edits)
            _publish(connection, version, account_id, now)

    def restore(self, version_id: str, account_id: str, now: datetime) -> ContentVersion:
        """Bring an earlier content into force again."""
        with transaction(self._engine) as connection:
            earlier = _version(_locked(connection, version_id))
            if earlier.state is not VersionState.REPLACED:
                raise Conflict(f"version {version_id} was not replaced")
            kind = _kind(earlier.item.kind)
            base = _number_in_force(connection, kind, earlier.item, now)
            noun = kind.checked(earlier.item.key, earlier.document)
            connection.execute(
                update(content_versions)
                .where(*_of(earlier.item), _row.state == VersionState.PUBLISHED.value)
                .values(state=VersionState.REPLACED.value)
            )
            values = {
                "state": VersionState.PUBLISHED.value, "document": earlier.document,
                "live": earlier.live, "base": base, "authors": [account_id],
                "decided_by": account_id, "published_at": now,
            }  # fmt: skip
            restored = _add(connection, earlier.item, values, now)
            kind.write(connection, noun, earlier.live)
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
                version = _version(_locked(connection, version_id))
                if version.state is not VersionState.SCHEDULED:
                    continue  # another process was quicker
                try:
                    _publish(connection, version, version.decided_by or "", now)
                except (Conflict, InvalidInput):
                    _change(
                        connection, version, now, state=VersionState.REVIEW.value,
                        note=BASE_REPLACED, publish_at=null(),
                    )  # fmt: skip
                else:
                    published.append(_version(_locked(connection, version_id)))
        return published

    def dismiss_offer(self, name: ItemName) -> None:
        """Forget what a newer release says of an item."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(seed_items)
                .where(seed_items.c.kind == name.kind, seed_items.c.key == name.key)
                .values(seeded=func.coalesce(seed_items.c.offered, seed_items.c.seeded),
                        offered=null())
            )  # fmt: skip


def _kind(name: str) -> ContentKind:
    if name not in CONTENT_KINDS:
        raise NotFound(f"content kind {name!r}")
    return CONTENT_KINDS[name]


def _of(name: ItemName) -> tuple[Any, Any]:
    return _row.kind == name.kind, _row.key == name.key


def _items(connection: Connection, kind: ContentKind) -> list[StoredItem]:
    rows = connection.execute(
        select(content_versions).where(
            _row.kind == kind.name, _row.state.in_([*_OPEN, VersionState.PUBLISHED.value])
        )
    )
    numbers: dict[str, int] = {}
    open_versions: dict[str, ContentVersion] = {}
    for row in rows:
        version = _version(row)
        if version.is_open:
            open_versions[version.item.key] = version
        else:
            numbers[version.item.key] = version.number
    offered = connection.execute(
        select(seed_items.c.key, seed_items.c.offered).where(
            seed_items.c.kind == kind.name, seed_items.c.offered.is_not(None)
        )
    )
    offers = {row.key: row.offered for row in offered}
    items = [
        StoredItem(
            ItemName(kind.name, key), document, live, numbers.get(key),
            open_versions.pop(key, None), offers.get(key),
        )
        for key, (document, live) in kind.read(connection).items()
    ]  # fmt: skip
    new = sorted(open_versions.values(), key=lambda version: version.created_at)
    return items + [StoredItem(one.item, one.document, False, None, one) for one in new]


def _in_force(connection: Connection, name: ItemName) -> tuple[Document, bool]:
    stored = _kind(name.kind).read(connection).get(name.key)
    if stored is None:
        raise NotFound(f"{name.kind} {name.key!r}")
    return stored


def _first_version(name: ItemName, document: Document, live: bool) -> ContentVersion:
    """Give what nobody has edited yet as the version it will be."""
    never = datetime.fromtimestamp(0).astimezone()
    return ContentVersion(
        "", name, 1, VersionState.PUBLISHED, document, live, None, (), 0, never, never
    )


def _number_in_force(
    connection: Connection, kind: ContentKind, name: ItemName, now: datetime
) -> int | None:
    """Give the number of the version in force; the release's own becomes version 1 now."""
    connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{name.kind}/{name.key}", 7)))
    )
    known = connection.execute(
        select(_row.number).where(*_of(name), _row.state == VersionState.PUBLISHED.value)
    ).scalar()
    if known is not None:
        return int(known)
    stored = kind.read(connection).get(name.key)
    if stored is None:
        return None
    values = {
        "state": VersionState.PUBLISHED.value, "document": stored[0], "live": stored[1],
        "published_at": now,
    }  # fmt: skip
    return _add(connection, name, values, now).number


def _add(
    connection: Connection, name: ItemName, values: dict[str, Any], now: datetime
) -> ContentVersion:
    last = connection.execute(select(func.max(_row.number)).where(*_of(name))).scalar()
    row = {
        "id": str(uuid.uuid4()), "kind": name.kind, "key": name.key, "number": (last or 0) + 1,
        "created_at": now, "changed_at": now, **values,
    }  # fmt: skip
    try:
        with connection.begin_nested():
            added = connection.execute(insert(content_versions).values(row).returning(*_row))
            return _version(added.one())
    except IntegrityError as error:
        raise Conflict(f"{name.kind} {name.key!r} has an open version") from error


def _publish(
    connection: Connection, version: ContentVersion, account_id: str, now: datetime
) -> None:
    kind = _kind(version.item.kind)
    noun = kind.checked(version.item.key, version.document)
    base = _number_in_force(connection, kind, version.item, now)
    if base != version.base:
        raise Conflict(f"{version.item.kind} {version.item.key!r} was published meanwhile")
    connection.execute(
        update(content_versions)
        .where(*_of(version.item), _row.state == VersionState.PUBLISHED.value)
        .values(state=VersionState.REPLACED.value)
    )
    _change(
        connection, version, now, state=VersionState.PUBLISHED.value, decided_by=account_id,
        published_at=now, publish_at=null(),
    )  # fmt: skip
    kind.write(connection, noun, version.live)
    offered = seed_items.c.offered
    connection.execute(
        update(seed_items)
        .where(
            seed_items.c.kind == version.item.kind, seed_items.c.key == version.item.key,
            offered == version.document,
        )
        .values(seeded=offered, offered=null())
    )  # fmt: skip


def _change(
    connection: Connection, version: ContentVersion, now: datetime, **values: Any
) -> ContentVersion:
    changed = connection.execute(
        update(content_versions)
        .where(_row.id == version.id)
        .values(**values, changed_at=now, edits=_row.edits + 1)
        .returning(*_row)
    )
    return _version(changed.one())


def _locked(connection: Connection, version_id: str) -> Row[Any]:
    if is_id(version_id):
        query = select(content_versions).where(_row.id == version_id).with_for_update()
        row = connection.execute(query).first()
        if row is not None:
            return row
    raise NotFound(f"content version {version_id!r}")


def _unmoved(connection: Connection, version_id: str, edits: int) -> ContentVersion:
    version = _version(_locked(connection, version_id))
    if not version.is_open or version.edits != edits:
        raise Conflict(f"version {version_id} has changed meanwhile")
    return version


def _version(row: Row[Any]) -> ContentVersion:
    return ContentVersion(
        id=row.id,
        item=ItemName(row.kind, row.key),
        number=row.number,
        state=VersionState(row.state),
        document=row.document,
        live=row.live,
        base=row.base,
        authors=tuple(row.authors),
        edits=row.edits,
        created_at=row.created_at,
        changed_at=row.changed_at,
        decided_by=row.decided_by,
        publish_at=row.publish_at,
        published_at=row.published_at,
        note=row.note,
    )
