"""No published answer stands in for extortion, danger or despair."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from izin.faq import FaqEntry
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.seed_files import read_seed
from tests.usecases.house import CHECKED, Chat, small_chat

SEED = read_seed(Path(__file__).resolve().parents[2] / "data")
ENTRIES = (
    FaqEntry("tetangga", "pbg", "Wajibkah tanda tangan tetangga?", "Tidak wajib.", CHECKED,
             ("minta tanda tangan pak lurah",)),
    FaqEntry("tutup", "usaha", "Mau menutup usaha, apa saja yang diurus?", "Cabut di OSS.",
             CHECKED, ("usaha saya bangkrut", "usaha mati")),
    FaqEntry("calo", "biaya", "Bolehkah memakai calo?", "Tidak perlu.", CHECKED,
             ("ada calo resmi",)),
    FaqEntry("difabel", "layanan", "Apakah ada kursi roda?", "Ada di pintu masuk.", CHECKED,
             ("pinjam kursi roda",)),
    FaqEntry("listrik", "instansi_lain", "Listrik mati di pasar ke mana?", "Ke PLN.", CHECKED,
             ("gangguan listrik pasar",)),
)  # fmt: skip


@pytest.fixture
def talk() -> Chat:
    catalogue = MemoryCatalogue(SEED.permits[:3], complaint_categories=SEED.complaint_categories)
    return small_chat(catalogue=catalogue, faq=MemoryFaqBook(ENTRIES))


@pytest.mark.parametrize("intent", ["nlu_fallback", "di_luar_topik", "tanya_faq"])
def test_extortion_is_not_hidden_by_an_answer(talk: Chat, intent: str) -> None:
    reply = talk.say("pak lurah minta uang buat tanda tangan", intent, entities=[])
    assert reply.faq == "" and "tanpa nama" in reply.text
    assert reply.choices[0].intent == "lapor_pengaduan"


@pytest.mark.parametrize("intent", ["tanya_biaya", "tanya_prosedur", "tanya_izin_apa"])
def test_a_question_on_permits_hides_no_extortion(talk: Chat, intent: str) -> None:
    reply = talk.say("minta tanda tangan pak lurah kok disuruh kasih amplop", intent, entities=[])
    assert reply.faq == ""


def test_no_other_agency_hides_extortion(talk: Chat) -> None:
    reply = talk.say("pln minta duit pelicin pasang listrik", "di_luar_topik", entities=[])
    assert reply.faq == "" and reply.choices[0].intent == "lapor_pengaduan"


def test_danger_at_the_office_is_no_question_for_its_hours(talk: Chat) -> None:
    reply = talk.say("anak saya kejepit pintu kantor", "tanya_kontak_jam_lokasi", entities=[])
    assert "112" in reply.text


def test_an_answer_on_extortion_is_told_beside_the_complaint(talk: Chat) -> None:
    reply = talk.say("apa ada calo resmi", "nlu_fallback", entities=[])
    assert reply.faq == "calo" and reply.choices[0].intent == "lapor_pengaduan"


def test_what_sounds_like_a_complaint_can_become_one(talk: Chat) -> None:
    reply = talk.say("pinjam kursi roda kok rusak", "tanya_faq", entities=[])
    assert reply.choices[0].intent == "lapor_pengaduan"


@pytest.mark.parametrize(
    ("intent", "action"),
    [("tanya_izin_apa", "action_jawab"), ("nlu_fallback", "action_jawab"),
     ("menu_bantuan", "action_sosial")],
)  # fmt: skip
def test_despair_is_answered_first(talk: Chat, intent: str, action: str) -> None:
    reply = talk.say("saya mau mati aja usaha saya bangkrut", intent, entities=[], action=action)
    assert reply.faq == "" and "119" in reply.text


def test_despair_does_not_depend_on_how_surely_something_else_was_read(talk: Chat) -> None:
    turn = replace(talk.turn("tolong saya mau bunuh diri", "sapa", []), confidence=0.99)
    assert "119" in talk.run(turn, "action_sosial").text


@pytest.mark.parametrize("intent", ["nlu_fallback", "di_luar_topik"])
def test_danger_is_told_whom_to_call(talk: Chat, intent: str) -> None:
    reply = talk.say("listrik konslet di pasar ada api", intent, entities=[])
    assert reply.faq == "" and "113" in reply.text


@pytest.mark.parametrize(
    ("text", "intent"),
    [("sip handak mati apa haja syaratnya", "tanya_perpanjangan"), ("izin mati", "nlu_fallback"),
     ("listrik mati di pasar", "di_luar_topik")],
)  # fmt: skip
def test_a_permit_that_dies_is_no_despair(talk: Chat, text: str, intent: str) -> None:
    assert "119" not in talk.say(text, intent, entities=[]).text
