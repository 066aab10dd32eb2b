"""What a complaint's page says in words: how long is left, what happened, what is paused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tanya_language import mask_personal_data

from console.house import House
from console.people import officer_name
from izin.complaint_clock import due_moment
from izin.complaint_states import ENDED, ComplaintState, Pause
from izin.complaint_work import SOON_WORKING_DAYS
from izin.complaints import Complaint, ComplaintCategory, ComplaintClass, ComplaintEvent
from izin.office import OfficeHours

_CODES = ("class_code", "category", "unit", "priority")
"""Details of an event that are shown as "before → after"."""


@dataclass(frozen=True, slots=True)
class Left:
    """How long is left: ``level`` is late, soon, ok, paused or ended; ``days`` from today."""

    level: str
    days: int
    at: datetime | None = None


class Words:
    """Labels of codes and names of units, read once for a page."""

    def __init__(self, house: House) -> None:
        """Read classes, categories, units and the calendar."""
        self._house = house
        self.hours = OfficeHours(house.office.office(), house.office.calendar())
        self.classes: Mapping[str, ComplaintClass] = house.catalogue.complaint_classes()
        self.categories: Mapping[str, ComplaintCategory] = {
            item.code: item for item in house.catalogue.complaint_categories()
        }
        self.units = house.units.all()
        self._units = {unit.code: unit.name for unit in self.units}
        self._names: dict[str, str | None] = {}

    def today(self) -> date:
        """Give the office's day."""
        return self._house.clock().astimezone(self.hours.zone).date()

    def soon_until(self) -> datetime:
        """Give until when a complaint counts as due soon."""
        day = self.hours.calendar.add_working_days(self.today(), SOON_WORKING_DAYS).day
        return due_moment(day, self.hours)

    def unit(self, code: str | None) -> str:
        """Give a unit's name; no code is the permit office itself."""
        if not code:
            return self._house.office.office().short_name
        return self._units.get(code, code)

    def category(self, code: str) -> str:
        """Give a category's label."""
        return self.categories[code].label if code in self.categories else code

    def complaint_class(self, code: str) -> str:
        """Give a class's label."""
        return self.classes[code].label if code in self.classes else code

    def name(self, account_id: str | None) -> str | None:
        """Give a colleague's name."""
        if account_id and account_id not in self._names:
            self._names[account_id] = officer_name(self._house, account_id)
        return self._names.get(account_id) if account_id else None

    def left(self, due_at: datetime | None, state: ComplaintState) -> Left:
        """Give how long is left until a moment."""
        if state in ENDED:
            return Left("ended", 0)
        if state is ComplaintState.WAITING or due_at is None:
            return Left("paused", 0)
        days = (due_at.astimezone(self.hours.zone).date() - self.today()).days
        if due_at < self._house.clock():
            return Left("late", -days, due_at)
        return Left("soon" if due_at <= self.soon_until() else "ok", days, due_at)

    def pauses(self, pauses: Sequence[Pause]) -> list[dict[str, Any]]:
        """Give every pause with its working days, as they move the dates."""
        now, zone = self._house.clock(), self.hours.zone
        return [
            {
                "begun": pause.begun_at,
                "until": pause.until,
                "days": self.hours.calendar.working_days_between(
                    pause.begun_at.astimezone(zone).date(),
                    (pause.until or now).astimezone(zone).date(),
                ),
            }
            for pause in pauses
        ]

    def timeline(self, complaint: Complaint, revealed: bool = False) -> list[dict[str, Any]]:
        """Give what happened, the newest first; numbers that name somebody only if revealed."""
        return [self.event(item, revealed) for item in reversed(complaint.events)]

    def event(self, item: ComplaintEvent, revealed: bool = False) -> dict[str, Any]:
        """Give one event in words."""
        said = f"complaints.event.{item.kind}"
        return {
            "at": item.at,
            "said": said if self._house.wording.has(said) else "complaints.event.other",
            "who": self.name(item.actor),
            "text": item.text if revealed else mask_personal_data(item.text),
            "changes": [
                (name, self._code(name, item.details.get(f"{name}_before", "")),
                 self._code(name, item.details[name]))
                for name in _CODES
                if name in item.details
            ],
            "other": item.details.get("other", ""),
            "reason": item.details.get("reason", ""),
        }  # fmt: skip

    def _code(self, name: str, code: str) -> str:
        if name == "unit":
            return self.unit(code)
        if name == "class_code":
            return self.complaint_class(code)
        if name == "category":
            return self.category(code)
        return self._house.wording.say(f"complaints.priority.{code}") if code else "-"
