"""What a message leaves unsaid is taken from its names and its activity, or asked."""

from __future__ import annotations

import pytest

from actions.registry import advisor
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.seed_files import read_seed
from izin.usecases.advice_dialogue import AdviceDialogue
from izin.usecases.dialogue import Entity
from izin.usecases.live_names import LiveNames
from tests.usecases.house import ROOT, Chat, normaliser, small_chat

SEED = read_seed(ROOT / "data")


def published() -> Chat:
    catalogue = MemoryCatalogue(
        SEED.permits, ambiguous_terms=SEED.ambiguous_terms, legacy_names=SEED.legacy_names,
        activities=SEED.activities, fee_tables=SEED.fee_tables,
    )  # fmt: skip
    names = LiveNames(catalogue, normaliser())
    return small_chat(catalogue=catalogue, names=names, faq=MemoryFaqBook(SEED.faq))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("mau bangun ruko 3 lantai di jl veteran syaratnya apa aja", "tanya_syarat"),
        ("buka laundry syaratnya apa", "tanya_syarat"),
        ("gaweke omah tingkat mbangun anyar sarate opo", "tanya_syarat"),
        ("mau bukak salon, suwene pirang dino", "tanya_lama_proses"),
    ],
)
def test_a_question_on_an_activity_is_answered_for_its_permit(text: str, intent: str) -> None:
    chat = published()
    names = chat.parts.names
    found = [*names.find(text, chat.now.date()), *names.quantities(text)]
    reply = chat.say(text, intent, entities=found)
    assert ("Syarat" if intent == "tanya_syarat" else "hari kerja") in reply.text
    assert "untuk izin apa, ya" not in reply.text and "Sumber" in reply.text


def test_an_activity_that_must_be_asked_about_is_listed_and_asked() -> None:
    reply = published().say("mau buka kafe cilik-cilikan, bayarnya piro", "tanya_biaya")
    assert "NIB" in reply.text and "Mikro" in [choice.title for choice in reply.choices]


def test_a_question_that_tells_no_activity_still_asks_which_permit() -> None:
    reply = published().say("syaratnya apa aja min", "tanya_syarat", entities=[])
    assert "untuk izin apa, ya" in reply.text


def test_an_old_name_in_a_message_not_understood_is_answered_by_its_new_one() -> None:
    reply = published().say("IMB masih ada ga sih skrg? soale tonggoku omong", "nlu_fallback")
    assert "sekarang: PBG" in reply.text
    assert {choice.intent for choice in reply.choices} >= {"tanya_syarat", "tanya_biaya"}


def test_an_ambiguous_name_in_a_message_not_understood_asks_which() -> None:
    reply = published().say("mau ngurus ijin usaha", "nlu_fallback")
    assert "Yang mana" in reply.text and "NIB / OSS" in [item.title for item in reply.choices]


@pytest.mark.parametrize("text", ["SIP", "sip"])
def test_sip_as_first_word_is_the_licence(text: str) -> None:
    reply = published().say(text, "setuju", action="action_lanjut")
    assert "Profesi apa" in reply.text


def test_sip_in_answer_to_something_said_is_a_yes() -> None:
    chat = published()
    chat.say("syarat slf", "tanya_syarat")
    assert "Profesi" not in chat.say("sip", "setuju", action="action_lanjut").text
    assert "Profesi apa" in chat.say("SIP", "setuju", action="action_lanjut").text


def test_another_profession_alone_changes_the_licence() -> None:
    chat = published()
    chat.say("syarat sip perawat", "tanya_syarat")
    other = [Entity("profesi", "dokter", "dokter", 5, 11)]
    assert "Syarat SIP Dokter" in chat.say("kalo dokter?", "nlu_fallback", entities=other).text


@pytest.mark.parametrize("text", ["2", "yang kedua", "nomor 2 aja", "sing kaloro"])
def test_an_answer_may_be_told_by_its_place(text: str) -> None:
    chat = published()
    first = chat.say("mau jual barang lewat toko online, izin apa", "tanya_izin_apa")
    turn = chat.turn(text, "koreksi", [])
    told = AdviceDialogue(advisor(chat.parts), chat.use_cases["action_jawab"]).step(turn)
    assert "Kosmetik" in first.choices[1].title
    assert told.outcome == "finished" and "BPOM" in told.replies[0].text
