"""Between a citizen's own data and everything else: the words decide where the guess is weak."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from izin.usecases.dialogue import Answer, OneTurn, TurnInput
from izin.usecases.privacy_reading import words_in
from izin.usecases.read_questions import OVERVIEW, PERMIT_QUESTIONS
from izin.wording import Wording
from izin.words import words_of


@dataclass(frozen=True, slots=True)
class OwnDataByName:
    """Hands "nama saya keliru" and "lupakan saya" to who keeps data, all else to another."""

    privacy: OneTurn
    use_case: OneTurn
    wording: Wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the answer of the use case whose turn it is."""
        named = turn.text and turn.open_form is None and self._named(turn)
        return (self.privacy if named else self.use_case).answer(turn)

    def _named(self, turn: TurnInput) -> bool:
        words = words_of(turn.text)
        own = words_in(self.wording, "own")
        pairs = set(pairwise(words))
        if any(first in words_in(self.wording, "forget") and second in own
               for first, second in pairs):  # fmt: skip
            return len(words) <= 4
        if turn.value("izin"):
            return False
        fields = words_in(self.wording, "field")
        mine = any(first in fields and second in own for first, second in pairs)
        wrong = words_in(self.wording, "correct") | words_in(self.wording, "instead")
        return mine and bool(set(words) & wrong)


@dataclass(frozen=True, slots=True)
class PermitInstead:
    """Hands a question on a permit, typed along with a NIK or telephone, to who answers it."""

    privacy: OneTurn
    questions: OneTurn
    wording: Wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the answer of the use case whose turn it is."""
        if not turn.text or not turn.values("izin"):
            return self.privacy.answer(turn)
        if set(words_of(turn.text)) & words_in(self.wording, "subject"):
            return self.privacy.answer(turn)
        asked = next((name for name, _ in turn.ranking if name in PERMIT_QUESTIONS), OVERVIEW)
        return self.questions.answer(replace(turn, intent=asked, questions=()))
