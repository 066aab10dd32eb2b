from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from izin import complaint_rules as rules
from izin.complaint_states import TRANSITIONS, Closing, ClosingReason, ComplaintState, may_follow
from izin.complaint_work import Refusal
from izin.complaints import Complaint, ComplaintEvent
from tests.izin.test_complaint_clock import HOURS, complaint

NOW = datetime(2026, 3, 16, 3, tzinfo=UTC)
DONE = Closing(
    ClosingReason.RESOLVED,
    "Gambar denah diperiksa ulang bersama pemohon dan izinnya terbit Senin pagi.",
    unit="Bidang Pelayanan",
    done_on=date(2026, 3, 16),
)


def in_state(state: ComplaintState) -> Complaint:
    return replace(complaint(NOW), state=state)


def test_every_state_can_be_left_or_opened_again():
    assert set(TRANSITIONS) == set(ComplaintState)
    assert all(TRANSITIONS.values())
    assert TRANSITIONS[ComplaintState.CLOSED] == {ComplaintState.REOPENED}


@pytest.mark.parametrize("state", list(ComplaintState))
def test_steps_keep_to_the_table(state: ComplaintState):
    steps = {
        ComplaintState.VERIFIED: lambda item: rules.verified(item, "a", NOW),
        ComplaintState.IN_PROGRESS: lambda item: rules.begun(item, "a", "", NOW),
        ComplaintState.DISPATCHED: lambda item: rules.disposed(item, "a", "DLH", "D", "x", NOW),
        ComplaintState.WAITING: lambda item: rules.asked(item, "a", "foto", NOW.date(), NOW),
        ComplaintState.RESOLVED: lambda item: rules.resolved(item, "a", DONE, NOW, HOURS),
        ComplaintState.CLOSED: lambda item: rules.closed(item, "a", DONE, NOW, HOURS),
    }
    for after, step in steps.items():
        resumes = (state, after) == (ComplaintState.WAITING, ComplaintState.IN_PROGRESS)
        if may_follow(state, after) and not resumes:
            done = step(in_state(state))
            assert done.state is after
            assert done.events[-1].actor == "a"
        else:
            with pytest.raises(Refusal):
                step(in_state(state))


@pytest.mark.parametrize(
    "text",
    [
        "Berkas dikirim ke Dinas PU hari ini.",
        "Berkas ditemukan di loket kecamatan.",
        "Retribusi Anda sudah lunas, izin terbit besok.",
    ],
)
def test_a_short_fact_is_a_result(text: str):
    assert not rules.is_template(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sudah diteruskan.",
        "Laporan Anda sudah kami teruskan kepada dinas terkait, mohon ditunggu. Terima kasih!",
        "Terima kasih atas laporannya, sudah kami terima dan sedang diproses oleh OPD terkait",
        "sudah sudah sudah sudah sudah sudah",
    ],
)
def test_a_template_is_no_result(text: str):
    assert rules.is_template(text)
    with pytest.raises(Refusal) as refused:
        rules.resolved(in_state(ComplaintState.IN_PROGRESS), "a", replace(DONE, text=text), NOW,
                       HOURS)  # fmt: skip
    assert (refused.value.code, refused.value.field) == ("template", "text")


@pytest.mark.parametrize(
    ("closing", "field"),
    [
        (replace(DONE, text=" "), "text"),
        (replace(DONE, unit=""), "unit"),
        (replace(DONE, done_on=None), "done_on"),
        (replace(DONE, done_on=date(2026, 3, 17)), "done_on"),
        (replace(DONE, done_on=date(2026, 3, 15)), "done_on"),
        (replace(DONE, text="x" * 3001), "text"),
        (Closing(ClosingReason.DUPLICATE, "sama"), "other"),
        (Closing(ClosingReason.DUPLICATE, "sama", other="adu-2222-22"), "other"),
        (Closing(ClosingReason.NOT_OURS, "bukan kami"), "forwarded_to"),
        (Closing(ClosingReason.WITHDRAWN, ""), "text"),
        (Closing(ClosingReason.INCOMPLETE, "belum lengkap"), "reason"),
    ],
)
def test_a_closing_says_what_its_reason_demands(closing: Closing, field: str):
    with pytest.raises(Refusal) as refused:
        rules.closed(in_state(ComplaintState.IN_PROGRESS), "a", closing, NOW, HOURS)
    assert refused.value.field == field


def test_a_result_told_before_needs_not_be_written_again():
    told = rules.resolved(in_state(ComplaintState.IN_PROGRESS), "a", DONE, NOW, HOURS)
    closed = rules.closed(told, None, Closing(ClosingReason.RESOLVED), NOW, HOURS)
    assert closed.closing == told.closing
    assert closed.closed_at == told.closed_at


def test_only_what_is_over_is_opened_again():
    new = complaint(NOW).deadlines
    with pytest.raises(Refusal):
        rules.reopened(in_state(ComplaintState.WAITING), "a", "belum", new, NOW)
    with pytest.raises(Refusal):
        rules.reopened(in_state(ComplaintState.CLOSED), "a", " ", new, NOW)
    again = rules.reopened(in_state(ComplaintState.CLOSED), "a", "belum", new, NOW)
    assert (again.reopened_times, again.closing, again.closed_at) == (1, None, None)


def test_a_link_is_kept_once_and_never_to_itself():
    item = in_state(ComplaintState.RECEIVED)
    linked = rules.linked(item, "a", "ADU-3333-33", NOW)
    assert rules.linked(linked, "a", "ADU-3333-33", NOW) == linked
    assert linked.events == (ComplaintEvent(NOW, "linked", "", "a", {"other": "ADU-3333-33"}),)
    with pytest.raises(Refusal):
        rules.linked(item, "a", item.ticket, NOW)


def test_nobody_changes_who_is_responsible_for_what_is_over():
    with pytest.raises(Refusal):
        rules.assigned(in_state(ComplaintState.CLOSED), "a", "b", NOW)
