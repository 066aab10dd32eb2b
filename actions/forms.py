"""Actions around a Rasa form, which only marks that a long dialogue gets the turn.

Rasa calls ``validate_<form>`` at activation, for each message inside the form, and once more
after an interrupting question was answered; then ``action_ask_<slot>``. Only the first two
are a step of the dialogue, and only the third lets the open question be asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import other_questions
from actions.turns import events_of_turn, turn_of
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, StepResult, TurnInput
from izin.usecases.grave_matters import GraveMatters
from izin.usecases.private_chat import private_chat
from izin.wording import Wording

FINISHED = "selesai"


@dataclass(frozen=True, slots=True)
class FormTask:
    """A long dialogue behind a form.

    Attributes:
        form: The form in the domain.
        slot: Its one required slot, set when the dialogue has finished.
        dialogue: Who takes the turns.
        pool: Threads it runs in.
        questions: Answers what the opening message asks besides; None where it may not.
        grave: Tells what comes before all replies of a step, when somebody is in danger.
        personal: It asks or shows something about a person, so never in a group.
        steps_aside: One interruption closes the form; the dialogue needs no reminder.
        offered_again: Left unfinished, it is offered at the next occasion.
    """

    form: str
    slot: str
    dialogue: LongDialogue
    pool: ThreadPoolExecutor
    questions: OneTurn | None = None
    grave: GraveMatters | None = None
    personal: bool = True
    steps_aside: bool = False
    offered_again: bool = True

    @property
    def kind(self) -> str:
        """Give the task's name without the form's prefix."""
        return self.form.removeprefix("form_")


class ValidateForm(Action):
    """``validate_<form>``: hands the message to the long dialogue."""

    def __init__(self, task: FormTask, wording: Wording) -> None:
        """Take the form with its dialogue, and the wording."""
        self._task = task
        self._form = task.form
        self._slot = task.slot
        self._dialogue = task.dialogue
        self._questions = task.questions
        self._wording = wording

    def name(self) -> str:
        """Give the name in the domain."""
        return f"validate_{self._form}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Say by slot events whose message it was.

        ``SlotSet(slot, None)``: consumed, more is needed. ``SlotSet(slot, "selesai")``: done
        or cancelled. No event: not an answer, let its own action have it.
        """
        happened = events_of_turn(tracker)
        if self._was_interrupted(happened):
            return [SlotSet(self._slot, FINISHED)] if self._task.steps_aside else []
        if self._was_asked(happened):
            return []
        turn = turn_of(tracker)
        if turn.group and self._task.personal:
            dispatcher.utter_message(json_message=private_chat(turn, self._wording).to_json())
            return [SlotSet(self._slot, FINISHED)]
        begins = self._begins(tracker, happened)
        loop = asyncio.get_running_loop()
        result, answer = await loop.run_in_executor(self._task.pool, self._take, turn, begins)
        if result.outcome == "interrupted":
            return []
        for reply in answer.replies:
            dispatcher.utter_message(json_message=reply.to_json())
        slots = {**answer.slots, **result.slots}
        kept = [SlotSet(name, value) for name, value in slots.items()]
        return [*kept, SlotSet(self._slot, FINISHED if result.outcome == "finished" else None)]

    def _take(self, turn: TurnInput, begins: bool) -> tuple[StepResult, Answer]:
        """Run the step and, at the opening, what the message asks besides.

        Gives the step's result, and all replies in their order with the questions' slots.
        """
        result = self._dialogue.start(turn) if begins else self._dialogue.step(turn)
        others = other_questions(turn) if begins and self._questions else None
        answer = Answer(())
        if others is not None and self._questions is not None:
            answer = self._questions.answer(others)
        replies = (*answer.replies, *result.replies)
        if self._task.grave is not None and result.outcome != "interrupted":
            replies = self._task.grave.before(turn, replies)
        return result, replace(answer, replies=replies)

    def _begins(self, tracker: Tracker, happened: Any) -> bool:
        activated = any(
            event.get("event") == "active_loop" and event.get("name") == self._form
            for event in happened
        )
        return activated or tracker.active_loop_name != self._form

    def _was_interrupted(self, happened: Any) -> bool:
        return any(
            event.get("event") == "action_execution_rejected" and event.get("name") == self._form
            for event in happened
        )

    def _was_asked(self, happened: Any) -> bool:
        """Say whether another action of this turn opened the form and asked its question."""
        return any(
            event.get("event") == "slot" and event.get("name") == self._slot for event in happened
        )


class AskForm(Action):
    """``action_ask_<slot>``: asks the open question again after an interruption."""

    def __init__(self, slot: str, dialogue: LongDialogue, pool: ThreadPoolExecutor) -> None:
        """Take the form's slot, the dialogue and the threads."""
        self._slot = slot
        self._dialogue = dialogue
        self._pool = pool

    def name(self) -> str:
        """Give the name in the domain."""
        return f"action_ask_{self._slot}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Prompt, unless this turn's step has already said something."""
        happened = events_of_turn(tracker)
        stepped = any(
            event.get("event") == "slot" and event.get("name") == self._slot for event in happened
        )
        if stepped and any(event.get("event") == "bot" for event in happened):
            return []
        turn = turn_of(tracker)
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(self._pool, self._dialogue.prompt, turn)
        dispatcher.utter_message(json_message=reply.to_json())
        return []
