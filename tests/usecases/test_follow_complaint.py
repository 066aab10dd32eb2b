"""What a citizen does with a complaint after filing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from izin.complaints import Complaint, ComplaintState, Confidentiality, Deadlines
from izin.office import DueDate
from izin.replies import Reply
from izin.usecases.dialogue import StepResult, TurnInput
from tests.usecases.long_dialogues import NOW, World, readable, said, tapped, turn

TICKET = "ADU-8XYZ-W2"


@pytest.fixture
def world() -> World:
    return World()


def stored(world: World, **changes) -> Complaint:  # type: ignore[no-untyped-def]
    values = {
        "ticket": TICKET, "category": "SIKAP", "class_code": "TIDAK_BERKADAR",
        "story": "Dibentak petugas", "place": "Loket 3",
        "confidentiality": Confidentiality.NORMAL, "state": ComplaintState.RECEIVED,
        "filed_at": NOW, "deadlines": Deadlines(DueDate(date(2026, 11, 26)),
                                                DueDate(date(2026, 12, 11))),
        "owner": "Sekretaris", "conversation_id": "chat",
    }  # fmt: skip
    complaint = Complaint(**{**values, **changes})  # type: ignore[arg-type]
    return world.complaints.file(complaint, f"turn-{complaint.ticket}", "file")


def close(world: World, at: datetime = NOW, ticket: str = TICKET) -> None:
    shelf = world.data.complaints if ticket in world.data.complaints else (
        world.data.sealed_complaints)  # fmt: skip
    shelf[ticket] = replace(
        shelf[ticket], state=ComplaintState.CLOSED, closed_at=at, closing_reason="Sudah ditegur."
    )


def now(world: World, ticket: str = TICKET) -> Complaint:
    found = world.complaints.find(ticket)
    assert found is not None
    return found


def begin(world: World, text: str, **changes) -> StepResult:  # type: ignore[no-untyped-def]
    return world.follow.start(turn(text, "cek_pengaduan", **changes))


def say(world: World, text: str = "", intent: str = "nlu_fallback", **changes) -> StepResult:  # type: ignore[no-untyped-def]
    return world.follow.step(turn(text, intent, **changes))


def twice(world: World, one: TurnInput) -> Reply:
    """Run a step as a worker does after a crash; both times must say the same."""
    first = world.follow.step(one)
    assert world.follow.step(one) == first
    assert readable(said(first))
    return said(first)


@pytest.mark.parametrize("level", [Confidentiality.NORMAL, Confidentiality.ANONYMOUS])
def test_words_and_files_are_added_as_they_come_until_the_citizen_is_done(
    world: World, level: Confidentiality
) -> None:
    stored(world, confidentiality=level)
    asked = begin(world, f"mau nambah bukti ke tiket {TICKET}", entities={"tiket": TICKET})
    assert asked.outcome == "consumed"
    twice(world, turn(intent="kirim_berkas", metadata={"kind": "photo", "media_ids": ["f1"]}))
    say(world, "petugasnya ada dua orang")
    done = say(world, "sudah", "pamit")
    assert done.outcome == "finished"
    additions = now(world).additions
    assert [item.media_ids for item in additions] == [("f1",), ()]
    assert additions[1].text == "petugasnya ada dua orang"


def test_what_the_opening_message_adds_is_kept_at_once(world: World) -> None:
    stored(world)
    text = (
        f"mau nambah keterangan ke tiket {TICKET} petugasnya ada dua orang dan salah satunya marah"
    )
    begin(world, text, entities={"tiket": TICKET})
    assert now(world).additions[0].text == text


def test_a_question_while_adding_is_answered_elsewhere_and_not_added(world: World) -> None:
    stored(world)
    begin(world, "tambah bukti", entities={"tiket": TICKET})
    question = turn("syarat slf apa aja?", "tanya_syarat", entities={"izin": "SLF"})
    assert world.follow.step(question).outcome == "interrupted"
    assert TICKET in world.follow.prompt(question).text
    assert now(world).additions == ()


def test_a_closed_complaint_takes_nothing_and_offers_to_be_reopened(world: World) -> None:
    stored(world)
    close(world)
    refused = begin(world, "tambah bukti", entities={"tiket": TICKET})
    assert refused.outcome == "finished"
    assert "Buka lagi" in [choice.title for choice in said(refused).choices]


def test_a_complaint_is_reopened_with_new_dates_one_level_up_and_its_reason(world: World) -> None:
    stored(world)
    close(world)
    later = NOW + timedelta(days=7)
    begin(world, "buka lagi", entities={"tiket": TICKET}, now=later)
    reply = twice(world, turn("antriannya masih kacau sekali", now=later))
    assert "Kepala Bidang" in reply.text
    assert "3 Desember 2026" in reply.text
    again = now(world)
    assert (again.state, again.reopened_times) == (ComplaintState.REOPENED, 1)
    assert again.events[-1].text == "antriannya masih kacau sekali"
    assert "complaint_reopened" in {item.reason for item in world.data.escalations.values()}


def test_after_two_reopenings_it_goes_to_the_supervisor(world: World) -> None:
    stored(world)
    texts = []
    for _ in range(2):
        close(world)
        begin(world, "buka lagi", entities={"tiket": TICKET})
        texts.append(said(say(world, "masih belum beres juga")).text)
    assert "Kepala Bidang" in texts[0]
    assert "Kepala Dinas" in texts[1]


def test_an_anonymous_one_is_reopened_without_opening_its_chat_to_an_officer(world: World) -> None:
    stored(world, confidentiality=Confidentiality.ANONYMOUS)
    close(world)
    begin(world, f"buka lagi {TICKET}", entities={"tiket": TICKET})
    say(world, "masih belum beres juga")
    assert now(world).reopened_times == 1
    assert not world.data.escalations


@pytest.mark.parametrize(("days", "possible"), [(14, True), (15, False)])
def test_reopening_ends_ten_working_days_after_closing(
    world: World, days: int, possible: bool
) -> None:
    stored(world)
    close(world)
    result = begin(world, "buka lagi", entities={"tiket": TICKET}, now=NOW + timedelta(days=days))
    assert (result.outcome == "consumed") is possible
    assert possible or "10 hari kerja" in said(result).text


def test_an_open_complaint_need_not_be_reopened(world: World) -> None:
    stored(world)
    assert "masih terbuka" in said(begin(world, "buka lagi", entities={"tiket": TICKET})).text


def test_one_word_is_no_reason_the_first_time(world: World) -> None:
    stored(world)
    close(world)
    begin(world, "buka lagi", entities={"tiket": TICKET})
    assert "lebih lengkap" in said(say(world, "hmm")).text
    say(world, "belum")
    assert now(world).reopened_times == 1


def test_a_complaint_is_withdrawn_after_a_yes_and_kept_after_a_no(world: World) -> None:
    stored(world)
    asked = begin(world, "cabut aduan saya")
    assert TICKET in said(asked).text
    say(world, "tidak", "tolak")
    assert now(world).is_open
    asked = begin(world, "cabut aduan saya")
    reply = twice(world, tapped(asked, "Ya, cabut"))
    assert "dicabut" in reply.text
    assert now(world).closing_reason == "dicabut"


def test_a_high_rating_is_thanked_and_a_low_one_asked_for_its_reason(world: World) -> None:
    stored(world)
    close(world)
    asked = begin(world, "nilai", entities={"tiket": TICKET})
    twice(world, tapped(asked, "5 Sangat baik"))
    assert now(world).rating == 5
    asked = begin(world, "nilai", entities={"tiket": TICKET})
    low = say(world, "2", "beri_penilaian", entities={"nilai": 2})
    assert low.outcome == "consumed"
    twice(world, turn("lama jawabnya"))
    assert now(world).rating == 2
    assert now(world).events[-1].text == "lama jawabnya"


@pytest.mark.parametrize("answer", ["9", "bagus", "0"])
def test_a_rating_outside_one_to_five_is_asked_again(world: World, answer: str) -> None:
    stored(world)
    close(world)
    begin(world, "nilai", entities={"tiket": TICKET})
    assert "1 sampai 5" in said(say(world, answer)).text
    assert now(world).rating is None


def test_an_open_complaint_cannot_be_rated_yet(world: World) -> None:
    stored(world)
    assert "setelah ditutup" in said(begin(world, "nilai", entities={"tiket": TICKET})).text


def test_with_several_tickets_it_is_asked_which_one(world: World) -> None:
    stored(world)
    stored(world, ticket="ADU-2222-22")
    asked = begin(world, "cabut aduan")
    assert {choice.title for choice in said(asked).choices} == {TICKET, "ADU-2222-22"}
    confirm = world.follow.step(tapped(asked, TICKET))
    assert TICKET in said(confirm).text


@pytest.mark.parametrize("step", ["tambah bukti", "buka lagi", "cabut", "nilai"])
def test_nothing_can_be_done_to_a_ticket_of_another_citizen(world: World, step: str) -> None:
    stored(world)
    close(world) if step in ("buka lagi", "nilai") else None
    before = now(world)
    refused = begin(world, step, entities={"tiket": TICKET}, conversation_id="other")
    assert "tidak menemukan" in said(refused).text
    assert now(world) == before


def test_cancel_leaves_the_complaint_as_it_is(world: World) -> None:
    stored(world)
    begin(world, "cabut aduan saya")
    done = say(world, "ga jadi", "batal")
    assert done.outcome == "finished"
    assert now(world).is_open
    assert not world.follow.active(turn())


@pytest.mark.parametrize("text", ["rahasiakan aduan saya dong", "itu tiketnya dirahasiain bisa?"])
def test_an_ordinary_complaint_is_made_confidential_when_asked(world: World, text: str) -> None:
    stored(world)
    done = begin(world, text)
    assert done.outcome == "finished"
    assert now(world).confidentiality is Confidentiality.CONFIDENTIAL
    assert "dirahasiakan" in said(done).text and TICKET in said(done).text


def test_a_filed_complaint_becomes_confidential_where_anonymity_is_asked(world: World) -> None:
    stored(world)
    done = begin(world, "aduan saya jadikan anonim")
    assert now(world).confidentiality is Confidentiality.CONFIDENTIAL
    assert "Anonim tidak bisa lagi" in said(done).text


def test_secrecy_is_never_loosened_by_a_message(world: World) -> None:
    stored(world, confidentiality=Confidentiality.CONFIDENTIAL)
    refused = begin(world, f"tiket {TICKET} ga usah dirahasiakan", entities={"tiket": TICKET})
    assert now(world).confidentiality is Confidentiality.CONFIDENTIAL
    assert "tetap dirahasiakan" in said(refused).text


def test_somebody_elses_ticket_is_not_made_confidential(world: World) -> None:
    stored(world, conversation_id="other")
    begin(world, f"rahasiakan tiket {TICKET}", entities={"tiket": TICKET})
    assert now(world).confidentiality is Confidentiality.NORMAL


def test_a_wish_for_secrecy_right_after_the_ticket_needs_no_number(world: World) -> None:
    stored(world)
    world.drafts.put("chat", "aduan_terakhir", {"ticket": TICKET, "at": NOW.isoformat()})
    wish = turn("mau dirahasiakan aja deh", "nlu_fallback")
    assert world.dialogue.claims(wish)
    world.dialogue.track(wish)
    assert now(world).confidentiality is Confidentiality.CONFIDENTIAL


def test_the_state_of_an_anonymous_complaint_names_the_day_alone(world: World) -> None:
    stored(world, confidentiality=Confidentiality.ANONYMOUS)
    shown = said(begin(world, TICKET, entities={"tiket": TICKET})).text
    assert "Diterima: " in shown and "pukul" not in shown


def test_a_wish_to_loosen_without_a_ticket_is_answered_too(world: World) -> None:
    stored(world, confidentiality=Confidentiality.CONFIDENTIAL)
    assert "tetap dirahasiakan" in said(begin(world, "ga usah dirahasiakan aduannya")).text


def test_proof_announced_right_after_the_ticket_is_no_question(world: World) -> None:
    stored(world)
    world.drafts.put("chat", "aduan_terakhir", {"ticket": TICKET, "at": NOW.isoformat()})
    wish = turn("tambah bukti", "tanya_faq")
    assert world.dialogue.claims(wish)
    assert TICKET in world.dialogue.track(wish).replies[0].text


def test_a_bare_wish_to_open_again_after_closing_is_about_the_complaint(world: World) -> None:
    stored(world)
    assert not world.dialogue.claims(turn("buka lagi dong", "tanya_kontak_jam_lokasi"))
    close(world)
    assert world.dialogue.claims(turn("buka lagi dong", "tanya_kontak_jam_lokasi"))
    assert not world.dialogue.claims(turn("kapan buka lagi", "tanya_kontak_jam_lokasi"))


def test_a_file_right_after_a_confidential_complaint_is_added_to_it(world: World) -> None:
    stored(world, confidentiality=Confidentiality.CONFIDENTIAL)
    sent = turn(intent="kirim_berkas", metadata={"kind": "photo", "media_ids": ["f1"]})
    assert world.dialogue.add_files(sent) is not None
    assert [item.media_ids for item in now(world).additions] == [("f1",)]


def test_a_file_is_not_added_to_what_was_filed_anonymously(world: World) -> None:
    stored(world, confidentiality=Confidentiality.ANONYMOUS)
    sent = turn(intent="kirim_berkas", metadata={"kind": "photo", "media_ids": ["f1"]})
    assert world.dialogue.add_files(sent) is None
