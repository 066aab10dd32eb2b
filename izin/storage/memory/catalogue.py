"""The catalogue in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from izin.activities import Activity
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.permits import AmbiguousTerm, LegacyName, Permit


class MemoryCatalogue:
    """The port ``Catalogue`` over the nouns it is given."""

    def __init__(
        self,
        permits: Sequence[Permit] = (),
        *,
        ambiguous_terms: Sequence[AmbiguousTerm] = (),
        legacy_names: Sequence[LegacyName] = (),
        activities: Sequence[Activity] = (),
        fee_tables: Mapping[str, Any] | None = None,
        status_labels: Mapping[str, str] | None = None,
        complaint_classes: Mapping[str, ComplaintClass] | None = None,
        complaint_categories: Sequence[ComplaintCategory] = (),
    ) -> None:
        """Take the published content."""
        self._permits = {permit.code: permit for permit in permits}
        self._ambiguous_terms = tuple(ambiguous_terms)
        self._legacy_names = tuple(legacy_names)
        self._activities = tuple(activities)
        self._fee_tables = dict(fee_tables or {})
        self._status_labels = dict(status_labels or {})
        self._complaint_classes = dict(complaint_classes or {})
        self._complaint_categories = tuple(complaint_categories)
        self._revision = 1

    def put(self, permit: Permit) -> None:
        """Add a permit, or replace the one with its code."""
        self._permits = {**self._permits, permit.code: permit}
        self._revision += 1

    def permit(self, code: str) -> Permit | None:
        """Give the permit with this catalogue code, or None."""
        return self._permits.get(code)

    def permits(self) -> Sequence[Permit]:
        """Give every permit, in the catalogue's order."""
        return tuple(self._permits.values())

    def ambiguous_terms(self) -> Sequence[AmbiguousTerm]:
        """Give the names that mean several permits."""
        return self._ambiguous_terms

    def legacy_names(self) -> Sequence[LegacyName]:
        """Give the old permit names."""
        return self._legacy_names

    def activities(self) -> Sequence[Activity]:
        """Give the described activities and the permits they need."""
        return self._activities

    def fee_tables(self) -> Mapping[str, Any]:
        """Give the fee tables by name."""
        return self._fee_tables

    def status_labels(self) -> Mapping[str, str]:
        """Give the label of each status code."""
        return self._status_labels

    def complaint_classes(self) -> Mapping[str, ComplaintClass]:
        """Give complaint classes by code."""
        return self._complaint_classes

    def complaint_categories(self) -> Sequence[ComplaintCategory]:
        """Give complaint categories in the order to offer them."""
        return self._complaint_categories

    def revision(self) -> int:
        """Give a number that grows with every change."""
        return self._revision
