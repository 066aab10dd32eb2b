from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from izin.officers import OfficerSession
from izin.replies import Reply
from izin.storage.memory.office import MemoryOfficeBook
from izin.usecases.ask_officer import BACK
from tests.usecases.house import office
from tests.usecases.opinion_house import NOW, Citizen, said, twice

ASK = "minta_petugas"


def present(citizen: Citizen, *names: str) -> None:
    for name in names:
        session = OfficerSession(name, name, "Petugas", citizen.now + timedelta(hours=3))
        citizen.officers.beat(session, citizen.now)


def serve_five(citizen: Citizen, minutes: int = 8) -> None:
    """Let five others be served, so that a waiting time may be told."""
    for number in range(5):
        other = Citizen(data=citizen.data, chat=f"other-{number}")
        other.officers.claim(other.id, "ani", "Petugas", Reply("…"), NOW)
        other.officers.reply(other.id, "ani", Reply("…"), "1", NOW)
        other.officers.release(other.id, "ani", Reply("…"), NOW + timedelta(minutes=minutes))
    citizen.now = NOW + timedelta(minutes=minutes)


def ask(citizen: Citizen, text: str = "petugas") -> Reply:
    return said(twice(citizen.asking, citizen.turn(text, ASK), begins=True))


def write(citizen: Citizen, text: str, intent: str = "nlu_fallback", **changes):
    return twice(citizen.asking, citizen.turn(text, intent, **changes))


def test_in_hours_with_nobody_present_that_is_said_with_the_promised_date():
    citizen = Citizen()
    reply = ask(citizen)
    assert "belum ada petugas yang siaga" in reply.text
    assert "Kamis, 26 November 2026" in reply.text
    assert "nomor" not in reply.text
    [waiting] = citizen.officers.waiting()
    assert waiting.respond_by == date(2026, 11, 26)


def test_with_an_officer_present_the_place_is_told_and_the_time_is_not_guessed():
    citizen, earlier = Citizen(), None
    earlier = Citizen(data=citizen.data, chat="2", now=NOW - timedelta(minutes=9))
    ask(earlier)
    present(citizen, "ani")
    reply = ask(citizen)
    assert "nomor 2" in reply.text
    assert "belum bisa saya perkirakan" in reply.text


def test_a_waiting_time_comes_from_recent_handlings():
    citizen = Citizen()
    serve_five(citizen, minutes=8)
    present(citizen, "ani")
    assert "nomor 1 dalam antrean petugas, perkiraan tunggu sekitar 10 menit" in ask(citizen).text


def test_a_wait_that_reaches_past_closing_says_so():
    citizen = Citizen()
    serve_five(citizen, minutes=50)
    citizen.now = datetime.fromisoformat("2026-11-23T14:40:00+07:00")
    present(citizen, "ani")
    reply = ask(citizen)
    assert "sekitar 50 menit" in reply.text
    assert "Kantor tutup pukul 15.00" in reply.text
    assert "26 November 2026" in reply.text


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-21T20:00:00+07:00", "buka lagi Senin, 23 November 2026 pukul 08.00"),
        ("2026-11-23T06:00:00+07:00", "buka lagi hari ini pukul 08.00"),
        ("2026-11-23T16:00:00+07:00", "buka lagi besok, Selasa, 24 November 2026, pukul 08.00"),
    ],
)
def test_outside_office_hours_it_says_when_and_takes_the_message(at, opens):
    citizen = Citizen(now=datetime.fromisoformat(at))
    present(citizen, "ani")
    reply = ask(citizen)
    assert opens in reply.text
    assert "Tuliskan pesan Anda" in reply.text
    assert "antrean petugas" not in reply.text


def test_an_office_without_hours_says_so_instead_of_guessing():
    citizen = Citizen(office=MemoryOfficeBook(office(opening_hours={})))
    assert "belum ada datanya" in ask(citizen).text


def test_asking_again_and_again_keeps_one_place():
    citizen = Citizen()
    ask(citizen)
    again = said(write(citizen, "mana petugasnya", ASK))
    assert "tidak perlu mengantre ulang" in again.text
    assert citizen.waits() == [ASK]
    assert len(citizen.data.escalations) == 1


def test_the_date_promised_first_stays_and_a_broken_promise_is_owned_up_to():
    citizen = Citizen()
    ask(citizen)
    citizen.now += timedelta(days=1)
    assert "Kamis, 26 November 2026" in said(write(citizen, "petugas", ASK)).text
    citizen.now += timedelta(days=4)
    late = said(write(citizen, "petugas dong", ASK)).text
    assert "janjikan paling lambat Kamis, 26 November 2026 belum datang" in late
    assert "Rabu, 2 Desember 2026" in late
    assert citizen.waits() == [ASK]


def test_what_is_written_while_waiting_is_left_for_the_officer():
    citizen = Citizen()
    ask(citizen)
    first = write(citizen, "berkas slf saya 3 minggu tidak ada kabar", "cek_status",
                  entities={"izin": "SLF"})  # fmt: skip
    assert first.outcome == "consumed"
    assert "sudah saya simpan untuk petugas" in said(first).text
    more = write(citizen, "tolong ya", "setuju")
    assert "teruskan" in said(more).text
    assert "tambahkan" in said(write(citizen, "loketnya antre", "lapor_pengaduan")).text
    assert citizen.left()[1:] == [
        "berkas slf saya 3 minggu tidak ada kabar", "loketnya antre",
    ]  # fmt: skip


def test_a_request_that_tells_its_story_is_not_asked_for_it():
    citizen = Citizen()
    reply = ask(citizen, "mau bicara petugas, kemarin saya sudah ke loket tiga kali tetap ditolak")
    assert "sudah saya simpan untuk petugas" in reply.text
    assert "Tuliskan" not in reply.text


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("syarat slf apa aja?", "tanya_syarat", {"izin": "SLF"}),
        ("biaya pbg", "tanya_biaya", {"izin": "PBG"}),
        ("jam buka kapan", "tanya_kontak_jam_lokasi", {}),
        ("cek status 503/1/PBG/2026", "cek_status", {"nomor_permohonan": "503/0001/PBG/2026"}),
        ("mau lapor pungli", "lapor_pengaduan", {}),
    ],
)
def test_a_clear_question_or_order_goes_to_the_assistant(text, intent, entities):
    citizen = Citizen()
    ask(citizen)
    turn = citizen.turn(text, intent, entities=entities)
    assert citizen.asking.step(turn).outcome == "interrupted"
    assert text not in citizen.left()
    assert citizen.waits() == [ASK]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("biaya pbg saya kemarin kok beda dengan yang dibilang petugas loket", "tanya_biaya"),
        ("kenapa berkas saya lama sekali", "cek_status"),
        ("loketnya antri", "lapor_pengaduan"),
        ("saya mau menanyakan kekurangan berkas permohonan saya", "tanya_syarat"),
        ("/restart", "nlu_fallback"),
        ("x" * 5000, "di_luar_topik"),
    ],
)
def test_a_story_that_resembles_a_question_stays_a_message(text, intent):
    citizen = Citizen()
    ask(citizen)
    assert write(citizen, text, intent).outcome == "consumed"
    assert text in citizen.left()


def test_a_file_is_for_the_officer_whatever_is_said_of_it():
    citizen = Citizen()
    ask(citizen)
    for said_of_it in ("ini fotonya", "syarat slf?"):
        sent = write(citizen, said_of_it, "bot_identitas", metadata={"media_ids": ["f1"]})
        assert sent.outcome == "consumed"
        assert said_of_it in citizen.left()


def test_after_a_long_silence_a_text_is_no_longer_taken_for_a_message():
    citizen = Citizen()
    ask(citizen)
    citizen.now += timedelta(days=1)
    assert write(citizen, "berkas saya sampai mana ya", "cek_status").outcome == "interrupted"
    assert write(citizen, "iku lho pak", "nlu_fallback").outcome == "consumed"


def test_a_reminder_comes_once():
    citizen = Citizen()
    ask(citizen)
    assert "tetap tercatat" in citizen.asking.prompt(citizen.turn("syarat nib?", "x")).text
    assert citizen.asking.prompt(citizen.turn("biaya nib?", "x")).silent


@pytest.mark.parametrize("intent", ["terima_kasih", "pamit", "tolak"])
def test_a_goodbye_ends_it_and_the_message_stays(intent):
    citizen = Citizen()
    ask(citizen)
    write(citizen, "tolong telepon saya")
    result = write(citizen, "udah itu aja", intent)
    assert result.outcome == "finished"
    assert "tersimpan" in said(result).text
    assert "26 November" in said(result).text
    assert citizen.waits() == [ASK]


def test_a_plain_no_before_anything_was_said_takes_the_wish_back():
    citizen = Citizen()
    ask(citizen)
    result = write(citizen, "gak usah deh", "tolak")
    assert result.outcome == "finished"
    assert "batalkan" in said(result).text
    assert citizen.waits() == []


def test_cancelling_withdraws_the_request_even_when_the_turn_runs_twice():
    citizen = Citizen()
    ask(citizen)
    result = write(citizen, "batalin", "batal")
    assert result.outcome == "finished"
    assert "batalkan" in said(result).text
    assert citizen.waits() == []


def test_back_to_the_bot_while_waiting_keeps_the_request():
    citizen = Citizen()
    ask(citizen)
    result = write(citizen, "balik ke bot aja", "menu_bantuan")
    assert result.outcome == "finished"
    assert citizen.waits() == [ASK]


def test_a_sticker_is_asked_to_be_put_into_words():
    citizen = Citizen()
    ask(citizen)
    assert "kata-kata" in said(write(citizen, "", "kirim_lain")).text
    assert "simpan" in said(write(citizen, "", "kirim_lokasi", metadata={"location": (1, 2)})).text


def test_once_an_officer_has_served_the_dialogue_lets_everything_pass():
    citizen = Citizen()
    ask(citizen)
    citizen.serve.take(citizen.id, "ani", "Petugas", citizen.now)
    citizen.serve.release(citizen.id, "ani", citizen.now)
    assert write(citizen, "berkas saya gimana").outcome == "interrupted"
    assert write(citizen, "berkas saya gimana").outcome == "interrupted"
    again = citizen.asking.step(citizen.turn("petugas", ASK))
    assert again.outcome == "consumed"
    assert "mengantre ulang" not in said(again).text


def test_a_complaint_that_was_interrupted_can_be_taken_up_again():
    citizen = Citizen()
    citizen.drafts.put(citizen.id, "pengaduan", {"now": {"story": "x"}, "before": {}, "turn": "t"})
    ask(citizen)
    reply = said(write(citizen, "itu saja", "tolak"))
    assert reply.choices[0].intent == "lapor_pengaduan"


def test_in_a_group_a_private_chat_is_offered_and_nothing_is_opened():
    citizen = Citizen()
    turn = citizen.turn("petugas", ASK, metadata={"group": True})
    result = citizen.asking.start(turn)
    assert result.outcome == "finished"
    assert "pribadi" in said(result).text
    assert citizen.waits() == []


def test_notes_hold_no_personal_data():
    citizen = Citizen()
    turn = citizen.turn(
        "petugas, NIK saya 3326011203900001 telepon 081234567890", ASK,
        slots={"pertanyaan": "tanya_syarat"},
    )  # fmt: skip
    citizen.asking.start(turn)
    [opened] = citizen.data.escalations.values()
    assert (opened.reason, opened.note) == (ASK, "tanya_syarat")


def test_the_tapped_way_back_is_known_while_waiting():
    citizen = Citizen()
    ask(citizen)
    turn = citizen.turn("", "menu_bantuan", entities={"langkah": BACK},
                        metadata={"kind": "choice"})  # fmt: skip
    assert citizen.asking.step(turn).outcome == "finished"


def test_a_wish_said_to_the_officer_in_the_same_words_is_the_message():
    citizen = Citizen()
    ask(citizen)
    answer = said(write(citizen, "sebenernya aku mau nanya soal gudangku", ASK))
    assert "sudah saya simpan untuk petugas" in answer.text


@pytest.mark.parametrize(
    "text", ["brp org yg antri", "brp orang lagi", "suwe ora?", "masih lama ga ya"]
)
def test_how_long_it_takes_is_told_and_not_kept_as_a_message(text):
    citizen = Citizen()
    ask(citizen)
    answer = said(write(citizen, text, "tanya_lama_proses", confidence=0.9))
    assert "belum ada petugas yang siaga" in answer.text
    assert "26 November 2026" in answer.text


def test_a_file_that_takes_long_is_a_message():
    citizen = Citizen()
    ask(citizen)
    answer = said(write(citizen, "berkas saya lama sekali", "cek_status", confidence=0.9))
    assert "sudah saya simpan untuk petugas" in answer.text
