"""Versions of content as rows: reading, adding, moving and publishing one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, null, select, true, update
from sqlalchemy.exc import DataError, IntegrityError

from izin.content import (
    OPEN_STATES,
    ContentVersion,
    Document,
    ItemName,
    StoredItem,
    VersionState,
)
from izin.errors import Conflict, InvalidInput, NotFound
from izin.storage.content_kinds import CONTENT_KINDS, ContentKind, Item
from izin.storage.postgres.engine import is_id
from izin.storage.tables.content import seed_items
from izin.storage.tables.editing import content_versions

_row = content_versions.c
_OPEN = [state.value for state in OPEN_STATES]


def kind_named(name: str) -> ContentKind:
    """Give a kind of content.

    Raises:
        NotFound: There is none of this name.
    """
    if name not in CONTENT_KINDS:
        raise NotFound(f"content kind {name!r}")
    return CONTENT_KINDS[name]


def of_item(name: ItemName) -> tuple[Any, Any]:
    """Give what says in a query that a version is an item's."""
    return _row.kind == name.kind, _row.key == name.key


def items_of(
    connection: Connection, kind: ContentKind, stored: Mapping[str, Item], key: str | None = None
) -> list[StoredItem]:
    """Give what is stored with what its versions say; with ``key`` of that item alone."""
    of_kind = _row.kind == kind.name if key is None else and_(*of_item(ItemName(kind.name, key)))
    opened = select(content_versions).where(of_kind, _row.state.in_(_OPEN))
    open_versions = {row.key: version_of(row) for row in connection.execute(opened)}
    in_force = select(_row.key, _row.number).where(
        of_kind, _row.state == VersionState.PUBLISHED.value
    )
    numbers = {row.key: row.number for row in connection.execute(in_force)}
    offered = connection.execute(
        select(seed_items.c.key, seed_items.c.offered).where(
            seed_items.c.kind == kind.name, seed_items.c.offered.is_not(None),
            seed_items.c.key == key if key is not None else true(),
        )
    )  # fmt: skip
    offers = {row.key: row.offered for row in offered}
    items = [
        StoredItem(
            ItemName(kind.name, key), document, live, numbers.get(key),
            open_versions.pop(key, None), offers.get(key),
        )
        for key, (document, live) in stored.items()
    ]  # fmt: skip
    new = sorted(open_versions.values(), key=lambda version: version.created_at)
    return items + [StoredItem(one.item, one.document, False, None, one) for one in new]


def in_force(connection: Connection, name: ItemName) -> tuple[Document, bool]:
    """Give an item's document and whether it is live.

    Raises:
        NotFound: There is no such item.
    """
    stored = kind_named(name.kind).read_one(connection, name.key)
    if stored is None:
        raise NotFound(f"{name.kind} {name.key!r}")
    return stored


def first_version(name: ItemName, document: Document, live: bool) -> ContentVersion:
    """Give what nobody has edited yet as the version it will be."""
    never = datetime.fromtimestamp(0).astimezone()
    return ContentVersion(
        "", name, 1, VersionState.PUBLISHED, document, live, None, (), 0, never, never
    )


def number_in_force(
    connection: Connection, kind: ContentKind, name: ItemName, now: datetime
) -> int | None:
    """Give the number of the version in force; the release's own becomes version 1 now."""
    connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{name.kind}/{name.key}", 7)))
    )
    known = connection.execute(
        select(_row.number).where(*of_item(name), _row.state == VersionState.PUBLISHED.value)
    ).scalar()
    if known is not None:
        return int(known)
    stored = kind.read_one(connection, name.key)
    if stored is None:
        return None
    values = {
        "state": VersionState.PUBLISHED.value, "document": stored[0], "live": stored[1],
        "published_at": now,
    }  # fmt: skip
    return add_version(connection, name, values, now).number


def add_version(
    connection: Connection, name: ItemName, values: dict[str, Any], now: datetime
) -> ContentVersion:
    """Write a new version.

    Raises:
        Conflict: The item has an open one.
    """
    last = connection.execute(select(func.max(_row.number)).where(*of_item(name))).scalar()
    row = {
        "id": str(uuid.uuid4()), "kind": name.kind, "key": name.key, "number": (last or 0) + 1,
        "created_at": now, "changed_at": now, **values,
    }  # fmt: skip
    try:
        with connection.begin_nested():
            added = connection.execute(insert(content_versions).values(row).returning(*_row))
            return version_of(added.one())
    except IntegrityError as error:
        raise Conflict(f"{name.kind} {name.key!r} has an open version") from error


def publish(
    connection: Connection, version: ContentVersion, account_id: str, now: datetime
) -> None:
    """Bring an open version into force.

    Raises:
        Conflict: Another version than its base is in force.
        InvalidInput: Its document is no content of its kind.
    """
    kind = kind_named(version.item.kind)
    noun = kind.checked(version.item.key, version.document)
    base = number_in_force(connection, kind, version.item, now)
    if base != version.base:
        raise Conflict(f"{version.item.kind} {version.item.key!r} was published meanwhile")
    connection.execute(
        update(content_versions)
        .where(*of_item(version.item), _row.state == VersionState.PUBLISHED.value)
        .values(state=VersionState.REPLACED.value)
    )
    change(
        connection, version, now, state=VersionState.PUBLISHED.value, decided_by=account_id,
        published_at=now, publish_at=null(),
    )  # fmt: skip
    write(connection, kind, noun, version.live)
    offered, of_seed = seed_items.c.offered, (
        seed_items.c.kind == version.item.kind, seed_items.c.key == version.item.key,
    )  # fmt: skip
    # What an editor wrote is confirmed by that; the release's word remains an offer to compare.
    connection.execute(update(seed_items).where(*of_seed).values(unconfirmed=False))
    connection.execute(
        update(seed_items)
        .where(*of_seed, offered == version.document)
        .values(seeded=offered, offered=null())
    )  # fmt: skip


def write(connection: Connection, kind: ContentKind, noun: Any, live: bool) -> None:
    """Put a noun into its rows.

    Raises:
        InvalidInput: It refers to what is not there, or is too large.
    """
    try:
        with connection.begin_nested():
            kind.write(connection, noun, live)
    except (IntegrityError, DataError) as error:
        raise InvalidInput(f"{kind.name} does not fit into its tables") from error


def change(
    connection: Connection, version: ContentVersion, now: datetime, **values: Any
) -> ContentVersion:
    """Write into a version and give it as it is now."""
    changed = connection.execute(
        update(content_versions)
        .where(_row.id == version.id)
        .values(**values, changed_at=now, edits=_row.edits + 1)
        .returning(*_row)
    )
    return version_of(changed.one())


def found(connection: Connection, version_id: str, *, lock: bool = False) -> Row[Any]:
    """Give a version's row.

    Raises:
        NotFound: There is none.
    """
    if is_id(version_id):
        query = select(content_versions).where(_row.id == version_id)
        row = connection.execute(query.with_for_update() if lock else query).first()
        if row is not None:
            return row
    raise NotFound(f"content version {version_id!r}")


def locked(connection: Connection, version_id: str) -> Row[Any]:
    """Give a version's row, locked.

    Raises:
        NotFound: There is none.
    """
    return found(connection, version_id, lock=True)


def unmoved(connection: Connection, version_id: str, edits: int) -> ContentVersion:
    """Give an open version, locked.

    Raises:
        Conflict: It is not open, or has other ``edits``.
        NotFound: There is none.
    """
    version = version_of(locked(connection, version_id))
    if not version.is_open or version.edits != edits:
        raise Conflict(f"version {version_id} has changed meanwhile")
    return version


def version_of(row: Row[Any]) -> ContentVersion:
    """Give a row's version."""
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
