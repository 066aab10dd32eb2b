"""What is said of the office's content before it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from izin import content
from izin.activities import Activity, ActivityAnswer, ActivityQuestion
from izin.canned_replies import CannedReply
from izin.complaints import ComplaintClass
from izin.content import ItemName, StoredItem
from izin.content_checks import CHECKS, complaint_category, complaint_class, unit
from izin.office import Holiday, Office, Place
from izin.permits import AmbiguousTerm, LegacyName
from izin.storage.documents import plain
from izin.storage.seed_files import read_seed
from izin.storage.seed_kinds import KINDS
from izin.units import Unit
from izin.wording import Wording

OURS = (
    content.OFFICE, content.HOLIDAY, content.PLACE, content.UNIT, content.AMBIGUOUS_TERM,
    content.LEGACY_NAME, content.ACTIVITY, content.STATUS_LABEL, content.COMPLAINT_CLASS,
    content.COMPLAINT_CATEGORY,
)  # fmt: skip


class Shipped:
    """Everything as it comes with the product."""

    def __init__(self) -> None:
        seed = read_seed(Path(__file__).parents[2] / "data")
        self.nouns: Mapping[str, Mapping[str, Any]] = {
            kind.name: kind.by_key(kind.offered(seed)) for kind in KINDS
        }
        self.stored: dict[str, list[StoredItem]] = {
            name: [StoredItem(ItemName(name, key), plain(noun), True) for key, noun in all_.items()]
            for name, all_ in self.nouns.items()
        }

    def items(self, kind: str) -> Sequence[StoredItem]:
        return self.stored.get(kind, [])


@cache
def shipped() -> Shipped:
    return Shipped()


def noun(kind: str, key: str) -> Any:
    return shipped().nouns[kind][key]


def said(kind: str, document: Any) -> dict[str, bool]:
    """Give the codes of what is said, and whether each is a mere warning."""
    return {item.code: item.warning for item in CHECKS[kind](document, shipped())}


@pytest.mark.parametrize("kind", OURS)
def test_nothing_that_is_shipped_must_be_mended(kind: str) -> None:
    for key, one in shipped().nouns[kind].items():
        faults = [code for code, warning in said(kind, one).items() if not warning]
        assert faults == [], key


def test_every_problem_has_a_sentence() -> None:
    wording = Wording()
    bad_term = AmbiguousTerm("sumur bor", ("TIDAK_ADA",), "Yang mana")
    for problem in CHECKS[content.AMBIGUOUS_TERM](bad_term, shipped()):
        assert wording.say(f"content.problem.{problem.code}", **(problem.values or {}))


@pytest.mark.parametrize(
    ("term", "codes", "code", "warning"),
    [
        ("baru", ("NIB", "TIDAK_ADA"), "term_code_unknown", False),
        ("baru", ("NIB",), "term_one_code", True),
        ("baru", ("NIB", "NIB"), "term_code_twice", False),
        ("sumur bor", ("NIB", "PBG"), "term_of_other_permit", False),
        ("baru", (), "term_without_codes", True),
    ],
)
def test_a_term_names_several_known_permits_and_nobody_elses(
    term: str, codes: tuple[str, ...], code: str, warning: bool
) -> None:
    assert said(content.AMBIGUOUS_TERM, AmbiguousTerm(term, codes, "Yang mana?"))[code] is warning


def test_an_old_name_leads_to_a_known_permit() -> None:
    assert said(content.LEGACY_NAME, LegacyName("SIUPP", "NIB", "XYZ")) == {
        "legacy_code_unknown": False
    }
    assert said(content.LEGACY_NAME, LegacyName("SIUPP", "dihapus", None)) == {}
    assert "legacy_still_used" in said(content.LEGACY_NAME, LegacyName("PBG", "NIB", "NIB"))


def answer(key: str, label: str = "Ya", **more: Any) -> ActivityAnswer:
    return ActivityAnswer(key, label, **more)


def activity(*questions: ActivityQuestion, **more: Any) -> Activity:
    return Activity("uji", ("sesuatu yang baru",), (("NIB", "usaha"),), questions, **more)


def ask(number: int, **more: Any) -> ActivityQuestion:
    answers = (answer(f"a{number}", "Ya"), answer(f"b{number}", "Tidak"))
    return ActivityQuestion(f"Soal {number}?", answers, **more)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (activity(ask(1), ask(2), ask(3)), "question_never_asked"),
        (activity(ask(1), ask(2, after=("zzz",))), "question_after_unknown"),
        (activity(ask(1), ask(1)), "answer_key_twice"),
        (activity(ask(1, measure="luas")), "question_without_limit"),
        (activity(ActivityQuestion("?", (answer("a"),))), "question_answers"),
        (
            activity(ActivityQuestion("?", (answer("a", "x" * 21), answer("b")))),
            "answer_label_long",
        ),
        (activity(ActivityQuestion("?", (answer("a"), answer("b")))), "answer_word_taken"),
        (Activity("uji", ("Buka  Warung",), (("NIB", "x"),)), "activity_phrase_taken"),
        (Activity("uji", ("baru",), (("NIB_X", "x"),)), "activity_code_unknown"),
        (Activity("uji", ("baru",), ()), "activity_says_nothing"),
    ],
)
def test_an_activity_must_be_askable_and_its_own(wrong: Activity, code: str) -> None:
    assert said(content.ACTIVITY, wrong)[code] is False


def test_a_third_question_on_another_branch_is_no_third() -> None:
    branches = activity(ask(1), ask(2, after=("a1",)), ask(3, after=("b1",)))
    assert said(content.ACTIVITY, branches) == {}


def test_a_holiday_is_known_by_kind_and_not_doubled() -> None:
    assert said(content.HOLIDAY, Holiday(date(2026, 7, 8), "Hari X", "pesta")) == {
        "holiday_kind": False
    }
    assert said(content.HOLIDAY, Holiday(date(2026, 12, 24), "Natal")) == {"holiday_doubled": True}
    weekend = Holiday(date(2026, 7, 11), "Hari jadi", "daerah")
    assert said(content.HOLIDAY, weekend) == {"holiday_on_weekend": True}


def spans(*hours: tuple[int, int]) -> tuple[tuple[time, time], ...]:
    return tuple((time(start), time(end)) for start, end in hours)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"opening_hours": {0: spans((12, 8))}}, "hours_order"),
        ({"opening_hours": {0: spans((8, 12), (11, 15))}}, "hours_overlap"),
        ({"opening_hours": {7: spans((8, 12))}}, "weekday_unknown"),
        ({"opening_hours": {}}, "never_open"),
        ({"timezone": "Asia/Pekalongan"}, "zone_unknown"),
        ({"website": "dpmptsp.example"}, "address_without_https"),
        ({"email": "dua@@example"}, "email_shape"),
    ],
)
def test_an_office_opens_in_order_in_a_known_zone(changes: dict[str, Any], code: str) -> None:
    office = replace(noun(content.OFFICE, "office"), **changes)
    assert said(content.OFFICE, office)[code] is False


def test_periods_of_other_hours_follow_one_another() -> None:
    office: Office = noun(content.OFFICE, "office")
    (ramadan,) = office.details["special_hours"]

    def with_periods(*periods: Any) -> Office:
        return replace(office, details={**office.details, "special_hours": list(periods)})

    later = {**ramadan, "name": "Lain", "first": "2027-03-01", "last": "2027-04-01"}
    assert "periods_overlap" in said(content.OFFICE, with_periods(later, ramadan))
    turned = {**ramadan, "last": "2027-01-01"}
    assert "period_order" in said(content.OFFICE, with_periods(turned))
    assert "periods_unreadable" in said(content.OFFICE, with_periods({"name": "x"}))


def test_the_privacy_notice_stays_and_takes_only_our_figures() -> None:
    office: Office = noun(content.OFFICE, "office")
    broken = {"version": "1", "sections": [{"title": "A", "text": "{apa_ini} hari"}]}
    with_broken = replace(office, details={**office.details, "privacy": broken})
    assert said(content.OFFICE, with_broken)["notice_braces"] is False
    without = replace(office, details={})
    assert said(content.OFFICE, without)["notice_missing"] is False


def test_a_class_beyond_the_law_is_doubtful_and_the_supervised_one_stays_closed() -> None:
    slow = ComplaintClass("TIDAK_BERKADAR", "Biasa", 15)
    assert said(content.COMPLAINT_CLASS, slow) == {"class_days_long": True}
    open_ = ComplaintClass("BERKADAR", "Berkadar", 60)
    assert said(content.COMPLAINT_CLASS, open_) == {"class_must_stay_closed": False}


def test_what_is_needed_is_not_switched_off() -> None:
    assert [one.code for one in complaint_class.still_needed("TIDAK_BERKADAR", shipped())] == [
        "class_in_use"
    ]
    assert complaint_class.still_needed("TIDAK_DIPAKAI", shipped()) == []
    assert complaint_category.still_needed("LAINNYA", shipped())
    assert not complaint_category.still_needed("SARANA", shipped())
    assert unit.still_needed("DPMPTSP", shipped())
    assert not unit.still_needed("DLH", shipped())


def test_a_category_has_a_class_that_is_on() -> None:
    category = replace(noun(content.COMPLAINT_CATEGORY, "BIAYA"), class_code="HILANG")
    assert said(content.COMPLAINT_CATEGORY, category) == {"category_class": False}


def test_units_canned_replies_places_and_labels() -> None:
    assert said(content.UNIT, Unit("dlh", "Dinas"))["unit_code"] is False
    assert said(content.UNIT, Unit("BARU", "Dinas Perhubungan")) == {"unit_name_taken": True}
    assert "unit_two_desks" in said(content.UNIT, Unit("BARU", "Kantor", desk=True))
    reply = CannedReply("1", "Judul", "Umum", "Halo {siapa}")
    assert said(content.CANNED, reply) == {"canned_variable": False}
    assert said(content.CANNED, replace(reply, text="Halo", title=""))["canned_title"] is False
    assert said(content.PLACE, Place("Baru", "pulau")) == {"place_kind": False}
    assert said(content.PLACE, Place("Baru", "desa", ("kec contoh kota",))) == {
        "place_shared": True
    }
    assert said(content.STATUS_LABEL, ("TERBIT", ""))["status_empty"] is False
    assert said(content.STATUS_LABEL, ("TERBANG", "Terbang"))["status_unknown"] is False
