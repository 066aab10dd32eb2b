"""An answer published after the training reaches who asks for it, whatever was understood."""

from __future__ import annotations

import pytest

from izin.faq import FaqEntry
from izin.storage.memory.faq import MemoryFaqBook
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
