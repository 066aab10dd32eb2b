from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from izin.complaint_clock import (
    PARTS,
    after_pause,
    due,
    due_moment,
    marks,
    open_spans,
)
from izin.complaint_states import ComplaintState, Pause
from izin.complaints import Complaint, Confidentiality, deadlines
from izin.office import Calendar, Holiday, Office, OfficeHours

JAKARTA = "Asia/Jakarta"
HOLIDAYS = (
    Holiday(date(2026, 3, 20), "Idulfitri"),
    Holiday(date(2026, 3, 23), "Cuti bersama", "cuti_bersama"),
)
OFFICE = Office(
    agency="Dinas Contoh",
    short_name="Contoh",
    regency="Kabupaten Contoh",
    timezone=JAKARTA,
    opening_hours={
        **{day: ((time(8), time(12)), (time(13), time(15))) for day in range(4)},
        4: ((time(8), time(11)),),
    },
)
CALENDAR = Calendar(HOLIDAYS)
HOURS = OfficeHours(OFFICE, CALENDAR)
ZONE = OFFICE.zone

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=270)).map(lambda later: FIRST + later)
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=30))


def complaint(filed_at: datetime, days: int = 14) -> Complaint:
    filed_on = filed_at.astimezone(ZONE).date()
    return Complaint(
        ticket="ADU-2222-22", category="X", class_code="Y", story="", place="",
        confidentiality=Confidentiality.NORMAL, state=ComplaintState.IN_PROGRESS,
        filed_at=filed_at, deadlines=deadlines(filed_on, days, CALENDAR), owner="",
    )  # fmt: skip


def paused(item: Complaint, at: datetime) -> Complaint:
    return replace(item, state=ComplaintState.WAITING, pauses=(*item.pauses, Pause(at)))


def resumed(item: Complaint, at: datetime) -> Complaint:
    return replace(after_pause(item, at, CALENDAR, ZONE), state=ComplaintState.IN_PROGRESS)


def test_a_day_ends_with_its_last_open_span_and_a_closed_one_with_the_day_before():
    monday, friday, holiday = date(2026, 3, 16), date(2026, 3, 13), date(2026, 3, 20)
    assert due_moment(monday, HOURS) == datetime(2026, 3, 16, 15, tzinfo=ZONE)
    assert due_moment(friday, HOURS) == datetime(2026, 3, 13, 11, tzinfo=ZONE)
    assert due_moment(holiday, HOURS) == datetime(2026, 3, 19, 15, tzinfo=ZONE)
    assert due_moment(date(2026, 3, 15), HOURS) == datetime(2026, 3, 13, 11, tzinfo=ZONE)


@given(moments)
def test_marks_come_in_order_within_open_hours_and_end_with_the_promise(at: datetime):
    item = complaint(at)
    for promise in ("tanggapan", "penyelesaian"):
        found = [mark for mark in marks(item, HOURS) if mark.promise == promise]
        assert [mark.percent for mark in found] == list(PARTS)
        times = [mark.at for mark in found]
        assert times == sorted(times)
        assert at <= times[0]
        assert times[-1] == due_moment(found[-1].due_on, HOURS)


@given(moments, lengths, lengths)
def test_a_pause_leaves_as_many_working_days_as_there_were(
    at: datetime, before: timedelta, length: timedelta
):
    begun, ended = at + before, at + before + length
    item = complaint(at, days=60)
    after = resumed(paused(item, begun), ended)
    day, back = begun.astimezone(ZONE).date(), ended.astimezone(ZONE).date()
    for name in ("first_response", "decision"):
        promised, new = getattr(item.deadlines, name).day, getattr(after.deadlines, name).day
        if day <= promised:
            left = CALENDAR.working_days_between(day, promised)
            assert CALENDAR.working_days_between(back, new) == left
        assert new >= promised


@given(moments, st.lists(lengths, min_size=2, max_size=8))
def test_pauses_never_bring_a_date_nearer_and_none_overlaps(at: datetime, steps: list[timedelta]):
    item = complaint(at)
    for number, step in enumerate(steps):
        at += step
        before = item
        item = paused(item, at) if number % 2 == 0 else resumed(item, at)
        assert item.deadlines.decision.day >= before.deadlines.decision.day
    ends = [pause.until for pause in item.pauses]
    assert all(end is not None for end in ends[:-1])
    for earlier, later in zip(item.pauses, item.pauses[1:], strict=False):
        assert earlier.until is not None
        assert earlier.until <= later.begun_at


@given(moments, lengths, lengths)
def test_paused_time_is_in_no_open_span(at: datetime, before: timedelta, length: timedelta):
    pause = Pause(at + before, at + before + length)
    end = at + timedelta(days=70)
    spans = open_spans(at, end, HOURS, [pause])
    whole = sum((b - a for a, b in open_spans(at, end, HOURS)), timedelta())
    inside = sum(
        (b - a for a, b in open_spans(pause.begun_at, pause.until or end, HOURS)), timedelta()
    )
    assert sum((b - a for a, b in spans), timedelta()) == whole - inside
    assert all(b <= pause.begun_at or a >= (pause.until or end) for a, b in spans)


def test_nothing_is_due_or_raised_while_the_complainant_is_waited_for():
    now = datetime(2026, 3, 16, 3, tzinfo=UTC)
    item = paused(complaint(now), now)
    assert marks(item, HOURS) == []
    assert due(item, HOURS).next_at is None
    closed = replace(item, state=ComplaintState.CLOSED)
    assert due(closed, HOURS).decision_at is None


def test_without_known_hours_time_itself_is_measured():
    now = datetime(2026, 3, 16, 0, tzinfo=UTC)
    item = complaint(now)
    first = [mark for mark in marks(item, None) if mark.promise == "tanggapan"]
    assert first[-1].at == datetime(2026, 3, 20, tzinfo=UTC)
    assert first[0].at == datetime(2026, 3, 18, tzinfo=UTC)
