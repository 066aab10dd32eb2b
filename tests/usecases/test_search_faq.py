"""Other questions are found by likeness, or by a word that one entry alone knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tanya_language import Lexicon, Normaliser, TextIndex

from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.seed_files import read_seed
from izin.usecases.answer_generally import Nearness
from izin.usecases.search_faq import SearchFaq

DATA = Path(__file__).resolve().parents[2] / "data"


@cache
def faq() -> SearchFaq:
    normaliser = Normaliser(Lexicon.load(DATA / "lexicon"))
    book = MemoryFaqBook(read_seed(DATA).faq)
    return SearchFaq(book, lambda documents: TextIndex(documents, normaliser=normaliser))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("npwp saya daftar di sini bisa?", "luar_npwp"),
        ("pbb kok naik terus min", "luar_pbb"),
        ("timbangan saya di pasar harus diapain", "luar_tera"),
        ("imei ku gimana", "luar_imei"),
        ("kitas suami habis", "luar_visa"),
        ("bpjph itu di mana", "luar_halal"),
        ("skck nang ndi yo", "luar_skck"),
    ],
)
def test_a_word_of_its_own_leads_to_the_agency(text: str, key: str) -> None:
    entry = faq().by_own_words(text, "instansi_lain")
    assert entry is not None and entry.key == key


@pytest.mark.parametrize(
    "text", ["mau tanya dong", "kapan bukanya", "", "berapa lama", "halo min apa kabar"]
)
def test_everyday_words_lead_nowhere(text: str) -> None:
    assert faq().by_own_words(text, "instansi_lain") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("bikin paspor anak biayanya brp", "luar_paspor"),
        ("perpanjang sim c mati", "luar_sim"),
        ("ktp ilang ngurus dimana", "luar_dukcapil"),
        ("pajak motor telat 2 taun", "luar_stnk"),
        ("bpjs saya ga aktif", "luar_bpjs_kesehatan"),
        ("balik nama sertipikat tanah", "luar_sertifikat_tanah"),
        ("listrik padam dari tadi", "luar_listrik_air"),
        ("bansos kok ga cair", "luar_bansos"),
        ("kir pickup abis", "luar_kir"),
        ("akta lahir anak di mane", "luar_dukcapil"),
        ("pupuk subsidi ngurusnya ning ndi", "luar_pertanian"),
        ("tilang etle bayarnya gmn", "luar_tilang"),
        ("sertifikat halal warung", "luar_halal"),
        ("daftar merek dagang", "luar_merek"),
        ("daftar haji antri brp taun", "luar_haji"),
        ("indihome mati terus", "luar_internet"),
        ("perpanjang kitas", "luar_visa"),
        ("surat kehilangan dompet", "luar_kehilangan"),
        ("damkar nomer berapa", "luar_darurat"),
        ("kartu kuning ak1", "luar_kerja"),
    ],
)
def test_twenty_agencies_people_confuse_with_us_are_found(text: str, key: str) -> None:
    near = [hit for hit in faq().search(text) if hit.entry.topic == "instansi_lain"]
    best = [hit.entry.key for hit in near if hit.score >= Nearness().agency][:1]
    told = faq().by_own_words(text, "instansi_lain")
    assert key in (*best, told.key if told else None)
