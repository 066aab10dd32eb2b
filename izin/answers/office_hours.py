"""When the office is open, where it is and how to reach it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from izin.answers.section import Section, mark, sentence
from izin.office import Calendar, Office, OfficeHours
from izin.office_periods import HoursPeriod, Spans
from izin.wording import Wording
from izin.words import words_of

SHORTEST_COUNTER_WORD = 3
"""Shorter words name no counter."""

PERIOD_TOLD_BEFORE = timedelta(days=30)
"""So long before it begins, other hours are told without being asked for."""

_WEEK = 7
_MONDAY = date(2024, 1, 1)
"""Any Monday: only its weekday's name is used."""


def opening(
    office: Office,
    calendar: Calendar,
    now: datetime,
    day: date | None,
    wording: Wording,
    words: Collection[str] = (),
) -> Section:
    """Give whether the counter is open now (or on ``day``), and the weekly hours.

    A period of other hours (Ramadan) follows when it is on, begins soon, or is named in
    ``words``.
    """
    hours = OfficeHours(office, calendar)
    if not office.opening_hours:
        return Section(wording.say("answers.hours_unknown"), unknown=True)
    local = now.astimezone(office.zone)
    lines = [
        _on_day(hours, calendar, day, office, wording)
        if day is not None and day != local.date()
        else _now(hours, calendar, now, office, wording)
    ]
    lines.append(
        mark(wording.say("answers.hours_week", office=office.short_name),
             office.hours_inferred, wording)
    )  # fmt: skip
    lines += _weekly(office.opening_hours, wording)
    asked = day or local.date()
    for period in hours.periods:
        if _is_worth_telling(period, asked, words):
            lines += _period(period, wording)
    return Section("\n".join(lines), inferred=office.hours_inferred)


def contact(office: Office, wording: Wording) -> Section:
    """Give address and contacts; what is not filled in is said to be unknown."""
    lines = [wording.say("answers.contact_title", agency=office.agency)]
    values = {
        "address": office.address,
        "phone": office.phone,
        "whatsapp": office.whatsapp,
        "email": office.email,
        "website": office.website,
    }
    known = {name: value for name, value in values.items() if value}
    lines += [wording.say(f"answers.contact_{name}", value=value) for name, value in known.items()]
    missing = [wording.say(f"answers.name_{name}") for name in values if name not in known]
    if missing:
        lines.append(wording.say("answers.contact_missing", names=", ".join(missing)))
    if office.fictional:
        lines.append(wording.say("answers.contact_fictional"))
    return Section("\n".join(lines), unknown=not known)


def mall(office: Office, wording: Wording) -> Section | None:
    """Give name and address of the public service mall, or None if unknown."""
    facts: Mapping[str, Any] = office.details.get("mpp") or {}
    if not facts.get("name"):
        return None
    address = facts.get("address") or wording.say("answers.na")
    inferred = bool(facts.get("inferred"))
    text = wording.say("answers.mall", name=facts["name"], address=address)
    return Section(mark(text, inferred, wording), inferred=inferred)


def counters(
    office: Office, words: Collection[str], wording: Wording, *, named_only: bool
) -> Section | None:
    """Give the mall's counters with their days: those named in ``words``, else all.

    None when the mall is unknown, or ``named_only`` and none is named.
    """
    mall: Mapping[str, Any] = office.details.get("mpp") or {}
    known = list(mall.get("counters") or ())
    named = [item for item in known if _is_named(item, words)]
    if not known or (named_only and not named):
        return None
    inferred = bool(mall.get("inferred"))
    lines = [mark(wording.say("answers.counters_title", name=mall["name"]), inferred, wording)]
    lines += [
        wording.say("answers.counter", name=item["name"], days=_days(item, wording))
        for item in named or known
    ]
    if mall.get("note"):
        lines.append(sentence(str(mall["note"])))
    return Section("\n".join(lines), inferred=inferred)


def checked(office: Office, wording: Wording) -> str | None:
    """Give the line saying when these facts were last checked, or None if never."""
    if office.checked_on is None:
        return None
    day = wording.date(office.checked_on, weekday=False)
    if office.sources:
        return wording.say("answers.office_source", sources="; ".join(office.sources), date=day)
    return wording.say("answers.office_checked", date=day)


def clock(moment: time) -> str:
    """Give ``08.00``, the way times are written here."""
    return moment.strftime("%H.%M")


def opening_words(moment: datetime, now: datetime, wording: Wording) -> str:
    """Give when the counter opens next: ``hari ini pukul …``, ``besok …`` or the full date."""
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    key = {0: "answers.open_today", 1: "answers.open_tomorrow"}.get(days, "answers.open_later")
    return wording.say(key, date=wording.date(moment.date()), time=clock(moment.time()))


def _is_named(counter: Mapping[str, Any], words: Collection[str]) -> bool:
    own = set(words_of(f"{counter['name']} {counter.get('services') or ''}"))
    return bool(own & {word for word in words if len(word) >= SHORTEST_COUNTER_WORD})


def _days(counter: Mapping[str, Any], wording: Wording) -> str:
    names = [str(name).capitalize() for name in counter.get("days") or ()]
    working_week = [_day_name(weekday, wording) for weekday in range(5)]
    if names == working_week:
        return wording.say("answers.days", first=names[0], last=names[-1])
    return ", ".join(names) or wording.say("answers.na")


def _now(
    hours: OfficeHours, calendar: Calendar, now: datetime, office: Office, wording: Wording
) -> str:
    closing = hours.closing(now)
    if closing is not None:
        return wording.say("answers.open_now", time=clock(closing.time()))
    today = now.astimezone(office.zone).date()
    holiday = calendar.holiday(today)
    following = hours.next_opening(now)
    opens = opening_words(following, now, wording) if following else wording.say("answers.na")
    if holiday is not None:
        return wording.say("answers.closed_holiday", holiday=holiday.name, opens=opens)
    return wording.say("answers.closed_now", opens=opens)


def _on_day(
    hours: OfficeHours, calendar: Calendar, day: date, office: Office, wording: Wording
) -> str:
    spans = hours.spans_on(day)
    if spans:
        text = wording.say("answers.open_on", date=wording.date(day), hours=_spans(spans, wording))
    else:
        holiday = calendar.holiday(day)
        text = (
            wording.say("answers.holiday_on", date=wording.date(day), holiday=holiday.name)
            if holiday
            else wording.say("answers.closed_on", date=wording.date(day))
        )
    loaded = day.year in calendar.loaded_years
    return text if loaded else f"{text} {wording.say('answers.holidays_not_loaded')}"


def _is_worth_telling(period: HoursPeriod, day: date, words: Collection[str]) -> bool:
    if period.last < day:
        return False
    return period.first - day <= PERIOD_TOLD_BEFORE or bool(set(period.words) & set(words))


def _period(period: HoursPeriod, wording: Wording) -> list[str]:
    title = wording.say(
        "pace.hours_period",
        name=period.name,
        first=wording.date(period.first, weekday=False),
        last=wording.date(period.last, weekday=False),
    )
    lines = [mark(title, period.inferred, wording), *_weekly(period.opening_hours, wording)]
    return [*lines, sentence(period.note)] if period.note else lines


def _weekly(opening_hours: Mapping[int, Spans], wording: Wording) -> list[str]:
    """Days in a row with the same hours share a line."""
    lines: list[str] = []
    first = 0
    while first < _WEEK:
        spans = opening_hours.get(first, ())
        last = first
        while last + 1 < _WEEK and opening_hours.get(last + 1, ()) == spans:
            last += 1
        names = _day_name(first, wording)
        if last > first:
            names = wording.say("answers.days", first=names, last=_day_name(last, wording))
        text = _spans(spans, wording) if spans else wording.say("answers.closed")
        lines.append(wording.say("answers.hours_line", days=names, hours=text))
        first = last + 1
    return lines


def _day_name(weekday: int, wording: Wording) -> str:
    return wording.date(_MONDAY + timedelta(days=weekday)).split(",")[0]


def _spans(spans: Spans, wording: Wording) -> str:
    return wording.say("answers.and").join(
        wording.say("answers.span", start=clock(start), end=clock(end)) for start, end in spans
    )
