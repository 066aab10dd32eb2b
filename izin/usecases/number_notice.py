"""Tells a citizen kindly that a personal number they typed was not needed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tanya_language import mask_personal_data

from izin.usecases.dialogue import Answer, OneTurn, TurnInput
from izin.wording import Wording

_MARK = re.compile(r"\[([A-Z_]+)\]")


@dataclass(frozen=True, slots=True)
class WithNumberNotice:
    """A one-turn use case that never needs personal numbers, and says so when it gets one."""

    use_case: OneTurn
    wording: Wording

    def answer(self, turn: TurnInput) -> Answer:
        """Answer, and add one sentence when the message holds a number it need not hold."""
        answer = self.use_case.answer(turn)
        kinds = self._kinds(turn.text)
        spoken = [place for place, reply in enumerate(answer.replies) if not reply.silent]
        if not kinds or not spoken or turn.open_form is not None:
            return answer
        place = spoken[-1]
        last = answer.replies[place]
        told = self.wording.say("privacy.number_not_needed", kinds=", ".join(kinds))
        replies = list(answer.replies)
        replies[place] = replace(last, text=f"{last.text}\n\n{told}".strip())
        return replace(answer, replies=tuple(replies))

    def _kinds(self, text: str) -> list[str]:
        """Give the kinds of numbers in a text, as citizens call them, each once."""
        typed = set(_MARK.findall(text))
        found = [kind for kind in _MARK.findall(mask_personal_data(text)) if kind not in typed]
        keys = [f"privacy.kind_{kind}" for kind in dict.fromkeys(found)]
        return [self.wording.say(key) for key in keys if self.wording.has(key)]
