"""An answer published after the training reaches who asks for it, whatever was understood."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.registry import advisor, general_answers
from izin.faq import FaqEntry
from izin.replies import Reply
from izin.storage.memory.faq import MemoryFaqBook
from izin.usecases.dialogue import Entity, StepResult, TurnInput
from izin.usecases.published_instead import PublishedInstead
from tests.usecases.house import CHECKED, small_chat

ENTRIES = (
    FaqEntry("laktasi", "layanan", "Apakah tersedia ruang laktasi di kantor?",
             "Ada, di lantai dua.", CHECKED, ("ruang menyusui", "tempat menyusui bayi")),
    FaqEntry("antar", "layanan", "Apakah dokumen izin bisa diantar ke rumah?",
             "Bisa, lewat kurir.", CHECKED, ("layanan antar dokumen", "kirim izin lewat kurir")),
    FaqEntry("qris", "biaya", "Apakah retribusi PBG bisa dibayar dengan QRIS?",
             "Bisa, pindai kodenya.", CHECKED, ("bayar pbg pakai qris",)),
    FaqEntry("kontak", "akun", "Bagaimana menghubungi bantuan OSS?", "Lewat surel.", CHECKED,
             ("kontak oss", "nomor wa oss")),
)  # fmt: skip
INTENTS = [
    "tanya_faq", "nlu_fallback", "di_luar_topik", "tanya_syarat", "tanya_prosedur", "tanya_biaya",
    "tanya_izin_apa", "tanya_kontak_jam_lokasi",
]  # fmt: skip


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize(
    "text", ["ruang laktasinya dmn min", "tmpt menyusui ada ga kak", "ada ruang laktsi ora"]
)
def test_what_was_understood_does_not_matter(text: str, intent: str) -> None:
    talk = small_chat(faq=MemoryFaqBook())
    assert "lantai dua" not in talk.say(text, intent, entities=[]).text
    talk = small_chat(faq=MemoryFaqBook(ENTRIES))
    reply = talk.say(text, intent, entities=[])
    assert "lantai dua" in reply.text and reply.faq == "laktasi"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("almt kntr dmn y", "tanya_kontak_jam_lokasi"), ("no wa nya brp", "tanya_kontak_jam_lokasi"),
     ("gratis?", "tanya_biaya"), ("cuaca besok gimana", "di_luar_topik"),
     ("putar lagu dangdut", "di_luar_topik"), ("syaratnya apa", "tanya_syarat")],
)  # fmt: skip
def test_unrelated_messages_do_not_match(text: str, intent: str) -> None:
    assert small_chat(faq=MemoryFaqBook(ENTRIES)).say(text, intent, entities=[]).faq == ""


def test_a_plain_question_on_a_permit_stays_with_the_permit() -> None:
    talk = small_chat(faq=MemoryFaqBook(ENTRIES))
    assert talk.say("bayar pbg brp", "tanya_biaya").faq == ""
    assert talk.say("bayar pbg bisa pakai qris ga", "tanya_biaya").faq == "qris"
    assert talk.say("brp lama?", "tanya_lama_proses", entities=[]).faq == ""


def test_the_permit_talked_about_is_not_forgotten() -> None:
    talk = small_chat(faq=MemoryFaqBook(ENTRIES))
    talk.say("syarat slf", "tanya_syarat")
    assert talk.say("dokumennya bs diantar kerumah ga", "tanya_syarat", entities=[]).faq == "antar"
    assert "SLF" in talk.say("brp lama?", "tanya_lama_proses", entities=[]).text


@pytest.mark.parametrize("intent", ["menu_bantuan", "bot_identitas"])
def test_what_was_hardly_taken_for_small_talk_is_answered(intent: str) -> None:
    talk = small_chat(faq=MemoryFaqBook(ENTRIES))
    turn = talk.turn("ada ruang laktasi ga ya", intent, [])
    assert talk.run(replace(turn, confidence=0.6), "action_sosial").faq == "laktasi"
    assert talk.run(replace(turn, confidence=0.97), "action_sosial").faq == ""


class Begun:
    """A long dialogue that only says that it begins."""

    def start(self, turn: TurnInput) -> StepResult:
        return StepResult("consumed", (Reply("Ceritakan keluhannya."),))

    step = start

    def prompt(self, turn: TurnInput) -> Reply:
        return Reply("Tadi sampai mana?")


def test_a_task_is_begun_by_whoever_surely_means_it() -> None:
    talk = small_chat(faq=MemoryFaqBook(ENTRIES))
    dialogue = PublishedInstead(general_answers(talk.parts, advisor(talk.parts)), Begun())
    turn = talk.turn("ada ruang menyusui ga di kantor", "lapor_pengaduan", [])
    unsure = dialogue.start(replace(turn, confidence=0.7))
    assert unsure.outcome == "finished" and unsure.replies[0].faq == "laktasi"
    begins = [
        turn,
        replace(turn, confidence=0.7, text="petugasnya galak banget"),
        replace(turn, confidence=0.7, open_form="form_status"),
        replace(turn, confidence=0.7, entities=(Entity("tiket", "ADU-1"),)),
    ]
    assert {dialogue.start(one).outcome for one in begins} == {"consumed"}
    assert dialogue.step(replace(turn, confidence=0.7)).outcome == "consumed"
