"""Actions that answer in one turn: message in, use case, reply and slots out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turns import turn_of
from izin.usecases.dialogue import Answer, OneTurn, TurnInput
from izin.usecases.read_questions import PERMIT_QUESTIONS

SENT_INTENTS = frozenset({"mulai", "kirim_berkas", "kirim_lokasi", "kirim_kontak", "kirim_lain"})
"""What a channel sent instead of a question; see ``actions.turns``."""


class WordsOrItem:
    """Hands questions to one use case, and links, files, places and contacts to another."""

    def __init__(self, words: OneTurn, item: OneTurn) -> None:
        """Take both use cases."""
        self._words = words
        self._item = item

    def answer(self, turn: TurnInput) -> Answer:
        """Give the answer of the use case whose turn it is."""
        return (self._item if turn.intent in SENT_INTENTS else self._words).answer(turn)


INFORMATION = PERMIT_QUESTIONS | {"tanya_izin_apa", "tanya_kontak_jam_lokasi", "tanya_faq"}
"""Questions that ``action_jawab`` answers, wherever in a message they stand."""


def other_questions(turn: TurnInput) -> TurnInput | None:
    """Give the turn with only its questions beside the task it starts, or None if it has none.

    "syarat slf sama status permohonan saya" starts the status dialogue and asks a question.
    """
    others = tuple(item for item in turn.questions if item.intent in INFORMATION)
    if not others or len(others) == len(turn.questions):
        return None
    return replace(turn, intent=others[0].intent, questions=others)


class WithOtherQuestions:
    """Answers a message's questions before a one-turn task that came along with them."""

    def __init__(self, task: OneTurn, questions: OneTurn) -> None:
        """Take the task's use case and who answers questions."""
        self._task = task
        self._questions = questions

    def answer(self, turn: TurnInput) -> Answer:
        """Give the answers first, then the task's reply."""
        task = self._task.answer(turn)
        others = other_questions(turn)
        if others is None:
            return task
        answers = self._questions.answer(others)
        return replace(
            task,
            replies=(*answers.replies, *task.replies),
            slots={**answers.slots, **task.slots},
        )


class AnsweringAction(Action):
    """One named action over one use case.

    The use case is synchronous and runs in a thread of ``pool``, so that a slow database
    never holds up other conversations.
    """

    def __init__(self, name: str, use_case: OneTurn, pool: ThreadPoolExecutor) -> None:
        """Take the action's name in the domain, its use case and the threads."""
        self._name = name
        self._use_case = use_case
        self._pool = pool

    def name(self) -> str:
        """Give the name in the domain."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer the turn; every failure goes up, so that Rasa saves nothing."""
        turn = turn_of(tracker)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._pool, self._use_case.answer, turn)
        for reply in answer.replies:
            dispatcher.utter_message(json_message=reply.to_json())
        events = [SlotSet(name, value) for name, value in answer.slots.items()]
        if answer.opens:
            # The set slot tells the form that its open question was asked already.
            events += [ActiveLoop(f"form_{answer.opens}"), SlotSet(f"{answer.opens}_selesai", None)]
        return events
