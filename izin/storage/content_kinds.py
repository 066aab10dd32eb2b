"""Each kind of content: how its documents are checked, and read from and written to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Table,
    Text,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    select,
    update,
)

from izin import content
from izin.activities import Activity
from izin.canned_replies import CannedReply
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.errors import InvalidInput
from izin.faq import FaqEntry
from izin.office import Holiday, Office, Place
from izin.permits import AmbiguousTerm, LegacyName, Permit
from izin.storage.documents import plain
from izin.storage.postgres.flat_rows import as_noun
from izin.storage.postgres.units import unit_values
from izin.storage.seed_kinds import KINDS as SEED_KINDS
from izin.storage.seed_kinds import SeedKind
from izin.storage.tables import catalogue, serving, units
from izin.storage.tables import content as tables
from izin.storage.tables.editing import content_versions
from izin.units import Unit

Item = tuple[Any, bool]
"""(document, live)."""

_FLAT = frozenset(
    {
        tables.faq_entries, tables.holidays, tables.places, catalogue.ambiguous_terms,
        catalogue.legacy_names, catalogue.complaint_classes, catalogue.complaint_categories,
    }
)  # fmt: skip
"""Tables whose rows hold all of a noun."""


@dataclass(frozen=True, slots=True)
class ContentKind:
    """One kind of content.

    Attributes:
        name: As in ``izin.content.KINDS``.
        noun: Checks a document and gives its noun.
        key: Gives a noun's key.
        read: Gives every item by key, in order, live or not.
        read_one: Gives the item with a key, or None.
        untouched: Gives the keys of items that are not live and were never edited, in order.
        write: Puts a noun in the place of the item with its key, or adds it at the end.
        few: Gives the items with these keys alone, by key; None where a kind has few items.
    """

    name: str
    noun: TypeAdapter[Any]
    key: Callable[[Any], str]
    read: Callable[[Connection], Mapping[str, Item]]
    read_one: Callable[[Connection, str], Item | None]
    untouched: Callable[[Connection], Sequence[str]]
    write: Callable[[Connection, Any, bool], None]
    lives: Callable[[Any, bool], bool] = lambda noun, live: live
    """Says whether a noun is live; some say so themselves."""
    few: Callable[[Connection, Sequence[str]], Mapping[str, Item]] | None = None

    def read_some(self, connection: Connection, keys: Sequence[str]) -> Mapping[str, Item]:
        """Give the items with these keys that there are; of a large kind no other is read."""
        found = self.read(connection) if self.few is None else self.few(connection, keys)
        return {key: found[key] for key in keys if key in found}

    def checked(self, key: str, document: Any) -> Any:
        """Give a document's noun.

        Raises:
            InvalidInput: It is no content of this kind, says more than one can hold, or is
                another item's; ``field`` is the path of the part at fault.
        """
        try:
            noun = self.noun.validate_python(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            path = ".".join(str(part) for part in first["loc"])
            raise InvalidInput(f"{self.name}: {first['type']}", field=path) from None
        if unknown := _unknown(document, plain(noun)):
            raise InvalidInput(f"{self.name} knows no {unknown}", field=unknown)
        if self.key(noun) != key:
            raise InvalidInput(f"{self.name} {key!r} cannot change its key", field="key")
        return noun


def _unknown(given: Any, kept: Any, path: str = "") -> str:
    """Give the path of a part of a document that its noun does not hold, or ""."""
    if isinstance(given, Mapping) and isinstance(kept, Mapping):
        for name, value in given.items():
            inner = f"{path}.{name}" if path else str(name)
            if name not in kept:
                return inner
            if found := _unknown(value, kept[name], inner):
                return found
    elif isinstance(given, list) and isinstance(kept, list):
        for number, (one, other) in enumerate(zip(given, kept, strict=False)):
            if found := _unknown(one, other, f"{path}.{number}" if path else str(number)):
                return found
    return ""


def _seeded(seed: SeedKind, noun: Any, table: Table, of_key: Callable[[str], Any]) -> ContentKind:
    """Give the kind of items that lie in rows with a position, below ``table``."""

    keys = select(*table.primary_key.columns, table.c.published).order_by(table.c.position)
    flat = is_dataclass(noun) and table in _FLAT

    def live_keys(connection: Connection) -> Mapping[str, bool]:
        return {_joined(row[:-1]): bool(row[-1]) for row in connection.execute(keys)}

    def read_one(connection: Connection, key: str) -> Item | None:
        if not flat:
            return read(connection).get(key)
        row = connection.execute(select(table).where(of_key(key))).mappings().first()
        return None if row is None else (plain(as_noun(noun, row)), bool(row["published"]))

    def untouched(connection: Connection) -> Sequence[str]:
        named = func.concat_ws(":", *(cast(column, Text) for column in table.primary_key))
        own = content_versions.c
        edited = exists().where(own.kind == seed.name, own.key == named)
        rows = connection.execute(keys.where(~table.c.published, ~edited))
        return [_joined(row[:-1]) for row in rows]

    def read(connection: Connection) -> Mapping[str, Item]:
        if flat:
            return _read_flat(connection, table, noun)
        live = live_keys(connection)
        items = seed.by_key(seed.stored(connection))
        return {key: (plain(item), live[key]) for key, item in items.items()}

    def write(connection: Connection, item: Any, live: bool) -> None:
        here = of_key(seed.key(item))
        position = connection.execute(select(table.c.position).where(here)).scalar()
        if position is None:
            last = connection.execute(select(func.max(table.c.position))).scalar()
            position = (last or 0) + 1
        connection.execute(delete(table).where(here))
        seed.insert(connection, item, position, live)

    def few(connection: Connection, wanted: Sequence[str]) -> Mapping[str, Item]:
        return _read_flat(connection, table, noun, tables.faq_entries.c.key.in_(wanted))

    return ContentKind(
        seed.name, TypeAdapter(noun), seed.key, read, read_one, untouched, write,
        few=few if table is tables.faq_entries else None,
    )  # fmt: skip


def _read_flat(
    connection: Connection, table: Table, noun: Any, *rules: ColumnElement[bool]
) -> Mapping[str, Item]:
    """Give the items of a table whose rows hold all of a noun, without building the nouns."""
    names = [field.name for field in fields(noun)]
    dated = [name for name in names if isinstance(table.c[name].type, Date)]
    keys = [column.name for column in table.primary_key.columns]
    columns = [table.c[name] for name in names]
    query = select(*columns, table.c.published).where(*rules)
    query = query.order_by(table.c.position, *table.primary_key)
    found: dict[str, Item] = {}
    for row in connection.execute(query):
        document = dict(zip(names, row, strict=False))
        key = _joined(document[name] for name in keys)
        for name in dated:
            document[name] = plain(document[name])
        found[key] = (document, bool(row[-1]))
    return found


def _joined(parts: Any) -> str:
    return ":".join(part.isoformat() if hasattr(part, "isoformat") else str(part) for part in parts)


def _day(key: str) -> Any:
    try:
        return tables.holidays.c.day == date.fromisoformat(key)
    except ValueError:
        return false()


def _by(column: Any) -> Callable[[str], Any]:
    return lambda key: column == key


def _place(key: str) -> Any:
    kind, _, name = key.partition(":")
    return (tables.places.c.kind == kind) & (tables.places.c.name == name)


def _nothing(_connection: Connection, _key: str) -> Item | None:
    return None


def _none_untouched(_connection: Connection) -> Sequence[str]:
    return ()


def _small(kind: ContentKind) -> ContentKind:
    """Give a kind with few items, of which one is read with all others."""
    return replace(kind, read_one=lambda connection, key: kind.read(connection).get(key))


def _classes(seed: SeedKind) -> ContentKind:
    """Complaint classes are referred to by their categories, so their rows stay."""
    table = catalogue.complaint_classes
    base = _seeded(seed, ComplaintClass, table, _by(table.c.code))

    def write(connection: Connection, item: ComplaintClass, live: bool) -> None:
        known = connection.execute(select(table.c.code).where(table.c.code == item.code)).scalar()
        if known is None:
            base.write(connection, item, live)
            return
        row = {**plain(item), "published": live}
        connection.execute(update(table).where(table.c.code == item.code).values(**row))

    return replace(base, write=write)


def _office(seed: SeedKind) -> ContentKind:
    def read(connection: Connection) -> Mapping[str, Item]:
        return {seed.key(item): (plain(item), True) for item in seed.stored(connection)}

    def write(connection: Connection, item: Any, _live: bool) -> None:
        connection.execute(delete(tables.opening_hours))
        connection.execute(delete(tables.office))
        seed.insert(connection, item, 1, True)

    return _small(ContentKind(
        seed.name, TypeAdapter(Office), seed.key, read, _nothing, _none_untouched, write,
        lambda _noun, _live: True,
    ))  # fmt: skip


def _units(seed: SeedKind) -> ContentKind:
    """A unit is switched off by its own ``active``; its row is referred to and stays."""

    def read(connection: Connection) -> Mapping[str, Item]:
        return {unit.code: (plain(unit), unit.active) for unit in seed.stored(connection)}

    def write(connection: Connection, unit: Unit, _live: bool) -> None:
        table, values = units.units, unit_values(unit)
        done = connection.execute(update(table).where(table.c.code == unit.code).values(**values))
        if not done.rowcount:
            connection.execute(insert(table), {**values, "code": unit.code})

    return _small(ContentKind(
        seed.name, TypeAdapter(Unit), seed.key, read, _nothing, _none_untouched, write,
        lambda unit, _live: bool(unit.active),
    ))  # fmt: skip


def _canned() -> ContentKind:
    table = serving.canned_replies

    def read(connection: Connection) -> Mapping[str, Item]:
        rows = connection.execute(select(table).order_by(table.c.category, table.c.title))
        nouns = [CannedReply(row.id, row.title, row.category, row.text, row.active) for row in rows]
        return {noun.id: (plain(noun), noun.active) for noun in nouns}

    def write(connection: Connection, reply: CannedReply, _live: bool) -> None:
        values = {name: value for name, value in plain(reply).items() if name != "id"}
        done = connection.execute(update(table).where(table.c.id == reply.id).values(**values))
        if not done.rowcount:
            row = {**values, "id": reply.id, "key": f"content:{reply.id}"}
            connection.execute(insert(table), row)

    return _small(ContentKind(
        content.CANNED, TypeAdapter(CannedReply), lambda reply: str(reply.id), read, _nothing,
        _none_untouched, write, lambda reply, _live: bool(reply.active),
    ))  # fmt: skip


def _all_kinds() -> Mapping[str, ContentKind]:
    seeds = {kind.name: kind for kind in SEED_KINDS}
    rows: dict[str, tuple[Any, Table, Callable[[str], Any]]] = {
        content.FAQ: (FaqEntry, tables.faq_entries, _by(tables.faq_entries.c.key)),
        content.PERMIT: (Permit, catalogue.permits, _by(catalogue.permits.c.code)),
        content.AMBIGUOUS_TERM: (
            AmbiguousTerm, catalogue.ambiguous_terms, _by(catalogue.ambiguous_terms.c.term),
        ),
        content.LEGACY_NAME: (
            LegacyName, catalogue.legacy_names, _by(catalogue.legacy_names.c.old),
        ),
        content.ACTIVITY: (Activity, catalogue.activities, _by(catalogue.activities.c.key)),
        content.FEE_TABLE: (
            tuple[str, Any], catalogue.fee_tables, _by(catalogue.fee_tables.c.name),
        ),
        content.STATUS_LABEL: (
            tuple[str, str], catalogue.status_labels, _by(catalogue.status_labels.c.code),
        ),
        content.COMPLAINT_CATEGORY: (
            ComplaintCategory, catalogue.complaint_categories,
            _by(catalogue.complaint_categories.c.code),
        ),
        content.HOLIDAY: (Holiday, tables.holidays, _day),
        content.PLACE: (Place, tables.places, _place),
    }  # fmt: skip
    kinds = {name: _seeded(seeds[name], *parts) for name, parts in rows.items()}
    kinds[content.COMPLAINT_CLASS] = _classes(seeds[content.COMPLAINT_CLASS])
    kinds[content.OFFICE] = _office(seeds[content.OFFICE])
    kinds[content.UNIT] = _units(seeds[content.UNIT])
    kinds[content.CANNED] = _canned()
    return kinds


CONTENT_KINDS: Mapping[str, ContentKind] = _all_kinds()
"""By name; as many as ``izin.content.KINDS``."""
