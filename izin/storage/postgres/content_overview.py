"""What waits for editors beside open versions, on our own PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, Engine, func, literal, select, union_all

from izin import content
from izin.content import ContentVersion, ItemName, VersionState
from izin.content_overview import AgedItem, Offer, Pile
from izin.errors import NotFound
from izin.storage.content_kinds import CONTENT_KINDS, Item
from izin.storage.postgres.content_rows import version_of
from izin.storage.postgres.engine import transaction
from izin.storage.tables.catalogue import permits
from izin.storage.tables.content import faq_entries, seed_items
from izin.storage.tables.editing import content_versions

MOST_OFFERS = 500
_FEW = 3
_STATES = {
    Pile.REVIEW: VersionState.REVIEW, Pile.MINE: VersionState.DRAFT,
    Pile.OTHERS: VersionState.DRAFT, Pile.SCHEDULED: VersionState.SCHEDULED,
}  # fmt: skip


class PostgresContentOverview:
    """Lists what waits for editors; every call is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine."""
        self._engine = engine

    def growing_old(
        self, before: date, limit: int, offset: int = 0
    ) -> tuple[Sequence[AgedItem], int]:
        """Give live FAQ entries and permits last checked before a day, oldest first, and how many.

        Returns:
            At most ``limit`` of them after the first ``offset``, and the number of all.
        """
        faq, permit = faq_entries.c, permits.c
        aged = (
            select(
                literal(content.FAQ).label("kind"), faq.key.label("key"),
                faq.question.label("title"), faq.checked_on.label("checked_on"),
            ).where(faq.published, faq.checked_on < before).order_by(faq.checked_on, faq.key),
            select(
                literal(content.PERMIT).label("kind"), permit.code.label("key"),
                permit.short_name.label("title"), permit.checked_on.label("checked_on"),
            ).where(permit.published, permit.checked_on < before)
            .order_by(permit.checked_on, permit.code),
        )  # fmt: skip
        # Of each no more is read than the page may hold.
        both = union_all(*(select(own.limit(offset + limit).subquery()) for own in aged)).subquery()
        page = select(both).order_by(both.c.checked_on, both.c.kind, both.c.key)
        counted = [
            select(func.count())
            .select_from(table)
            .where(table.c.published, table.c.checked_on < before)
            for table in (faq_entries, permits)
        ]
        with transaction(self._engine) as connection:
            total = sum(int(connection.execute(count).scalar_one()) for count in counted)
            rows = connection.execute(page.limit(limit).offset(offset))
            found = [AgedItem(ItemName(row.kind, row.key), row.title, row.checked_on)
                     for row in rows]  # fmt: skip
        return found, total

    def offers(
        self, limit: int = MOST_OFFERS, offset: int = 0
    ) -> Mapping[bool, tuple[Sequence[Offer], int]]:
        """Give what newer releases say otherwise or anew, counted up to ``MOST_OFFERS``.

        Returns:
            By whether they are unconfirmed examples: at most ``limit`` of them after the first
            ``offset``, and the number of all.
        """
        with transaction(self._engine) as connection:
            every = _waiting(connection)
            found = {}
            for unconfirmed in (True, False):
                own = [one for one in every if one.unconfirmed is unconfirmed]
                page = _with_documents(connection, own[offset : offset + limit])
                found[unconfirmed] = (page, len(own))
        return found

    def offer(self, item: ItemName) -> Offer:
        """Give what a newer release says of an item.

        Raises:
            NotFound: No release says anything new of it.
        """
        with transaction(self._engine) as connection:
            found = _with_documents(
                connection, [one for one in _waiting(connection) if one.item == item]
            )
        if not found:
            raise NotFound(f"no offer of {item.kind} {item.key!r}")
        return found[0]

    def open_versions(
        self, pile: Pile, account_id: str, limit: int, offset: int = 0
    ) -> tuple[Sequence[ContentVersion], int]:
        """Give the open versions on one of an editor's piles, those that wait longest first.

        Returns:
            At most ``limit`` of them after the first ``offset``, and the number of all.
        """
        own = content_versions.c
        rules = [own.state == _STATES[pile].value]
        if pile in (Pile.MINE, Pile.OTHERS):
            mine = own.authors.any(account_id)
            rules.append(mine if pile is Pile.MINE else ~mine)
        count = select(func.count()).select_from(content_versions).where(*rules)
        page = (
            select(content_versions)
            .where(*rules)
            .order_by(own.changed_at, own.id)
            .limit(limit)
            .offset(offset)
        )
        with transaction(self._engine) as connection:
            total = int(connection.execute(count).scalar_one())
            return [version_of(row) for row in connection.execute(page)], total


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An offer, of which the documents are read only when it is shown."""

    item: ItemName
    unconfirmed: bool
    changed: Offer | None = None


def _waiting(connection: Connection) -> Sequence[_Waiting]:
    changed = [_Waiting(one.item, one.unconfirmed, one) for one in _changed(connection)]
    return [*changed, *_new(connection)][:MOST_OFFERS]


def _with_documents(connection: Connection, waiting: Sequence[_Waiting]) -> Sequence[Offer]:
    new: dict[str, list[str]] = {}
    for one in waiting:
        if one.changed is None:
            new.setdefault(one.item.kind, []).append(one.item.key)
    stored = {kind: _items(connection, kind, keys) for kind, keys in new.items()}
    return [
        one.changed or Offer(one.item, stored[one.item.kind][one.item.key][0], None,
                             one.unconfirmed)
        for one in waiting
        if one.changed or one.item.key in stored[one.item.kind]
    ]  # fmt: skip


def _changed(connection: Connection) -> Iterator[Offer]:
    query = (
        select(seed_items)
        .where(seed_items.c.offered.is_not(None))
        .order_by(seed_items.c.kind, seed_items.c.key)
        .limit(MOST_OFFERS)
    )
    for name, rows in groupby(connection.execute(query).all(), lambda row: str(row.kind)):
        offered = {row.key: row for row in rows}
        for key, current in _items(connection, name, list(offered)).items():
            row = offered[key]
            if current[0] != row.offered:
                yield Offer(ItemName(name, key), row.offered, current[0], row.unconfirmed)


def _new(connection: Connection) -> Iterator[_Waiting]:
    """Give rows that are not live and that no editor has ever touched."""
    waiting = select(seed_items.c.kind, seed_items.c.key).where(seed_items.c.unconfirmed)
    unconfirmed = {(row.kind, row.key) for row in connection.execute(waiting)}
    for kind in CONTENT_KINDS.values():
        for key in kind.untouched(connection)[:MOST_OFFERS]:
            yield _Waiting(ItemName(kind.name, key), (kind.name, key) in unconfirmed)


def _items(connection: Connection, name: str, keys: Sequence[str]) -> Mapping[str, Item]:
    """Give the items that are there; of a small kind many are read as quickly as a few."""
    kind = CONTENT_KINDS.get(name)
    if kind is None or not keys:
        return {}
    if len(keys) > _FEW:
        return kind.read_some(connection, keys)
    found = {key: kind.read_one(connection, key) for key in keys}
    return {key: item for key, item in found.items() if item is not None}
