"""The calls Rasa's FormAction makes, in its order, as read in its source."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import AskForm, FormTask, ValidateForm
from izin.errors import InvalidInput, RegistryUnavailable
from izin.replies import Reply
from izin.usecases.dialogue import Answer, StepResult
from izin.wording import Wording

FORM, SLOT = "form_status", "status_selesai"
USER = {"event": "user", "text": "…", "metadata": {"turn_id": "t2"}}
ACTIVE = {"event": "active_loop", "name": FORM}
REJECTED = {"event": "action_execution_rejected", "name": FORM}
BOT = {"event": "bot"}
SLOT_SET = {"event": "slot", "name": SLOT, "value": None}


class Dialogue:
    """A long dialogue that writes down what it was asked."""

    def __init__(self, outcome="consumed", text="Nomor?"):
        self.result = StepResult(outcome, (Reply(text),))
        self.calls = []

    def start(self, turn):
        self.calls.append("start")
        return self.result

    def step(self, turn):
        self.calls.append("step")
        return self.result

    def prompt(self, turn):
        self.calls.append("prompt")
        return Reply("Kita lanjutkan, ya?")


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as threads:
        yield threads


def tracker(events, *, loop=FORM, questions=(), **metadata):
    facts = {"turn_id": "t2", "now": "2026-11-23T10:00:00+07:00", **metadata}
    message = {"text": "cek", "intent": {"name": "cek_status", "confidence": 1.0},
               "metadata": facts, "questions": list(questions)}  # fmt: skip
    return Tracker("c1", {}, message, list(events), False, None,
                   {"name": loop} if loop else {}, "action_listen")  # fmt: skip


async def validate(dialogue, pool, events, answering=None, task={}, **kwargs):  # noqa: B006
    dispatcher = CollectingDispatcher()
    action = ValidateForm(FormTask(FORM, SLOT, dialogue, pool, answering, **task), Wording())
    given = await action.run(dispatcher, tracker(events, **kwargs), {})
    return given, [message["custom"]["text"] for message in dispatcher.messages]


async def ask(dialogue, pool, events):
    dispatcher = CollectingDispatcher()
    given = await AskForm(SLOT, dialogue, pool).run(dispatcher, tracker(events), {})
    assert given == []
    return [message["custom"]["text"] for message in dispatcher.messages]


def run(coroutine):
    return asyncio.run(coroutine)


def slot(value):
    return [{"event": "slot", "timestamp": None, "name": SLOT, "value": value}]


def test_activation_starts_the_dialogue(pool):
    dialogue = Dialogue()
    events, texts = run(validate(dialogue, pool, [USER, ACTIVE]))
    assert dialogue.calls == ["start"]
    assert (events, texts) == (slot(None), ["Nomor?"])


def test_a_further_call_at_activation_without_the_loop_starts_too(pool):
    dialogue = Dialogue()
    run(validate(dialogue, pool, [USER], loop=None))
    assert dialogue.calls == ["start"]


def test_a_form_opened_by_another_action_of_the_turn_asks_nothing_again(pool):
    dialogue = Dialogue()
    happened = [USER, BOT, ACTIVE, SLOT_SET]
    assert run(validate(dialogue, pool, happened)) == ([], [])
    assert run(ask(dialogue, pool, happened)) == []
    assert dialogue.calls == []


def test_a_message_inside_the_form_is_a_step(pool):
    dialogue = Dialogue()
    run(validate(dialogue, pool, [USER, ACTIVE, BOT, USER]))
    assert dialogue.calls == ["step"]


def test_a_consumed_message_is_signalled_by_an_empty_slot(pool):
    events, _ = run(validate(Dialogue("consumed"), pool, [ACTIVE, USER]))
    assert events == slot(None)


def test_the_end_sets_the_slot(pool):
    events, texts = run(validate(Dialogue("finished"), pool, [ACTIVE, USER]))
    assert (events, texts) == (slot("selesai"), ["Nomor?"])


def test_an_interruption_gives_no_event_and_no_reply(pool):
    assert run(validate(Dialogue("interrupted"), pool, [ACTIVE, USER])) == ([], [])


class Questions:
    """Answers whatever it is asked, and writes it down."""

    def __init__(self):
        self.asked = []

    def answer(self, turn):
        self.asked.append([question.intent for question in turn.questions])
        return Answer((Reply("Syaratnya…"),), {"izin": ["SLF"]})


BOTH = [{"intent": "tanya_syarat"}, {"intent": "cek_status"}]


def test_a_question_beside_the_opening_is_answered_first(pool):
    answering = Questions()
    events, texts = run(validate(Dialogue(), pool, [USER, ACTIVE], answering, questions=BOTH))
    assert answering.asked == [["tanya_syarat"]]
    assert texts == ["Syaratnya…", "Nomor?"]
    assert [event["name"] for event in events] == ["izin", SLOT]


def test_a_question_inside_the_form_is_left_to_the_dialogue(pool):
    answering = Questions()
    run(validate(Dialogue(), pool, [ACTIVE, USER], answering, questions=BOTH))
    assert answering.asked == []


def test_a_single_question_is_nothing_beside_the_opening(pool):
    answering = Questions()
    run(validate(Dialogue(), pool, [USER, ACTIVE], answering, questions=BOTH[1:]))
    assert answering.asked == []


def test_back_from_an_interruption_nothing_is_consumed_twice(pool):
    dialogue = Dialogue()
    events = [ACTIVE, USER, REJECTED, BOT]
    assert run(validate(dialogue, pool, events)) == ([], [])
    assert dialogue.calls == []


def test_after_an_interruption_the_open_question_is_asked_again(pool):
    assert run(ask(Dialogue(), pool, [ACTIVE, USER, REJECTED, BOT])) == ["Kita lanjutkan, ya?"]


def test_a_step_that_replied_is_not_followed_by_a_prompt(pool):
    assert run(ask(Dialogue(), pool, [ACTIVE, USER, SLOT_SET, BOT])) == []


def test_a_step_that_said_nothing_is(pool):
    assert run(ask(Dialogue(), pool, [ACTIVE, USER, SLOT_SET])) == ["Kita lanjutkan, ya?"]


def test_in_a_group_the_form_ends_with_the_offer_of_a_private_chat(pool):
    dialogue = Dialogue()
    events, texts = run(validate(dialogue, pool, [USER, ACTIVE], group=True))
    assert dialogue.calls == []
    assert events == slot("selesai") and "pribadi" in texts[0]


def test_a_failure_goes_up(pool):
    class Broken(Dialogue):
        def step(self, turn):
            raise RegistryUnavailable("down")

    with pytest.raises(RegistryUnavailable):
        run(validate(Broken(), pool, [ACTIVE, USER]))


def test_a_message_without_turn_id_is_refused(pool):
    with pytest.raises(InvalidInput):
        run(validate(Dialogue(), pool, [ACTIVE, USER], turn_id=""))


def test_a_time_without_zone_is_refused(pool):
    with pytest.raises(InvalidInput):
        run(validate(Dialogue(), pool, [ACTIVE, USER], now="2026-11-23T10:00:00"))
