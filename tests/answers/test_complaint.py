"""What a complainant is asked, shown and promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from izin.answers import complaint as answers
from izin.answers import complaint_case as cases
from izin.complaints import (
    Complaint,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.office import DueDate
from tests.usecases.long_dialogues import NOW, WORDING, catalogue, office_book, readable

CATEGORIES = {item.code: item for item in catalogue().complaint_categories()}
CLASSES = catalogue().complaint_classes()
OFFICE = office_book().office()


def complaint(category: str = "SIKAP", **changes: Any) -> Complaint:
    values: dict[str, Any] = {
        "ticket": "ADU-8XYZ-W2",
        "category": category,
        "class_code": CATEGORIES[category].class_code,
        "story": "Dibentak petugas. " * 100,
        "place": "Loket 3",
        "confidentiality": Confidentiality.NORMAL,
        "state": ComplaintState.RECEIVED,
        "filed_at": NOW,
        "deadlines": Deadlines(DueDate(date(2026, 11, 26)), DueDate(date(2026, 12, 11))),
        "owner": CATEGORIES[category].owner,
    }
    return Complaint(**{**values, **changes})


def acknowledge(item: Complaint, **office: Any):  # type: ignore[no-untyped-def]
    category = CATEGORIES[item.category]
    return cases.acknowledgement(
        item, category, CLASSES[item.class_code], catalogue().permit("PBG"),
        replace(OFFICE, **office), WORDING,
    )  # fmt: skip


def test_every_category_of_the_catalogue_has_a_short_title() -> None:
    for code in CATEGORIES:
        title = WORDING.say(f"complaint.category.{code}")
        assert 1 <= len(title) <= 24, "a WhatsApp list row holds 24 characters"


def test_the_list_of_categories_fits_whatsapp_and_ends_with_other() -> None:
    choices = answers.category_question(tuple(CATEGORIES.values()), WORDING).choices
    assert len(choices) == 10
    assert choices[-1].entities == {"kategori": "LAINNYA"}
    assert {choice.intent for choice in choices} == {"lapor_pengaduan"}


def test_of_extortion_no_names_and_no_evidence_are_asked() -> None:
    text = answers.story_question(CATEGORIES["PUNGLI"], WORDING).text
    assert "tidak perlu menyebut nama" in text


def test_the_acknowledgement_holds_all_ten_items_of_the_law_and_the_catalogue() -> None:
    text = acknowledge(complaint()).text
    for item in (
        "tiket ADU-8XYZ-W2",  # ticket
        "Senin, 23 November 2026 pukul 09.30",  # received
        "Dibentak petugas.",  # summary
        "PBG",  # service
        "Kelas sementara: Pengaduan tidak berkadar pengawasan",
        "Diteruskan ke: Sekretaris DPMPTSP",
        "Kamis, 26 November 2026",  # first response
        "Jumat, 11 Desember 2026",  # decision
        "cek tiket ADU-8XYZ-W2",  # how to follow
        "melengkapi bukti",
        "Identitas: biasa",
        "Ombudsman",  # where to escalate
    ):
        assert item in text
    assert len(text) < 2500


def test_an_office_without_channels_above_it_names_none() -> None:
    assert "mintalah petugas" in acknowledge(complaint(), details={}).text


@pytest.mark.parametrize(
    ("category", "level", "urgent"),
    [
        ("SIKAP", Confidentiality.NORMAL, False),
        ("PUNGLI", Confidentiality.CONFIDENTIAL, False),
        ("PENIPUAN", Confidentiality.NORMAL, True),
        ("PENIPUAN", Confidentiality.ANONYMOUS, False),
    ],
)
def test_an_urgent_complaint_opens_its_chat_unless_it_is_sealed(
    category: str, level: Confidentiality, urgent: bool
) -> None:
    assert acknowledge(complaint(category, confidentiality=level)).urgent is urgent


def test_a_provisional_deadline_says_so() -> None:
    item = complaint(
        deadlines=Deadlines(DueDate(date(2028, 1, 5), True), DueDate(date(2028, 2, 5)))
    )
    assert acknowledge(item).text.count("sementara, hari libur") == 1


@pytest.mark.parametrize("level", list(Confidentiality))
@pytest.mark.parametrize("code", sorted(CATEGORIES))
def test_every_category_at_every_level_reads_well(code: str, level: Confidentiality) -> None:
    item = complaint(code, confidentiality=level)
    state = {
        "story": item.story, "place": item.place, "confidentiality": level.value,
        "number": "503/1", "media": ["a"],
    }  # fmt: skip
    for reply in (
        acknowledge(item),
        answers.summary(state, CATEGORIES[code], None, WORDING),
        answers.story_question(CATEGORIES[code], WORDING),
        cases.state_reply(item, CATEGORIES[code].label, OFFICE, None, WORDING),
    ):
        assert readable(reply), reply.text


def test_a_confidentiality_that_is_fixed_is_not_offered_for_correction() -> None:
    def parts(fixed: bool) -> list[Any]:
        reply = answers.correction_question(fixed, WORDING)
        return [choice.entities.get("bagian") for choice in reply.choices]

    assert "confidentiality" in parts(False)
    assert "confidentiality" not in parts(True)
