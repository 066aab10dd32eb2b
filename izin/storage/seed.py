"""Brings the release's data files into the database once, and never over an editor's work.

The first seeding publishes everything. Later, start and upgrade only add what a new release
brings for the first time, as unpublished drafts; an item whose text a release changed stays
as it is and is reported with its differences, and an item an editor deleted stays deleted.
Of the one office, a detail that no release knew before is filled in at once, since code of the
same release reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, null, select, text, update

from izin.storage.documents import plain
from izin.storage.examples import shown_now
from izin.storage.postgres.canned_replies import seed_canned
from izin.storage.postgres.engine import create, transaction
from izin.storage.seed_checks import SeedWarning
from izin.storage.seed_details import fill_details
from izin.storage.seed_files import Seed, read_seed
from izin.storage.seed_kinds import KINDS, SeedKind
from izin.storage.tables.content import seed_items

_SEED_LOCK = 7_203_041  # two processes starting at once must not both seed


@dataclass(frozen=True, slots=True)
class SeedItem:
    """One item of the data files: its kind (``permit``, ``faq``…) and its key.

    A detail filled into an office seeded earlier has the kind ``office_detail``; it is kept
    with the office's own item.
    """

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class SeedDifference:
    """A field in which the release's item differs from the one in the database.

    ``edited`` is True when somebody changed the stored item since it was seeded.
    """

    item: SeedItem
    field: str
    stored: Any
    offered: Any
    edited: bool


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What seeding did.

    Attributes:
        added: Items written and live.
        drafts: Items written as unpublished drafts.
        differences: What a newer release says differently; nothing of it was applied.
        warnings: Disagreements inside the data files, from their loader.
        unconfirmed: Items that wait, whole or in part, for an editor to confirm them.
    """

    added: tuple[SeedItem, ...] = ()
    drafts: tuple[SeedItem, ...] = ()
    differences: tuple[SeedDifference, ...] = ()
    warnings: tuple[SeedWarning, ...] = ()
    unconfirmed: tuple[SeedItem, ...] = ()

    @property
    def changed(self) -> bool:
        """Say whether any row was written."""
        return bool(self.added or self.drafts)


def seed_all(
    database_url: str, data_folder: Path | str, office_folder: Path | None = None
) -> SeedReport:
    """Seed our own database from ``data_folder``; a second run changes nothing.

    Args:
        database_url: Our own database.
        data_folder: The release's files.
        office_folder: Holds the identity of a real office (``office.yml``, ``privacy.yml``): a
            production installation, where example facts wait for an editor.

    Raises:
        InvalidInput: A data file is malformed; ``field`` names it.
        StorageUnavailable: Our database does not answer.
    """
    seed = read_seed(Path(data_folder), office_folder)
    engine = create(database_url, pool_size=1)
    try:
        with transaction(engine) as connection:
            report = seed_content(connection, seed, production=office_folder is not None)
            seed_canned(connection, Path(data_folder))
            return report
    finally:
        engine.dispose()


def seed_content(connection: Connection, seed: Seed, *, production: bool = False) -> SeedReport:
    """Seed inside the caller's transaction; see ``seed_all``."""
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _SEED_LOCK})
    filled = fill_details(connection, seed.office.details)
    added = [SeedItem("office_detail", key) for key in filled]
    drafts: list[SeedItem] = []
    differences: list[SeedDifference] = []
    unconfirmed: list[SeedItem] = []
    for kind in KINDS:
        run = _KindRun(connection, kind)
        for position, (key, noun) in enumerate(kind.by_key(kind.offered(seed)).items(), 1):
            item = SeedItem(kind.name, key)
            if run.is_new(key):
                off = (kind.name, key) in seed.off
                shown = shown_now(kind.name, noun) if production else noun
                published = run.insert(key, noun, position, off=off, shown=shown)
                (added if published else drafts).append(item)
                if shown is not noun:
                    unconfirmed.append(item)
            else:
                differences.extend(run.compare(item, plain(noun)))
    return SeedReport(
        tuple(added), tuple(drafts), tuple(differences), seed.warnings, tuple(unconfirmed)
    )


class _KindRun:
    """The items of one kind as they are in the database."""

    def __init__(self, connection: Connection, kind: SeedKind) -> None:
        self._connection = connection
        self._kind = kind
        self._stored = {
            key: plain(noun) for key, noun in kind.by_key(kind.stored(connection)).items()
        }
        rows = connection.execute(select(seed_items).where(seed_items.c.kind == kind.name))
        self._known = {row.key: row for row in rows}
        self._first = not self._known and not self._stored

    def is_new(self, key: str) -> bool:
        return key not in self._known and key not in self._stored

    def insert(self, key: str, noun: Any, position: int, *, off: bool, shown: Any | None) -> bool:
        """Write a new item; ``shown`` is what of it may be told now, None for nothing."""
        published = (self._first or not self._kind.drafts) and not off and shown is not None
        written = noun if shown is None else shown
        self._kind.insert(self._connection, written, position, published)
        row = {"kind": self._kind.name, "key": key, "seeded": plain(written)}
        if shown is not noun:
            row["unconfirmed"] = True
            if shown is not None:
                row["offered"] = plain(noun)  # as the release wrote it, for the editor
        self._connection.execute(insert(seed_items), row)
        return published

    def compare(self, item: SeedItem, offered: Any) -> list[SeedDifference]:
        stored, known = self._stored.get(item.key), self._known.get(item.key)
        if stored is None:
            return []  # deleted by an editor
        if known is not None and _same(offered, known.seeded):
            self._remember(item, None if known.offered is None else {"offered": null()})
            return []
        if stored == offered:
            return []
        if known is not None and not _same(known.offered, offered):
            self._remember(item, {"offered": offered})
        if known is not None and known.unconfirmed:
            return []  # editors see it among what they are to confirm
        edited = known is None or not _same(stored, known.seeded)
        return [
            SeedDifference(item, field, old, new, edited)
            for field, old, new in _unequal_fields(stored, offered)
        ]

    def _remember(self, item: SeedItem, values: Mapping[str, Any] | None) -> None:
        if values is not None:
            self._connection.execute(
                update(seed_items)
                .where(seed_items.c.kind == item.kind, seed_items.c.key == item.key)
                .values(**values)
            )


def _same(one: Any, other: Any) -> bool:
    """Say whether two versions say the same; a part that one release does not know is empty."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(one.get(name) == other.get(name) for name in one.keys() | other.keys())
    return bool(one == other)


def _unequal_fields(stored: Any, offered: Any) -> list[tuple[str, Any, Any]]:
    if not (isinstance(stored, dict) and isinstance(offered, dict)):
        return [("", stored, offered)]
    return [
        (name, stored.get(name), offered.get(name))
        for name in sorted(stored.keys() | offered.keys())
        if stored.get(name) != offered.get(name)
    ]
