from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from izin.errors import Conflict, InvalidInput
from izin.officers import LEASE
from tests.usecases.opinion_house import NOW, Citizen

ROLE = "Petugas"


def waiting(chat: str = "1", citizen: Citizen | None = None, **changes) -> Citizen:
    made = Citizen(chat=chat, data=citizen.data, **changes) if citizen else Citizen(chat=chat)
    made.asking.start(made.turn("petugas", "minta_petugas"))
    return made


def test_the_citizen_reads_the_role_and_the_office_never_a_name():
    citizen = waiting()
    citizen.serve.take(citizen.id, "Ani", ROLE, NOW)
    citizen.serve.reply(citizen.id, "Ani", " Sudah saya cek. ", "1", NOW)
    joined, answer = citizen.pushed()
    assert joined.text.startswith("Petugas DPMPTSP")
    assert answer.text.startswith("Sudah saya cek.\n\n— Petugas DPMPTSP")
    assert not any("Ani" in reply.text for reply in citizen.pushed())
    assert [choice.title for choice in joined.choices] == ["Kembali ke bot"]


def test_an_answer_goes_out_once_per_key():
    citizen = waiting()
    citizen.serve.take(citizen.id, "Ani", ROLE, NOW)
    first = citizen.serve.reply(citizen.id, "Ani", "Halo", "1", NOW)
    assert citizen.serve.reply(citizen.id, "Ani", "Halo", "1", NOW) == first
    assert len(citizen.pushed()) == 2


@pytest.mark.parametrize("text", ["", "  \n", "x" * 3501])
def test_an_empty_or_endless_answer_is_refused(text):
    citizen = waiting()
    citizen.serve.take(citizen.id, "Ani", ROLE, NOW)
    with pytest.raises(InvalidInput):
        citizen.serve.reply(citizen.id, "Ani", text, "1", NOW)


def test_nobody_answers_for_somebody_else():
    citizen = waiting()
    with pytest.raises(Conflict):
        citizen.serve.reply(citizen.id, "Ani", "Halo", "1", NOW)


def test_the_next_one_is_the_oldest_nobody_holds():
    first = waiting("1")
    second = waiting("2", first, now=NOW - timedelta(hours=1))
    taken = first.serve.take_next("Ani", ROLE, NOW)
    assert taken is not None
    assert taken.conversation_id == second.id
    again = first.serve.take_next("Budi", ROLE, NOW)
    assert again is not None
    assert again.conversation_id == first.id
    assert first.serve.take_next("Citra", ROLE, NOW) is None


def test_a_hold_without_an_answer_is_given_back_with_a_sentence_once():
    citizen = waiting()
    citizen.serve.take(citizen.id, "Ani", ROLE, NOW)
    assert citizen.serve.return_expired(NOW + LEASE / 2) == 0
    assert citizen.serve.return_expired(NOW + LEASE) == 1
    assert citizen.serve.return_expired(NOW + LEASE) == 0
    assert "belum sempat membalas dalam 15 menit" in citizen.pushed()[-1].text
    assert citizen.waits() == ["minta_petugas"]


def test_a_served_talk_is_closed_after_silence_and_may_be_rated():
    citizen = waiting()
    citizen.serve.take(citizen.id, "Ani", ROLE, NOW)
    citizen.serve.reply(citizen.id, "Ani", "Beres.", "1", NOW + timedelta(minutes=5))
    assert citizen.serve.return_expired(NOW + LEASE) == 0
    assert citizen.serve.return_expired(NOW + timedelta(minutes=5) + LEASE) == 1
    ending = citizen.pushed()[-1]
    assert "saya tutup" in ending.text
    assert ending.choices[0].intent == "beri_penilaian"
    assert citizen.waits() == []


def test_the_citizens_word_ends_it_and_is_answered_again_after_a_crash():
    citizen = waiting()
    turn = citizen.turn("kembali ke bot", "menu_bantuan")
    assert citizen.serve.back_to_bot(citizen.id, turn.turn_id, NOW) is None
    citizen.serve.take(citizen.id, "Ani", ROLE, NOW)
    first = citizen.serve.back_to_bot(citizen.id, turn.turn_id, NOW)
    assert first is not None
    assert citizen.serve.back_to_bot(citizen.id, turn.turn_id, NOW) == first


def test_presence_ends_with_the_last_office_hour():
    citizen = Citizen()
    ends = citizen.serve.until_closing(NOW)
    assert ends == datetime.fromisoformat("2026-11-23T15:00:00+07:00")
    assert citizen.serve.until_closing(ends) is None
    assert citizen.serve.until_closing(NOW + timedelta(days=5)) is None
