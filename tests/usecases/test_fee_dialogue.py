"""A calculation over several messages: its open question, interruptions, and going on after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from actions.registry import fee_dialogue
from izin.replies import Reply, join_replies
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.seed_files import read_seed
from izin.usecases.dialogue import Entity, Question, StepResult
from izin.usecases.live_names import LiveNames
from tests.usecases.house import ROOT, Chat, FakeDrafts, normaliser, small_parts

SEED = read_seed(ROOT / "data")


@dataclass
class Counter:
    """A citizen at the counter: messages go to the open calculation first, as the form does."""

    chat: Chat
    reply: Reply = field(default_factory=Reply)
    open: bool = False
    group: bool = False

    def __post_init__(self) -> None:
        self.dialogue = fee_dialogue(self.chat.parts, self.chat.use_cases["action_jawab"])

    def says(self, text: str, intent: str = "hitung_biaya", **changes: Any) -> Reply:
        names = self.chat.parts.names
        found = [*names.find(text, self.chat.now.date()), *names.quantities(text)]
        entities = sorted(found, key=lambda item: item.start)
        turn = self.chat.turn(text, intent, entities, group=self.group, **changes)
        return self._take(turn)

    def taps(self, title: str) -> Reply:
        choice = next(item for item in self.reply.choices if item.title == title)
        entities = [Entity(name, value) for name, value in choice.entities.items()]
        return self._take(self.chat.turn("", choice.intent, entities, kind="choice"))

    def _take(self, turn: Any) -> Reply:
        self.turn = turn
        if self.open:
            result = self.dialogue.step(turn)
            if result.outcome != "interrupted":
                return self._kept(result)
        action = "action_lanjut" if turn.intent in ("koreksi", "tolak") else "action_jawab"
        answer = self.chat.use_cases[action].answer(turn)
        self.chat.slots.update(answer.slots)
        reminder = [self.dialogue.prompt(turn)] if self.open else []
        self.open = self.open or answer.opens == "biaya"
        self.reply = join_replies([*answer.replies, *reminder])
        return self.reply

    def _kept(self, result: StepResult) -> Reply:
        self.chat.slots.update(result.slots)
        self.open = result.outcome == "consumed"
        self.reply = join_replies(list(result.replies))
        return self.reply


def counter(**changes: Any) -> Counter:
    """Give a citizen at the counter of the office with the real catalogue."""
    catalogue = MemoryCatalogue(
        SEED.permits, ambiguous_terms=SEED.ambiguous_terms, legacy_names=SEED.legacy_names,
        activities=SEED.activities, fee_tables=SEED.fee_tables,
    )  # fmt: skip
    parts = small_parts(catalogue=catalogue, names=LiveNames(catalogue, normaliser()))
    return Counter(Chat(parts), **changes)


def titles(reply: Reply) -> list[str]:
    return [choice.title for choice in reply.choices]


def test_each_missing_figure_is_asked_with_what_is_known_and_buttons():
    citizen = counter()
    assert "untuk apa" in citizen.says("hitung biaya pbg").text
    asked = citizen.taps("Rumah tinggal")
    assert "Sudah saya catat: fungsi hunian" in asked.text and "Berapa luas" in asked.text
    asked = citizen.taps("150 m²")
    assert "luas 150 m²" in asked.text and titles(asked)[:3] == ["1 lantai", "2 lantai", "3 lantai"]
    assert "Sementara, bila 1 lantai" in asked.text
    # 150 x 27,500 x 0.17 x (0.6 + 0.4 + 0.545) = 1,083,431.25
    assert "Perkiraan retribusi PBG: Rp1.083.431[/b]" in citizen.taps("2 lantai").text
    assert not citizen.open


@pytest.mark.parametrize(
    "message",
    [
        "rumah tinggal 2 lantai 150 m2",
        "rumah dua lantai seratus lima puluh meter persegi",
        "omah rong lantai 150 meter",
        "imah 2 lante 10x7,5",
        "ruma 2 lantai, lantai 1 100 m2 lantai 2 50 m2",
    ],
)
def test_everything_may_be_told_at_once_in_any_words(message):
    assert "Rp1.083.431" in counter().says(f"hitung pbg {message}").text


@pytest.mark.parametrize("number", ["2", "dua", "2 aja kak", "eh 2", "dua lantai", "2 lantai"])
def test_a_bare_number_answers_what_was_asked(number):
    citizen = counter()
    citizen.says("hitung pbg rumah 150 m2")
    assert "Rp1.083.431" in citizen.says(number, "beri_penilaian").text


@pytest.mark.parametrize(
    ("message", "intent", "amount"),
    [
        ("eh 180", "koreksi", "Rp1.300.118"),  # 180 x 27,500 x 0.26265 = 1,300,117.5
        ("bukan 150, 180", "koreksi", "Rp1.300.118"),
        ("180 bukan 150", "koreksi", "Rp1.300.118"),
        ("150 ganti 180", "koreksi", "Rp1.300.118"),
        ("bukan 2 lantai, 3", "koreksi", "Rp1.093.950"),  # 150 x 27,500 x 0.17 x 1.56
        ("3 lantai bukan 2 lantai", "koreksi", "Rp1.093.950"),
        ("kalau 1 lantai?", "hitung_biaya", "Rp742.500 atau Rp1.051.875"),
        ("nek 200 m2 piro", "tanya_biaya", "Rp1.444.575"),  # 200 x 27,500 x 0.26265
        ("gimana kalau ruko sederhana", "tanya_prosedur", "Rp3.594.938"),  # 0.7 x 1.245
        ("bukan rumah, masjid", "tolak", "Rp0"),
    ],
)
def test_corrections_and_what_ifs_change_one_figure_of_the_result(message, intent, amount):
    citizen = counter()
    citizen.says("hitung pbg rumah 2 lantai 150 m2")
    reply = citizen.says(message, intent)
    assert f"Perkiraan retribusi PBG: {amount}[/b]" in reply.text
    assert "Hitungan sebelumnya: Rp1.083.431" in reply.text


@pytest.mark.parametrize("word", ["tauk ah", "mbuh mas", "duka atuh", "bingung aku", "lewati"])
def test_who_cannot_name_the_road_is_shown_every_class(word):
    citizen = counter()
    citizen.says("pajak spanduk 1x4 m 2 lembar 14 hari")
    reply = citizen.says(word, "nlu_fallback")
    assert "Jalan kelas I:" in reply.text and "Jalan kelas III:" in reply.text


def test_a_road_before_the_time_takes_nothing_from_it():
    reply = counter().says("pajak baliho 4x6 di jalan protokol 1 tahun brp")
    assert "365 hari" in reply.text and "4 x 6 m" in reply.text


def test_a_what_if_some_turns_later_still_means_the_last_result():
    citizen = counter()
    citizen.says("hitung pbg rumah 2 lantai 150 m2")
    citizen.says("syarat slf apa", "tanya_syarat")
    assert "Rp1.093.950" in citizen.says("kalau 3 lantai?").text


def test_a_question_with_a_number_is_no_what_if():
    citizen = counter()
    citizen.says("hitung pbg rumah 2 lantai 150 m2")
    reply = citizen.says("syarat pbg untuk gudang 2 lantai apa saja ya", "tanya_syarat")
    assert "Syarat PBG" in reply.text


@pytest.mark.parametrize(
    ("message", "allowed"),
    [
        ("0 m2", "lebih dari 0 sampai 100.000 m²"),
        ("-50 m2", "lebih dari 0 sampai 100.000 m²"),
        ("minus 50 m2", "lebih dari 0 sampai 100.000 m²"),
        ("1.000.000 m2", "lebih dari 0 sampai 100.000 m²"),
        ("sejuta meter persegi", "lebih dari 0 sampai 100.000 m²"),
        ("0x12", "lebih dari 0 sampai 100.000 m²"),
        ("99 lantai", "bilangan bulat 1 sampai 15"),
        ("0 lantai", "bilangan bulat 1 sampai 15"),
        ("2,5 lantai", "bilangan bulat 1 sampai 15"),
        ("asdfgh", "belum saya tangkap"),
        ('/hitung_biaya{"luas": 5}', "belum saya tangkap"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed_and_nothing_is_lost(message, allowed):
    citizen = counter()
    citizen.says("hitung pbg rumah")
    reply = citizen.says(message, "nlu_fallback")
    assert allowed in reply.text and "fungsi hunian" in reply.text
    assert citizen.open
    citizen.says("90 m2")
    assert "Rp445.500" in citizen.says("1 lantai").text


def test_who_does_not_know_the_area_is_offered_an_officer_the_second_time():
    citizen = counter()
    citizen.says("hitung pbg rumah")
    assert "Tidak apa-apa" in citizen.says("gak tau luasnya", "tolak").text
    assert "Hubungi petugas" in titles(citizen.says("ora ngerti", "tolak"))


@pytest.mark.parametrize("word", ["batal", "btal", "B A T A L", "ora sido", "teu jadi", "kada jadi",
                                  "gak jadi deh", "udahan aja", "cancel"])  # fmt: skip
def test_a_calculation_is_dropped_by_any_spelling(word):
    citizen = counter()
    citizen.says("hitung pbg rumah")
    reply = citizen.says(word, "di_luar_topik")
    assert "saya hentikan" in reply.text and not citizen.open
    assert "Hitung lagi" in titles(reply)
    assert citizen.dialogue.calculate.left_state(citizen.turn) == {}


def test_another_question_is_answered_and_the_open_figure_asked_again():
    citizen = counter()
    citizen.says("hitung pbg rumah 90 m2")
    reply = citizen.says("kantor buka jam berapa?", "tanya_kontak_jam_lokasi")
    assert "Kita lanjutkan hitungan" in reply.text and "berapa lantai" in reply.text
    quiet = citizen.says("syarat slf apa saja?", "tanya_syarat")
    assert "Kita lanjutkan" not in quiet.text
    assert "Rp445.500" in citizen.says("1").text


def test_a_question_beside_the_figure_is_answered_too():
    citizen = counter()
    citizen.says("hitung pbg rumah 90 m2")
    reply = citizen.says("1 lantai, syaratnya apa aja?")
    assert "Rp445.500" in reply.text and "Syarat PBG" in reply.text


def test_several_questions_of_one_message_leave_the_open_figure_for_the_end():
    text = "syarat pbg apa, hitung biayanya rumah 90 m2"
    citizen = counter()
    figures = tuple(citizen.chat.parts.names.quantities(text))
    questions = (Question("tanya_syarat", 0.9), Question("hitung_biaya", 0.9, figures))
    reply = citizen.says(text, "tanya_syarat", questions=questions)
    assert "Syarat PBG" in reply.text and reply.text.endswith("berapa lantai?")
    assert "Rp445.500" in citizen.says("1").text


def test_another_fee_takes_over_in_mid_dialogue():
    citizen = counter()
    citizen.says("hitung pbg rumah 120 m2")
    assert "ukuran" in citizen.says("eh hitung pajak spanduk aja").text
    citizen.says("1x4")
    citizen.says("14 hari")
    citizen.says("2")
    # 0.25 x 2,500 x 1.2 x 4 x 2 x 14 = 84,000
    assert "pajaknya Rp84.000" in citizen.says("kelas 2").text


def test_a_road_by_its_owner_has_no_class_and_that_is_said():
    citizen = counter()
    citizen.says("hitung pajak spanduk 1x4 14 hari 2 lembar kelas 2")
    reply = citizen.says("klo di jalan kabupaten?", "tanya_izin_apa")
    assert "daftarnya belum ada datanya" in reply.text and "Rp70.000" in reply.text
    assert "Jalan kelas III" in titles(reply)


def test_two_fees_in_one_message_keep_their_own_figures():
    reply = counter().says(
        "hitung retribusi pbg rumah 90 m2 1 lantai sama pajak spanduk 1x4 14 hari 2 lembar kelas 2"
    )
    assert "Rp445.500" in reply.text and "Rp84.000" in reply.text


def test_parking_is_free_first_and_its_tax_on_request():
    citizen = counter()
    asked = citizen.says("hitung biaya izin parkir")
    assert asked.text.startswith("[b]Rp0") and "berapa rupiah" in asked.text
    assert "paling tinggi Rp500.000" in citizen.says("5 juta", "di_luar_topik").text
    assert "paling tinggi Rp1.000.000" in citizen.says("kalau 10 juta?").text


def test_a_tax_named_with_what_was_paid_needs_no_other_word():
    reply = counter().says("pajak restoran omset 20 juta", "di_luar_topik")
    assert "Izin pariwisata Rp0; perkiraan pajaknya paling tinggi Rp2.000.000" in reply.text


def test_a_basement_and_a_fence_keep_to_their_own_figures():
    reply = counter().says("hitung pbg rumah 3 lantai 300 m2 plus basement 100 m2, pagar 40 meter")
    # K = (300 x 1.12 + 100 x 1.197) / 400 = 1.139; 400 x 27,500 x 0.17 x 1.5695
    assert "Rp2.934.965" in reply.text and "Rp40.000 sampai Rp60.000" in reply.text


def test_a_structure_without_its_amount_is_asked_for():
    citizen = counter()
    asked = citizen.says("hitung pbg rumah 1 lantai 90 m2 sama kolam renang")
    assert "Kolam yang dibangun berapa m³?" in asked.text
    assert "Rp225.000" in citizen.says("30").text


def test_the_land_is_no_floor():
    reply = counter().says("hitung pbg rumah 1 lantai tanah 200 m2 bangunan 90 m2")
    assert "Rp445.500" in reply.text


def test_it_works_in_a_group():
    citizen = counter(group=True)
    citizen.says("hitung pbg rumah 90 m2")
    assert "Rp445.500" in citizen.says("1").text


def test_a_turn_run_again_after_a_crash_gives_the_same_answer():
    citizen = counter()
    citizen.says("hitung pbg rumah 150 m2")
    first = citizen.says("2").text
    again = citizen.dialogue.step(citizen.turn)
    assert join_replies(list(again.replies)).text == first
    assert isinstance(citizen.chat.parts.drafts, FakeDrafts)


def test_nothing_shows_our_insides():
    citizen = counter()
    for message in ("hitung pbg", "rumah", "x", "90 m2", "3", "kalau ruko?", "hitung pajak baliho",
                    "4x6", "3 bulan", "1", "belum tahu"):  # fmt: skip
        shown = citizen.says(message)
        texts = " ".join([shown.text, *titles(shown)])
        assert not {"{", "}", "None", "null", "_"} & set(texts.replace("None", "{").split())
        assert "{" not in texts and "_" not in texts


def test_a_building_for_a_clinic_is_no_question_on_the_clinics_permit():
    reply = counter().says("pbg klinik 300 meter 2 lantai kena berapa?")
    # 300 x 27,500 x 0.3 x (0.3 + 0.4 + 0.545) = 3,081,375; tidak sederhana 0.3 x 1.545
    assert "Rp3.081.375 atau Rp3.823.875" in reply.text and "Izin klinik" not in reply.text


@pytest.mark.parametrize("size", ["kira2 150an meter", "150 m", "150m", "sekitar 150 meter lah"])
def test_metres_of_a_house_are_square_metres(size):
    citizen = counter()
    citizen.says("hitung pbg rumah 2 lantai")
    assert "Rp1.083.431" in citizen.says(size).text


def test_dropping_one_fee_for_another_goes_on_with_the_other():
    citizen = counter()
    citizen.says("hitung retribusi pbg")
    assert "Rp0" in citizen.says("ga jadi pbg, mau tau pajak parkir aja", "batal").text
    assert "paling tinggi Rp2.000.000" in citizen.says("20 juta", "di_luar_topik").text


def test_a_word_that_settles_the_class_changes_the_result():
    citizen = counter()
    citizen.says("hitung pbg gudang 500 m2 satu lantai")
    # 500 x 27,500 x 0.7 x 1.2
    assert "PBG: Rp11.550.000[/b]" in citizen.says("gudangnya sederhana", "nlu_fallback").text


@pytest.mark.parametrize("fence", ["pagar 40 meter", "40 meter pagar", "pager 40 m"])
def test_a_fence_alone_needs_no_building(fence):
    reply = counter().says(f"hitung retribusi pbg {fence}")
    assert "Rp40.000 sampai Rp60.000" in reply.text and "pembanding" in reply.text


@pytest.mark.parametrize("part", ["pagar", "basement"])
def test_a_part_of_unknown_size_can_be_left_out(part):
    citizen = counter()
    citizen.says(f"hitung pbg rumah 1 lantai 90 m2 sama {part}")
    reply = citizen.taps("Tanpa itu saja")
    assert "PBG: Rp445.500[/b]" in reply.text and "Pagar" not in reply.text
