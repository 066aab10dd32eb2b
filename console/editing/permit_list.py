"""The list of permits: what is searched for, and how each one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from console.house import House
from izin.content import PERMIT, ItemName, StoredItem
from izin.permit_facts import inferred_facts, is_old
from izin.permits import Permit
from izin.words import fold

STATES = ("on", "off", "draft", "review", "scheduled", "old", "inferred", "offered")


@dataclass(frozen=True, slots=True)
class PermitLine:
    """One permit of the list, with the state of its open version ("" for none)."""

    permit: Permit
    item: StoredItem
    open_state: str
    inferred: int
    old: bool

    def stands(self, state: str) -> bool:
        """Say whether it is in one of ``STATES``."""
        return {
            "on": self.item.live,
            "off": not self.item.live,
            "old": self.old,
            "inferred": self.inferred > 0,
            "offered": self.item.offered is not None,
        }.get(state, self.open_state == state)

    def is_named(self, wanted: str) -> bool:
        """Say whether one of its names holds what is searched for, already folded."""
        names = (self.permit.code, self.permit.official_name, self.permit.short_name,
                 *self.permit.synonyms, *self.permit.former_names)  # fmt: skip
        return not wanted or any(wanted in fold(name) for name in names)


def permit_lines(house: House, today: date) -> Sequence[PermitLine]:
    """Give every permit in the catalogue's order; those begun and never published come last."""
    lines, age_days = [], house.settings.content_age_days
    for item in house.content.items(PERMIT):
        permit = house.content.noun(ItemName(PERMIT, item.item.key), item.document)
        version = item.open_version
        lines.append(
            PermitLine(permit, item, version.state.value if version else "",
                       inferred_facts(permit), is_old(permit, today, age_days))
        )  # fmt: skip
    return lines
