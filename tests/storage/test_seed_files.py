"""Reading the data files: what is refused, what is doubted, and what the nouns hold."""

from __future__ import annotations

import shutil
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from izin.errors import InvalidInput
from izin.office import Calendar, OfficeHours
from izin.permits import Permit, Requirement
from izin.storage.seed_files import Seed, SeedWarning, read_seed

DATA = Path(__file__).parents[2] / "data"
PBG = "catalog/permits/PBG.yml"


@pytest.fixture(scope="module")
def seed() -> Seed:
    return read_seed(DATA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("catalog", "office", "faq"):
        shutil.copytree(DATA / part, tmp_path / part)
    return tmp_path


def _edit(folder: Path, file: str, **changes: Any) -> None:
    """Set or (with Ellipsis) remove top-level keys of a file."""
    content = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
    for key, value in changes.items():
        if value is ...:
            del content[key]
        else:
            content[key] = value
    (folder / file).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _content(folder: Path, file: str) -> Any:
    return yaml.safe_load((folder / file).read_text(encoding="utf-8"))


def _problems(folder: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_seed(folder)
    return str(caught.value)


def _warnings(folder: Path, kind: str) -> list[SeedWarning]:
    return [warning for warning in read_seed(folder).warnings if warning.kind == kind]


# What a file may not be


def test_an_unknown_key_is_refused_by_file_and_key(folder: Path) -> None:
    _edit(folder, PBG, biaya="gratis")
    assert f"{PBG}: biaya: Extra inputs are not permitted" in _problems(folder)


def test_a_missing_key_is_refused_by_file_and_key(folder: Path) -> None:
    _edit(folder, PBG, validity=...)
    assert f"{PBG}: validity: Field required" in _problems(folder)


def test_a_value_of_another_type_is_refused_by_its_path(folder: Path) -> None:
    stages = _content(folder, PBG)["stages"]
    stages[2]["working_days"] = "dua puluh"
    _edit(folder, PBG, stages=stages)
    assert f"{PBG}: stages.2.working_days: Input should be a valid integer" in _problems(folder)


def test_an_empty_sentence_is_refused(folder: Path) -> None:
    _edit(folder, PBG, official_name="   ")
    assert f"{PBG}: official_name:" in _problems(folder)


def test_a_key_written_twice_is_refused_instead_of_the_first_being_lost(folder: Path) -> None:
    path = folder / PBG
    path.write_text(path.read_text(encoding="utf-8") + "validity: selamanya\n", encoding="utf-8")
    message = _problems(folder)
    assert PBG in message
    assert "'validity' is written twice" in message


def test_broken_yaml_is_refused_with_the_place(folder: Path) -> None:
    (folder / PBG).write_text("code: [PBG\n", encoding="utf-8")
    assert f"{PBG}: is not valid YAML" in _problems(folder)


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / PBG).write_bytes("code: sértifikat\n".encode("latin-1"))
    assert f"{PBG}: is not UTF-8 text" in _problems(folder)


def test_a_missing_file_is_refused_by_name(folder: Path) -> None:
    (folder / "office/office.yml").unlink()
    assert "office/office.yml: file is missing" in _problems(folder)


def test_a_folder_without_questions_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "faq")
    assert "faq: holds no .yml file" in _problems(folder)


def test_all_problems_of_all_files_come_at_once(folder: Path) -> None:
    _edit(folder, PBG, validity=...)
    _edit(folder, "catalog/permits/SLF.yml", product=...)
    message = _problems(folder)
    assert "PBG.yml: validity" in message
    assert "SLF.yml: product" in message


def test_the_error_names_the_first_file_as_its_field(folder: Path) -> None:
    _edit(folder, PBG, validity=...)
    with pytest.raises(InvalidInput) as caught:
        read_seed(folder)
    assert caught.value.field == PBG


# What contradicts itself


def test_a_permit_file_is_named_after_its_code(folder: Path) -> None:
    (folder / PBG).rename(folder / "catalog/permits/IMB.yml")
    assert "catalog/permits/IMB.yml: code: is PBG" in _problems(folder)


def test_every_permit_stands_once_in_the_order(folder: Path) -> None:
    order = _content(folder, "catalog/meta.yml")["order"]
    _edit(folder, "catalog/meta.yml", order=[*order[1:], "PARKIRR"])
    message = _problems(folder)
    assert "catalog/meta.yml: order" in message
    assert "PARKIRR" in message
    assert "PBG" in message


@pytest.mark.parametrize(
    ("file", "key", "item"),
    [
        ("catalog/ambiguous_terms.yml", "terms", {"term": "x", "codes": ["ASAL"], "ask": "Apa?"}),
        ("catalog/legacy_names.yml", "names", {"old": "X", "now": "Y", "code": "ASAL"}),
        (
            "catalog/activities.yml",
            "activities",
            {"key": "contoh", "phrases": ["x"], "permits": [{"code": "ASAL", "why": "x"}]},
        ),
        (
            "faq/akun_oss.yml",
            "entries",
            {"key": "contoh", "question": "x?", "variants": [], "answer": "x", "permits": ["ASAL"]},
        ),
    ],
)
def test_a_code_that_the_catalogue_does_not_hold_is_refused(
    folder: Path, file: str, key: str, item: dict[str, Any]
) -> None:
    _edit(folder, file, **{key: [*_content(folder, file)[key], item]})
    message = _problems(folder)
    assert file in message
    assert "no permit ASAL" in message


def test_a_complaint_category_needs_a_known_class(folder: Path) -> None:
    categories = _content(folder, "catalog/complaints.yml")["categories"]
    categories[0]["class"] = "GAWAT"
    _edit(folder, "catalog/complaints.yml", categories=categories)
    assert "there is no class GAWAT" in _problems(folder)


def test_a_question_key_is_written_once_in_all_files(folder: Path) -> None:
    entry = _content(folder, "faq/akun_oss.yml")["entries"][0]
    others = _content(folder, "faq/nib_kbli.yml")["entries"]
    _edit(folder, "faq/nib_kbli.yml", entries=[*others, entry])
    assert f"faq: {entry['key']}: is written twice" in _problems(folder)


def test_requirements_are_numbered_without_a_gap(folder: Path) -> None:
    requirements = _content(folder, PBG)["requirements"]
    requirements["new"][3]["no"] = 9
    _edit(folder, PBG, requirements=requirements)
    assert f"{PBG}: requirements.new: numbers must run" in _problems(folder)


def test_a_free_permit_says_zero(folder: Path) -> None:
    file = "catalog/permits/SLF.yml"
    _edit(folder, file, fee={"type": "free", "note": "gratis"})
    assert f"{file}: fee.amount_idr" in _problems(folder)


def test_a_calculator_needs_its_table(folder: Path) -> None:
    fee = {**_content(folder, PBG)["fee"], "calculator_ref": "fee_tables.hilang"}
    _edit(folder, PBG, fee=fee)
    assert f"{PBG}: fee.calculator_ref: fee_tables.yml has no such table" in _problems(folder)


def test_a_stage_for_one_variant_needs_that_variant(folder: Path) -> None:
    stages = _content(folder, PBG)["stages"]
    stages[0]["only_for"] = "ISTANA"
    _edit(folder, PBG, stages=stages)
    assert f"{PBG}: stages.1.only_for: no variant is called ISTANA" in _problems(folder)


def test_the_status_file_agrees_with_the_clock_of_the_product(folder: Path) -> None:
    statuses = _content(folder, "catalog/statuses.yml")["statuses"]
    waiting = next(item for item in statuses if item["code"] == "MENUNGGU_PEMBAYARAN")
    waiting["sla_clock"] = True
    _edit(folder, "catalog/statuses.yml", statuses=statuses)
    assert "MENUNGGU_PEMBAYARAN: sla_clock" in _problems(folder)


def test_a_holiday_lies_in_its_year_and_is_listed_once(folder: Path) -> None:
    years = _content(folder, "office/holidays.yml")["years"]
    years["2026"]["libur_nasional"].append({"date": date(2027, 1, 1), "name": "x"})
    _edit(folder, "office/holidays.yml", years=years)
    assert "2027-01-01 does not lie in 2026" in _problems(folder)


@pytest.mark.parametrize("span", ["15:00-08:00", "8-15", "08:00-25:00"])
def test_an_impossible_opening_span_is_refused(folder: Path, span: str) -> None:
    _edit(folder, "office/office.yml", opening_hours={"senin": [span]})
    assert "office/office.yml: opening_hours.senin.0" in _problems(folder)


def test_periods_of_other_hours_have_an_end_and_do_not_overlap(folder: Path) -> None:
    [ramadan] = _content(folder, "office/office.yml")["special_hours"]
    backwards = {**ramadan, "last": date(2027, 1, 1)}
    _edit(folder, "office/office.yml", special_hours=[backwards])
    assert "ends before it begins" in _problems(folder)
    _edit(folder, "office/office.yml", special_hours=[ramadan, {**ramadan, "name": "Lain"}])
    assert "begins before" in _problems(folder)


def test_the_hours_of_ramadan_reach_the_office(seed: Seed) -> None:
    [ramadan] = OfficeHours(seed.office, Calendar(seed.holidays)).periods
    assert (ramadan.first, ramadan.last) == (date(2027, 2, 8), date(2027, 3, 9))
    assert ramadan.opening_hours[0] == ((time(8), time(12)), (time(12, 30), time(14)))
    assert ramadan.inferred


def test_an_unknown_time_zone_is_refused(folder: Path) -> None:
    _edit(folder, "office/office.yml", timezone="Asia/Contoh")
    assert "office/office.yml: timezone" in _problems(folder)


# What is merely doubtful


def test_a_standard_that_is_not_the_sum_of_stages_is_reported_and_kept(folder: Path) -> None:
    _edit(folder, PBG, sla_working_days=30)
    seed = read_seed(folder)
    assert _permit(seed, "PBG").sla_working_days == 30
    assert SeedWarning(
        "sla_differs_from_stages", PBG, {"code": "PBG", "standard": 30, "stages": 28}
    ) in list(seed.warnings)


def test_a_synonym_of_two_permits_is_reported_whatever_its_spelling(folder: Path) -> None:
    synonyms = _content(folder, PBG)["synonyms"]
    _edit(folder, PBG, synonyms=[*synonyms, "Ijin Reklame"])
    assert [warning.facts for warning in _warnings(folder, "shared_synonym")] == [
        {"synonym": "izin reklame", "codes": ["PBG", "REKLAME"]}
    ]


def test_a_synonym_that_is_an_ambiguous_term_is_not_reported(seed: Seed) -> None:
    assert "sipa" in _permit(seed, "AIR_TANAH").synonyms
    assert "sipa" in _permit(seed, "SIP_FARMASI").synonyms
    assert not [warning for warning in seed.warnings if warning.kind == "shared_synonym"]


def test_a_permit_without_source_that_is_not_marked_is_reported(folder: Path) -> None:
    _edit(folder, PBG, sources=[])
    assert [warning.file for warning in _warnings(folder, "no_source")] == [PBG]


def test_a_phrase_of_two_activities_is_reported(folder: Path) -> None:
    file = "catalog/activities.yml"
    activities = _content(folder, file)["activities"]
    activities[1]["phrases"].append(activities[0]["phrases"][0])
    _edit(folder, file, activities=activities)
    (warning,) = _warnings(folder, "shared_phrase")
    assert warning.facts["keys"] == sorted([activities[0]["key"], activities[1]["key"]])


def test_a_year_without_holidays_is_reported(folder: Path) -> None:
    years = _content(folder, "office/holidays.yml")["years"]
    del years["2027"]
    _edit(folder, "office/holidays.yml", years=years)
    (warning,) = _warnings(folder, "holidays_not_loaded")
    assert warning.facts == {"year": 2027}


def test_a_warning_reads_as_one_line(seed: Seed) -> None:
    warning = SeedWarning("no_source", PBG, {"code": "PBG"})
    assert str(warning) == "catalog/permits/PBG.yml: no_source: code=PBG"


# What the nouns hold


def test_permits_come_in_the_order_of_the_catalogue(seed: Seed) -> None:
    order = _content(DATA, "catalog/meta.yml")["order"]
    assert [permit.code for permit in seed.permits] == order


def test_a_requirement_keeps_its_kind_number_and_mark(seed: Seed) -> None:
    assert _permit(seed, "PBG").requirements_for("change")[2] == Requirement(
        "change", 3, "Surat pernyataan dan alasan perubahan", inferred=True
    )


def test_a_fee_keeps_its_calculator_and_rare_facts(seed: Seed) -> None:
    fee = _permit(seed, "PBG").fee
    assert (fee.type, fee.calculator, fee.amount_rupiah) == ("formula", "pbg", None)
    assert len(fee.details["exemptions"]) == 3
    assert "pbg" in seed.fee_tables


def test_a_free_permit_costs_zero_rupiah(seed: Seed) -> None:
    assert _permit(seed, "SLF").fee.amount_rupiah == 0


def test_facts_were_last_checked_when_the_file_was_compiled(seed: Seed) -> None:
    assert _permit(seed, "NIB").checked_on == date(2026, 11, 21)
    assert all(entry.checked_on == date(2026, 11, 21) for entry in seed.faq)


def test_an_abolished_name_has_no_code(seed: Seed) -> None:
    codes = {name.old: name.code for name in seed.legacy_names}
    assert codes["HO"] is None
    assert codes["IMB"] == "PBG"


def test_the_office_opens_by_weekday(seed: Seed) -> None:
    hours = seed.office.opening_hours
    assert hours[0] == ((time(8), time(12)), (time(13), time(15)))
    assert hours[4] == ((time(8), time(11)),)
    assert sorted(hours) == [0, 1, 2, 3, 4]


def test_complaint_categories_keep_what_officers_need(seed: Seed) -> None:
    bribery = next(item for item in seed.complaint_categories if item.code == "PUNGLI")
    assert bribery.confidential
    assert seed.complaint_classes[bribery.class_code].always_confidential
    assert seed.complaint_classes[bribery.class_code].human_only
    refusal = next(item for item in seed.complaint_categories if item.code == "PENOLAKAN")
    assert "UU 30/2014" in refusal.details["note"]


def _permit(seed: Seed, code: str) -> Permit:
    return next(permit for permit in seed.permits if permit.code == code)
