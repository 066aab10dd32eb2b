"""Files with content that wait to be confirmed, on PostgreSQL."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from izin.content import ContentVersion, ItemName, VersionState
from izin.content_imports import (
    KEPT,
    WAITS,
    ContentImport,
    FileProblem,
    ImportedItem,
    PlannedItem,
)
from izin.errors import Conflict, NotFound
from izin.storage.content_kinds import CONTENT_KINDS
from izin.storage.documents import plain
from izin.storage.postgres import content_rows
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.editing import content_versions
from izin.storage.tables.importing import content_imports

_MOST_LISTED = 20
_AT_ONCE = 1000

_row = content_imports.c
_version = content_versions.c


class PostgresContentImports:
    """``izin.ports.content_imports.ContentImports`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def add(self, waiting: ContentImport) -> None:
        """Keep what was read of a file."""
        row = {
            "id": waiting.id, "account_id": waiting.account_id, "file_name": waiting.file_name,
            "digest": waiting.digest, "created_at": waiting.created_at,
            "items": [[one.item.kind, one.item.key, one.document, one.live]
                      for one in waiting.items],
            "notes": [plain(note) for note in waiting.notes],
        }  # fmt: skip
        with transaction(self._engine) as connection:
            connection.execute(insert(content_imports), row)

    def get(self, import_id: str) -> ContentImport:
        """Give one."""
        with transaction(self._engine) as connection:
            return _import(_found(connection, import_id))

    def latest(self, now: datetime) -> Sequence[ContentImport]:
        """Give those that wait or were applied lately, newest first, without their items."""
        columns = [column for column in _row if column.name != "items"]
        query = (
            select(*columns)
            .where(or_(_row.applied_at.is_not(None), _row.created_at > now - WAITS))
            .order_by(_row.created_at.desc())
            .limit(_MOST_LISTED)
        )
        with transaction(self._engine) as connection:
            return [_import(row) for row in connection.execute(query)]

    def lock(self, import_id: str) -> ContentImport:
        """Give one that nobody else can apply until this commit ends."""
        with transaction(self._engine) as connection:
            return _import(_found(connection, import_id, lock=True))

    def begin_all(
        self, planned: Sequence[PlannedItem], account_id: str, now: datetime,
        state: VersionState = VersionState.DRAFT,
    ) -> Sequence[str]:  # fmt: skip
        """Begin a version for every item; all or, with an error, none."""
        by_kind: dict[str, list[PlannedItem]] = defaultdict(list)
        for one in planned:
            by_kind[one.item.kind].append(one)
        ids = {one.item: str(uuid.uuid4()) for one in planned}
        rows: list[dict[str, Any]] = []
        with transaction(self._engine) as connection:
            for kind, items in by_kind.items():
                numbers = _numbers(connection, kind, items)
                stored = CONTENT_KINDS[kind].read(connection)
                for one in items:
                    key = one.item.key
                    last, base = numbers.get(key, (0, None))
                    if base is None and key in stored:
                        last, base = last + 1, last + 1
                        rows.append(_first(one.item, stored[key], base, now))
                    document = plain(CONTENT_KINDS[kind].checked(key, one.document))
                    rows.append(
                        {**_first(one.item, (document, one.live), last + 1, now),
                         "id": ids[one.item], "state": state.value, "base": base,
                         "authors": [account_id], "published_at": None}
                    )  # fmt: skip
            try:
                with connection.begin_nested():
                    for start in range(0, len(rows), _AT_ONCE):
                        connection.execute(insert(content_versions), rows[start : start + _AT_ONCE])
            except IntegrityError as error:
                raise Conflict("an item of the import has an open version") from error
        return [ids[one.item] for one in planned]

    def applied(self, import_id: str, versions: Sequence[str], now: datetime) -> None:
        """Write down which versions an import made."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(content_imports)
                .where(_row.id == import_id)
                .values(applied_at=now, versions=list(versions), items=[])
            )

    def drop(self, import_id: str) -> None:
        """Forget one that waits."""
        with transaction(self._engine) as connection:
            connection.execute(
                delete(content_imports).where(_row.id == import_id, _row.applied_at.is_(None))
            )

    def versions(self, import_id: str, most: int) -> Sequence[ContentVersion]:
        """Give the first versions an import made, as they are now, in their order."""
        with transaction(self._engine) as connection:
            return _versions(connection, _found(connection, import_id).versions[:most])

    def in_review(
        self, import_id: str, not_by: str | None, most: int
    ) -> tuple[Sequence[ContentVersion], int]:
        """Give the first versions of an import that wait for review, and how many do."""
        with transaction(self._engine) as connection:
            places = {
                one: place for place, one in enumerate(_found(connection, import_id).versions)
            }
            waits = (_version.id.in_(list(places))) & (_version.state == VersionState.REVIEW.value)
            if not_by is not None:
                waits &= ~_version.authors.contains([not_by])
            found = connection.execute(select(_version.id).where(waits)).scalars().all()
            first = sorted(found, key=lambda one: places[one])[:most]
            return _versions(connection, first), len(found)


def tidy_imports(engine: Engine, now: datetime) -> int:
    """Delete imports nobody confirmed in time, and those applied long ago; gives how many."""
    with transaction(engine) as connection:
        gone = connection.execute(
            delete(content_imports).where(
                or_(
                    and_(_row.applied_at.is_(None), _row.created_at <= now - WAITS),
                    _row.applied_at <= now - KEPT,
                )
            )
        )
        return int(gone.rowcount)


def bound_hourly(engine: Engine) -> dict[str, Callable[[datetime], int]]:
    """Give the hourly jobs of imports."""
    return {"tidy_content_imports": partial(tidy_imports, engine)}


def _versions(connection: Connection, ids: Sequence[str]) -> Sequence[ContentVersion]:
    """Give versions in the order of their ids."""
    rows = connection.execute(select(content_versions).where(_version.id.in_(ids)))
    known = {row.id: content_rows.version_of(row) for row in rows}
    return [known[one] for one in ids if one in known]


def _found(connection: Connection, import_id: str, *, lock: bool = False) -> Row[Any]:
    if is_id(import_id):
        query = select(content_imports).where(_row.id == import_id)
        row = connection.execute(query.with_for_update() if lock else query).first()
        if row is not None:
            return row
    raise NotFound(f"import {import_id!r}")


def _import(row: Row[Any]) -> ContentImport:
    items = row._mapping.get("items") or ()
    return ContentImport(
        id=row.id,
        account_id=row.account_id,
        file_name=row.file_name,
        digest=row.digest,
        created_at=row.created_at,
        items=tuple(
            ImportedItem(ItemName(kind, key), document, live) for kind, key, document, live in items
        ),
        notes=tuple(FileProblem(**note) for note in row.notes),
        applied_at=row.applied_at,
        versions=tuple(row.versions),
    )


def _numbers(
    connection: Connection, kind: str, items: Sequence[PlannedItem]
) -> dict[str, tuple[int, int | None]]:
    """Give, by key, the highest number of a version and the number in force."""
    in_force = func.max(_version.number).filter(_version.state == VersionState.PUBLISHED.value)
    rows = connection.execute(
        select(_version.key, func.max(_version.number), in_force)
        .where(_version.kind == kind, _version.key.in_([one.item.key for one in items]))
        .group_by(_version.key)
    )
    return {key: (last, base) for key, last, base in rows}


def _first(name: ItemName, content: tuple[Any, bool], number: int, now: datetime) -> dict[str, Any]:
    """Give a row with what is in force; ``begin_all`` says what is different in a new one."""
    return {
        "id": str(uuid.uuid4()), "kind": name.kind, "key": name.key, "number": number,
        "state": VersionState.PUBLISHED.value, "document": content[0], "live": content[1],
        "base": None, "authors": [], "created_at": now, "changed_at": now, "published_at": now,
    }  # fmt: skip
