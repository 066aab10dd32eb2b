"""Anger right after a status: explained first, then a complaint with the application filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from izin.applications import Application, StageVisit, Status
from izin.usecases.about_application import ComplaintOfShown
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.turn_draft import TurnDraft
from tests.usecases.long_dialogues import (
    NOW,
    NUMBER,
    PHONE,
    World,
    application,
    normaliser,
    said,
    tapped,
    turn,
)


def overdue(**changes: Any) -> Application:
    since = NOW - timedelta(days=120)
    visit = StageVisit(Status.TECHNICAL, "Kajian teknis", "Dinas PUPR", since)
    return application(submitted_at=since, completed_at=since, history=(visit,), **changes)


def angry(text: str, **changes: Any) -> TurnInput:
    return turn(text, "lapor_pengaduan", phone=PHONE, **changes)


class Desk:
    """A chat that was just shown the status of one application."""

    def __init__(self, shown: Application) -> None:
        self.world = World([shown])
        status = replace(
            self.world.status, normalise=lambda text: normaliser().normalise(text).text
        )
        self.dialogue = ComplaintOfShown(status, self.world.dialogue)
        self.status = status.start(turn("status saya", "cek_status", phone=PHONE))

    def says(self, text: str, **changes: Any) -> StepResult:
        return self.dialogue.start(angry(text, **changes))

    @property
    def draft(self) -> dict[str, Any]:
        return TurnDraft(self.world.drafts, "pengaduan").before(turn())


@pytest.mark.parametrize(
    "text", ["kok lama bgt sih", "suwi men to", "udah 3 bulan ga beres2", "kenapa belum jadi jadi"]
)
def test_impatience_is_explained_before_anything_else(text: str) -> None:
    desk = Desk(application())
    answer = desk.says(text)
    assert answer.outcome == "finished"
    assert NUMBER in said(answer).text
    assert "dari 28 hari kerja" in said(answer).text
    assert not desk.draft


def test_who_is_still_angry_finds_the_late_application_filled_in() -> None:
    desk = Desk(overdue())
    explained = desk.says("kok lama bgt sih")
    assert "Adukan keterlambatan" in [item.title for item in said(explained).choices]
    asked = desk.says("lama banget ini")
    assert desk.draft["number"] == NUMBER
    assert desk.draft["category"] == "KETERLAMBATAN"
    assert "ceritakan" not in said(asked).text
    assert "Di mana" not in said(asked).text


@pytest.mark.parametrize("text", ["mau komplain aja dah", "tak laporke wae", "saya mau mengadu"])
def test_an_outright_complaint_needs_no_number_and_no_story_of_the_delay(text: str) -> None:
    desk = Desk(overdue())
    asked = desk.says(text)
    assert desk.draft["number"] == NUMBER
    assert "standar waktu" in desk.draft["story"]
    assert "ceritakan" not in said(asked).text


def test_the_button_of_an_overdue_status_leaves_only_the_name_and_the_summary() -> None:
    desk = Desk(overdue())
    asked = desk.dialogue.start(tapped(desk.status, "Adukan keterlambatan"))
    assert desk.draft["asking"] == "confidentiality"
    summary = desk.dialogue.step(turn("biasa", "setuju", phone=PHONE))
    assert desk.draft["asking"] == "confirm"
    assert NUMBER in said(summary).text
    assert said(asked).text != said(summary).text


def test_in_time_only_the_number_is_carried_over() -> None:
    desk = Desk(application())
    desk.says("mau komplain aja dah")
    assert desk.draft["number"] == NUMBER
    assert "category" not in desk.draft


def test_a_bribe_is_never_tied_to_the_application_by_us() -> None:
    desk = Desk(overdue())
    desk.says("petugasnya minta uang pelicin 500 ribu biar cepat")
    assert "number" not in desk.draft


def test_an_hour_later_nothing_is_supposed() -> None:
    desk = Desk(overdue())
    desk.says("saya mau mengadu", now=NOW + timedelta(hours=1))
    assert "number" not in desk.draft


def test_a_registry_that_is_down_never_holds_a_complaint_up() -> None:
    desk = Desk(overdue())
    desk.world.registry.down = True
    assert desk.says("saya mau mengadu").outcome == "consumed"
