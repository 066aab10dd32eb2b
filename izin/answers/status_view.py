"""What is needed to tell a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from izin.applications import Application
from izin.office import Calendar
from izin.pace import Pace
from izin.permits import Permit
from izin.service_time import ServiceTime, service_time


@dataclass(frozen=True, slots=True)
class StatusView:
    """An application as one citizen may see it.

    Attributes:
        application: The application, its proof already accepted.
        permit: Its permit in the catalogue, or None when the catalogue does not hold it.
        status_label: Label of its status code.
        full: The channel's verified phone equals the applicant's; otherwise only stage,
            unit, days, expected date and names of missing documents are told.
        now: Office clock.
        zone: Office's time zone.
        pace: How long the permit takes lately, empty when unknown.
        objection: The office's data on the written objection (UU 30/2014 Ps. 77).
    """

    application: Application
    permit: Permit | None
    status_label: str
    full: bool
    now: datetime
    zone: ZoneInfo
    pace: Pace = field(default_factory=Pace)
    objection: Mapping[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Give the office's day."""
        return self.now.astimezone(self.zone).date()

    def account(self, calendar: Calendar) -> ServiceTime:
        """Give the time account at the view's moment."""
        standard = self.permit.sla_working_days if self.permit else None
        return service_time(self.application, standard, calendar, self.now, self.zone)
