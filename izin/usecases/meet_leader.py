"""Tells somebody who wants to meet the head of the office how: by an officer, or at its address."""

from __future__ import annotations

from dataclasses import dataclass

from izin.answers import office_hours, suggestions
from izin.ports import OfficeBook
from izin.replies import Reply
from izin.usecases.dialogue import Answer, OneTurn, TurnInput
from izin.usecases.score_reading import Normalise
from izin.wording import Wording
from izin.words import words_of

MOST_WORDS = 10
"""A longer text tells a story in which somebody was met."""


@dataclass(frozen=True, slots=True)
class MeetLeader:
    """Answers "mau ketemu pak kadis", which is often taken for a goodbye; leaves all else."""

    other: OneTurn
    office: OfficeBook
    wording: Wording
    normalise: Normalise = str.casefold

    def answer(self, turn: TurnInput) -> Answer:
        """Give the office's address with an officer to tap, or the other's answer."""
        if not self._wants_to_meet(turn):
            return self.other.answer(turn)
        contact = office_hours.contact(self.office.office(), self.wording)
        text = f"{self.wording.say('flow.meet_leader')}\n\n{contact.text}"
        hours = suggestions.menu_choice("tanya_kontak_jam_lokasi", self.wording)
        return Answer((Reply(text, (suggestions.officer(self.wording), hours)),))

    def _wants_to_meet(self, turn: TurnInput) -> bool:
        words = words_of(turn.text)
        permit = any(item.name == "izin" and item.raw for item in turn.entities)
        if not words or len(words) > MOST_WORDS or permit:
            return False
        said = f" {' '.join(words)} {' '.join(words_of(self.normalise(turn.text)))} "
        return all(
            any(f" {phrase} " in said for phrase in self.wording.say(key).split("|"))
            for key in ("flow.words_meet", "flow.words_leader")
        )
