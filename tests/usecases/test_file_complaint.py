"""The complaint dialogue: from the first angry sentence to the ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from izin.complaints import ComplaintState, Confidentiality
from izin.errors import Conflict
from izin.storage.memory.escalations import MemoryEscalations
from izin.usecases.dialogue import StepResult
from tests.usecases.long_dialogues import (
    NOW,
    NUMBER,
    World,
    readable,
    said,
    tap,
    tapped,
    turn,
)

STORY = "Berkas PBG saya sudah dua bulan tidak ada kabar sama sekali"
EXTORTION = "Kemarin saya dimintai duit uang pelicin oleh orang di loket supaya cepat"
TOLD = {
    STORY: {"lama": {"n": 2, "unit": "bulan"}, "izin": "PBG"},
    EXTORTION: {"tanggal": "2026-11-22"},
}
"""What the language finds in those stories: that the time is told, so it is not asked."""


@pytest.fixture
def world() -> World:
    return World()


def complain(world: World, text: str = STORY, **changes) -> StepResult:  # type: ignore[no-untyped-def]
    changes.setdefault("entities", TOLD.get(text, {}))
    return world.complaint.start(turn(text, "lapor_pengaduan", **changes))


def say(world: World, text: str = "", intent: str = "nlu_fallback", **changes) -> StepResult:  # type: ignore[no-untyped-def]
    changes.setdefault("entities", TOLD.get(text, {}))
    return world.complaint.step(turn(text, intent, **changes))


def to_summary(world: World, level: str = "Biasa", text: str = STORY) -> StepResult:
    complain(world, text)
    result = say(world, "Loket 3 kantor pusat")
    if any(choice.title == "Lewati" for choice in said(result).choices):
        result = say(world, "tidak ada", "tolak")
    if any(choice.title == level for choice in said(result).choices):
        result = world.complaint.step(tapped(result, level))
    return result


def filed(world: World):  # type: ignore[no-untyped-def]
    [complaint] = [*world.data.complaints.values(), *world.data.sealed_complaints.values()]
    return complaint


def test_one_thing_is_asked_at_a_time_and_the_summary_shows_all(world: World) -> None:
    asked = complain(world)
    assert asked.outcome == "consumed"
    assert "Di mana" in said(asked).text
    asked = say(world, "Loket 3 kantor pusat")
    assert "nomor permohonan" in said(asked).text
    asked = say(world, NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER})
    assert [choice.title for choice in said(asked).choices] == ["Biasa", "Rahasia", "Anonim"]
    summary = world.complaint.step(tapped(asked, "Rahasia"))
    for part in (STORY, "Loket 3 kantor pusat", NUMBER, "Rahasia"):
        assert part in said(summary).text
    done = world.complaint.step(tapped(summary, "Kirim"))
    assert done.outcome == "finished"
    complaint = filed(world)
    assert complaint.story == STORY
    assert complaint.place == "Loket 3 kantor pusat"
    assert complaint.application_number == NUMBER
    assert complaint.confidentiality is Confidentiality.CONFIDENTIAL
    assert complaint.state is ComplaintState.RECEIVED
    assert complaint.conversation_id == "chat"


def test_what_the_opening_message_tells_is_not_asked_again(world: World) -> None:
    asked = complain(
        world,
        f"{STORY} di Kajen, nomornya {NUMBER}",
        entities={**TOLD[STORY], "tempat": "Kajen", "nomor_permohonan": NUMBER},
    )
    assert [choice.title for choice in said(asked).choices][:3] == ["Biasa", "Rahasia", "Anonim"]


def test_a_bare_wish_to_complain_is_asked_for_the_story(world: World) -> None:
    asked = complain(world, "mau lapor")
    assert "ceritakan" in said(asked).text
    asked = say(world, "antriannya panjang banget dari pagi")
    assert "Di mana" in said(asked).text


def test_a_story_no_category_fits_is_asked_what_it_is_about(world: World) -> None:
    asked = complain(world, "ada sesuatu yang membuat saya sungguh kesal kemarin itu")
    choices = said(asked).choices
    assert 3 <= len(choices) <= 10, "a WhatsApp list holds ten rows"
    assert choices[-1].title == "Lainnya"
    assert "Di mana" in said(world.complaint.step(tapped(asked, "Lainnya"))).text


def test_the_acknowledgement_holds_everything_a_complainant_is_owed(world: World) -> None:
    done = world.complaint.step(tapped(to_summary(world), "Kirim"))
    text, complaint = said(done).text, filed(world)
    for part in (
        f"tiket {complaint.ticket}",
        "23 November 2026",
        "09.30",
        STORY,
        "tidak berkadar",
        "Kabid Pelayanan Perizinan",
        "26 November 2026",
        "11 Desember 2026",
        "cek tiket",
        "melengkapi bukti",
        "Identitas: biasa",
        "Bila belum puas",
    ):
        assert part in text
    follow = tapped(done, "Cek aduan ini")
    assert (follow.intent, follow.value("tiket")) == ("cek_pengaduan", complaint.ticket)


def test_sending_twice_by_a_crash_gives_one_ticket_and_one_answer(world: World) -> None:
    send = tapped(to_summary(world), "Kirim")
    first = world.complaint.step(send)
    assert world.complaint.step(send) == first
    assert len(world.data.complaints) == 1


def test_any_turn_run_twice_gives_the_same(world: World) -> None:
    first = turn(STORY, "lapor_pengaduan", metadata={"media_ids": ["f1"]}, entities=TOLD[STORY])
    assert world.complaint.start(first) == world.complaint.start(first)
    for one in (
        turn("Loket 3"),
        turn("tidak ada", "tolak"),
        tap("lapor_pengaduan", kerahasiaan="normal"),
        turn("salah tempatnya", "koreksi"),
        tap("koreksi", bagian="place"),
        turn("Kajen"),
    ):
        assert world.complaint.step(one) == world.complaint.step(one)
    assert "Lampiran: 1 berkas" in world.complaint.prompt(turn()).text


def test_a_taken_ticket_number_is_drawn_again(world: World) -> None:
    draws = iter([[0] * 6, [0] * 6, [1] * 6])
    world.complaint = replace(world.complaint, random_indexes=lambda: next(draws))
    world.complaint.step(tapped(to_summary(world), "Kirim"))
    world.complaint.step(tapped(to_summary(world), "Kirim"))
    assert set(world.data.complaints) == {"ADU-2222-22", "ADU-3333-33"}


def test_ticket_numbers_that_are_all_taken_are_an_error(world: World) -> None:
    world.complaint = replace(world.complaint, random_indexes=lambda: [0] * 6)
    world.complaint.step(tapped(to_summary(world), "Kirim"))
    with pytest.raises(Conflict):
        world.complaint.step(tapped(to_summary(world), "Kirim"))


def test_extortion_is_confidential_at_once_and_goes_to_a_human(world: World) -> None:
    asked = complain(world, EXTORTION)
    assert "dirahasiakan" in said(asked).text
    assert said(asked).urgent
    summary = say(world, "loket 3")
    assert "Rahasia" in said(summary).text, "no choice weaker than secrecy is offered"
    done = world.complaint.step(tapped(summary, "Kirim"))
    assert not said(done).urgent, "from now on it is at the sealed desk, not in everybody's inbox"
    assert filed(world).confidentiality is Confidentiality.CONFIDENTIAL
    assert filed(world).category == "PUNGLI"


def test_extortion_told_later_makes_everything_confidential(world: World) -> None:
    complain(world, "mau lapor dong kak sekarang")
    assert "dirahasiakan" in said(say(world, EXTORTION)).text
    assert "dirahasiakan" not in said(say(world, "loket 3")).text, "promised once"


def test_extortion_never_asks_for_names_or_more_evidence(world: World) -> None:
    asked = complain(world, "lapor pungli")
    assert "tidak perlu menyebut nama" in said(asked).text


def test_secrecy_cannot_be_loosened_by_a_correction(world: World) -> None:
    summary = to_summary(world, text=EXTORTION)
    offered = world.complaint.step(tapped(summary, "Perbaiki"))
    assert "Kerahasiaan" not in [choice.title for choice in said(offered).choices]
    after = world.complaint.step(tap("lapor_pengaduan", kerahasiaan="normal"))
    assert "Identitas: Biasa" not in said(after).text


def test_an_anonymous_complaint_leads_back_to_nobody(world: World) -> None:
    done = world.complaint.step(tapped(to_summary(world, "Anonim"), "Kirim"))
    assert filed(world).conversation_id is None
    assert not said(done).urgent, "an officer must not be shown the chat it came from"
    assert "anonim" in said(done).text


def test_confidentiality_can_be_typed(world: World) -> None:
    complain(world)
    say(world, "loket 3")
    say(world, "ga ada", "tolak")
    assert "Identitas Anda mau" in said(say(world, "terserah")).text
    assert "Rahasia" in said(say(world, "rahasia aja")).text


def test_a_question_in_between_interrupts_and_the_open_question_comes_again(
    world: World,
) -> None:
    complain(world)
    question = turn("syarat slf apa aja?", "tanya_syarat", entities={"izin": "SLF"})
    assert world.complaint.step(question).outcome == "interrupted"
    reminder = world.complaint.prompt(question)
    assert "belum terkirim" in reminder.text
    assert "Di mana" in reminder.text
    assert "nomor permohonan" in said(say(world, "loket 3")).text


def test_a_long_answer_is_the_story_however_much_it_sounds_like_a_question(world: World) -> None:
    complain(world, "mau lapor")
    story = "syaratnya kok berubah-ubah kemarin cukup KTP sekarang minta akta besok apa lagi"
    taken = say(world, story, "tanya_syarat")
    assert taken.outcome == "consumed"
    assert "Di mana" in said(taken).text


def test_asking_for_a_human_interrupts_at_any_question(world: World) -> None:
    complain(world, "mau lapor")
    for text in ("petugas aja", "loket"):
        assert say(world, "minta petugas", "minta_petugas").outcome == "interrupted"
        say(world, text)


def test_cancelling_sends_nothing(world: World) -> None:
    to_summary(world)
    done = say(world, "batal", "batal")
    assert done.outcome == "finished"
    assert world.data.complaints == {}
    assert "ceritakan" in said(complain(world, "mau lapor")).text, "nothing is left of it"


def test_fraud_and_other_categories_beyond_the_list_are_understood_from_words(
    world: World,
) -> None:
    asked = complain(world, "ada yang ngaku dari dpmptsp dan minta transfer, saya ditipu")
    assert "Kapan" in said(asked).text, "where is no question of a fraud by phone"
    say(world, "lupa kapan", "nlu_fallback")
    done = world.complaint.step(tapped(say(world, "biasa"), "Kirim"))
    assert filed(world).category == "PENIPUAN"
    assert said(done).urgent


def test_an_unfinished_complaint_is_resumed(world: World) -> None:
    complain(world)
    resumed = complain(world, "mau lapor")
    assert "belum terkirim" in said(resumed).text
    assert "Di mana" in said(resumed).text


@pytest.mark.parametrize("opening", ["mau lapor pengaduan", "lapor aduan"])
def test_the_words_that_resume_are_no_answer_to_the_open_question(
    world: World, opening: str
) -> None:
    complain(world, "mau lapor")
    assert "ceritakan" in said(complain(world, opening)).text
    say(world, STORY)
    assert "Di mana" in said(complain(world, opening)).text
    say(world, "Loket 3")
    assert "nomor permohonan" in said(complain(world, opening)).text


def test_a_story_told_while_resuming_is_taken(world: World) -> None:
    complain(world, "mau lapor")
    assert "Di mana" in said(complain(world, STORY)).text


def test_photos_are_kept_with_the_complaint_whenever_they_come(world: World) -> None:
    def photo(name: str):  # type: ignore[no-untyped-def]
        return turn(intent="kirim_berkas", metadata={"kind": "photo", "media_ids": [name]})

    complain(world, "mau lapor")
    world.complaint.step(photo("a"))
    say(world, STORY)
    world.complaint.step(photo("b"))
    say(world, "Loket 3")
    asked = world.complaint.step(photo("c"))
    assert "nomor permohonan" in said(asked).text, "a photo is no answer to that"
    say(world, "tidak ada", "tolak")
    say(world, "biasa")
    summary = world.complaint.step(photo("d"))
    assert "4 berkas" in said(summary).text
    world.complaint.step(tapped(summary, "Kirim"))
    assert filed(world).media_ids == ("a", "b", "c", "d")


def test_a_location_is_the_place(world: World) -> None:
    complain(world)
    say(world, intent="kirim_lokasi", metadata={"kind": "location", "location": [-7.02, 109.59]})
    say(world, "tidak ada", "tolak")
    assert "-7.02000, 109.59000" in said(say(world, "biasa")).text


def test_a_location_sent_at_the_summary_corrects_the_place(world: World) -> None:
    to_summary(world)
    summary = say(
        world, intent="kirim_lokasi", metadata={"kind": "location", "location": [-7.02, 109.59]}
    )
    assert "Tempat: -7.02000, 109.59000" in said(summary).text


@pytest.mark.parametrize(
    ("part", "answer", "shown"),
    [
        ("Cerita", "Sebenarnya sudah tiga bulan.", "Sebenarnya sudah tiga bulan."),
        ("Tempat", "Kecamatan Doro", "Tempat: Kecamatan Doro"),
        ("Nomor permohonan", "503/0009/SLF/2026", "503/0009/SLF/2026"),
        ("Kerahasiaan", "anonim", "Identitas: Anonim"),
    ],
)
def test_every_part_can_be_corrected_before_sending(
    world: World, part: str, answer: str, shown: str
) -> None:
    offered = world.complaint.step(tapped(to_summary(world), "Perbaiki"))
    world.complaint.step(tapped(offered, part))
    summary = say(world, answer)
    assert shown in said(summary).text
    assert "Sudah benar" in said(summary).text


def test_the_category_can_be_corrected(world: World) -> None:
    offered = world.complaint.step(tapped(to_summary(world), "Perbaiki"))
    asked = world.complaint.step(tapped(offered, "Jenis aduan"))
    summary = world.complaint.step(tapped(asked, "Sikap petugas"))
    assert "Sikap" in said(summary).text


def test_a_correction_that_names_the_right_place_is_taken_at_once(world: World) -> None:
    to_summary(world)
    summary = say(world, "salah, di Doro", "koreksi", entities={"tempat": "Doro"})
    assert "Tempat: Doro" in said(summary).text


def test_what_is_told_at_the_summary_joins_the_story(world: World) -> None:
    to_summary(world)
    summary = say(world, "petugasnya juga membentak saya di depan orang", "lapor_pengaduan")
    assert summary.outcome == "consumed"
    assert STORY in said(summary).text
    assert "membentak" in said(summary).text


def test_extortion_told_at_the_summary_is_confidential_at_once(world: World) -> None:
    to_summary(world)
    summary = say(world, EXTORTION, "lapor_pengaduan")
    assert "dirahasiakan" in said(summary).text
    assert said(summary).urgent
    assert "Identitas: Rahasia" in said(summary).text


@pytest.mark.parametrize(
    ("text", "intent"),
    [("oke dah kirim", "minta_petugas"), ("iyo kirim", "lapor_pengaduan"),
     ("kirimen", "nlu_fallback"), ("lanjut kirim", "lapor_pengaduan")],
)  # fmt: skip
def test_send_it_sends_however_it_is_put(world: World, text: str, intent: str) -> None:
    to_summary(world)
    assert say(world, text, intent).outcome == "finished"
    assert filed(world)


@pytest.mark.parametrize("text", ["jangan dikirim", "kirim foto dulu", "belum kirim kan"])
def test_what_only_speaks_of_sending_does_not_send(world: World, text: str) -> None:
    to_summary(world)
    assert say(world, text, "tolak").outcome == "consumed"
    assert not world.data.complaints


def test_a_plain_no_at_the_summary_asks_what_to_correct(world: World) -> None:
    to_summary(world)
    offered = say(world, "belum", "tolak")
    assert offered.outcome == "consumed"
    assert "Bagian mana" in said(offered).text


def test_a_story_of_5000_characters_is_kept_whole(world: World) -> None:
    story = ("Sudah lama banget berkas saya tidak ada kabar. " * 110)[:5000].strip()
    asked = complain(world, story, entities=TOLD[STORY])
    assert len(said(asked).text) < 2000
    say(world, "Loket 3")
    say(world, "tidak ada", "tolak")
    summary = say(world, "biasa")
    assert len(said(summary).text) < 2000
    world.complaint.step(tapped(summary, "Kirim"))
    assert filed(world).story == story


def test_in_a_group_nothing_is_taken(world: World) -> None:
    result = complain(world, metadata={"group": True})
    assert result.outcome == "finished"
    assert "pribadi" in said(result).text
    assert world.drafts.get("chat", "pengaduan") is None


def test_the_deadlines_of_a_complaint_late_in_the_year_skip_its_holidays(world: World) -> None:
    late = NOW.replace(month=12, day=21)
    to_summary(world)
    done = say(world, "ya kirim", "setuju", now=late)
    assert "Senin, 28 Desember 2026" in said(done).text  # Natal and cuti bersama between
    assert filed(world).deadlines.decision.day.year == 2027
    assert not filed(world).deadlines.decision.provisional


def test_a_deadline_in_a_year_without_holidays_is_told_as_provisional(world: World) -> None:
    to_summary(world)
    done = say(world, "ya kirim", "setuju", now=NOW + timedelta(days=400))
    assert filed(world).deadlines.decision.provisional
    assert "sementara" in said(done).text


def test_no_question_and_no_answer_shows_our_insides(world: World) -> None:
    results = [complain(world, "mau lapor")]
    results += [say(world, text) for text in (EXTORTION, "loket 3")]
    offered = world.complaint.step(tapped(results[-1], "Perbaiki"))
    done = say(world, "ya", "setuju")
    for result in [*results, offered, done]:
        assert readable(said(result)), said(result).text


def test_an_open_complaint_is_mentioned_again_every_third_interruption(world: World) -> None:
    world.complaint.start(turn("saya mau lapor", "lapor_pengaduan"))
    reminders = [
        world.complaint.prompt(turn(f"syarat slf {number}", "tanya_syarat")) for number in range(4)
    ]
    assert [bool(reply.text) for reply in reminders] == [True, False, False, True]


def test_anonymity_chosen_after_extortion_takes_the_call_for_a_human_back(world: World) -> None:
    told = turn(EXTORTION, "lapor_pengaduan")
    calls = MemoryEscalations(world.data)
    world.complaint = replace(world.complaint, escalations=calls)
    world.complaint.start(told)
    calls.open("chat", "urgent", NOW, f"turn:{told.turn_id}")
    calls.open("chat", "officer_asked", NOW, "other")
    say(world, "anonim")
    assert set(world.data.escalations) == {"other"}


def test_nothing_more_to_say_at_the_summary_asks_only_to_send(world: World) -> None:
    to_summary(world)
    ready = say(world, "gak ada", "tolak")
    assert [choice.title for choice in said(ready).choices] == ["Kirim", "Perbaiki", "Batal"]
    assert "Cerita" not in said(ready).text


def test_a_cancelled_complaint_offers_what_to_do_next(world: World) -> None:
    to_summary(world)
    assert said(say(world, "batal", "batal")).choices


def test_a_place_said_in_between_is_no_question_about_the_office(world: World) -> None:
    text = "petugas loket 3 kasar banget, saya dibentak bentak pas nanya syarat kemarin"
    complain(world, text, entities={"tanggal": NOW.date().isoformat()})
    taken = say(world, "di loket mpp", "tanya_kontak_jam_lokasi")
    assert taken.outcome == "consumed"
    summary = say(world, "biasa")
    assert "loket mpp" in said(summary).text


def test_anonymity_said_when_the_place_is_asked_is_no_place(world: World) -> None:
    complain(world, "pegawene njaluk duit rokok 200ewu nek arep cepet")
    asked = say(world, "anonim")
    summary = say(world, "lewati")
    assert "Di mana" in said(asked).text
    assert "Tempat" not in said(summary).text and "Anonim" in said(summary).text


def test_last_night_is_yesterday(world: World) -> None:
    complain(world, "pegawene njaluk duit rokok 200ewu nek arep cepet")
    summary = said(say(world, "di loket 2 td malem")).text
    yesterday = NOW.date() - timedelta(days=1)
    assert f"{yesterday.day} November" in summary


def test_the_acknowledgement_says_since_when_as_the_summary_does(world: World) -> None:
    text = "urusan pbg saya lambat sekali sudah dua bulan di loket 2"
    complain(world, text, entities={"lama": {"n": 2, "unit": "bulan"}})
    say(world, "lewati")
    summary = say(world, "biasa")
    done = world.complaint.step(tapped(summary, "Kirim"))
    assert "sejak sekitar" in said(summary).text and "sejak sekitar" in said(done).text


def test_no_draft_tells_of_a_confidential_complaint(world: World) -> None:
    world.complaint.step(tapped(to_summary(world, "Rahasia"), "Kirim"))
    assert world.drafts.get("chat", "aduan_terakhir") is None


def test_a_place_told_more_exactly_keeps_what_was_known(world: World) -> None:
    complain(world, "kotor sekali toilet di mpp")
    say(world, "di lantai 1 kemarin", entities={"tanggal": "2026-11-22"})
    assert "Anonim" in said(say(world, "eh maksudnya di lantai 2", "koreksi")).text
    assert "Tempat: mpp, lantai 2" in said(say(world, "Biasa")).text
    assert "Tempat: mpp, lantai 2, dekat musala" in said(say(world, "itu di dekat musala")).text
    assert "Tempat: kantor camat" in said(say(world, "salah, di kantor camat", "koreksi")).text


def test_a_few_words_instead_of_a_category_are_kept(world: World) -> None:
    say(world, "mau mengadu", "lapor_pengaduan")
    say(world, "pokoknya kecewa sekali saya")
    say(world, "dibiarkan begitu")
    assert "dibiarkan begitu" in world.complaint._draft.before(turn())["story"]


def test_who_is_afraid_from_the_first_word_hears_of_anonymity(world: World) -> None:
    told = complain(world, "mau lapor tapi takut ketahuan")
    assert "anonim" in said(told).text
