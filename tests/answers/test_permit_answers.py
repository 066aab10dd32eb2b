from __future__ import annotations

from datetime import date

from izin.answers.duration import duration
from izin.answers.fees import fee
from izin.answers.legal_basis import legal_basis
from izin.answers.overview import overview
from izin.answers.procedure import procedure
from izin.answers.requirements import requirements
from izin.answers.sources import origins, provenance
from izin.answers.suggestions import next_questions
from izin.answers.validity import extension, validity
from izin.office import Calendar, Holiday
from izin.pace import UsualTime
from izin.permits import Fee, Requirement, Stage, Variant
from tests.usecases.house import PBG_TABLE, REKLAME_TABLE, office, permit, permits, wording

TABLES = {"pbg": PBG_TABLE, "reklame": REKLAME_TABLE}
TODAY = date(2026, 11, 23)
CALENDAR = Calendar((Holiday(date(2026, 11, 25), "Hari Guru"), Holiday(date(2027, 1, 1), "T")))


def slf(**changes):
    return permit("SLF", "SLF", "Sertifikat Laik Fungsi", **changes)


def test_free_says_rp0_first():
    assert fee(slf(), TABLES, wording()).text.startswith("[b]Rp0")


def test_free_without_a_source_is_marked():
    section = fee(slf(fee=Fee("free", 0, inferred=True)), TABLES, wording())
    assert section.text.split("\n")[0].endswith("(contoh, belum dipastikan)")


def test_a_formula_is_explained_in_words_with_examples_marked_as_estimates():
    pbg = permits()[0]
    text = fee(pbg, TABLES, wording()).text
    assert "makin luas" in text
    assert "Rumah 1 lantai 90 m2: perkiraan Rp445.500" in text
    assert "belum dipastikan" in text
    assert "Rumah MBR: Rp0" in text
    assert "kode bayar pada SKRD" in text


def test_a_tax_says_the_permit_itself_is_free_and_which_rate_the_example_uses():
    reklame = permits()[-1]
    text = fee(reklame, TABLES, wording()).text
    assert text.startswith("[b]Rp0 untuk izinnya")
    assert "25 persen" in text and "SKPD" in text


def test_a_state_charge_gives_no_figure():
    section = fee(slf(fee=Fee("pnbp", None, formula="dihitung sistem")), TABLES, wording())
    assert section.unknown and "Rp" not in section.text.replace("Rp0", "")
    assert "SPS" in section.text


def test_a_case_with_its_own_cost_is_listed():
    case = Variant("KKKPR", "Sudah ada RDTR", 1, fee="Rp0")
    charged = slf(fee=Fee("pnbp", None), variants=(case,))
    assert "Sudah ada RDTR: Rp0" in fee(charged, TABLES, wording()).text


def test_the_expected_date_skips_weekends_and_holidays():
    text = duration(slf(sla_working_days=3), CALENDAR, TODAY, wording()).text
    assert "3 hari kerja" in text and "Jumat, 27 November 2026" in text


LATELY = UsualTime(9, 12, 24, date(2025, 12, 3), date(2026, 11, 18))


def test_what_is_usual_lately_stands_beside_the_standard_with_its_source():
    text = duration(slf(sla_working_days=14), CALENDAR, TODAY, wording(), LATELY).text
    assert "14 hari kerja" in text
    assert "biasanya [b]9 hari kerja[/b]; 8 dari 10 permohonan selesai dalam 12" in text
    assert "24 permohonan yang diputus 3 Desember 2025 sampai 18 November 2026" in text


def test_without_enough_cases_nothing_is_called_usual():
    assert "biasanya" not in duration(slf(), CALENDAR, TODAY, wording()).text


def test_a_permit_without_a_standard_still_tells_what_is_usual():
    section = duration(slf(sla_working_days=0), CALENDAR, TODAY, wording(), LATELY)
    assert section.unknown and "biasanya [b]9 hari kerja" in section.text


def test_cases_have_their_own_days_and_dates():
    cases = (Variant("A", "Rumah kecil", 5), Variant("B", "Otomatis", 0), Variant("C", "Lain"))
    text = duration(slf(variants=cases), CALENDAR, TODAY, wording()).text
    assert "Rumah kecil: 5 hari kerja, paling lambat Selasa, 1 Desember 2026" in text
    assert "Otomatis: langsung dari sistem" in text
    assert "Lain: lamanya belum ada datanya" in text


def test_a_case_without_a_condition_is_named_readably():
    text = duration(slf(variants=(Variant("RISIKO_TINGGI", "", 7),)), CALENDAR, TODAY, wording())
    assert "Risiko tinggi: 7 hari kerja" in text.text


def test_inferred_days_are_marked():
    text = duration(slf(sla_inferred=True), CALENDAR, TODAY, wording()).text
    assert "28 hari kerja (contoh, belum dipastikan)" in text


def test_stages_name_unit_and_days():
    text = procedure(slf(), wording()).text
    assert "1. Pendaftaran — Pemohon\n" in text
    assert "2. Pemeriksaan — Dinas PU, 3 hari kerja" in text


def test_mostly_inferred_stages_are_marked_once_and_few_each():
    mostly = (Stage(1, "A", "X", 1, True), Stage(2, "B", "X", 1, True), Stage(3, "C", "X"))
    text = procedure(slf(stages=mostly), wording()).text
    assert text.count("belum dipastikan") == 1
    few = (Stage(1, "A", "X", 1, True), Stage(2, "B", "X", 1), Stage(3, "C", "X"))
    assert (
        "A — X, 1 hari kerja (contoh, belum dipastikan)"
        in procedure(slf(stages=few), wording()).text
    )


def test_a_requirement_for_some_applicants_only_says_whose():
    item = Requirement("new", 1, "Akta", applicant="badan usaha", note="asli")
    text = requirements(slf(requirements=(item,)), "new", wording()).text
    assert "1. Akta (untuk badan usaha) (asli)" in text


def test_extension_tells_the_validity_even_when_its_requirements_are_unknown():
    section = extension(slf(requirements=()), wording())
    assert section.unknown
    assert "belum ada datanya" in section.text and "5 tahun" in section.text


def test_inferred_validity_is_marked():
    assert "contoh" in validity(slf(validity_inferred=True), wording()).text


def test_no_legal_basis_is_unknown():
    assert legal_basis(slf(legal_basis=()), office(), wording()).unknown


def test_the_overview_marks_what_is_inferred():
    text = overview(slf(sla_inferred=True), wording()).text
    assert "28 hari kerja (contoh, belum dipastikan)" in text


def test_pages_of_other_regions_are_told_from_own_and_national_ones():
    found = origins(
        (
            "https://dpmptsp.rembangkab.go.id/x",
            "https://sippn.menpan.go.id/pelayanan-publik/1/pemerintah-kota-kendari/y",
            "artikel DPMPTSP Kabupaten Bekasi 2025",
            "https://simbg.pu.go.id/",
            "https://github.com/mblonyox/data-peraturan (pp/2021/16.md)",
            "https://dpmptsp.contoh.example/sp",
        ),
        office(website="https://dpmptsp.contoh.example"),
    )
    assert found.own == (
        "simbg.pu.go.id", "github.com/mblonyox/data-peraturan", "dpmptsp.contoh.example",
    )  # fmt: skip
    assert len(found.comparisons) == 3


def test_without_any_source_it_is_called_an_unconfirmed_example():
    bare = slf(sources=(), legal_basis=(), details={})
    assert "belum dipastikan" in provenance(bare, office(), wording())


def test_an_editors_confirmation_is_named():
    assert "oleh Kepala Bidang" in provenance(
        slf(confirmed_by="Kepala Bidang"), office(), wording()
    )


def test_three_to_five_next_questions_without_the_one_just_asked():
    choices = next_questions([slf()], {"tanya_biaya"}, wording())
    assert 3 <= len(choices) <= 5
    assert "tanya_biaya" not in [choice.intent for choice in choices]


def test_a_calculation_is_offered_after_the_fee_where_there_is_one():
    pbg = permits()[0]
    assert next_questions([pbg], {"tanya_biaya"}, wording())[0].intent == "hitung_biaya"
