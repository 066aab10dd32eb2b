"""The port Figures, in memory and on PostgreSQL, with figures counted by hand.

Each test has days of its own, so that what others store is not among its figures.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from izin.complaint_states import ComplaintState
from izin.complaints import Complaint, Confidentiality, Deadlines
from izin.figures import Period, month
from izin.office import DueDate
from izin.officers import OfficerSession
from izin.ports.figures import Figures
from izin.replies import Reply
from izin.storage.memory.figures import MemoryFigures
from izin.storage.postgres.engine import create
from izin.storage.postgres.figures import PostgresFigures
from izin.talk_figures import AskedCount, HourCount, TalkDay
from tests.contracts.conversation_ports import Ports, fresh, message

ZONE = ZoneInfo("Asia/Makassar")
LIVE = ("live",)
_weeks = itertools.count()


@pytest.fixture
def figures(ports: Ports, request: pytest.FixtureRequest) -> Iterator[Figures]:
    """The figures over the same storage as the other ports."""
    if ports.kind == "memory":
        yield MemoryFigures(ports.inbox.data)  # type: ignore[attr-defined]
        return
    engine = create(request.getfixturevalue("module_database_url"), pool_size=2)
    yield PostgresFigures(engine)
    engine.dispose()


@pytest.fixture
def monday() -> datetime:
    """Nine o'clock of a Monday in a week that no other test uses."""
    first = datetime(2031, 3, 3, 9, 0, tzinfo=ZONE)
    return first + timedelta(weeks=4 * next(_weeks))


def days(first: datetime, count: int = 1) -> Period:
    return Period(first.date(), first.date() + timedelta(days=count - 1))


def say(ports: Ports, at: datetime, chat: str | None = None, **more: object) -> str:
    """Receive a message and answer it; gives the conversation."""
    intent, permit = more.pop("intent", None), more.pop("permit", None)
    got = ports.inbox.receive(message(chat, sent_at=at, **more), at)
    understood = {"intent": intent, "confidence": 0.9, "permit": permit}
    known = {name: value for name, value in understood.items() if value is not None}
    if intent:
        ports.inbox.answer(got.turn_id, [Reply("Baik.")], {}, known)  # type: ignore[arg-type]
    return got.conversation_id


def test_messages_are_counted_by_the_office_s_hour_and_day(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    # 16.30 UTC is half past midnight of the next day in Makassar.
    late = datetime.combine(monday.date(), datetime.min.time(), tzinfo=UTC).replace(hour=16)
    say(ports, late + timedelta(minutes=30))
    say(ports, late - timedelta(minutes=1))
    say(ports, monday, channel="whatsapp")
    say(ports, monday, namespace="simulator")
    figures.refresh(monday + timedelta(days=1), ZONE)
    day, after = monday.date(), monday.date() + timedelta(days=1)
    assert list(figures.hours(days(monday, 2), LIVE)) == [
        HourCount("live", day, 23, "telegram", 1),
        HourCount("live", day, 9, "whatsapp", 1),
        HourCount("live", after, 0, "telegram", 1),
    ]
    assert list(figures.hours(days(monday), LIVE, "whatsapp")) == [
        HourCount("live", day, 9, "whatsapp", 1)
    ]
    assert len(figures.hours(days(monday, 2), ("live", "simulator"))) == 4


def test_a_session_counts_on_the_day_it_begins_and_as_opened_when_an_officer_was_needed(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    alone, asked = fresh("chat"), fresh("chat")
    say(ports, monday, alone, intent="tanya_syarat", permit="PBG")
    say(ports, monday + timedelta(hours=6), alone, intent="nlu_fallback")
    say(ports, monday + timedelta(hours=13), alone, intent="tanya_biaya", permit="PBG")
    here = say(ports, monday + timedelta(hours=14), asked, intent="minta_petugas")
    at = monday + timedelta(hours=16)  # half past midnight would still be the same session
    ports.escalations.open(here, "minta_petugas", at, fresh("key"))
    ports.escalations.open(here, "complaint_overdue", at + timedelta(days=9), fresh("key"))
    figures.refresh(at, ZONE)
    # Three sessions: twice alone (the second message came within six hours), once opened.
    assert list(figures.talks(days(monday), LIVE)) == [
        TalkDay("live", monday.date(), "telegram", 2, 3, 1, 4, 4, 1)
    ]
    assert list(figures.asked(days(monday), LIVE)) == [
        AskedCount("live", monday.date(), "", "permit", "PBG", 2),
        AskedCount("live", monday.date(), "", "intent", "minta_petugas", 1),
        AskedCount("live", monday.date(), "", "intent", "tanya_biaya", 1),
        AskedCount("live", monday.date(), "", "intent", "tanya_syarat", 1),
    ]


def test_a_session_opened_after_midnight_belongs_to_the_day_it_began(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    evening = monday.replace(hour=23, minute=50)
    here = say(ports, evening)
    ports.escalations.open(here, "minta_petugas", evening + timedelta(minutes=30), fresh("key"))
    figures.refresh(evening + timedelta(hours=1), ZONE)
    [talk] = figures.talks(days(monday, 2), LIVE)
    assert (talk.day, talk.sessions, talk.opened) == (monday.date(), 1, 1)


def test_counting_again_changes_nothing_and_adds_what_came_late(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    chat = fresh("chat")
    say(ports, monday, chat)
    figures.refresh(monday, ZONE)
    before = list(figures.talks(days(monday), LIVE))
    assert figures.refresh(monday, ZONE) >= 1
    assert list(figures.talks(days(monday), LIVE)) == before
    say(ports, monday + timedelta(minutes=5), chat)
    figures.refresh(monday + timedelta(days=3), ZONE)
    [talk] = figures.talks(days(monday), LIVE)
    assert (talk.messages, talk.sessions, talk.chats) == (2, 1, 1)
    assert figures.refreshed_at() == monday + timedelta(days=3)


def test_a_period_without_anything_is_empty(figures: Figures, monday: datetime) -> None:
    period = days(monday - timedelta(days=700), 7)
    since, until = period.since(ZONE), period.until(ZONE)
    assert not figures.hours(period, LIVE)
    assert not figures.talks(period, LIVE)
    assert not figures.asked(period, LIVE)
    assert not figures.answers(since, until, LIVE)


def complaint(ports: Ports, at: datetime, **more: object) -> Complaint:
    values: dict[str, object] = {
        "ticket": fresh("ADU"),
        "category": "SARANA",
        "class_code": "TIDAK_BERKADAR",
        "story": "x",
        "place": "y",
        "confidentiality": Confidentiality.NORMAL,
        "state": ComplaintState.RECEIVED,
        "filed_at": at,
        "deadlines": Deadlines(DueDate(at.date()), DueDate(at.date() + timedelta(days=20))),
        "owner": "Sekretariat",
    }
    chat = str(more.pop("conversation_id", "")) or say(ports, at, channel="whatsapp")
    values |= {"conversation_id": chat, **more}
    if values["confidentiality"] is Confidentiality.ANONYMOUS:
        values["conversation_id"] = chat
    return ports.complaints.file(Complaint(**values), fresh("turn"), "file")  # type: ignore[arg-type]


def test_an_ordinary_complaint_is_counted_where_and_as_it_was_filed(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    category = fresh("KATEGORI")
    complaint(ports, monday, category=category)
    complaint(ports, monday, category=category, confidentiality=Confidentiality.CONFIDENTIAL)
    simulated = say(ports, monday, namespace="simulator")
    complaint(ports, monday, category=category, conversation_id=simulated)
    since, until = days(monday).since(ZONE), days(monday).until(ZONE)
    found = [f for f in figures.complaints(since, until, LIVE) if f.category == category]
    assert [(f.channel, f.filed_at, f.first_due, f.is_open) for f in found] == [
        ("whatsapp", monday, monday.date(), True)
    ]
    both = figures.complaints(since, until, ("live", "simulator"))
    assert len([f for f in both if f.category == category]) == 2


def test_what_ended_stays_in_the_period_it_ended_in(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    category = fresh("KATEGORI")
    filed = complaint(ports, monday, category=category)
    opened = figures.complaints_open_at(monday + timedelta(days=9), LIVE)
    ended_at = monday + timedelta(days=8)
    ports.complaints.withdraw(filed.ticket, fresh("turn"), "withdraw", ended_at)

    def within(first: datetime) -> list[datetime | None]:
        since, until = days(first).since(ZONE), days(first).until(ZONE)
        found = figures.complaints(since, until, LIVE)
        return [fact.closed_at for fact in found if fact.category == category]

    assert within(monday) == [ended_at]
    assert within(ended_at) == [ended_at]
    assert within(monday + timedelta(days=3)) == []
    assert figures.complaints_open_at(monday + timedelta(days=9), LIVE) == opened - 1
    assert figures.complaints_open_at(monday + timedelta(days=7), LIVE) == opened


def test_sealed_complaints_are_counted_by_whole_months_alone(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    first = datetime(2025, 2, 1, 0, 30, tzinfo=ZONE)  # still January in UTC
    for at in (first, first, first + timedelta(days=40)):
        complaint(ports, at, confidentiality=Confidentiality.CONFIDENTIAL)
    february = figures.sealed_by_month(month(2025, 2), ZONE)
    assert february == {(2025, 2): 2}
    both = figures.sealed_by_month(Period(first.date(), first.date() + timedelta(days=35)), ZONE)
    assert both == {(2025, 2): 2, (2025, 3): 1}


def test_an_officer_s_hold_and_what_waits_are_seen(
    ports: Ports, figures: Figures, monday: datetime
) -> None:
    officer = fresh("petugas")
    waiting = figures.queue(LIVE).waiting
    here = say(ports, monday)
    ports.escalations.open(here, "minta_petugas", monday, fresh("key"))
    assert figures.queue(LIVE).waiting == waiting + 1
    took = monday + timedelta(minutes=10)
    ports.officers.beat(OfficerSession(fresh("s"), officer, "Petugas", took), monday)
    ports.officers.claim(here, officer, "Petugas", Reply("Petugas di sini."), took)
    assert figures.queue(LIVE).waiting == waiting
    since, until = days(monday).since(ZONE), days(monday).until(ZONE)
    [held] = [h for h in figures.handlings(since, until, LIVE) if h.officer == officer]
    assert (held.channel, held.claimed_at, held.ended_at, held.replied) == (
        "telegram", took, None, False,
    )  # fmt: skip
    ports.officers.reply(here, officer, Reply("Selamat pagi."), fresh("key"), took)
    ended = took + timedelta(minutes=7)
    ports.officers.release(here, officer, Reply("Selesai."), ended)
    [held] = [h for h in figures.handlings(since, until, LIVE) if h.officer == officer]
    assert (held.ended_at, held.ended_by, held.served) == (ended, "petugas", True)
    [answer] = figures.answers(since, until, LIVE, "telegram")
    assert (answer.reason, answer.opened_at, answer.closed_at) == ("minta_petugas", monday, ended)
    assert not figures.answers(since, until, LIVE, "whatsapp")
