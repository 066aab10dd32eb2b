"""First help before a complaint is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from izin.errors import RegistryUnavailable
from izin.replies import Reply
from izin.storage.memory.registry import MemoryRegistry
from izin.usecases.complaint_help import FirstHelp
from tests.usecases.long_dialogues import (
    NOW,
    NUMBER,
    PHONE,
    WORDING,
    application,
    catalogue,
    office_book,
    readable,
    turn,
)

CATEGORIES = {item.code: item for item in catalogue().complaint_categories()}


class Down(MemoryRegistry):
    """A registry that cannot be reached."""

    def find(self, number: str):  # type: ignore[no-untyped-def]
        raise RegistryUnavailable("down")


def first_help(code: str, registry: MemoryRegistry | None = None, phone: str = "", **state: str
               ) -> Reply | None:  # fmt: skip
    helper = FirstHelp(catalogue(), office_book(), WORDING, registry)
    here = turn(phone=phone) if phone else turn()
    found = helper.reply(here, dict(state), CATEGORIES[code])
    assert found is None or readable(found)
    return found


def test_a_delay_shows_stage_and_days_to_the_applicants_own_phone() -> None:
    found = first_help("KETERLAMBATAN", MemoryRegistry([application()]), PHONE, number=NUMBER)
    assert found is not None
    for part in ("Kajian teknis", "Dinas PUPR", "dari 28 hari kerja"):
        assert part in found.text


def test_an_overdue_file_is_admitted() -> None:
    entered = NOW - timedelta(days=90)
    late = application()
    late = replace(late, history=(replace(late.history[0], entered_at=entered),))
    found = first_help("KETERLAMBATAN", MemoryRegistry([late]), PHONE, number=NUMBER)
    assert found is not None
    assert "Sudah lewat" in found.text


@pytest.mark.parametrize("phone", ["", "+6281111111111"])
def test_nobody_else_is_shown_the_file(phone: str) -> None:
    found = first_help("KETERLAMBATAN", MemoryRegistry([application()]), phone, number=NUMBER)
    assert found is not None
    assert "Kajian teknis" not in found.text
    assert [(item.intent, dict(item.entities)) for item in found.choices] == [
        ("cek_status", {"nomor_permohonan": NUMBER})
    ]


def test_a_registry_that_is_down_hinders_no_complaint() -> None:
    found = first_help("KETERLAMBATAN", Down([]), PHONE, number=NUMBER)
    assert found is not None
    assert found.text == CATEGORIES["KETERLAMBATAN"].first_help


@pytest.mark.parametrize(
    ("code", "intent"), [("PERSYARATAN", "tanya_syarat"), ("BIAYA", "tanya_biaya")]
)
def test_the_official_list_and_the_formula_are_one_tap_away(code: str, intent: str) -> None:
    found = first_help(code, permit="PBG")
    assert found is not None
    assert [(item.intent, dict(item.entities)) for item in found.choices] == [
        (intent, {"izin": "PBG"})
    ]
    nameless = first_help(code)
    assert nameless is not None
    assert nameless.choices == ()


def test_a_refusal_names_the_last_day_of_an_objection_where_its_day_was_told() -> None:
    found = first_help("PENOLAKAN", day="2026-11-03")
    assert found is not None
    assert "Rabu, 2 Desember 2026" in found.text  # 21 working days (UU 30/2014 Ps. 77)
    undated = first_help("PENOLAKAN")
    assert undated is not None
    assert "21 hari kerja" in undated.text


@pytest.mark.parametrize("code", ["DAMPAK_USAHA", "SISTEM", "AKUN_NIK", "LUAR_IZIN"])
def test_what_is_not_this_offices_to_decide_is_said_so(code: str) -> None:
    found = first_help(code)
    assert found is not None
    assert str(CATEGORIES[code].details["forwarded"]) in found.text


def test_fraud_is_answered_with_what_to_do_at_once() -> None:
    found = first_help("PENIPUAN")
    assert found is not None
    assert "Jangan kirim uang" in found.text


@pytest.mark.parametrize("code", ["PUNGLI", "SIKAP"])
def test_where_nothing_helps_nothing_is_said(code: str) -> None:
    assert first_help(code) is None
