"""Which permit do I need: the list at once, then at most two questions."""

from __future__ import annotations

from typing import Any

import pytest

from actions.registry import advisor
from izin.usecases.advice_dialogue import AdviceDialogue
from izin.usecases.dialogue import Entity, StepResult
from tests.usecases.house import Chat, small_chat


class Advised:
    """A citizen in the advice dialogue."""

    def __init__(self) -> None:
        self.chat: Chat = small_chat()
        advise = advisor(self.chat.parts)
        self.dialogue = AdviceDialogue(advise, self.chat.use_cases["action_jawab"])

    def begin(self, text: str, *entities: Entity) -> StepResult:
        return self.dialogue.start(self.chat.turn(text, "tanya_izin_apa", list(entities)))

    def say(self, text: str, *entities: Entity, **kind: Any) -> StepResult:
        return self.dialogue.step(self.chat.turn(text, "nlu_fallback", list(entities), **kind))

    def tap(self, shown: StepResult, title: str) -> StepResult:
        choice = next(item for item in shown.replies[0].choices if item.title == title)
        entities = [Entity(name, value) for name, value in choice.entities.items()]
        turn = self.chat.turn("", choice.intent, entities, kind="choice")
        return self.dialogue.step(turn)


def figure(value: int, name: str = "jumlah") -> Entity:
    return Entity(name, value, str(value), 0, 1)


def text_of(result: StepResult) -> str:
    return result.replies[0].text


def test_the_list_comes_at_once_with_one_question_and_its_answers_as_buttons() -> None:
    shown = Advised().begin("mau bikin kandang ayam")
    assert shown.outcome == "consumed"
    assert "NIB / OSS[/b] — Legalitas usaha." in text_of(shown)
    assert text_of(shown).count("?") == 1
    assert [item.title for item in shown.replies[0].choices] == ["Ayam petelur", "Ayam potong"]


def test_a_typed_answer_leads_to_the_second_question_and_a_figure_ends_it() -> None:
    citizen = Advised()
    citizen.begin("mau bikin kandang ayam")
    second = citizen.say("yang telur pak")
    assert second.outcome == "consumed"
    assert "Berapa ekor" in text_of(second)
    done = citizen.say("5000", figure(5000))
    assert done.outcome == "finished"
    assert "SLF" in text_of(done)
    assert done.replies[0].choices[0].intent == "minta_petugas"


def test_buttons_do_the_same_and_an_answer_can_end_it_without_the_second_question() -> None:
    citizen = Advised()
    done = citizen.tap(citizen.begin("ternak ayam"), "Ayam potong")
    assert done.outcome == "finished"
    assert "Ikuti kemitraannya." in text_of(done)
    assert "bila membangun kandang" not in text_of(done).lower()


def test_what_the_first_message_says_is_not_asked() -> None:
    done = Advised().begin("mau bikin kandang ayam petelur 800 ekor", figure(800))
    assert done.outcome == "finished"
    assert "?" not in text_of(done)
    assert "Mikro." in text_of(done)


def test_a_figure_told_too_early_is_remembered_for_its_question() -> None:
    citizen = Advised()
    citizen.begin("mau bikin kandang ayam 800 ekor", figure(800))
    done = citizen.say("petelur")
    assert done.outcome == "finished"
    assert "Mikro." in text_of(done)


@pytest.mark.parametrize("text", ["gak tau", "bingung saya", "belum tahu min"])
def test_who_does_not_know_is_offered_an_officer(text: str) -> None:
    citizen = Advised()
    citizen.begin("ternak ayam")
    done = citizen.say(text)
    assert done.outcome == "finished"
    assert done.replies[0].choices[0].intent == "minta_petugas"


def test_another_question_is_left_to_its_own_action_and_the_buttons_still_work_after_it() -> None:
    citizen = Advised()
    shown = citizen.begin("ternak ayam")
    assert citizen.say("jam buka kantor?").outcome == "interrupted"
    assert "Ikuti kemitraannya." in text_of(citizen.tap(shown, "Ayam potong"))


def test_a_second_run_of_the_same_turn_after_a_crash_says_the_same() -> None:
    citizen = Advised()
    citizen.begin("ternak ayam")
    turn = citizen.chat.turn("petelur", "nlu_fallback", [])
    first = citizen.dialogue.step(turn)
    assert citizen.dialogue.step(turn) == first


def test_a_follow_up_knows_the_permit_that_comes_first() -> None:
    shown = Advised().begin("ternak ayam")
    assert shown.slots["izin"] == ["NIB"]


def test_a_permit_that_was_abolished_is_said_to_be_so_beside_the_advice() -> None:
    chat = small_chat()
    reply = chat.say("mau bikin izin HO buat ternak ayam", "tanya_izin_apa", entities=[])
    assert "HO" in reply.text
    assert "legalitas usaha" in reply.text.lower()
