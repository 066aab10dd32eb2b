"""Answers when the office is open, where it is, its counters and how to reach it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from izin.answers import office_holidays, office_hours, suggestions
from izin.answers.section import Section
from izin.office import Office
from izin.ports import OfficeBook
from izin.replies import Choice, ReplyMedia
from izin.usecases.dialogue import TurnInput
from izin.usecases.read_questions import Ask
from izin.wording import Wording
from izin.words import words_of

_WITHOUT_YEAR = re.compile(r"\d{1,2}\s+[A-Za-z]+")
"""A day and its month ("17 agustus"): who asks whether it is open means one to come."""


@dataclass(frozen=True, slots=True)
class General:
    """An answer that is not about one permit: its sections with what goes along.

    ``opens`` names the task that its question belongs to, ``faq`` the published answer told.
    """

    sections: tuple[Section, ...]
    choices: tuple[Choice, ...] = ()
    media: tuple[ReplyMedia, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    opens: str | None = None
    faq: str = ""


def answer_office(ask: Ask, turn: TurnInput, book: OfficeBook, wording: Wording) -> General:
    """Give hours, place, contacts or counters, by the words of the question.

    The hours are what is meant when nothing else is named.
    """
    office = book.office()
    words = set(words_of(ask.text or turn.text))

    def wants(topic: str) -> bool:
        return bool(words & set(wording.say(f"answers.words_{topic}").split()))

    day = _day(ask, turn.now.astimezone(office.zone).date())
    holidays = office_holidays.named_holidays(ask.text or turn.text, wording)
    place, contact = wants("place"), wants("contact")
    plain = f"{wording.say('answers.words_office')} {wording.say('answers.words_filler')}"
    telling = words - set(plain.split())
    hours = day is not None or bool(holidays) or wants("hours")
    named = set(wording.say("answers.words_counter").split()) & words
    # "Loket buka jam berapa?" asks for our hours, "gerai apa saja?" for the mall's counters.
    ours = hours and named <= set(wording.say("pace.words_own_counter").split())
    some = ours or not named or place or contact
    counters = office_hours.counters(office, telling, wording, named_only=some)
    sections = _reached(office, wording, mall=place) if place or contact else []
    if counters:
        sections.append(counters)
    # Who asks the way comes: a closed door is worse than three lines more.
    if (hours and not counters) or place or not (contact or counters):
        calendar = book.calendar()
        opening = office_hours.opening(office, calendar, turn.now, day, wording, words)
        sections = [opening, *sections] if hours else [*sections, opening]
        if holidays:
            closed = office_holidays.on_holidays(holidays, office, calendar, turn.now, wording)
            sections = [closed, *sections]
    line = office_hours.checked(office, wording)
    if line:
        sections.append(Section(line))
    media: tuple[ReplyMedia, ...] = ()
    if place and office.location:
        media = (ReplyMedia("location", location=office.location, title=office.short_name),)
    menu = suggestions.menu(wording, {"tanya_kontak_jam_lokasi"})[:4]
    return General(tuple(sections), menu, media)


def _reached(office: Office, wording: Wording, *, mall: bool) -> list[Section]:
    """Give address and contacts, and the mall's address where asked."""
    there = office_hours.mall(office, wording) if mall else None
    return [item for item in (office_hours.contact(office, wording), there) if item]


def _day(ask: Ask, today: date) -> date | None:
    """Give the day that is named; one without its year that has passed is the next year's."""
    for item in ask.entities:
        if item.name == "tanggal" and item.value:
            day = date.fromisoformat(str(item.value))
            passed = day < today and _WITHOUT_YEAR.fullmatch(item.raw.strip())
            leap = (day.month, day.day) == (2, 29)
            return day.replace(year=day.year + 1) if passed and not leap else day
    return None
