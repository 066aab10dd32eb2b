"""Permit, profession and place names in messages nobody tuned the matcher for."""

from __future__ import annotations

import pytest
from tanya_language import EntityExtractor, Gazetteer, Normaliser

from .conftest import SATURDAY

FIVE_LICENCES = ("SIP_DOKTER", "SIP_PERAWAT", "SIP_BIDAN", "SIP_FARMASI", "SIP_NAKES")


def permits(extractor: EntityExtractor, text: str) -> list[str | None]:
    return [e.value for e in extractor.extract(text, SATURDAY) if e.entity == "izin"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("berapa lama urus pesetujuan bangunan gedung", ["PBG"]),
        ("sertifikat laik fungis untuk ruko", ["SLF"]),
        ("imbnya sudah jadi belum", ["PBG"]),
        ("mau urus PGB rumah", ["PBG"]),
        ("p.b.g. gudang", ["PBG"]),
        ("ijin aptek baru", ["APOTEK"]),
        ("izin reklme di jalan raya", ["REKLAME"]),
        ("surat keterangan penelitan skripsi", ["PENELITIAN"]),
        ("ukl upl pabrik tahu", ["LINGKUNGAN"]),
        ("sipbidan mandiri", ["SIP_BIDAN"]),
        ("perpanjang sip buat perawat", ["SIP_PERAWAT"]),
        ("surat ijin praktek fisioterapi", ["SIP_NAKES"]),
        ("saya apoteker mau bikin sip", ["SIP_FARMASI"]),
        ("sipa buat sumur bor hotel", ["AIR_TANAH"]),
        ("ijine warung makan", ["PARIWISATA"]),
        ("syarat pbg sama slf", ["PBG", "SLF"]),
        ("nib dulu baru pirt?", ["NIB", "PIRT"]),
        ("daftar pbg di simbg caranya", ["PBG"]),
        ("syarat bidan praktek mandiri", ["SIP_BIDAN"]),
        ("vila di pantai izinnya apa saja", ["PARIWISATA"]),
        ("syarat izin ternak lele", ["PERIKANAN"]),
    ],
)
def test_permits_are_found_despite_typing_errors(
    extractor: EntityExtractor, text: str, codes: list[str]
) -> None:
    assert permits(extractor, text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "sip, makasih ya kak",
        "oke sip",
        "di situ rame sekali",
        "harga tiket pesawat ke bali",
        "mohon izin bertanya bapak",
        "ho ho ho lucu banget",
        "siapa nama kepala dinasnya",
        "ikut kb suntik di puskesmas mana",
        "besok ada les renang anak saya",
        "nih fotonya",
        "saya mau perpanjang sim a",
        "parah banget pelayanannya",
        "bikin paspor di mana",
        "listrik padam dari tadi",
        "anak saya sekolah di jakarta",
        "topik berita politik terbaru",
        "dimana siska tinggal",
        "dari mana asal iko uwais",
    ],
)
def test_everyday_words_are_no_permits(extractor: EntityExtractor, text: str) -> None:
    assert permits(extractor, text) == []


@pytest.mark.parametrize("text", ["syarat sip apa saja", "urus surat izin praktik dimana"])
def test_an_ambiguous_name_has_no_value_but_candidates(
    extractor: EntityExtractor, text: str
) -> None:
    (found,) = [e for e in extractor.extract(text, SATURDAY) if e.entity == "izin"]

    assert found.value is None
    assert set(found.candidates) == set(FIVE_LICENCES)


def test_the_longest_name_wins(extractor: EntityExtractor) -> None:
    (found,) = [
        e for e in extractor.extract("syarat siup perikanan", SATURDAY) if e.entity == "izin"
    ]

    assert (found.value, found.raw) == ("PERIKANAN", "siup perikanan")


def test_a_profession_is_named_as_the_data_has_it(extractor: EntityExtractor) -> None:
    found = extractor.extract("saya drg mau buka praktek", SATURDAY)

    assert ("profesi", "dokter gigi") in [(e.entity, e.value) for e in found]


def test_a_new_synonym_works_without_code(normaliser: Normaliser) -> None:
    names = {"permits": [{"code": "AIR_TANAH", "names": ["izin nyedot banyu"]}]}
    extractor = EntityExtractor(normaliser, Gazetteer.from_dict(names))

    assert permits(extractor, "syarate ijin nyedot banyu piye") == ["AIR_TANAH"]


def test_a_gazetteer_survives_its_own_dictionary(gazetteer: Gazetteer) -> None:
    assert Gazetteer.from_dict(gazetteer.to_dict()) == gazetteer


def test_every_name_of_the_catalogue_finds_its_permit(
    extractor: EntityExtractor, gazetteer: Gazetteer
) -> None:
    ambiguous = {term.term for term in gazetteer.ambiguous}
    wrong = []
    for permit in gazetteer.permits:
        for name in permit.names:
            found = [e for e in extractor.extract(f"syarat {name}", SATURDAY) if e.entity == "izin"]
            shared = any(e.raw.lower() in ambiguous for e in found)
            if not shared and not any(permit.code in (e.value, *e.candidates) for e in found):
                wrong.append((permit.code, name, [(e.value, e.raw) for e in found]))

    assert wrong == []


@pytest.mark.parametrize(
    "content",
    [
        {"permits": [{"names": ["pbg"]}]},
        {"permits": "pbg"},
        {"permits": [{"code": "PBG", "names": "pbg"}]},
        {"places": [{"name": " "}]},
    ],
)
def test_a_malformed_gazetteer_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="gazetteer"):
        Gazetteer.from_dict(content)
