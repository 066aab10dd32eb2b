"""No published answer stands in for extortion, danger or despair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from izin.faq import FaqEntry
from izin.replies import Reply
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.seed_files import read_seed
from izin.usecases.complaint_reading import guess_category
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.grave_matters import GraveMatters
from izin.usecases.help_first import AsksNoMore
from tests.usecases.house import CHECKED, Chat, normaliser, small_chat, wording
from tests.usecases.long_dialogues import turn

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


def matters() -> GraveMatters:
    categories = SEED.complaint_categories
    return GraveMatters(
        MemoryCatalogue(SEED.permits[:3], complaint_categories=categories), wording(), plain
    )


def plain(text: str) -> str:
    return normaliser().normalise(text).text


def first(text: str, intent: str) -> str:
    lead = matters().lead(turn(text, intent))
    return lead.text if lead else ""


@pytest.mark.parametrize(
    ("text", "intent"),
    [("pak tulung, warung mburi omah ana geni, kebakaran gede", "lapor_pengaduan"),
     ("gudang sebelah kebakaran pak, kapan pbg saya jadi", "cek_status"),
     ("bapak saya pingsan waktu antre di loket 1", "lapor_pengaduan"),
     ("iki nang loket onok wong gowo clurit, bawa clurit beneran", "tanya_syarat"),
     ("kakak saya dikeroyok gara2 sengketa izin", "minta_petugas"),
     ("saya diancam dibunuh kalau lapor terus", "lapor_pengaduan"),
     ("tembok proyek ambruk kena anak saya", "lapor_pengaduan")],
)  # fmt: skip
def test_danger_comes_first_whatever_was_understood(text: str, intent: str) -> None:
    assert first(text, intent).startswith("Kalau ada yang terluka")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("udah 3 bulan gak jelas rasanya saya mau mati aja", "lapor_pengaduan"),
     ("usaha bangkrut semua, aku mau mati", "cek_status"),
     ("mending bundir daripada ngurus izin", "tanya_prosedur"),
     ("wis bosan hidup aku mas", "kasar")],
)  # fmt: skip
def test_despair_comes_first_whatever_was_understood(text: str, intent: str) -> None:
    assert "119" in first(text, intent) and "sendirian" in first(text, intent)


@pytest.mark.parametrize(
    "text",
    ["kabidnya ngancam saya jangan banyak tanya", "saya diteror orang tak dikenal sejak lapor",
     "aku diintimidasi mandor proyek"],
)  # fmt: skip
def test_a_threat_has_its_own_first_words(text: str) -> None:
    assert first(text, "lapor_pengaduan").startswith("Kalau Anda merasa terancam")


@pytest.mark.parametrize(
    ("text", "intent"),
    [("syarat alat pemadam kebakaran buat slf hotel", "tanya_syarat"),
     ("sip bidan saya mau mati desember, perpanjangnya piye", "tanya_perpanjangan"),
     ("nib saya mati, hidupinnya gimana", "tanya_perpanjangan"),
     ("hari kejepit besok buka ga", "tanya_kontak_jam_lokasi"),
     ("ancaman pidana bangun tanpa pbg apa", "tanya_dasar_hukum"),
     ("rumah kami habis kebakaran tahun lalu, imb ikut hilang", "tanya_prosedur"),
     ("bisnis katering saya meledak, perlu izin tambahan?", "tanya_izin_apa"),
     ("berkas saya tenggelam di meja petugas berbulan bulan", "lapor_pengaduan"),
     ("kami terjebak birokrasi, bolak balik terus", "lapor_pengaduan"),
     ("hampir pingsan lihat tagihannya", "lapor_pengaduan"),
     ("biaya kok dipukul rata semua", "lapor_pengaduan"),
     ("cara izin gedung biar tidak roboh kena gempa", "tanya_syarat"),
     ("buka usaha bengkel las dan api listrik", "tanya_izin_apa"),
     ("petugas minta uang, kalau tidak diancam izinnya dibuang", "lapor_pengaduan")],
)  # fmt: skip
def test_ordinary_words_raise_no_alarm(text: str, intent: str) -> None:
    assert first(text, intent) == ""


@pytest.mark.parametrize(
    "text",
    ["diancam nek ora bayar 300ewu berkasku diguwak", "dipaksa bayar sama petugas lapangan",
     "mau diperas kepala seksi", "pegawainya ngancam, suruh bayar dulu 1jt"],
)  # fmt: skip
def test_a_threat_for_money_is_extortion(text: str) -> None:
    found = guess_category(text, SEED.complaint_categories, plain)
    assert found is not None and found.code == "PUNGLI"


def test_no_alarm_is_told_twice() -> None:
    told = Reply("Hubungi 112 bila tersedia di daerah Anda.")
    asked = turn("ada kebakaran pak", "di_luar_topik")
    assert matters().before(asked, [told]) == (told,)


def test_a_complaint_asks_nothing_of_somebody_in_despair() -> None:
    begun = LongSilent(StepResult("consumed", (Reply("Yang mana?"),)))
    dialogue = AsksNoMore(matters(), begun)
    told = dialogue.start(turn("izin lama, mending saya mati", "lapor_pengaduan"))
    assert told.outcome == "finished" and "119" in told.replies[0].text
    assert [item.entities.get("langkah") for item in told.replies[0].choices] == [None, "lanjut"]
    assert dialogue.step(turn("di loket 3", "lapor_pengaduan")).outcome == "consumed"


@dataclass
class LongSilent:
    """Answers every step alike."""

    result: StepResult

    def start(self, turn: TurnInput) -> StepResult:
        return self.result

    def step(self, turn: TurnInput) -> StepResult:
        return self.result

    def prompt(self, turn: TurnInput) -> Reply:
        return Reply(silent=True)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("permohonan saya mandek padahal sudah nyelipin amplop", "cek_status"),
     ("tarif lewat orang dalem piro", "tanya_biaya")],
)  # fmt: skip
def test_extortion_told_in_passing_is_answered_besides(text: str, intent: str) -> None:
    told = matters().before(turn(text, intent), [Reply("Nomornya?")])
    assert "tanpa nama" in told[0].text and told[1].text == "Nomornya?"
    filing = replace(turn(text, intent), open_form="form_pengaduan")
    assert len(matters().before(filing, [Reply("Nomornya?")])) == 1
