"""Stays calm when a citizen is abusive, says less each time, and at last nothing for a while.

Only abuse and nothing else is met with silence: a question is always answered, whatever it is
wrapped in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from izin.answers import suggestions
from izin.ports import Drafts
from izin.replies import Choice, Reply
from izin.usecases.dialogue import Answer, OneTurn, TurnInput
from izin.usecases.read_questions import OVERVIEW
from izin.wording import Wording

INTENT = "kasar"
DRAFT = "kasar"
WITHIN = timedelta(hours=1)
SENTENCES = ("flow.abuse_1", "flow.abuse_2", "flow.abuse_3")


@dataclass(frozen=True, slots=True)
class AbuseLimits:
    """How much abuse is answered.

    Attributes:
        per_hour: Abusive messages answered within an hour; the last of them says so.
        silence_min: Minutes of silence on abuse after that.
    """

    per_hour: int = 4
    silence_min: int = 30


@dataclass(frozen=True, slots=True)
class AnswerAbuse:
    """Answers pure abuse; everything else goes to the use case behind it."""

    others: OneTurn
    questions: OneTurn
    drafts: Drafts
    wording: Wording
    limits: AbuseLimits = AbuseLimits()

    def answer(self, turn: TurnInput) -> Answer:
        """Give the reply; running the same turn again gives the same."""
        if turn.intent != INTENT:
            return self.others.answer(turn)
        if any(item.name == "izin" for item in turn.entities):
            return self.questions.answer(replace(turn, intent=OVERVIEW, questions=()))
        count = self._count(turn)
        if count > self.limits.per_hour:
            return Answer((Reply(silent=True),))
        officer = suggestions.officer(self.wording)
        if count == self.limits.per_hour:
            return Answer((Reply(self.wording.say("flow.abuse_last"), (officer,)),))
        choices: tuple[Choice, ...] = (officer,)
        if count == 1:
            choices = (suggestions.menu_choice("lapor_pengaduan", self.wording), officer)
        key = SENTENCES[min(count, len(SENTENCES)) - 1]
        return Answer((Reply(self.wording.say(key), choices),))

    def _count(self, turn: TurnInput) -> int:
        """Give which abusive message within the hour this is; above the limit: be silent."""
        kept = self.drafts.get(turn.conversation_id, DRAFT) or {}
        said: list[Any] = list(kept.get("said", []))
        turns = [turn_id for turn_id, _ in said]
        if turn.turn_id in turns:
            return turns.index(turn.turn_id) + 1
        latest = datetime.fromisoformat(said[-1][1]) if said else turn.now
        silence = timedelta(minutes=self.limits.silence_min)
        if len(said) >= self.limits.per_hour and turn.now - latest < silence:
            return self.limits.per_hour + 1
        if len(said) >= self.limits.per_hour:
            said = []  # the silence is over: begin calmly again
        since = turn.now - WITHIN
        said = [item for item in said if since < datetime.fromisoformat(item[1]) <= turn.now]
        said.append([turn.turn_id, turn.now.isoformat()])
        self.drafts.put(turn.conversation_id, DRAFT, {"said": said})
        return len(said)
