"""The shipped data: complete, honest about its sources, fictional, and readable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from izin.permits import Permit
from izin.storage.seed_files import Seed, read_seed

DATA = Path(__file__).parents[2] / "data"
FILES = sorted(
    path.relative_to(DATA).as_posix()
    for folder in ("catalog", "office", "faq")
    for path in (DATA / folder).rglob("*.yml")
)
_PERIOD = re.compile(r"\{(chat_days|ticket_years|draft_days|export_hours|respond_hours)\}")
CODES = sorted(path.stem for path in (DATA / "catalog/permits").glob("*.yml"))


@pytest.fixture(scope="module")
def seed() -> Seed:
    return read_seed(DATA)


def _raw(file: str) -> Any:
    return yaml.safe_load((DATA / file).read_text(encoding="utf-8"))


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Give every text below ``value`` with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}.{index}")


def _shown(file: str) -> Iterator[tuple[str, str]]:
    """Give every text of a file that a person may read, without addresses of sources."""
    for path, text in _texts(_raw(file)):
        if not re.search(r"\.(sources?|class_sources|hours_comparison)(\.|$)", path):
            yield path, text


# Complete


def test_the_catalogue_holds_thirty_permits(seed: Seed) -> None:
    assert len(seed.permits) == 30


def test_there_are_enough_questions_activities_and_old_names(seed: Seed) -> None:
    assert len(seed.faq) >= 70
    assert len(seed.activities) >= 60
    assert {"IMB", "SIUP", "TDP", "HO", "TDUP"} <= {name.old for name in seed.legacy_names}


def test_every_question_is_asked_in_several_ways(seed: Seed) -> None:
    few = [entry.key for entry in seed.faq if not 4 <= len(entry.variants) <= 8]
    assert few == []


def test_every_activity_is_told_in_several_ways(seed: Seed) -> None:
    few = [activity.key for activity in seed.activities if len(activity.phrases) < 4]
    assert few == []


def _without_empty(value: Any) -> Any:
    """Leave out what says nothing: null, False and empty lists, as the nouns' defaults do."""
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {}, False)}
    if isinstance(value, list | tuple):
        return [_without_empty(item) for item in value]
    return value


def _as_written(permit: Permit) -> dict[str, Any]:
    """Write a permit back with the keys of its file."""
    written = asdict(permit)
    fee = written.pop("fee")
    requirements: dict[str, list[Any]] = {"new": [], "extension": [], "change": []}
    for item in written.pop("requirements"):
        requirements[item.pop("kind")].append({"no": item.pop("number"), **item})
    return {
        **written.pop("details"),
        **written,
        "compiled": written.pop("checked_on").isoformat(),
        "checked_on": None,
        "applicant": written["applicants"],
        "applicants": None,
        "requirements": requirements,
        "fee": {
            **fee.pop("details"),
            **fee,
            "amount_idr": fee["amount_rupiah"],
            "amount_rupiah": None,
            "calculator_ref": fee["calculator"] and f"fee_tables.{fee['calculator']}",
            "calculator": None,
        },
    }


@pytest.mark.parametrize("code", CODES)
def test_every_fact_of_a_permit_file_survives_under_its_key(seed: Seed, code: str) -> None:
    permit = next(permit for permit in seed.permits if permit.code == code)
    assert _without_empty(_as_written(permit)) == _without_empty(
        _raw(f"catalog/permits/{code}.yml")
    )


def test_the_fee_tables_come_through_untouched(seed: Seed) -> None:
    assert seed.fee_tables == _raw("catalog/fee_tables.yml")["tables"]
    assert {"pbg", "reklame", "pajak_daerah"} == set(seed.fee_tables)


def test_the_worked_examples_of_the_building_fee_follow_its_formula(seed: Seed) -> None:
    table = seed.fee_tables["pbg"]
    for example in table["examples"]:
        given = example["inputs"]
        split = {"hunian": {"sederhana": "hunian_kecil", "tidak_sederhana": "hunian_besar"}}
        row = split.get(given["fungsi"], {}).get(given["klasifikasi"], given["fungsi"])
        weights, grades = table["bobot"], table["Ip"]
        index = table["If"][row] * (
            weights["kompleksitas"] * grades["kompleksitas"][given["klasifikasi"]]
            + weights["permanensi"] * grades["permanensi"]["permanen"]
            + weights["ketinggian"] * table["koefisien_jumlah_lantai"][str(given["lantai"])]
        )  # fmt: skip
        price = table["example_parameters"]["Ilo"] * table["example_parameters"]["SHST"]
        levy = given["luas"] * price * index * table["Ibg"][given["pekerjaan"]]
        assert index == pytest.approx(example["It"]), example["name"]
        assert levy == pytest.approx(example["retribusi_idr"], abs=1), example["name"]


def test_every_complaint_category_can_be_named_by_a_citizen(seed: Seed) -> None:
    assert len(seed.complaint_categories) == 14
    assert all(len(category.phrases) >= 4 for category in seed.complaint_categories)


# Honest


def test_only_the_business_number_is_known_to_disagree_with_its_stages(seed: Seed) -> None:
    # An editor who meets this test has either found a new contradiction or repaired the old.
    assert [(warning.kind, warning.facts["code"]) for warning in seed.warnings] == [
        ("sla_differs_from_stages", "NIB")
    ]


def test_a_question_has_a_source_or_is_marked_inferred(seed: Seed) -> None:
    assert [entry.key for entry in seed.faq if not entry.sources and not entry.inferred] == []


def test_regulations_of_other_regions_are_named_as_comparison(seed: Seed) -> None:
    for permit in seed.permits:
        for rule in permit.legal_basis:
            if re.search(r"\b(Perda|Perbup|Perwal) (Kab\.|Kota|Pekalongan)", rule):
                assert "(daerah pembanding)" in rule, permit.code


def test_no_text_names_a_real_office_as_ours() -> None:
    real = re.compile(r"pekalongan|kajen|kubu raya|badung", re.IGNORECASE)
    comparison = re.compile(
        r"pembanding|contoh|alur |source_regions|authority_comparison|verification|public_worked",
        re.IGNORECASE,
    )
    for file in FILES:
        for path, text in _shown(file):
            if real.search(text):
                assert comparison.search(f"{path} {text}"), f"{file}{path}"


# Fictional


def test_the_office_and_its_places_are_fictional(seed: Seed) -> None:
    assert seed.office.fictional
    assert seed.office.regency == "Kabupaten Contoh"
    assert "Contoh" in (seed.office.address or "")
    assert _raw("office/places.yml")["fictional"] is True


def test_office_numbers_and_addresses_can_belong_to_nobody(seed: Seed) -> None:
    office = seed.office
    for number in (office.phone, office.whatsapp):
        digits = re.sub(r"\D", "", number or "")
        assert re.fullmatch(r"(0200|62800)0+", digits), number
    assert (office.email or "").endswith(".example")
    assert (office.website or "").endswith(".example")
    assert "Contoh" in office.details["mpp"]["address"]


@pytest.mark.parametrize("file", FILES)
def test_no_file_holds_somebodys_phone_or_mail_address(file: str) -> None:
    ours = {"(0200) 000-000", "+62 800-0000-0000", "layanan@dpmptsp.contoh.example"}
    phone = re.compile(r"(\(0\d{2,3}\)|\b0\d{2,3})[ -]?\d{5,}|\+62[ -]?\d{2,}|\b08\d{7,}")
    mail = re.compile(r"[\w.]+@[\w-]+\.[\w.]+")
    for path, text in _texts(_raw(file)):
        if text not in ours and not text.startswith("http"):
            assert not phone.search(text), f"{path}: {text}"
            found = {address.rstrip(".") for address in mail.findall(text)}
            foreign = [address for address in found if not address.endswith(".example")]
            assert not foreign, f"{path}: {text}"


def test_the_regency_has_its_districts_villages_and_spots(seed: Seed) -> None:
    kinds = Counter(place.kind for place in seed.places)
    assert 12 <= kinds["kecamatan"] <= 19
    assert kinds["desa"] >= 4 * kinds["kecamatan"]
    names = {name.casefold() for place in seed.places for name in (place.name, *place.synonyms)}
    assert "alun-alun" in names


# The calendar


def test_three_years_of_holidays_are_loaded(seed: Seed) -> None:
    counted = Counter((holiday.day.year, holiday.kind) for holiday in seed.holidays)
    assert counted == {
        (2025, "libur_nasional"): 17,
        (2025, "cuti_bersama"): 11,
        (2026, "libur_nasional"): 17,
        (2026, "cuti_bersama"): 8,
        (2027, "libur_nasional"): 18,
        (2027, "cuti_bersama"): 8,
    }
    assert _raw("office/holidays.yml")["years"]["2025"]["inferred"] is True


def test_joint_leave_falls_on_weekdays(seed: Seed) -> None:
    leave = [holiday for holiday in seed.holidays if holiday.kind == "cuti_bersama"]
    assert [holiday.day for holiday in leave if holiday.day.weekday() > 4] == []


def test_counters_of_the_mall_name_known_weekdays(seed: Seed) -> None:
    weekdays = {"senin", "selasa", "rabu", "kamis", "jumat"}
    counters = seed.office.details["mpp"]["counters"]
    assert all(set(counter["days"]) <= weekdays for counter in counters)
    assert any(len(counter["days"]) < 5 for counter in counters)


# Readable


@pytest.mark.parametrize("file", FILES)
def test_every_text_is_made_for_people(file: str) -> None:
    unfit = re.compile(
        r"[{}<>]|\b(None|null|TODO|FIXME|lorem|chatbot|bot)\b|\s{2,}|\s[,.;?]|\bkamu\b"
    )
    for path, text in _shown(file):
        # The periods of the privacy notice come from the code that keeps them.
        filled = _PERIOD.sub("1", text) if file == "office/privacy.yml" else text
        assert not unfit.search(filled), f"{path}: {text}"


def test_answers_are_short_and_speak_politely(seed: Seed) -> None:
    for entry in seed.faq:
        assert 60 <= len(entry.answer) <= 700, entry.key
        assert entry.answer.endswith((".", "?", "ya.", "!")), entry.key
        assert entry.question.endswith("?"), entry.key
        assert not re.search(r"\b(kamu|lu|gue|anda)\b", entry.answer), entry.key


def test_no_answer_asks_for_secrets_or_quotes_dissolved_channels(seed: Seed) -> None:
    dissolved = _raw("catalog/complaints.yml")["obsolete_do_not_quote"]
    secret = re.compile(r"\b(kirim|kirimkan|sebutkan|tulis|ketik) (kode|OTP|kata sandi|NIK|PIN)")
    forbidding = re.compile(r"(jangan|tidak perlu)\b[^.]*$", re.IGNORECASE)
    for entry in seed.faq:
        for asked in secret.finditer(entry.answer):
            assert forbidding.search(entry.answer[: asked.start()]), entry.key
        assert not any(channel in entry.answer for channel in dissolved), entry.key
