"""Which kinds of items the data files hold, and how each is read from and written to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, insert

from izin.complaints import ComplaintCategory, ComplaintClass
from izin.errors import InvalidInput
from izin.faq import FaqEntry
from izin.office import Holiday, Place
from izin.permits import AmbiguousTerm, LegacyName
from izin.storage.documents import plain
from izin.storage.postgres import office_rows, permit_rows, term_rows
from izin.storage.postgres.units import insert_unit, read_units
from izin.storage.seed_files import Seed
from izin.storage.tables import catalogue, content

Key = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class SeedKind:
    """One kind of item.

    Attributes:
        name: As in ``seed_items.kind``.
        key: Gives an item's key.
        offered: Takes the items from the data files, in their order.
        stored: Reads all items of the database, drafts too.
        insert: Writes one: connection, item, position, published.
        drafts: False for what code of the same release needs at once.
    """

    name: str
    key: Key
    offered: Callable[[Seed], Iterable[Any]]
    stored: Callable[[Connection], Iterable[Any]]
    insert: Callable[[Connection, Any, int, bool], None]
    drafts: bool = True

    def by_key(self, items: Iterable[Any]) -> Mapping[str, Any]:
        """Give the items by their keys, in their order.

        Raises:
            InvalidInput: Two items have the same key.
        """
        found: dict[str, Any] = {}
        for item in items:
            key = self.key(item)
            if key in found:
                raise InvalidInput(f"{self.name} {key!r} stands twice in the data files")
            found[key] = item
        return found


def _one_table(
    name: str,
    table: Table,
    noun: type[Any],
    key: Key,
    offered: Callable[[Seed], Iterable[Any]],
    *,
    drafts: bool = True,
) -> SeedKind:
    def stored(connection: Connection) -> Iterable[Any]:
        return term_rows.read_flat(connection, table, noun, drafts=True)

    def write(connection: Connection, item: Any, position: int, published: bool) -> None:
        term_rows.insert_flat(connection, table, item, position, published)

    return SeedKind(name, key, offered, stored, write, drafts)


def _stored_office(connection: Connection) -> Iterable[Any]:
    office = office_rows.read_office(connection)
    return () if office is None else (office,)


def _insert_office(connection: Connection, office: Any, _position: int, _published: bool) -> None:
    office_rows.insert_office(connection, office)


def _insert_pair(
    table: Table, column: str, connection: Connection, pair: Any, position: int, published: bool
) -> None:
    key_column = next(iter(table.primary_key.columns)).name
    row = {key_column: pair[0], column: plain(pair[1])}
    connection.execute(insert(table), {**row, "position": position, "published": published})


KINDS: tuple[SeedKind, ...] = (
    SeedKind(
        "permit",
        lambda permit: str(permit.code),
        lambda seed: seed.permits,
        partial(permit_rows.read_permits, drafts=True),
        permit_rows.insert_permit,
    ),
    _one_table(
        "ambiguous_term",
        catalogue.ambiguous_terms,
        AmbiguousTerm,
        lambda term: str(term.term),
        lambda seed: seed.ambiguous_terms,
    ),
    _one_table(
        "legacy_name",
        catalogue.legacy_names,
        LegacyName,
        lambda name: str(name.old),
        lambda seed: seed.legacy_names,
    ),
    SeedKind(
        "activity",
        lambda activity: str(activity.key),
        lambda seed: seed.activities,
        partial(term_rows.read_activities, drafts=True),
        term_rows.insert_activity,
    ),
    SeedKind(
        "fee_table",
        lambda pair: str(pair[0]),
        lambda seed: seed.fee_tables.items(),
        lambda connection: term_rows.read_fee_tables(connection, drafts=True).items(),
        partial(_insert_pair, catalogue.fee_tables, "content"),
    ),
    SeedKind(
        "status_label",
        lambda pair: str(pair[0]),
        lambda seed: seed.status_labels.items(),
        lambda connection: term_rows.read_status_labels(connection, drafts=True).items(),
        partial(_insert_pair, catalogue.status_labels, "label"),
        drafts=False,
    ),
    _one_table(
        "complaint_class",
        catalogue.complaint_classes,
        ComplaintClass,
        lambda item: str(item.code),
        lambda seed: seed.complaint_classes.values(),
        drafts=False,
    ),
    _one_table(
        "complaint_category",
        catalogue.complaint_categories,
        ComplaintCategory,
        lambda item: str(item.code),
        lambda seed: seed.complaint_categories,
    ),
    SeedKind(
        "office",
        lambda _office: "office",
        lambda seed: (seed.office,),
        _stored_office,
        _insert_office,
        drafts=False,
    ),
    SeedKind(
        "unit",
        lambda unit: str(unit.code),
        lambda seed: seed.units,
        read_units,
        insert_unit,
        drafts=False,
    ),
    _one_table(
        "holiday",
        content.holidays,
        Holiday,
        lambda holiday: str(holiday.day.isoformat()),
        lambda seed: seed.holidays,
    ),
    _one_table(
        "place",
        content.places,
        Place,
        lambda place: f"{place.kind}:{place.name}",
        lambda seed: seed.places,
    ),
    _one_table(
        "faq",
        content.faq_entries,
        FaqEntry,
        lambda entry: str(entry.key),
        lambda seed: seed.faq,
    ),
)
