"""Stays calm when a citizen is abusive, says less each time, and at last nothing for a while.

Only abuse and nothing else is met with silence: a question is always answered, whatever it is
wrapped in, and so is a wish that is all that stands behind the abuse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from izin.answers import suggestions
from izin.ports import Drafts
from izin.replies import Choice, Reply
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, TurnInput
from izin.usecases.read_questions import OVERVIEW, PERMIT_QUESTIONS
from izin.wording import Wording

INTENT = "kasar"
DRAFT = "kasar"
WITHIN = timedelta(hours=1)
STATUS = "cek_status"
WISHES = (PERMIT_QUESTIONS - {"hitung_biaya"}) | {STATUS, "tanya_kontak_jam_lokasi"}
"""What is answered although the words around it were the stronger."""

WISHED = 0.2
WISHED_OF_REST = 0.8
"""A wish is sure when it is at least so likely, and so much of what abuse leaves over."""

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
    status: LongDialogue | None = None

    def answer(self, turn: TurnInput) -> Answer:
        """Give the reply; running the same turn again gives the same."""
        if turn.intent != INTENT:
            return self.others.answer(turn)
        if any(item.name == "izin" for item in turn.entities):
            return self.questions.answer(replace(turn, intent=OVERVIEW, questions=()))
        if answer := self._wish(turn):
            return answer
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

    def _wish(self, turn: TurnInput) -> Answer | None:
        """Answer the wish in "bot goblok, kapan izin saya jadi", kindly; None if none is sure."""
        ranking = dict(turn.ranking)
        left = 1 - ranking.pop(INTENT, 1.0)
        wish, likely = max(ranking.items(), key=lambda item: item[1], default=("", 0.0))
        if wish not in WISHES or likely < max(WISHED, WISHED_OF_REST * left):
            return None
        meant = replace(turn, intent=wish, questions=())
        if wish != STATUS:
            answer = self.questions.answer(meant)
        elif self.status is None or turn.group or turn.open_form:
            return None
        else:
            result = self.status.start(meant)
            opens = "status" if result.outcome == "consumed" else None
            answer = Answer(result.replies, result.slots, opens)
        if not answer.replies:
            return None
        kind = self.wording.say("flow.abuse_wish")
        first = replace(answer.replies[0], text=f"{kind}\n\n{answer.replies[0].text}")
        return replace(answer, replies=(first, *answer.replies[1:]))

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
