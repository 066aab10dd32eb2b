from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from izin.content import PERMIT, Problem
from izin.content_checks.permit import check
from izin.permit_facts import inferred_facts, is_old
from izin.permits import Fee, Permit, Requirement, Stage, Variant
from izin.wording import Wording
from tests.content_checks.office_content import OfficeContent, nouns

EVERYTHING = OfficeContent()
WORDING = Wording()


def permit(code: str = "PBG", **changes: object) -> Permit:
    """Give a permit of the office with some parts changed."""
    return replace(nouns(PERMIT)[code], **changes)


def found(changed: Permit) -> list[Problem]:
    """Give what is wrong with it that was not wrong before; every problem can be said."""
    before = check(nouns(PERMIT)[changed.code], EVERYTHING)
    problems = check(changed, EVERYTHING)
    for problem in problems:
        assert WORDING.say(f"content.problem.{problem.code}", **(problem.values or {}))
    return [problem for problem in problems if problem not in before]


def one(changed: Permit) -> tuple[str, str, bool]:
    """Give the only problem as (code, field, warning)."""
    (problem,) = found(changed)
    return problem.code, problem.field, problem.warning


@pytest.mark.parametrize("code", list(nouns(PERMIT)))
def test_every_permit_of_the_office_may_be_published(code: str) -> None:
    assert [one for one in check(nouns(PERMIT)[code], EVERYTHING) if not one.warning] == []


@pytest.mark.parametrize(
    ("name", "problem", "warning"),
    [
        ("Sertifikat Laik Fungsi", "permit_synonym_owned", False),
        ("izin praktik dokter", "permit_synonym_owned", False),
        ("SIP", "permit_synonym_ambiguous", False),
        ("Izin Gangguan", "permit_synonym_legacy", False),
        ("SITU", "permit_synonym_legacy", False),
        ("pb", "permit_synonym_short", True),
        ("surat izin", "permit_synonym_everyday", True),
        ("!!!", "permit_synonym_empty", False),
        ("izin bangun rumah", "permit_synonym_twice", True),
    ],
)
def test_a_name_that_is_not_its_own_or_no_name_is_told(name, problem, warning) -> None:
    names = (*nouns(PERMIT)["PBG"].synonyms, name)
    assert one(permit(synonyms=names)) == (problem, f"synonyms.{len(names) - 1}", warning)


def test_an_owned_name_is_told_with_its_owner() -> None:
    names = (*nouns(PERMIT)["PBG"].synonyms, "izin praktik dokter")
    (problem,) = found(permit(synonyms=names))
    assert problem.values is not None
    assert problem.values["owner"] == nouns(PERMIT)["SIP_DOKTER"].short_name


def test_a_clash_that_is_in_force_holds_up_no_other_edit() -> None:
    problems = check(permit("AIR_TANAH"), EVERYTHING)
    assert [(one.code, one.warning) for one in problems] == [
        ("permit_synonym_ambiguous", True), ("permit_synonym_ambiguous", True),
    ]  # fmt: skip


def test_an_old_name_of_its_own_is_no_clash() -> None:
    assert found(permit(synonyms=(*nouns(PERMIT)["PBG"].synonyms, "IMB"))) == [
        problem for problem in found(permit(synonyms=(*nouns(PERMIT)["PBG"].synonyms, "IMB")))
        if problem.code == "permit_synonym_twice"
    ]  # fmt: skip


def test_requirements_run_from_one_in_each_list() -> None:
    needs = (Requirement("new", 1, "KTP"), Requirement("new", 3, " "),
             Requirement("change", 1, "Gambar"))  # fmt: skip
    problems = [(item.code, item.field) for item in found(permit(requirements=needs))]
    assert problems == [("permit_missing", "requirements.1.text"),
                        ("permit_number", "requirements.1.number")]  # fmt: skip


def test_stages_name_known_units_and_cases_and_possible_days() -> None:
    stages = (Stage(1, "Periksa", "Dinas PU", 28), Stage(2, "Sidang", "Dinas Antah", -1),
              Stage(3, "Terbit", "Dinas PU", 0, only_for="tidak_ada"))  # fmt: skip
    problems = [(item.code, item.field, item.warning) for item in found(permit(stages=stages))]
    assert problems == [
        ("permit_unit_unknown", "stages.1.unit", True),
        ("permit_days", "stages.1.working_days", False),
        ("permit_variant_unknown", "stages.2.only_for", False),
        ("permit_days_differ", "sla_working_days", True),
    ]


def test_cases_have_codes_of_their_own() -> None:
    variants = (Variant("Kecil Sekali", "rumah"), Variant("b", "ruko"), Variant("b", ""))
    problems = [(item.code, item.field) for item in found(permit("KSP", variants=variants))]
    assert problems == [
        ("permit_variant_id", "variants.0.id"), ("permit_variant_twice", "variants.2.id"),
        ("permit_missing", "variants.2.when"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fee", "problem"),
    [
        (Fee("free", 5000), ("permit_free_amount", "fee.amount_rupiah", False)),
        (Fee("free"), ("permit_free_says_zero", "fee.amount_rupiah", False)),
        (Fee("pnbp", 0), ("permit_paid_zero", "fee.amount_rupiah", False)),
        (Fee("tax", -1), ("permit_amount_negative", "fee.amount_rupiah", False)),
        (Fee("formula"), ("permit_fee_unknown", "fee.formula", True)),
        (Fee("formula", calculator="imb"), ("permit_table_unknown", "fee.calculator", False)),
    ],
)
def test_a_fee_says_what_it_is(fee: Fee, problem: tuple[str, str, bool]) -> None:
    assert one(permit(fee=fee)) == problem


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sources": (), "legal_basis": ()}, ("permit_no_source", "sources", True)),
        ({"sources": ("ftp://x.id",)}, ("permit_source", "sources.0", False)),
        ({"sources": ("http://x.go.id",)}, ("permit_source_http", "sources.0", True)),
        ({"redirect": "Lihat SIP_HEWAN"}, ("permit_redirect_unknown", "redirect", False)),
        ({"sla_working_days": 4}, ("permit_days_differ", "sla_working_days", True)),
        ({"official_name": " "}, ("permit_missing", "official_name", False)),
        ({"apply_at": {"primary": "OSS"}}, ("permit_missing", "apply_at.assisted", False)),
        ({"requirements": ()}, ("permit_no_requirements", "requirements", True)),
        ({"confidence": "sure"}, ("permit_choice", "confidence", False)),
    ],
)
def test_parts_are_there_and_true(changes, problem) -> None:
    assert one(permit("SLF", **changes)) == problem


def test_titles_addresses_and_known_codes_pass() -> None:
    sources = ("Perda Kota Contoh 1/2024", "https://oss.go.id/panduan (bagian 2)")
    assert found(permit("SLF", sources=sources, redirect="Lihat SIP_DOKTER di OSS")) == []


def test_facts_without_source_are_counted_and_old_ones_known() -> None:
    known = permit("PBG")
    assert inferred_facts(known) >= sum(stage.inferred for stage in known.stages)
    assert is_old(known, known.checked_on + timedelta(days=181), 180)
    assert not is_old(known, known.checked_on + timedelta(days=180), 180)
