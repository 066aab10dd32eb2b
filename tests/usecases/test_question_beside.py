"""A question in one message with a rating is answered, and the rating is kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from izin.replies import Reply
from izin.usecases.dialogue import Answer, Entity, StepResult, TurnInput
from izin.usecases.question_beside import OpinionAndQuestion, QuestionBeside, RatingAndQuestion
from tests.usecases.house import normaliser, small_chat, wording

RANKING = (("beri_penilaian", 0.95), ("tanya_biaya", 0.04))
ASKED = "kasih nilai 5, tapi berapa biaya slf?"


class Rates:
    def answer(self, turn: TurnInput) -> Answer:
        return Answer((Reply("Dicatat."),), opens="penilaian")

    def start(self, turn: TurnInput) -> StepResult:
        return self.step(turn)

    def step(self, turn: TurnInput) -> StepResult:
        return StepResult("finished", (Reply("Dicatat."),))

    def prompt(self, turn: TurnInput) -> Reply:
        return Reply("Nilainya?")


def beside() -> QuestionBeside:
    chat = small_chat()
    return QuestionBeside(
        chat.use_cases["action_jawab"], wording(), lambda text: normaliser().normalise(text).text
    )


def rating(
    text: str = ASKED, ranking: Sequence[tuple[str, float]] = RANKING, entities: object = None
) -> TurnInput:
    return small_chat().turn(text, "beri_penilaian", entities, ranking=ranking)  # type: ignore[arg-type]


def test_the_answer_comes_before_the_thanks_and_a_follow_up_knows_the_permit() -> None:
    answer = RatingAndQuestion(Rates(), beside()).answer(rating())
    first, last = answer.replies
    assert "SLF" in first.text
    assert last.text == "Dicatat."
    assert answer.slots["izin"] == ["SLF"]
    assert answer.opens == "penilaian"


def test_a_rating_that_was_asked_for_may_hold_a_question_too() -> None:
    result = OpinionAndQuestion(Rates(), beside()).step(rating())
    assert [reply.text for reply in result.replies][-1] == "Dicatat."
    assert len(result.replies) == 2
    assert result.outcome == "finished"


@pytest.mark.parametrize(
    "turn",
    [
        rating("nilai 5, slf saya cepat jadi"),
        rating("nilai 5 ya, berapa poin sih maksimalnya?", entities=[]),
        rating(ranking=(("beri_penilaian", 0.9), ("lapor_pengaduan", 0.1))),
        rating("", entities=[Entity("nilai", 5)], ranking=()),
    ],
)
def test_a_rating_that_asks_nothing_stays_a_rating(turn: TurnInput) -> None:
    assert len(RatingAndQuestion(Rates(), beside()).answer(turn).replies) == 1
