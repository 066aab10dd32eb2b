"""The port Registry: which of the applications somebody follows have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from izin.ports import Registry
from tests.contracts.registry_samples import ISSUED, PAYING, RETURNED
from tests.contracts.test_registry import Fill, fill, registry

__all__ = ["fill", "registry"]  # fixtures


def test_an_unchanged_application_is_left_out(registry: Registry) -> None:
    known = {item.number: item.changed_at for item in (RETURNED, ISSUED, PAYING)}
    assert list(registry.changed(known)) == []


def test_an_application_changed_since_comes_whole(registry: Registry) -> None:
    known = {
        RETURNED.number: RETURNED.changed_at - timedelta(seconds=1),
        ISSUED.number: ISSUED.changed_at,
    }
    assert list(registry.changed(known)) == [RETURNED]


def test_one_whose_change_is_unknown_to_us_always_comes(registry: Registry) -> None:
    assert list(registry.changed({ISSUED.number: None})) == [ISSUED]


def test_a_number_the_registry_no_longer_has_is_left_out(registry: Registry) -> None:
    assert list(registry.changed({"503/9999/PBG/2026": None})) == []


def test_nothing_named_asks_nothing(registry: Registry) -> None:
    assert list(registry.changed({})) == []


def test_a_change_before_the_known_one_is_a_change_too(fill: Fill) -> None:
    """A row may be corrected by an import that writes older times."""
    older = replace(PAYING, changed_at=PAYING.changed_at - timedelta(days=1))
    assert list(fill([older]).changed({PAYING.number: PAYING.changed_at})) == [older]
