"""Looks at the office: its hours, its time zone, and periods of other hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from izin import content
from izin.content import Check, Everything, Problem
from izin.errors import InvalidInput
from izin.office import Office
from izin.office_periods import HoursPeriod, Spans, hours_periods
from izin.privacy import PrivacyNotice


def check(office: Office, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with the office."""
    return [
        *_identity(office),
        *_week(office.opening_hours, "opening_hours"),
        *_periods(office),
        *_notice(office),
    ]


CHECKS: Mapping[str, Check] = {content.OFFICE: check}


def _identity(office: Office) -> Iterator[Problem]:
    try:
        ZoneInfo(office.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem("zone_unknown", "timezone")
    if office.website and not office.website.startswith(("https://", "http://")):
        yield Problem("address_without_https", "website")
    if office.email and (office.email.count("@") != 1 or " " in office.email):
        yield Problem("email_shape", "email")
    if not office.opening_hours:
        yield Problem("never_open", "opening_hours")
    if office.fictional:
        yield Problem("office_fictional", "fictional", warning=True)


def _week(hours: Mapping[int, Sequence[tuple[time, time]]], field: str) -> Iterator[Problem]:
    for weekday, spans in hours.items():
        if not 0 <= weekday <= 6:
            yield Problem("weekday_unknown", field)
        elif any(start >= end for start, end in spans):
            yield Problem("hours_order", f"{field}.{weekday}")
        elif any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            yield Problem("hours_overlap", f"{field}.{weekday}")


def _periods(office: Office) -> Iterator[Problem]:
    try:
        periods = hours_periods(office.details)
    except InvalidInput:
        yield Problem("periods_unreadable", "details.special_hours")
        return
    written = [str(entry["name"]) for entry in office.details.get("special_hours") or ()]
    for period in periods:
        field = f"details.special_hours.{written.index(period.name)}"
        yield from _period(period, field)
    for earlier, later in pairwise(periods):
        if later.first <= earlier.last:
            field = f"details.special_hours.{written.index(later.name)}.first"
            values = {"name": later.name, "other": earlier.name}
            yield Problem("periods_overlap", field, values)


def _period(period: HoursPeriod, field: str) -> Iterator[Problem]:
    if period.last < period.first:
        yield Problem("period_order", f"{field}.last", {"name": period.name})
    elif (period.last - period.first).days > 92:
        yield Problem("period_long", f"{field}.last", {"name": period.name}, warning=True)
    if not period.opening_hours:
        yield Problem("period_closed", f"{field}.opening_hours", {"name": period.name}, True)
    spans: Mapping[int, Spans] = period.opening_hours
    for problem in _week(spans, ""):
        yield Problem(problem.code, f"{field}.opening_hours")


def _notice(office: Office) -> Iterator[Problem]:
    try:
        notice = PrivacyNotice.of(office)
    except InvalidInput:
        yield Problem("notice_braces", "details.privacy.sections")
        return
    if notice is None or not notice.sections:
        yield Problem("notice_missing", "details.privacy.sections")
