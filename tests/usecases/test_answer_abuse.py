"""Abuse is answered calmly, then shortly, then not at all for a while; questions always are."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest

from izin.replies import Reply
from izin.storage.memory.drafts import MemoryDrafts
from izin.usecases.answer_abuse import AbuseLimits, AnswerAbuse
from izin.usecases.dialogue import Answer, Entity, StepResult, TurnInput
from izin.wording import Wording

NOW = datetime.fromisoformat("2026-11-23T10:00:00+07:00")
WORDING = Wording()
_turns = itertools.count()


class Says:
    def __init__(self, text: str) -> None:
        self.text = text

    def answer(self, turn: TurnInput) -> Answer:
        return Answer((Reply(f"{self.text} {turn.intent}"),))


@pytest.fixture
def use_case() -> AnswerAbuse:
    return AnswerAbuse(Says("sapaan"), Says("jawaban"), MemoryDrafts(), WORDING)


def abuse(minutes: float = 0, **changes: object) -> TurnInput:
    values: dict[str, object] = {"intent": "kasar", "text": "goblok", **changes}
    moment = NOW + timedelta(minutes=minutes)
    return TurnInput("chat", f"turn-{next(_turns)}", moment, **values)  # type: ignore[arg-type]


def said(answer: Answer) -> str:
    [reply] = answer.replies
    return "" if reply.silent else reply.text


def test_the_first_is_met_calmly_each_next_more_shortly_the_last_says_so(
    use_case: AnswerAbuse,
) -> None:
    texts = [said(use_case.answer(abuse(minute))) for minute in range(6)]
    keys = ["flow.abuse_1", "flow.abuse_2", "flow.abuse_3", "flow.abuse_last"]
    assert texts == [*(WORDING.say(key) for key in keys), "", ""]
    assert len(texts[0]) > len(texts[1]) > len(texts[2])


def test_an_officer_is_offered_with_every_sentence(use_case: AnswerAbuse) -> None:
    for minute in range(4):
        [reply] = use_case.answer(abuse(minute)).replies
        assert "minta_petugas" in [choice.intent for choice in reply.choices]


def test_questions_and_greetings_are_answered_even_in_the_silence(use_case: AnswerAbuse) -> None:
    for minute in range(6):
        use_case.answer(abuse(minute))
    assert said(use_case.answer(abuse(7, intent="sapa"))) == "sapaan sapa"
    named = abuse(8, entities=(Entity("izin", "PBG"),))
    assert said(use_case.answer(named)) == "jawaban mulai"


def test_after_the_silence_the_tone_is_calm_again(use_case: AnswerAbuse) -> None:
    for minute in range(5):
        use_case.answer(abuse(minute))
    assert said(use_case.answer(abuse(32))) == ""
    assert said(use_case.answer(abuse(34))) == WORDING.say("flow.abuse_1")


def test_single_outbursts_hours_apart_are_each_the_first(use_case: AnswerAbuse) -> None:
    for hours in range(5):
        assert said(use_case.answer(abuse(hours * 61))) == WORDING.say("flow.abuse_1")


def test_a_turn_that_runs_again_is_counted_once(use_case: AnswerAbuse) -> None:
    use_case.answer(abuse())
    second = abuse(1)
    assert said(use_case.answer(second)) == said(use_case.answer(second))
    assert said(use_case.answer(abuse(2))) == WORDING.say("flow.abuse_3")


def test_another_limit_can_be_set(use_case: AnswerAbuse) -> None:
    strict = AnswerAbuse(
        Says("a"), Says("b"), MemoryDrafts(), WORDING, AbuseLimits(per_hour=1, silence_min=5)
    )
    assert said(strict.answer(abuse())) == WORDING.say("flow.abuse_last")
    assert said(strict.answer(abuse(1))) == ""
    assert said(strict.answer(abuse(6))) == WORDING.say("flow.abuse_last")


class Asks:
    def __init__(self) -> None:
        self.began: list[str] = []

    def start(self, turn: TurnInput) -> StepResult:
        self.began.append(turn.intent)
        return StepResult("consumed", (Reply("Nomornya?"),), {"izin": None})

    def step(self, turn: TurnInput) -> StepResult:
        return StepResult("interrupted")

    def prompt(self, turn: TurnInput) -> Reply:
        return Reply("Nomornya?")


def test_a_sure_wish_behind_the_abuse_is_answered_kindly() -> None:
    status = Asks()
    use_case = AnswerAbuse(Says("sapaan"), Says("jawaban"), MemoryDrafts(), WORDING, status=status)
    ranking = (("kasar", 0.65), ("cek_status", 0.35))
    answer = use_case.answer(abuse(text="bot goblok, kapan izin saya jadi", ranking=ranking))
    assert said(answer) == f"{WORDING.say('flow.abuse_wish')}\n\nNomornya?"
    assert (answer.opens, status.began) == ("status", ["cek_status"])
    hours = (("kasar", 0.6), ("tanya_kontak_jam_lokasi", 0.38), ("sapa", 0.02))
    assert "jawaban tanya_kontak" in said(use_case.answer(abuse(ranking=hours)))


@pytest.mark.parametrize(
    ("ranking", "changes"),
    [
        ((("kasar", 0.99), ("cek_status", 0.01)), {}),
        ((("kasar", 0.4), ("tanya_lama_proses", 0.28), ("cek_status", 0.2)), {}),
        ((("kasar", 0.6), ("bot_identitas", 0.4)), {}),
        ((("kasar", 0.6), ("cek_status", 0.4)), {"metadata": {"group": True}}),
        ((("kasar", 0.6), ("cek_status", 0.4)), {"open_form": "form_pengaduan"}),
    ],
)
def test_a_wish_that_is_not_sure_or_not_for_here_is_left(
    ranking: tuple[tuple[str, float], ...], changes: dict[str, object]
) -> None:
    use_case = AnswerAbuse(Says("sapaan"), Says("jawaban"), MemoryDrafts(), WORDING, status=Asks())
    assert said(use_case.answer(abuse(ranking=ranking, **changes))) == WORDING.say("flow.abuse_1")
