"""Content from files: what was read, what is wrong with it, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from izin.content import Document, ItemName, StoredItem

WAITS = timedelta(hours=24)
"""How long an import waits to be confirmed."""

KEPT = timedelta(days=90)
"""How long it is known afterwards which versions an import made."""

MOST_ROWS = 25_000
"""Of one file, over all its sheets."""


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """An item as a file says it.

    Attributes:
        item: Its name.
        document: Its content in JSON's own types.
        live: Shown to citizens; None when the file does not say.
    """

    item: ItemName
    document: Document
    live: bool | None = None


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong in a file, said so that a person finds it.

    Attributes:
        code: Its wording is ``files.problem.<code>``.
        sheet: Title of the sheet, or name of the file within an archive; "" for the whole.
        row: As the spreadsheet counts, from 1; None when it is not one row.
        column: Title of the column, "" when it is not one.
        values: Parameters of the wording.
    """

    code: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)


class ItemState(StrEnum):
    """How an item of a file stands to what is in force."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an item, before and after, in JSON's own types."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """What an import would do with one item.

    Attributes:
        item: Its name.
        state: New, changed, the same, or missing in the file (it is kept).
        document: What the draft will say; None when nothing is done.
        live: Whether it will be shown.
        fields: What changes.
        open_version: Id of the version somebody has open; a draft cannot be begun then.
    """

    item: ItemName
    state: ItemState
    document: Document = None
    live: bool = True
    fields: tuple[FieldChange, ...] = ()
    open_version: str | None = None


@dataclass(frozen=True, slots=True)
class ContentImport:
    """A file's content that was uploaded.

    Attributes:
        id: Opaque id.
        account_id: Who uploaded it.
        file_name: As it was named.
        digest: SHA-256 of the file.
        created_at: When.
        items: What it says; empty once it was applied.
        notes: What to know besides (columns that were not in the file).
        applied_at: When it was confirmed; None while it waits.
        versions: Ids of the versions it made.
    """

    id: str
    account_id: str
    file_name: str
    digest: str
    created_at: datetime
    items: tuple[ImportedItem, ...]
    notes: tuple[FileProblem, ...] = ()
    applied_at: datetime | None = None
    versions: tuple[str, ...] = ()

    def expired(self, now: datetime) -> bool:
        """Say whether it can no longer be confirmed."""
        return self.applied_at is None and now >= self.created_at + WAITS


def plan(
    items: Sequence[ImportedItem], stored: Mapping[str, Sequence[StoredItem]]
) -> tuple[PlannedItem, ...]:
    """Give what an import would do, in the file's order, then what the file misses.

    ``stored`` holds, by kind, every item of the kinds in ``items``.
    """
    known = {one.item: one for of_kind in stored.values() for one in of_kind}
    planned = [_planned(item, known.get(item.item)) for item in items]
    named = {item.item for item in items}
    kinds = {item.item.kind for item in items}
    missing = [
        PlannedItem(one.item, ItemState.MISSING, live=one.live)
        for kind in stored
        if kind in kinds
        for one in stored[kind]
        if one.item not in named
    ]
    return (*planned, *missing)


def _planned(given: ImportedItem, known: StoredItem | None) -> PlannedItem:
    opened = known.open_version if known else None
    open_id = opened.id if opened else None
    begun = known is not None and known.number is None and not known.live
    if known is None or (begun and opened is not None and opened.base is None):
        live = True if given.live is None else given.live
        return PlannedItem(given.item, ItemState.NEW, given.document, live, open_version=open_id)
    live = known.live if given.live is None else given.live
    fields = changes(known.document, given.document)
    if live != known.live:
        fields = (*fields, FieldChange("live", known.live, live))
    if not fields:
        return PlannedItem(given.item, ItemState.SAME, live=live, open_version=open_id)
    return PlannedItem(given.item, ItemState.CHANGED, given.document, live, fields, open_id)


def changes(before: Document, after: Document) -> tuple[FieldChange, ...]:
    """Give the fields in which two documents of an item differ; empty is empty, however told."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return () if before == after else (FieldChange("", before, after),)
    return tuple(
        FieldChange(str(name), before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if not _alike(before.get(name), after.get(name))
    )


def _alike(one: object, other: object) -> bool:
    empty: tuple[object, ...] = (None, "", [], {})
    return one == other or (_in(one, empty) and _in(other, empty))


def _in(value: object, empty: Sequence[object]) -> bool:
    return any(type(value) is type(item) and value == item for item in empty)
