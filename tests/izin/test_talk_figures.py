"""What is counted of talks tells of answers, and never of an open dialogue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from izin.talk_figures import TurnFact, figures_of_day

MORNING = datetime(2026, 5, 4, 2, tzinfo=UTC)


def talk(*said: dict[str, Any], chat: str = "a") -> list[TurnFact]:
    moments = [MORNING + timedelta(minutes=place) for place in range(len(said))]
    before = [None, *moments]
    return [
        TurnFact(chat, "live", "telegram", at, previous, **one)
        for at, previous, one in zip(moments, before, said, strict=False)
    ]


def counted(turns: list[TurnFact], *kinds: str) -> dict[tuple[str, str], int]:
    figures = figures_of_day(date(2026, 5, 4), turns, (), ZoneInfo("Asia/Jakarta"))
    return {(one.kind, one.code): one.messages for one in figures.asked if one.kind in kinds}


def test_a_further_question_on_the_same_permit_is_counted() -> None:
    ask = {"intent": "tanya_syarat", "permit": "PBG"}
    thanks = {"intent": "terima_kasih"}
    other = {"intent": "tanya_biaya", "permit": "NIB"}
    turns = talk(ask, ask, thanks, ask, other) + talk(ask, chat="b")
    assert counted(turns, "followup") == {("followup", "PBG"): 2}


def test_a_new_session_begins_without_a_follow_up() -> None:
    first, second = talk(*[{"intent": "tanya_syarat", "permit": "PBG"}] * 2)
    late = TurnFact("a", "live", "telegram", second.at, second.at - timedelta(hours=30),
                    "tanya_syarat", "PBG")  # fmt: skip
    assert counted([first, late], "followup") == {}


def test_a_bad_rating_counts_for_the_answer_before_it() -> None:
    told = {"intent": "tanya_faq", "faq": "oss_lupa_sandi"}
    rates = {"intent": "beri_penilaian", "low": True}
    found = counted(talk(told, rates), "faq", "low_intent", "low_faq", "low_permit")
    assert found == {
        ("faq", "oss_lupa_sandi"): 1, ("low_intent", "tanya_faq"): 1,
        ("low_faq", "oss_lupa_sandi"): 1,
    }  # fmt: skip


def test_an_open_dialogue_is_told_of_by_nothing() -> None:
    complaint = {"intent": "lapor_pengaduan", "permit": "PBG", "task": True}
    turns = talk(complaint, complaint, {"intent": "beri_penilaian", "low": True})
    assert counted(turns, "followup", "low_intent", "low_permit") == {}
