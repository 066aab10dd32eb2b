"""Open311 GeoReport v2, the reading half: what is asked, and the public answer to it.

Specification: https://wiki.open311.org/GeoReport_v2. Only ordinary complaints, and of them only
what ``izin.public_complaints`` allows: no description, picture, point on a map, name or phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from izin.complaints import ComplaintCategory
from izin.office import Office, Place
from izin.public_complaints import PublicComplaint, PublicFilter, district

LONGEST_SPAN = timedelta(days=90)
"""Of one question; the specification's own bound, and its default."""

MOST = 1000
MOST_TICKETS = 100
MOST_PAGES = 1000

Record = dict[str, Any]


class Refused(Exception):
    """A question that is not answered; ``code`` is the HTTP status."""

    def __init__(self, code: int, sentence: str, **said: object) -> None:
        """Take the status, the sentence id and its parameters."""
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.said = said


def service(category: ComplaintCategory, classes: Mapping[str, str]) -> Record:
    """Give a category as a service."""
    return {
        "service_code": category.code,
        "service_name": category.label,
        "description": category.label,
        "metadata": "false",
        "type": "realtime",
        "keywords": "",
        "group": classes.get(category.class_code, category.class_code),
    }


def public_categories(categories: Sequence[ComplaintCategory]) -> list[ComplaintCategory]:
    """Give the categories of which ordinary complaints can exist."""
    return [item for item in categories if not item.confidential]


class RequestWriter:
    """Writes complaints as service requests.

    Args:
        names: Labels of the categories by code.
        units: Names of the units by code.
    """

    def __init__(
        self,
        office: Office,
        places: Sequence[Place],
        names: Mapping[str, str],
        units: Mapping[str, str],
    ) -> None:
        self._office = office
        self._places = places
        self._names = names
        self._units = units

    def __call__(self, found: PublicComplaint) -> Record:
        """Give a complaint as a service request."""
        zone = self._office.zone
        place = district(found.place, self._places)
        regency = self._office.regency
        due = datetime.combine(found.due, time(23, 59, 59), zone)
        return {
            "service_request_id": found.ticket,
            "status": "open" if found.open else "closed",
            "status_notes": None,
            "service_name": self._names.get(found.category, found.category),
            "service_code": found.category,
            "description": None,
            "agency_responsible": self._units.get(found.unit or "", self._office.agency),
            "service_notice": None,
            "requested_datetime": _moment(found.filed_at, zone),
            "updated_datetime": _moment(found.updated_at, zone),
            "expected_datetime": _moment(due, zone),
            "address": f"{place}, {regency}" if place else regency,
            "address_id": None,
            "zipcode": None,
            "lat": None,
            "long": None,
            "media_url": None,
        }


def wanted(query: Mapping[str, str], now: datetime, simulated: bool) -> PublicFilter:
    """Give what a question about requests asks for.

    Raises:
        Refused: A date, number or state cannot be read, or the span is too long.
    """
    tickets = _listed(query.get("service_request_id", ""))
    if len(tickets) > MOST_TICKETS:
        raise Refused(400, "open311.error.too_many", most=MOST_TICKETS)
    limit = _number(query, "page_size", MOST, MOST)
    page = _number(query, "page", 1, MOST_PAGES)
    if tickets:  # "overrides all other arguments"
        return PublicFilter(tickets=tickets, limit=limit, simulated=simulated)
    since, until = _span(_date(query, "start_date"), _date(query, "end_date"), now)
    return PublicFilter(
        categories=_listed(query.get("service_code", "")),
        since=since,
        until=until,
        open=_state(query.get("status", "")),
        limit=limit,
        offset=(page - 1) * limit,
        simulated=simulated,
    )


def _span(
    since: datetime | None, until: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    if since and until:
        if until < since:
            raise Refused(400, "open311.error.order")
        if until - since > LONGEST_SPAN:
            raise Refused(400, "open311.error.span", days=LONGEST_SPAN.days)
        return since, until
    if since:
        return since, since + LONGEST_SPAN
    end = until or now
    return end - LONGEST_SPAN, end


def _date(query: Mapping[str, str], name: str) -> datetime | None:
    raw = query.get(name, "").strip()
    if not raw:
        return None
    try:
        # A plus sign in an address arrives as a blank.
        moment = datetime.fromisoformat(raw.replace(" ", "+"))
    except ValueError:
        raise Refused(400, "open311.error.date", name=name) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not 1990 <= moment.year <= 2200:
        raise Refused(400, "open311.error.date", name=name)
    return moment


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    raw = query.get(name, "").strip()
    if not raw:
        return default
    if not (raw.isascii() and raw.isdigit() and len(raw) < 9 and 1 <= int(raw) <= most):
        raise Refused(400, "open311.error.number", name=name, most=most)
    return int(raw)


def _state(raw: str) -> bool | None:
    states = set(_listed(raw.lower()))
    if not states <= {"open", "closed"}:
        raise Refused(400, "open311.error.status")
    return None if len(states) != 1 else states == {"open"}


def _listed(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.replace("\x00", "").split(",") if part.strip())


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
