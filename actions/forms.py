"""Actions around a Rasa form, which only marks that a long dialogue gets the turn.

Rasa calls ``validate_<form>`` at activation, for each message inside the form, and once more
after an interrupting question was answered; then ``action_ask_<slot>``. Only the first two
are a step of the dialogue, and only the third lets the open question be asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import OneTurn, other_questions
from actions.turns import events_of_turn, turn_of
from izin.usecases.dialogue import Answer, LongDialogue, StepResult, TurnInput
from izin.usecases.private_chat import private_chat
from izin.wording import Wording

FINISHED = "selesai"


class ValidateForm(Action):
    """``validate_<form>``: hands the message to the long dialogue."""

    def __init__(
        self, form: str, slot: str, dialogue: LongDialogue, wording: Wording,
        pool: ThreadPoolExecutor, questions: OneTurn | None = None,
    ) -> None:  # fmt: skip
        """Take the form, its one required slot, the dialogue, the wording and the threads.

        ``questions`` answers what the opening message asks besides; None where a story is
        told, in which a question is seldom meant as one.
        """
        self._form = form
        self._slot = slot
        self._dialogue = dialogue
        self._wording = wording
        self._pool = pool
        self._questions = questions

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
            return []
        turn = turn_of(tracker)
        if turn.group:
            dispatcher.utter_message(json_message=private_chat(turn, self._wording).to_json())
            return [SlotSet(self._slot, FINISHED)]
        begins = self._begins(tracker, happened)
        loop = asyncio.get_running_loop()
        result, answer = await loop.run_in_executor(self._pool, self._take, turn, begins)
        if result.outcome == "interrupted":
            return []
        for reply in (*answer.replies, *result.replies):
            dispatcher.utter_message(json_message=reply.to_json())
        kept = [SlotSet(name, value) for name, value in answer.slots.items()]
        return [*kept, SlotSet(self._slot, FINISHED if result.outcome == "finished" else None)]

    def _take(self, turn: TurnInput, begins: bool) -> tuple[StepResult, Answer]:
        """Run the step and, at the opening, what the message asks besides."""
        result = self._dialogue.start(turn) if begins else self._dialogue.step(turn)
        others = other_questions(turn) if begins and self._questions else None
        if others is None or self._questions is None:
            return result, Answer(())
        return result, self._questions.answer(others)

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
