"""What waits for editors beside open versions, on our own PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, Engine, func, literal, select, union_all

from izin import content
from izin.content import ItemName
from izin.content_overview import AgedItem, Offer
from izin.storage.content_kinds import CONTENT_KINDS, Item
from izin.storage.postgres.engine import transaction
from izin.storage.tables.catalogue import permits
from izin.storage.tables.content import faq_entries, seed_items
from izin.storage.tables.editing import content_versions

MOST_OFFERS = 500
_FEW = 3


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
        both = union_all(
            select(
                literal(content.FAQ).label("kind"), faq.key.label("key"),
                faq.question.label("title"), faq.checked_on.label("checked_on"),
            ).where(faq.published, faq.checked_on < before),
            select(
                literal(content.PERMIT), permit.code, permit.short_name, permit.checked_on
            ).where(permit.published, permit.checked_on < before),
        ).subquery()  # fmt: skip
        page = select(both).order_by(both.c.checked_on, both.c.kind, both.c.key)
        with transaction(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(both)).scalar() or 0
            rows = connection.execute(page.limit(limit).offset(offset))
            found = [AgedItem(ItemName(row.kind, row.key), row.title, row.checked_on)
                     for row in rows]  # fmt: skip
        return found, total

    def offers(self) -> Sequence[Offer]:
        """Give what newer releases say otherwise or anew, at most ``MOST_OFFERS``."""
        with transaction(self._engine) as connection:
            return [*_changed(connection), *_new(connection)][:MOST_OFFERS]


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


def _new(connection: Connection) -> Iterator[Offer]:
    """Give rows that are not live and that no editor has ever touched."""
    waiting = select(seed_items.c.kind, seed_items.c.key).where(seed_items.c.unconfirmed)
    unconfirmed = {(row.kind, row.key) for row in connection.execute(waiting)}
    for kind in CONTENT_KINDS.values():
        hidden = kind.hidden(connection)
        if not hidden:
            continue
        edited = select(content_versions.c.key).where(
            content_versions.c.kind == kind.name, content_versions.c.key.in_(hidden)
        )
        known = set(connection.execute(edited).scalars())
        untouched = [key for key in hidden if key not in known][:MOST_OFFERS]
        for key, stored in _items(connection, kind.name, untouched).items():
            example = (kind.name, key) in unconfirmed
            yield Offer(ItemName(kind.name, key), stored[0], None, example)


def _items(connection: Connection, name: str, keys: Sequence[str]) -> dict[str, Item]:
    """Give the items that are there; many are read at once, which costs as much as a few."""
    kind = CONTENT_KINDS.get(name)
    if kind is None or not keys:
        return {}
    if len(keys) > _FEW:
        every = kind.read(connection)
        return {key: every[key] for key in keys if key in every}
    found = {key: kind.read_one(connection, key) for key in keys}
    return {key: item for key, item in found.items() if item is not None}
