"""Officers' steps on complaints, in memory and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from izin.complaint_clock import PromisedTime
from izin.complaint_desk import Reader
from izin.complaint_rules import Correction
from izin.complaint_states import Closing, ClosingReason, ComplaintState, Priority
from izin.complaint_work import PAGE, Order, Refusal, Urgency, WorkFilter
from izin.complaints import Complaint, Confidentiality
from izin.errors import Conflict, NotFound
from izin.usecases.work_complaint import WorkComplaint
from tests.contracts.case_work import (
    ANSWER,
    BUDI,
    HEAD,
    MONDAY,
    RESULT,
    SARI,
    SEALED,
    filed,
    worker,
)
from tests.contracts.conversation_ports import Ports, fresh, message

LEVELS = list(Confidentiality)
DAY = timedelta(days=1)


@pytest.fixture
def here(ports: Ports) -> str:
    return ports.inbox.receive(message(), MONDAY).conversation_id


@pytest.fixture
def work(ports: Ports) -> WorkComplaint:
    return worker(ports)


def reader_of(item: Complaint) -> Reader:
    return SARI if item.confidentiality is Confidentiality.NORMAL else SEALED


def mail_of(ports: Ports) -> list[str]:
    return [str(ports.mail_room.message(one).reply["text"]) for one in ports.mail_queue()]


@pytest.mark.parametrize("level", LEVELS)
def test_a_complaint_goes_from_filing_to_closing(
    ports: Ports, work: WorkComplaint, here: str, level: Confidentiality
) -> None:
    item = filed(ports, here, level)
    reader, ticket = reader_of(item), item.ticket
    case = work.verify(reader, ticket, 1, fresh("k"), MONDAY)
    case = work.take(reader, ticket, case.complaint.version, fresh("k"), MONDAY)
    case = work.begin(reader, ticket, case.complaint.version, fresh("k"), "dicek", MONDAY)
    case = work.answer(reader, ticket, case.complaint.version, fresh("k"), ANSWER, MONDAY)
    assert case.complaint.officer == reader.officer
    assert case.complaint.first_response_at is not None
    later = MONDAY + timedelta(hours=3)
    case = work.resolve(reader, ticket, case.complaint.version, fresh("k"), RESULT, later)
    assert case.complaint.state is ComplaintState.RESOLVED
    case = work.close(reader, ticket, case.complaint.version, fresh("k"), RESULT, later)
    done = case.complaint
    assert (done.state, done.closing_reason) == (ComplaintState.CLOSED, "selesai")
    assert done.closing is not None and done.closing.text == RESULT.text
    assert not done.is_open
    assert ports.work.case(reader, ticket, later) == case
    assert ports.complaints.find(ticket) == done
    kinds = [event.kind for event in done.events if event.actor == reader.officer]
    assert kinds == ["verified", "assigned", "in_progress", "answered", "resolved", "closed"]


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_reader_may_not_see_does_not_exist(
    ports: Ports, work: WorkComplaint, here: str, level: Confidentiality
) -> None:
    item = filed(ports, here, level)
    sealed = level is not Confidentiality.NORMAL
    strangers = [
        Reader("tamu", frozenset({"penyunting"})),
        Reader("dlh", frozenset({"petugas"}), "DLH"),
        SARI if sealed else SEALED,
    ]
    for stranger in strangers:
        for ask in (
            lambda who: ports.work.case(who, item.ticket, MONDAY),
            lambda who: work.verify(who, item.ticket, 1, fresh("k"), MONDAY),
            lambda who: work.note(who, item.ticket, fresh("k"), "halo", MONDAY),
            lambda who: ports.work.see_alarm(who, item.ticket, 1),
            lambda who: ports.desk.read(who, item.ticket, MONDAY),
        ):
            with pytest.raises(NotFound):
                ask(stranger)
        assert item.ticket not in listed(ports, stranger)
    assert ports.complaints.find(item.ticket) == item


def test_a_step_happens_once_per_key(ports: Ports, work: WorkComplaint, here: str) -> None:
    item, key = filed(ports, here), fresh("k")
    first = work.answer(SARI, item.ticket, 1, key, ANSWER, MONDAY)
    again = work.answer(SARI, item.ticket, 1, key, ANSWER, MONDAY + DAY)
    assert again.complaint == first.complaint
    assert len(ports.said(here)) == 1


def test_of_two_officers_who_close_at_once_the_second_is_told(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)

    def close(reader: Reader) -> str:
        try:
            work.resolve(reader, item.ticket, 1, fresh("k"), RESULT, MONDAY)
        except Conflict:
            return "conflict"
        return "done"

    begun = work.begin(SARI, item.ticket, 1, fresh("k"), "", MONDAY).complaint.version

    def at_once(reader: Reader) -> str:
        try:
            work.resolve(reader, item.ticket, begun, fresh("k"), RESULT, MONDAY)
        except Conflict:
            return "conflict"
        return "done"

    assert close(BUDI) == "conflict", "what was seen before the last change is old"
    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(at_once, (SARI, BUDI))) == ["conflict", "done"]
    assert len(ports.said(here)) == 1


def test_an_answer_reaches_a_chat_that_an_officer_holds(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    ports.hold(here)
    work.answer(SARI, item.ticket, 1, fresh("k"), ANSWER, MONDAY)
    [said] = ports.said(here)
    assert ANSWER in said.text and item.ticket in said.text
    assert "sari" not in said.text


def test_a_result_is_pushed_with_rating_and_reopening(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    work.resolve(
        SARI, item.ticket, work.begin(SARI, item.ticket, 1, "b" + fresh(), "", MONDAY)
        .complaint.version, fresh("k"), RESULT, MONDAY,
    )  # fmt: skip
    [said] = ports.said(here)
    for part in (RESULT.text, "Bidang Pelayanan", "23 November 2026", "UU 25/2009"):
        assert part in said.text
    scores = [choice.entities.get("nilai") for choice in said.choices]
    assert scores == [5, 4, 3, 2, 1, None]
    assert said.choices[-1].entities["langkah"] == "buka_lagi"


@pytest.mark.parametrize("level", LEVELS[1:])
def test_a_sealed_result_goes_by_ticket_and_leaves_nothing_in_the_chat(
    ports: Ports, work: WorkComplaint, here: str, level: Confidentiality
) -> None:
    item = filed(ports, here, level)
    version = work.begin(SEALED, item.ticket, 1, fresh("k"), "", MONDAY).complaint.version
    work.resolve(SEALED, item.ticket, version, fresh("k"), RESULT, MONDAY)
    assert ports.said(here) == []
    assert any(item.ticket in text and "buka lagi tiket" in text for text in mail_of(ports))


def test_waiting_for_the_complainant_stops_the_dates_and_an_addition_goes_on(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    text = "Mohon kirim foto tanda terima berkas dan tanggal Anda datang."
    case = work.ask(SARI, item.ticket, 1, fresh("k"), text, MONDAY)
    assert case.complaint.state is ComplaintState.WAITING
    assert case.complaint.waiting_until == date(2026, 12, 23)
    assert case.due.next_at is None
    assert "23 Desember 2026" in ports.said(here)[0].text
    assert ports.alarms.raise_due(MONDAY + 200 * DAY, 1000) == [] or all(
        one.ticket != item.ticket for _, one in ports.alarms.raise_due(MONDAY + 200 * DAY, 1000)
    )
    thursday = MONDAY + 3 * DAY
    after = ports.complaints.add(item.ticket, "ini fotonya", [], fresh("turn"), "add", thursday)
    assert after.state is ComplaintState.IN_PROGRESS
    assert after.pauses[0].until == thursday
    # Monday to Thursday with a holiday on Wednesday: two working days.
    assert after.deadlines.decision.day == date(2026, 12, 16)
    assert item.deadlines.decision.day == date(2026, 12, 14)


def test_incomplete_is_a_reason_only_after_thirty_days(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    closing = Closing(ClosingReason.INCOMPLETE, "Foto tanda terima belum dikirim.")
    with pytest.raises(Refusal):
        work.close(SARI, item.ticket, 1, fresh("k"), closing, MONDAY + 40 * DAY)
    version = work.ask(SARI, item.ticket, 1, fresh("k"), ANSWER, MONDAY).complaint.version
    with pytest.raises(Refusal):
        work.close(SARI, item.ticket, version, fresh("k"), closing, MONDAY + 30 * DAY)
    done = work.close(SARI, item.ticket, version, fresh("k"), closing, MONDAY + 31 * DAY)
    assert done.complaint.closing_reason == "tidak_lengkap"
    assert done.complaint.pauses[0].until is not None


def test_a_disposition_needs_a_reason_and_moves_the_complaint_to_the_unit(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    for unit, reason in (("DLH", " "), ("TUTUP", "x"), ("XX", "x"), ("", "x")):
        with pytest.raises(Refusal):
            work.dispose(SARI, item.ticket, 1, fresh("k"), unit, reason, MONDAY)
    case = work.dispose(SARI, item.ticket, 1, fresh("k"), "DLH", "soal limbah", MONDAY)
    assert (case.complaint.unit, case.complaint.owner) == ("DLH", "Dinas Lingkungan Hidup")
    [said] = ports.said(here)
    assert "Dinas Lingkungan Hidup" in said.text and "limbah" not in said.text
    theirs = Reader("dlh", frozenset({"petugas"}), "DLH")
    assert ports.work.case(theirs, item.ticket, MONDAY).complaint == case.complaint
    assert item.ticket in listed(ports, theirs)
    assert item.ticket in [line.ticket for line in ports.desk.waiting(theirs, MONDAY)]


def test_a_class_corrected_to_the_supervised_one_seals_the_complaint(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    ports.work.note(SARI, item.ticket, "catatan", fresh("k"), MONDAY)
    version = work.answer(SARI, item.ticket, 1, fresh("k"), ANSWER, MONDAY).complaint.version
    for job in ports.jobs(f"out:{here}"):
        ports.outbox.part_accepted(job.arguments["message_id"], 0, fresh("p"), 1, MONDAY)
    change, key = Correction(category="PUNGLI"), fresh("k")
    case = work.correct(SARI, item.ticket, version, key, change, "diminta uang", MONDAY)
    assert case.complaint.class_code == "BERKADAR"
    assert case.complaint.confidentiality is Confidentiality.CONFIDENTIAL
    for ask in (
        lambda: ports.work.case(SARI, item.ticket, MONDAY),
        lambda: work.correct(SARI, item.ticket, version, key, change, "diminta uang", MONDAY),
    ):
        with pytest.raises(NotFound):
            ask()
    assert item.ticket not in listed(ports, SARI)
    kept = ports.work.case(SEALED, item.ticket, MONDAY)
    assert [note.text for note in kept.notes] == ["catatan"]
    assert kept.complaint == case.complaint
    assert item.ticket in listed(ports, SEALED, sealed=True)
    back = Correction(class_code="TIDAK_BERKADAR", category="KETERLAMBATAN")
    with pytest.raises(Refusal) as refused:
        work.correct(SEALED, item.ticket, kept.complaint.version, fresh("k"), back, "x", MONDAY)
    assert refused.value.code == "never_loosened"
    if ports.kind == "postgres":
        assert not any(item.ticket in said.text for said in ports.said(here))
    again = ports.complaints.add(item.ticket, "lagi", [], fresh("turn"), "add", MONDAY)
    assert again.additions[-1].text == "lagi"


def test_a_new_class_brings_its_own_date(ports: Ports, work: WorkComplaint, here: str) -> None:
    item = filed(ports, here)
    change = Correction(class_code="ASPIRASI", priority=Priority.HIGH)
    with pytest.raises(Refusal):
        work.correct(SARI, item.ticket, 1, fresh("k"), change, "", MONDAY)
    case = work.correct(SARI, item.ticket, 1, fresh("k"), change, "hanya usul", MONDAY)
    assert case.complaint.deadlines.decision.day == date(2026, 12, 1)
    assert case.complaint.priority is Priority.HIGH
    assert case.complaint.events[-1].details["class_code_before"] == "TIDAK_BERKADAR"


def test_a_duplicate_names_another_complaint_the_officer_may_see(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item, other = filed(ports, here), filed(ports, here)
    secret = filed(ports, here, Confidentiality.CONFIDENTIAL)

    def close(named: str) -> Complaint:
        closing = Closing(ClosingReason.DUPLICATE, "Sama kejadiannya.", other=named)
        return work.close(SARI, item.ticket, 1, fresh("k"), closing, MONDAY).complaint

    for named in ("", "ADU-2222-22", item.ticket, secret.ticket):
        with pytest.raises(Refusal) as refused:
            close(named)
        assert refused.value.field == "other"
    done = close(other.ticket.lower())
    assert done.closing is not None and done.closing.other == other.ticket


def test_reopening_brings_new_dates_and_one_step_up(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    begun = work.begin(SARI, item.ticket, 1, fresh("k"), "", MONDAY).complaint
    ended = work.resolve(SARI, item.ticket, begun.version, fresh("k"), RESULT, MONDAY).complaint
    case = work.reopen(HEAD, item.ticket, ended.version, fresh("k"), "belum beres", MONDAY + DAY)
    again = case.complaint
    assert (again.state, again.reopened_times) == (ComplaintState.REOPENED, 1)
    assert again.first_response_at is not None and again.responded_at is None
    raised = [one for _, one in ports.alarms.raise_due(MONDAY + DAY, 1000)]
    [up] = [one for one in raised if one.ticket == item.ticket]
    assert up.mark.promise is PromisedTime.REOPENED and up.mark.for_supervisors
    assert up.ticket in [one.ticket for one in ports.work.alarms(HEAD, supervisors=True)]
    ports.work.see_alarm(HEAD, up.ticket, up.id)
    assert up.ticket not in [one.ticket for one in ports.work.alarms(HEAD, supervisors=True)]


@pytest.mark.parametrize("level", LEVELS)
def test_each_part_of_the_time_raises_one_alarm_also_after_downtime(
    ports: Ports, work: WorkComplaint, here: str, level: Confidentiality
) -> None:
    item = filed(ports, here, level)

    def raised(at: datetime) -> list[str]:
        found = ports.alarms.raise_due(at, 1000)
        return [one.mark.key for _, one in found if one.ticket == item.ticket]

    assert raised(MONDAY) == []
    # From Monday 09.30 to Friday 15.00 without Wednesday: half of the open hours on Thursday.
    assert raised(MONDAY + DAY) == []
    assert raised(MONDAY + 3 * DAY) == ["tanggapan:50:0"]
    assert raised(MONDAY + 3 * DAY) == []
    friday = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert "tanggapan:100:0" not in raised(friday - timedelta(seconds=1))
    assert raised(friday) == ["tanggapan:100:0"]
    late = raised(MONDAY + 60 * DAY)
    assert late == ["penyelesaian:50:0", "penyelesaian:80:0", "penyelesaian:100:0"]
    assert raised(MONDAY + 61 * DAY) == []
    case = ports.work.case(reader_of(item), item.ticket, MONDAY)
    assert len(case.alarms) == 6
    mine = ports.work.sealed_alarms(SEALED, 1000)
    ordinary = ports.work.alarms(HEAD, supervisors=True, limit=1000)
    sealed = level is not Confidentiality.NORMAL
    assert any(one.ticket == item.ticket for one in mine) is sealed
    assert any(one.ticket == item.ticket for one in ordinary) is not sealed
    assert ports.work.sealed_alarms(HEAD) == []


def test_a_given_answer_ends_the_alarms_of_the_first_response(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item = filed(ports, here)
    work.answer(SARI, item.ticket, 1, fresh("k"), ANSWER, MONDAY)
    found = ports.alarms.raise_due(MONDAY + 60 * DAY, 1000)
    keys = [one.mark.key for _, one in found if one.ticket == item.ticket]
    assert keys and all(key.startswith("penyelesaian") for key in keys)


def test_a_result_nobody_objects_to_is_closed(ports: Ports, work: WorkComplaint, here: str) -> None:
    item = filed(ports, here)
    begun = work.begin(SARI, item.ticket, 1, fresh("k"), "", MONDAY).complaint
    work.resolve(SARI, item.ticket, begun.version, fresh("k"), RESULT, MONDAY)
    assert item.ticket not in [one.ticket for one in ports.alarms.settled(MONDAY, MONDAY)]
    [done] = [
        one for one in ports.alarms.settled(MONDAY + 20 * DAY, MONDAY + DAY)
        if one.ticket == item.ticket
    ]  # fmt: skip
    assert (done.state, done.closing_reason) == (ComplaintState.CLOSED, "selesai")
    assert done == ports.complaints.find(item.ticket)
    assert done.closed_at == MONDAY, "reopening and retention count from the result"


def test_notes_are_kept_once_and_no_citizen_is_told(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    item, key = filed(ports, here), fresh("k")
    for _ in range(2):
        work.note(SARI, item.ticket, key, " telepon loket ", MONDAY)
    with pytest.raises(Refusal):
        work.note(SARI, item.ticket, fresh("k"), " ", MONDAY)
    [note] = ports.work.case(SARI, item.ticket, MONDAY).notes
    assert (note.author, note.text) == ("sari", "telepon loket")
    assert ports.said(here) == []


def listed(
    ports: Ports, reader: Reader, wanted: WorkFilter | None = None, *, sealed: bool = False
) -> list[str]:
    """Give the tickets of every page of a list."""
    tickets, after = [], None
    ask = ports.work.list_sealed if sealed else ports.work.list
    while True:
        page = ask(reader, wanted or WorkFilter(), MONDAY, after)
        tickets += [line.ticket for line in page.lines]
        after = page.next
        if after is None:
            return tickets


def test_lists_are_paged_in_order_without_holes(
    ports: Ports, work: WorkComplaint, here: str
) -> None:
    kind = fresh("KELAS")
    items = [
        filed(ports, here, class_code=kind, filed_at=MONDAY + timedelta(minutes=number % 7))
        for number in range(PAGE + 5)
    ]
    newest = WorkFilter(class_code=kind, order=Order.NEWEST)
    by_time = sorted(items, key=lambda item: (item.filed_at, item.ticket), reverse=True)
    assert listed(ports, SARI, newest) == [item.ticket for item in by_time]
    due_first = sorted(item.ticket for item in items)
    assert listed(ports, SARI, WorkFilter(class_code=kind)) == due_first
    assert len(ports.work.list(SARI, newest, MONDAY).lines) == PAGE
    nonsense = ports.work.list(SARI, newest, MONDAY, "x' or 1=1")
    assert len(nonsense.lines) == PAGE


def test_filters_leave_out_what_does_not_fit(ports: Ports, work: WorkComplaint, here: str) -> None:
    kind = fresh("KELAS")
    one, two, three = (filed(ports, here, class_code=kind) for _ in range(3))
    taken = work.take(SARI, one.ticket, 1, fresh("k"), MONDAY).complaint
    work.dispose(SARI, two.ticket, 1, fresh("k"), "DLH", "limbah", MONDAY)
    begun = work.begin(SARI, three.ticket, 1, fresh("k"), "", MONDAY).complaint
    work.resolve(SARI, three.ticket, begun.version, fresh("k"), RESULT, MONDAY)
    basis = WorkFilter(class_code=kind)
    due = ports.work.case(SARI, one.ticket, MONDAY).due.next_at
    assert due == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert taken.officer == "sari"
    for wanted, tickets in (
        (replace(basis, officer="sari"), {one.ticket}),
        (replace(basis, officer=""), {two.ticket}),
        (replace(basis, unit="DLH"), {two.ticket}),
        (replace(basis, unit=""), {one.ticket}),
        (replace(basis, open_only=False), {one.ticket, two.ticket, three.ticket}),
        (replace(basis, open_only=False, states=frozenset({ComplaintState.RESOLVED})),
         {three.ticket}),
        (replace(basis, channel="telegram"), {one.ticket, two.ticket}),
        (replace(basis, channel="whatsapp"), set()),
        (replace(basis, category="X"), set()),
        (replace(basis, priority=Priority.URGENT), set()),
        (replace(basis, filed_from=MONDAY + DAY), set()),
        (replace(basis, urgency=Urgency.OVERDUE), set()),
        (replace(basis, urgency=Urgency.SOON, soon_until=due), {one.ticket, two.ticket}),
    ):  # fmt: skip
        assert set(listed(ports, SARI, wanted)) == tickets
    page = ports.work.list(SARI, replace(basis, urgency=Urgency.OVERDUE), due)
    assert {line.ticket for line in page.lines} == {one.ticket, two.ticket}


def test_counts_hold_what_the_reader_may_see(ports: Ports, work: WorkComplaint, here: str) -> None:
    def counted(reader: Reader):  # type: ignore[no-untyped-def]
        return ports.work.counts(reader, MONDAY, MONDAY + 7 * DAY)

    before, theirs = counted(SARI), Reader("x", frozenset({"petugas"}), fresh("U"))
    filed(ports, here)
    filed(ports, here, Confidentiality.ANONYMOUS)
    after = counted(SARI)
    assert (after.open, after.soon) == (before.open + 1, before.soon + 1)
    assert after.sealed_open is None
    assert counted(theirs).open == 0
    only_sealed = counted(SEALED)
    assert only_sealed.open == 0
    assert only_sealed.sealed_open is not None and only_sealed.sealed_open >= 1
