from __future__ import annotations

from datetime import datetime

from izin.storage.memory.office import MemoryOfficeBook
from izin.usecases.dialogue import Question
from tests.usecases.house import SATURDAY, office, small_chat, small_parts

TEXT = "mau ngomong sama orang"


def ask(chat, **metadata):
    return chat.say(TEXT, "minta_petugas", action="action_minta_petugas", entities=[], **metadata)


def test_in_hours_with_nobody_present_that_is_said_with_the_date_of_a_first_response():
    reply = ask(small_chat())
    assert "belum ada petugas yang siaga" in reply.text
    assert "Kamis, 26 November 2026" in reply.text
    assert "antrean" not in reply.text.lower()


def test_with_an_officer_present_the_request_goes_to_them():
    parts = small_parts()
    parts.escalations.present = True
    assert "sedang bertugas" in ask(small_chat(escalations=parts.escalations)).text


def test_outside_office_hours_it_says_when_and_takes_the_message():
    chat = small_chat()
    chat.now = SATURDAY
    reply = ask(chat)
    assert "buka lagi Senin, 23 November 2026 pukul 08.00" in reply.text
    assert "Tuliskan pesan Anda" in reply.text


def test_before_opening_today_and_tomorrow_are_said_in_words():
    chat = small_chat()
    chat.now = datetime.fromisoformat("2026-11-23T06:00:00+07:00")
    assert "buka lagi hari ini pukul 08.00" in ask(chat).text
    chat.now = datetime.fromisoformat("2026-11-23T16:00:00+07:00")
    assert "buka lagi besok, Selasa, 24 November 2026, pukul 08.00" in ask(chat).text


def test_an_office_without_hours_says_so_instead_of_guessing():
    chat = small_chat(office=MemoryOfficeBook(office(opening_hours={})))
    assert "belum ada datanya" in ask(chat).text


def test_the_same_turn_twice_opens_the_conversation_once():
    chat = small_chat()
    turn = chat.turn(TEXT, "minta_petugas", [])
    first, second = chat.run(turn, "action_minta_petugas"), chat.run(turn, "action_minta_petugas")
    assert first == second
    assert len(chat.parts.escalations.opened) == 1


def test_in_a_group_a_private_chat_is_offered_and_nothing_is_opened():
    chat = small_chat()
    reply = ask(chat, group=True, private_url="https://t.me/contoh_bot")
    assert "pribadi" in reply.text
    assert reply.choices[0].url == "https://t.me/contoh_bot"
    assert not chat.parts.escalations.opened


def test_a_question_that_came_along_is_answered_first():
    chat = small_chat()
    questions = (Question("tanya_syarat", 0.9), Question("minta_petugas", 0.9))
    turn = chat.turn("syarat slf, terus mau bicara sama petugas", "minta_petugas",
                     questions=questions)  # fmt: skip
    answer = chat.use_cases["action_minta_petugas"].answer(turn)
    assert "Syarat SLF" in answer.replies[0].text
    assert "petugas" in answer.replies[1].text
    assert answer.slots["izin"] == ["SLF"]
