"""What another agency is responsible for is sent there, with a way back to what we do."""

from __future__ import annotations

import pytest

from izin.faq import FaqEntry
from izin.storage.memory.faq import MemoryFaqBook
from tests.usecases.house import CHECKED, small_chat

BOOK = MemoryFaqBook(
    (
        FaqEntry("luar_sim", "instansi_lain", "Mengurus SIM ke mana?",
                 "SIM diurus di Satpas Polres.", CHECKED,
                 ("perpanjang sim", "biaya sim a", "bikin sim")),
        FaqEntry("luar_npwp", "instansi_lain", "Mengurus NPWP ke mana?",
                 "NPWP diurus di KPP.", CHECKED, ("bikin npwp", "npwp hilang")),
        FaqEntry("oss_otp", "akun_oss", "Kode OTP tidak masuk?", "Minta kirim ulang.",
                 CHECKED, ("otp tidak masuk",)),
    )
)  # fmt: skip


def chat():  # type: ignore[no-untyped-def]
    return small_chat(faq=BOOK)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("perpanjang sim dmn", "di_luar_topik"), ("biaya sim a", "tanya_biaya"),
     ("perpanjang sim", "tanya_perpanjangan"), ("perpanjang sim", "nlu_fallback")],
)  # fmt: skip
def test_the_agency_is_named_however_the_question_was_understood(text: str, intent: str) -> None:
    reply = chat().say(text, intent, entities=[])
    assert "Satpas Polres" in reply.text
    assert "Yang bisa saya bantu" in reply.text
    assert [choice.intent for choice in reply.choices][:2] == ["tanya_izin_apa", "tanya_syarat"]


def test_the_permit_talked_about_is_neither_used_nor_forgotten() -> None:
    talk = chat()
    talk.say("syarat slf", "tanya_syarat")
    assert "SLF" not in talk.say("biaya sim a", "tanya_biaya", entities=[]).text
    assert "SLF" in talk.say("brp lama?", "tanya_lama_proses", entities=[]).text


@pytest.mark.parametrize(
    ("text", "intent"),
    [("biaya?", "tanya_biaya"), ("perpanjang syaratnya", "tanya_perpanjangan"),
     ("klo perpanjang brp", "tanya_biaya"), ("bikinnya gmn", "tanya_prosedur")],
)  # fmt: skip
def test_a_follow_up_of_everyday_words_stays_with_the_permit(text: str, intent: str) -> None:
    talk = chat()
    talk.say("syarat slf", "tanya_syarat")
    reply = talk.say(text, intent, entities=[])
    assert "SLF" in reply.text and "Satpas" not in reply.text


def test_a_word_of_its_own_is_enough_once_understood_as_out_of_scope() -> None:
    text = "eh bang gimana ceritanya npwp punya saya itu kok begitu"
    assert "KPP" in chat().say(text, "di_luar_topik", entities=[]).text


def test_a_permit_that_is_named_is_ours() -> None:
    assert "SLF" in chat().say("perpanjang slf", "tanya_perpanjangan").text
    assert "Satpas" not in chat().say("biaya slf", "tanya_biaya").text


def test_a_permit_of_ours_beside_another_agencys_business_is_answered_too() -> None:
    ranking = (("di_luar_topik", 0.6), ("tanya_syarat", 0.2))
    text = "syarat slf apa, sama bikin sim dimana?"
    reply = chat().say(text, "di_luar_topik", ranking=ranking)
    assert "Satpas Polres" in reply.text and "Syarat SLF" in reply.text


@pytest.mark.parametrize(
    "text", ["npwp hilang sama mau bikin sim juga", "sim, npwp ngurusnya nang endi"]
)
def test_two_agencies_in_one_message_are_both_named(text: str) -> None:
    told = chat().say(text, "di_luar_topik", entities=[]).text
    assert "Satpas Polres" in told and "KPP" in told
    assert told.count("Yang bisa saya bantu") == 1


def test_one_agency_told_at_length_is_named_once() -> None:
    told = chat().say("sim saya mati, terus gimana perpanjang sim", "di_luar_topik", entities=[])
    assert told.text.count("Satpas Polres") == 1 and "KPP" not in told.text
