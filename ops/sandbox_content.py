"""A sandbox's content: the office's own as it is now, with drafts on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from izin.content import CANNED, OPEN_STATES, ItemName
from izin.errors import InvalidInput
from izin.storage.content_kinds import CONTENT_KINDS, ContentKind
from izin.storage.postgres.engine import transaction
from izin.storage.tables.content import FAQ_TABLES, content_revisions
from izin.storage.tables.editing import content_versions

ALL, NONE = "all", "none"
Drafts = str | Sequence[str]
"""`ALL`, `NONE`, or the ids of the versions to put on top."""

_ROWS_AT_ONCE = 500
_Items = dict[str, tuple[Any, bool]]
COPIED = {name: kind for name, kind in CONTENT_KINDS.items() if name != CANNED}
"""Replies kept ready are officers' words: no chat is answered from them."""

_row = content_versions.c
_OPEN = _row.state.in_([state.value for state in OPEN_STATES])


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal did.

    Attributes:
        changed: Items written.
        drafts: Versions that lie on top now.
        unfit: Versions that could not be put on top, as they contradict other content.
    """

    changed: int
    drafts: int
    unfit: tuple[str, ...] = ()


class ContentCopy:
    """Copies content from the office's database; nothing else is read there.

    Args:
        own: The sandbox's own database, seeded.
        live: The office's database; None leaves what was seeded.
    """

    def __init__(self, own: Engine, live: Engine | None) -> None:
        self._own = own
        self._live = live
        self._seen: object = None
        self._revisions: object = None
        self._office: dict[str, _Items] = {}
        self._kept: dict[str, _Items] = {}
        self._last = Renewal(0, 0)

    def renew(self, drafts: Drafts = ALL) -> Renewal:
        """Bring the copy up to date; costs one small query when nothing has changed.

        Raises:
            StorageUnavailable: A database does not answer.
        """
        if self._live is None:
            return self._last
        reading = self._live.execution_options(isolation_level="REPEATABLE READ")
        with transaction(reading) as connection:
            versions = _versions(connection, drafts)
            seen = _signature(connection, versions)
            if seen == self._seen:
                return Renewal(0, self._last.drafts, self._last.unfit)
            if seen["revisions"] != self._revisions:  # else only drafts were saved
                self._office = {name: dict(kind.read(connection)) for name, kind in COPIED.items()}
            if not self._kept:
                self._take_over(connection)
        self._last = self._write(self._office, versions)
        self._seen, self._revisions = seen, seen["revisions"]
        return self._last

    def _take_over(self, live: Connection) -> None:
        """Copy the rows of the FAQ at once: there may be thousands, and written one by one each
        would tell every process of a change."""
        with transaction(self._own) as connection:
            for table in FAQ_TABLES:
                rows = [dict(row) for row in live.execute(select(table)).mappings()]
                connection.execute(delete(table))
                for begin in range(0, len(rows), _ROWS_AT_ONCE):
                    connection.execute(insert(table).values(rows[begin : begin + _ROWS_AT_ONCE]))

    def _write(self, wanted: dict[str, _Items], versions: Sequence[Any]) -> Renewal:
        with transaction(self._own) as connection:
            if not self._kept:
                self._kept = {name: dict(kind.read(connection)) for name, kind in COPIED.items()}
            changed = sum(
                self._bring(connection, kind, wanted[name]) for name, kind in COPIED.items()
            )
            unfit = []
            for version in versions:
                name = ItemName(version.kind, version.key)
                if self._put(connection, name, (version.document, version.live)):
                    changed += 1
                elif self._kept[name.kind].get(name.key) != (version.document, version.live):
                    unfit.append(str(version.id))
        return Renewal(changed, len(versions) - len(unfit), tuple(unfit))

    def _bring(self, connection: Connection, kind: ContentKind, wanted: _Items) -> int:
        """Write what differs; what the office does not have is switched off."""
        kept = self._kept[kind.name]
        gone = {key: (doc, False) for key, (doc, _) in kept.items() if key not in wanted}
        return sum(
            self._put(connection, ItemName(kind.name, key), item)
            for key, item in {**wanted, **gone}.items()
        )

    def _put(self, connection: Connection, name: ItemName, item: tuple[Any, bool]) -> bool:
        """Write an item unless it is there; says whether it was written."""
        kind = COPIED[name.kind]
        if self._kept[name.kind].get(name.key) == item:
            return False
        try:
            noun = kind.checked(name.key, item[0])
            with connection.begin_nested():
                kind.write(connection, noun, item[1])
        except (InvalidInput, IntegrityError):
            return False
        self._kept[name.kind][name.key] = item
        return True


def _versions(connection: Connection, drafts: Drafts) -> Sequence[Any]:
    if drafts == NONE or not drafts:
        return []
    query = select(content_versions).where(_OPEN, _row.kind.in_(list(COPIED)))
    query = query.order_by(_row.created_at)
    if not isinstance(drafts, str):
        query = query.where(_row.id.in_(list(drafts)))
    order = {name: number for number, name in enumerate(COPIED)}
    return sorted(connection.execute(query).all(), key=lambda row: order.get(row.kind, 0))


def _signature(connection: Connection, versions: Sequence[Any]) -> Mapping[str, Any]:
    """Give what changes whenever the copy would."""
    revisions = connection.execute(
        select(content_revisions.c.subject, content_revisions.c.revision)
    )
    return {
        "revisions": {row.subject: row.revision for row in revisions},
        "versions": [(str(row.id), row.edits) for row in versions],
    }
