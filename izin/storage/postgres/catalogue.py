"""The published catalogue, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from izin.activities import Activity
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.permits import AmbiguousTerm, LegacyName, Permit
from izin.storage.postgres.permit_rows import read_permits
from izin.storage.postgres.revisions import RevisionCache
from izin.storage.postgres.term_rows import (
    read_activities,
    read_fee_tables,
    read_flat,
    read_status_labels,
)
from izin.storage.tables import catalogue as tables


@dataclass(frozen=True, slots=True)
class _Content:
    permits: Mapping[str, Permit]
    ambiguous_terms: tuple[AmbiguousTerm, ...]
    legacy_names: tuple[LegacyName, ...]
    activities: tuple[Activity, ...]
    fee_tables: Mapping[str, Any]
    status_labels: Mapping[str, str]
    complaint_classes: Mapping[str, ComplaintClass]
    complaint_categories: tuple[ComplaintCategory, ...]


class PostgresCatalogue:
    """The port ``Catalogue``; every call sees what is published at that moment."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine of our own database."""
        self._cache = RevisionCache(engine, "catalogue", _load)

    def permit(self, code: str) -> Permit | None:
        """Give the permit with this catalogue code, or None."""
        return self._cache.content().permits.get(code)

    def permits(self) -> Sequence[Permit]:
        """Give every published permit, in the catalogue's order."""
        return tuple(self._cache.content().permits.values())

    def ambiguous_terms(self) -> Sequence[AmbiguousTerm]:
        """Give the names that mean several permits."""
        return self._cache.content().ambiguous_terms

    def legacy_names(self) -> Sequence[LegacyName]:
        """Give the old permit names."""
        return self._cache.content().legacy_names

    def activities(self) -> Sequence[Activity]:
        """Give the described activities and the permits they need."""
        return self._cache.content().activities

    def fee_tables(self) -> Mapping[str, Any]:
        """Give the fee tables by name; do not change what they hold."""
        return self._cache.content().fee_tables

    def status_labels(self) -> Mapping[str, str]:
        """Give the label of each status code."""
        return self._cache.content().status_labels

    def complaint_classes(self) -> Mapping[str, ComplaintClass]:
        """Give complaint classes by code."""
        return self._cache.content().complaint_classes

    def complaint_categories(self) -> Sequence[ComplaintCategory]:
        """Give complaint categories in the order to offer them."""
        return self._cache.content().complaint_categories

    def revision(self) -> int:
        """Give a number that grows with every change, so that an index can be renewed."""
        return self._cache.revision()


def _load(connection: Connection) -> _Content:
    classes = read_flat(connection, tables.complaint_classes, ComplaintClass)
    return _Content(
        permits={permit.code: permit for permit in read_permits(connection)},
        ambiguous_terms=read_flat(connection, tables.ambiguous_terms, AmbiguousTerm),
        legacy_names=read_flat(connection, tables.legacy_names, LegacyName),
        activities=read_activities(connection),
        fee_tables=read_fee_tables(connection),
        status_labels=read_status_labels(connection),
        complaint_classes={item.code: item for item in classes},
        complaint_categories=read_flat(connection, tables.complaint_categories, ComplaintCategory),
    )
