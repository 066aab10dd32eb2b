"""Whether the office is open on a holiday that is named without its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from izin.answers.office_hours import opening_words
from izin.answers.section import Section
from izin.office import Calendar, Office, OfficeHours
from izin.wording import Wording
from izin.words import words_of


def named_holidays(text: str, wording: Wording) -> list[str]:
    """Give the holidays that a text names, as their names in the table have it, each once.

    The longest name counts: "tahun baru islam" is no "tahun baru".
    """
    said = f" {' '.join(words_of(text))} "
    found: list[str] = []
    names = [
        (phrase.strip(), line.partition("=")[0].strip())
        for line in wording.say("answers.words_holidays").split("|")
        for phrase in line.partition("=")[2].split(",")
    ]
    for phrase, name in sorted(names, key=lambda item: -len(item[0])):
        if f" {phrase} " in said:
            said = said.replace(f" {phrase} ", " | ")
            found.append(name)
    return list(dict.fromkeys(found))


def on_holidays(
    names: Sequence[str], office: Office, calendar: Calendar, now: datetime, wording: Wording
) -> Section:
    """Give when the office is closed for the next of each named holiday.

    One that the table does not have any more, or never had, is said to be unknown.
    """
    today = now.astimezone(office.zone).date()
    lines = [_on_holiday(name, today, office, calendar, now, wording) for name in names]
    return Section("\n".join(lines))


def _on_holiday(
    name: str, today: date, office: Office, calendar: Calendar, now: datetime, wording: Wording
) -> str:
    days = calendar.next_named(name, today)
    if not days:
        return wording.say("answers.holiday_unknown", holiday=name)
    dates = [wording.date(holiday.day) for holiday in days]
    last = datetime.combine(days[-1].day, time.max, tzinfo=office.zone)
    following = OfficeHours(office, calendar).next_opening(last)
    return wording.say(
        "answers.holiday_next",
        holiday=name,
        dates=wording.say("answers.and").join(
            item for item in (", ".join(dates[:-1]), dates[-1]) if item
        ),
        opens=opening_words(following, now, wording) if following else wording.say("answers.na"),
    )
