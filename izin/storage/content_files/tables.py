"""The tables that hold content: one for each kind, one for each of its lists, one for the rest.

Columns follow from the nouns, so a field that a noun gains is in the files at once. What has no
column of its own (rare facts, fee tables, questions) stands in ``details`` as path and value.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from typing import Any, Literal

from izin import content
from izin.activities import Activity
from izin.canned_replies import CannedReply
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.faq import FaqEntry
from izin.office import Holiday, Office, Place
from izin.permits import AmbiguousTerm, LegacyName, Permit
from izin.units import Unit

CellKind = Literal["text", "whole", "number", "yes", "day", "list", "choice", "leaf"]

LIVE = "live"
"""Column that says whether an item is shown."""

DETAILS = "details"
"""Name of the table of paths and values."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: Path of the field within the document or the list's part, e.g. ``fee.type``.
        kind: What its cells hold.
        required: An empty cell is an error.
        choices: The values of a ``choice``.
        default: What an empty cell of a new item means.
    """

    name: str
    kind: CellKind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    default: Any = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        name: Stable; its title is the wording ``files.table.<name>``.
        kind: The kind of its items; "" for ``details``, which names it in a column.
        part: Field whose list it holds; "" for an item's own row.
        columns: The first one is the item's key, of a place the first two.
        scalar: The part's list holds bare texts.
        pair: The part's list holds ``[first, second]``.
    """

    name: str
    kind: str
    columns: tuple[Column, ...]
    part: str = ""
    scalar: bool = False
    pair: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a kind's documents lie in tables.

    Attributes:
        kind: As in ``izin.content.KINDS``.
        main: The table with one row for each item; None when only ``details`` hold it.
        parts: The tables of its lists.
        key_columns: Columns that make the key, joined by ``:``.
        loose: Fields whose content stands in ``details``.
        pair: Names of the two parts of a document that is a pair, else ().
    """

    kind: str
    main: Table | None
    parts: tuple[Table, ...] = ()
    key_columns: tuple[str, ...] = ("key",)
    loose: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()


APPLY_AT = ("primary", "assisted", "issuer")


def _columns(noun: Any, prefix: str = "") -> tuple[list[Column], list[tuple[str, Any]], list[str]]:
    """Give a noun's columns, its lists of parts by field, and the fields without a column."""
    hints = typing.get_type_hints(noun)
    columns: list[Column] = []
    lists: list[tuple[str, Any]] = []
    loose: list[str] = []
    for field in fields(noun):
        name, hint = prefix + field.name, hints[field.name]
        required = field.default is MISSING and field.default_factory is MISSING
        default = None if field.default is MISSING else field.default
        if is_dataclass(hint):
            inner, _, inner_loose = _columns(hint, f"{name}.")
            columns += inner
            loose += inner_loose
        elif name == "apply_at":
            columns += [Column(f"{name}.{part}", required=part != "issuer") for part in APPLY_AT]
        elif (part_of := _list_of(hint)) is not None:
            lists.append((name, part_of))
        elif (column := _column(name, hint, required, default)) is not None:
            columns.append(column)
        else:
            loose.append(name)
    return columns, lists, loose


def _list_of(hint: Any) -> Any:
    """Give what a list of parts holds; None for another field, or one with lists of its own."""
    if typing.get_origin(hint) is tuple and len(args := typing.get_args(hint)) == 2:
        inner = args[0]
        if args[1] is Ellipsis and is_dataclass(inner):
            _, lists, loose = _columns(inner)
            return None if lists or loose else inner
        if typing.get_origin(inner) is tuple and typing.get_args(inner) == (str, str):
            return inner
    return None


def _column(name: str, hint: Any, required: bool, default: Any) -> Column | None:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        inner = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        return _column(name, inner[0], False, default) if len(inner) == 1 else None
    if typing.get_origin(hint) is Literal:
        return Column(name, "choice", required, tuple(typing.get_args(hint)), default)
    if typing.get_origin(hint) is tuple and typing.get_args(hint) == (str, Ellipsis):
        return Column(name, "list", False, (), [])
    known: dict[Any, CellKind] = {
        str: "text", int: "whole", float: "number", bool: "yes", date: "day",
    }  # fmt: skip
    if hint not in known:
        return None
    return Column(name, known[hint], required, (), default)


_CHOICES = {
    "confidence": ("high", "medium", "low"),
    "kind": {
        content.PLACE: ("kecamatan", "desa", "lokasi"),
        content.HOLIDAY: ("libur_nasional", "cuti_bersama", "daerah"),
    },
}


def _with_choices(kind: str, column: Column) -> Column:
    known: Any = _CHOICES.get(column.name)
    choices = known.get(kind) if isinstance(known, Mapping) else known
    if not choices or (column.name == "confidence" and kind != content.PERMIT):
        return column
    return Column(column.name, "choice", column.required, choices, column.default)


def _layout(
    kind: str, noun: Any, *keys: str, apart: tuple[str, ...] = (), live: bool = True,
    whole: tuple[str, ...] = (),
) -> Layout:  # fmt: skip
    columns, lists, loose = _columns(noun)
    first = [column for key in keys for column in columns if column.name == key]
    rest = [column for column in columns if column not in first and column.name not in apart]
    lists = [(field, part) for field, part in lists if field not in whole]
    shown = [Column(LIVE, "yes", default=True)] if live else []
    main = Table(kind, kind, tuple(_with_choices(kind, one) for one in (*first, *rest, *shown)))
    parts = [Table(f"{kind}_{field}", kind, (Column(keys[0], required=True), Column("value",
             required=True)), field, scalar=True) for field in apart]  # fmt: skip
    for field, part in lists:
        if is_dataclass(part):
            inner, pair = tuple(_columns(part)[0]), False
        else:
            inner, pair = (Column("code", required=True), Column("why", required=True)), True
        table = Table(f"{kind}_{field}", kind, (Column(keys[0], required=True), *inner), field,
                      pair=pair)  # fmt: skip
        parts.append(table)
    return Layout(kind, main, tuple(parts), keys, (*loose, *whole))


def _pair(kind: str, *names: str) -> Layout:
    columns = (Column(names[0], required=True), Column(names[1], required=True),
               Column(LIVE, "yes", default=True))  # fmt: skip
    return Layout(kind, Table(kind, kind, columns), key_columns=names[:1], pair=names)


LAYOUTS: Mapping[str, Layout] = {
    layout.kind: layout
    for layout in (
        _layout(content.FAQ, FaqEntry, "key"),
        _layout(content.PERMIT, Permit, "code", apart=("synonyms",)),
        _layout(content.AMBIGUOUS_TERM, AmbiguousTerm, "term"),
        _layout(content.LEGACY_NAME, LegacyName, "old"),
        _layout(content.ACTIVITY, Activity, "key"),
        Layout(
            content.FEE_TABLE,
            Table(content.FEE_TABLE, content.FEE_TABLE,
                  (Column("name", required=True), Column(LIVE, "yes", default=True))),
            (), ("name",), ("content",), ("name", "content"),
        ),
        _pair(content.STATUS_LABEL, "code", "label"),
        _layout(content.COMPLAINT_CLASS, ComplaintClass, "code"),
        _layout(content.COMPLAINT_CATEGORY, ComplaintCategory, "code"),
        _layout(content.OFFICE, Office, live=False),
        _layout(content.HOLIDAY, Holiday, "day"),
        _layout(content.PLACE, Place, "kind", "name"),
        _layout(content.UNIT, Unit, "code", live=False),
        _layout(content.CANNED, CannedReply, "id", live=False),
    )
}  # fmt: skip
"""By kind, in the order of the sheets."""

DETAILS_TABLE = Table(
    DETAILS, "",
    (
        Column("item_kind", "choice", True, tuple(LAYOUTS)), Column("item_key", required=True),
        Column("path", required=True), Column("leaf", "leaf"),
    ),
)  # fmt: skip

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        *(
            table
            for layout in LAYOUTS.values()
            for table in ((layout.main,) if layout.main else ()) + layout.parts
        ),
        DETAILS_TABLE,
    )
}
"""By name, in the order of the sheets."""
