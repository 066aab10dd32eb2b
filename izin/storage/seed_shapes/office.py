"""The shapes of ``data/office`` and the nouns they become."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from izin.office import Holiday, Office, Place
from izin.office_periods import WEEKDAYS, span_times
from izin.storage.seed_shapes.shape import Day, Shape, Text

Weekday = Literal["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]
Year = Annotated[str, StringConstraints(pattern=r"^20\d\d$")]


def _span(text: str) -> str:
    start, end = span_times(text)
    if start >= end:
        raise ValueError("opens after it closes")
    return text


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("not a time zone of the IANA database") from error
    return name


Span = Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d-\d\d:\d\d$"), AfterValidator(_span)]
"""Opening span of one day, ``HH:MM-HH:MM`` in the office's zone."""


class LocationShape(Shape):
    """A point in degrees (WGS 84)."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class HoursPeriodShape(Shape):
    """Other opening hours for a while; a day that is not written is closed."""

    name: Text
    first: Day
    last: Day
    opening_hours: dict[Weekday, Annotated[list[Span], Field(min_length=1)]]
    words: list[Text] = []
    note: Text | None = None
    inferred: bool = False
    sources: list[Text] = []


class OfficeFile(Shape):
    """``data/office/office.yml``; null means "not filled in"."""

    compiled: Day
    fictional: bool
    agency: Text
    short_name: Text
    regency: Text
    timezone: Annotated[str, AfterValidator(_known_zone)]
    address: Text | None
    phone: Text | None
    whatsapp: Text | None
    email: Text | None
    website: Text | None
    location: LocationShape | None
    hours_inferred: bool
    opening_hours: dict[Weekday, Annotated[list[Span], Field(min_length=1)]]
    special_hours: list[HoursPeriodShape] = []
    sources: list[Text]
    details: dict[str, Any]

    @model_validator(mode="after")
    def _periods_follow_one_another(self) -> OfficeFile:
        ordered = sorted(self.special_hours, key=lambda period: period.first)
        for period in ordered:
            if period.last < period.first:
                raise ValueError(f"{period.name} ends before it begins")
        for earlier, later in pairwise(ordered):
            if later.first <= earlier.last:
                raise ValueError(f"{later.name} begins before {earlier.name} ends")
        return self

    def noun(self) -> Office:
        """Give the office, last checked on the day the file was compiled."""
        point = self.location
        return Office(
            agency=self.agency,
            short_name=self.short_name,
            regency=self.regency,
            timezone=self.timezone,
            address=self.address,
            phone=self.phone,
            whatsapp=self.whatsapp,
            email=self.email,
            website=self.website,
            location=(point.latitude, point.longitude) if point else None,
            fictional=self.fictional,
            opening_hours={
                WEEKDAYS.index(day): tuple(sorted(span_times(span) for span in spans))
                for day, spans in self.opening_hours.items()
            },
            hours_inferred=self.hours_inferred,
            checked_on=self.compiled,
            sources=tuple(self.sources),
            details=self._all_details(),
        )

    def _all_details(self) -> dict[str, Any]:
        if not self.special_hours:
            return self.details
        periods = [period.model_dump(mode="json") for period in self.special_hours]
        return {**self.details, "special_hours": periods}


class HolidayShape(Shape):
    """One closed day."""

    date: Day
    name: Text
    published: bool = True


class HolidayYearShape(Shape):
    """The closed days of one year and the decree they rest on."""

    basis: Text | None = None
    inferred: bool = False
    note: Text | None = None
    libur_nasional: Annotated[list[HolidayShape], Field(min_length=1)]
    cuti_bersama: list[HolidayShape]
    daerah: list[HolidayShape] = []


class HolidaysFile(Shape):
    """``data/office/holidays.yml``."""

    compiled: Day
    sources: list[Text]
    years: dict[Year, HolidayYearShape]

    @model_validator(mode="after")
    def _days_lie_in_their_year_once(self) -> HolidaysFile:
        seen = set()
        for year, days in self.years.items():
            for holiday in [*days.libur_nasional, *days.cuti_bersama, *days.daerah]:
                if holiday.date.year != int(year):
                    raise ValueError(f"{holiday.date} does not lie in {year}")
                if holiday.date in seen:
                    raise ValueError(f"{holiday.date} is listed twice")
                seen.add(holiday.date)
        return self

    def nouns(self) -> tuple[Holiday, ...]:
        """Give every closed day in order of date."""
        days = [
            Holiday(item.date, item.name, kind)
            for year in self.years.values()
            for kind, items in (
                ("libur_nasional", year.libur_nasional),
                ("cuti_bersama", year.cuti_bersama),
                ("daerah", year.daerah),
            )
            for item in items
        ]
        return tuple(sorted(days, key=lambda holiday: holiday.day))


class PlaceShape(Shape):
    """A district, village or known spot."""

    name: Text
    kind: Literal["kecamatan", "desa", "lokasi"]
    synonyms: list[Text]
    published: bool = True

    def noun(self) -> Place:
        """Give the place."""
        return Place(self.name, self.kind, tuple(self.synonyms))


class PlacesFile(Shape):
    """``data/office/places.yml``."""

    compiled: Day
    fictional: bool
    places: Annotated[list[PlaceShape], Field(min_length=1)]
