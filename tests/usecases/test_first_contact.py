"""A newcomer is told once, and once more when the notice says something new."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from izin.conversations import ChatAddress, Conversation, InboundMessage, Turn
from izin.privacy import PrivacyNotice
from izin.replies import Choice, Reply
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.memory.privacy import MemoryPrivacyChoices
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.first_contact import FirstContact
from izin.usecases.number_notice import WithNumberNotice
from tests.usecases.house import MONDAY, office, wording

ANSWER = Reply("Syaratnya KTP.", (Choice("Biaya", "tanya_biaya"),))


def notice(version: str = "1") -> dict[str, Any]:
    return {"privacy": {"version": version, "sections": [{"title": "Siapa", "text": "Kami"}]}}


def first_contact(choices: MemoryPrivacyChoices, **details: Any) -> FirstContact:
    book = MemoryOfficeBook(office(details=details or notice()), ())
    return FirstContact(choices, book, wording())


def turn(turn_id: str, *, group: bool = False, chat: str = "c1") -> Turn:
    address = ChatAddress("telegram", "1", user="2" if group else None)
    message = InboundMessage(address, turn_id, "text", MONDAY, "syarat pbg", group=group)
    return Turn(turn_id, Conversation(chat, address), message, MONDAY, MONDAY)


def test_the_first_answer_answers_and_carries_one_line_with_a_button() -> None:
    told = first_contact(MemoryPrivacyChoices()).introduce(ANSWER, turn("t1"), "tanya_syarat")
    assert told.text.startswith("Syaratnya KTP.") and len(told.text.split("\n\n")) == 2
    assert [item.title for item in told.choices] == ["Biaya", "Data Anda"]
    assert told.choices[-1].intent == "privasi"


@pytest.mark.parametrize("intent", ["cek_status", "lapor_pengaduan", "ubah_langganan"])
def test_before_personal_data_is_asked_the_notice_stands_first(intent: str) -> None:
    told = first_contact(MemoryPrivacyChoices()).introduce(ANSWER, turn("t1"), intent)
    assert told.text.startswith("Sebelum Anda menulis data pribadi")
    assert told.text.endswith("Syaratnya KTP.")


def test_it_is_said_once_to_each_and_again_to_a_turn_that_runs_again() -> None:
    contact = first_contact(MemoryPrivacyChoices())
    told = contact.introduce(ANSWER, turn("t1"), "tanya_syarat")
    assert contact.introduce(ANSWER, turn("t1"), "tanya_syarat") == told
    for number in ("t2", "t3"):
        assert contact.introduce(ANSWER, turn(number), "tanya_syarat") == ANSWER
    assert contact.introduce(ANSWER, turn("t4", chat="c2"), "tanya_syarat") != ANSWER


def test_a_new_version_is_said_once_more() -> None:
    choices = MemoryPrivacyChoices()
    first_contact(choices).introduce(ANSWER, turn("t1"), "tanya_syarat")
    newer = first_contact(choices, **notice("2"))
    assert newer.introduce(ANSWER, turn("t2"), "tanya_syarat") != ANSWER
    assert newer.introduce(ANSWER, turn("t3"), "tanya_syarat") == ANSWER


def test_a_group_and_a_silent_turn_show_nothing_and_spend_nothing() -> None:
    contact = first_contact(MemoryPrivacyChoices())
    assert contact.introduce(ANSWER, turn("t1", group=True), "sapa") == ANSWER
    silent = Reply(silent=True)
    assert contact.introduce(silent, turn("t2"), "sapa") == silent
    assert contact.introduce(ANSWER, turn("t3"), "sapa") != ANSWER


def test_a_full_list_keeps_ten_rows() -> None:
    many = replace(ANSWER, choices=tuple(Choice(f"Izin {n}", "x") for n in range(10)))
    told = first_contact(MemoryPrivacyChoices()).introduce(many, turn("t1"), "sapa")
    assert len(told.choices) == 10 and told.choices[-1].title == "Data Anda"


def test_a_broken_notice_keeps_nobody_from_an_answer() -> None:
    contact = first_contact(MemoryPrivacyChoices(), privacy={"version": "1"})
    assert contact.introduce(ANSWER, turn("t1"), "sapa").text.startswith("Syaratnya")
    assert PrivacyNotice.of(office(details={})) is None


class Answers:
    def answer(self, turn: TurnInput) -> Answer:
        return Answer((ANSWER,))


def said(text: str, **changes: Any) -> str:
    asked = TurnInput("c1", "t1", MONDAY, "tanya_syarat", text=text, **changes)
    return WithNumberNotice(Answers(), wording()).answer(asked).replies[0].text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nik saya 3326120101900001 syarat pbg apa", "NIK"),
        ("hp sy 081234567890, biaya slf piro", "nomor telepon"),
        ("rek bri 1234-01-000123-50-1 bayar ke mana", "nomor rekening"),
    ],
)
def test_a_number_nobody_needs_is_answered_kindly_and_never_repeated(text: str, kind: str) -> None:
    told = said(text)
    assert told.startswith("Syaratnya KTP.") and kind in told and "tidak diperlukan" in told
    assert not any(part.isdigit() and len(part) > 4 for part in told.split())


@pytest.mark.parametrize(
    "text", ["syarat pbg", "biaya rumah 150 m2 2 lantai", "omzet 250000000", "nib 1234567890123",
             "status 503/0123/PBG/2026", "tulis [NIK] saya"]
)  # fmt: skip
def test_other_numbers_are_no_matter(text: str) -> None:
    assert said(text) == "Syaratnya KTP."


def test_inside_a_task_the_task_itself_knows_what_it_needs() -> None:
    assert said("nik 3326120101900001", open_form="form_pengaduan") == "Syaratnya KTP."
