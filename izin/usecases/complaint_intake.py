"""Takes a message into a complaint's draft: what it tells, and its answer to what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from izin.usecases.complaint_facts import LONGEST_PLACE, OTHER, State, ToldFacts
from izin.usecases.complaint_reading import (
    SHORT_WORDS,
    STORY_WORDS,
    SURE,
    has_words,
    is_done,
    is_skip,
    names_future_day,
    place_of,
)
from izin.usecases.dialogue import TurnInput
from izin.words import words_of

LONGEST_WHEN = 100
LONGEST_NUMBER = 60
LONG_PLACE_WORDS = 25
"""A longer answer to "where?" is more of the story."""

SHORT_STORY_WORDS = 3
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Intake(ToldFacts):
    """Reads an answer in the light of the open question."""

    def take(self, turn: TurnInput, state: State, telling: bool = False) -> None:
        """Take everything the message says.

        ``telling``: the message opens, resumes or adds; it is no answer to the open question.
        """
        asking = None if telling else state.get("asking")
        self.take_media(turn, state)
        self.take_confidentiality(turn, state, asking)
        if turn.intent in ("kirim_berkas", "kirim_lain", "kirim_kontak"):
            note = f"complaint.note_{turn.value('jenis') or turn.intent}"
            if self.wording.has(note):
                self.note(state, note)
            return
        words = len(words_of(turn.text))
        fear = has_words(turn.text, self.wording.say("complaint.words_fear"))
        guessed = self.guess(turn.text) if fear and words <= SHORT_WORDS else None
        promised = guessed is not None and (guessed.confidential or not telling)
        if fear and words <= SHORT_WORDS and not promised:
            self.note(state, "complaint.note_afraid")
            if not telling:
                return
        skipped = not telling and is_skip(turn, self.wording)
        answers: dict[str, Callable[[TurnInput, State], None]] = {
            "story": self._answer_story, "category": self._answer_category,
            "where_when": self._answer_place, "place": self._answer_place,
            "when": self._answer_when, "number": self._answer_number,
        }  # fmt: skip
        self.take_named(turn, state)
        if asking in ("confidentiality", "number", "when"):
            self.take_more_exactly(turn, state)
        self.take_category(turn, state)
        self.take_ready(turn, state)
        if telling:
            self.take_story(turn, state)
        elif skipped and asking in ("where_when", "place", "when", "number"):
            self.skip(state, *self._left_open(turn, str(asking)))
        elif asking in answers and not self._says_nothing(turn, state, str(asking)):
            answers[str(asking)](turn, state)
        if turn.location and not telling:
            state["place"] = place_of(turn, self.wording)

    def _left_open(self, turn: TurnInput, asking: str) -> tuple[str, ...]:
        """Give the parts that a "don't know" leaves open ("lupa tanggalnya": the day alone)."""
        if asking != "where_when":
            return (asking,)
        for part in ("place", "when"):
            words = self.wording.say(f"complaint.words_part_{part}").split()
            if has_words(turn.text, " ".join([*words, *(f"{word}nya" for word in words)])):
                return (part,)
        return ("place", "when")

    def _says_nothing(self, turn: TurnInput, state: State, asking: str) -> bool:
        """Say whether the message answers no question: abuse, "sudah", a tap, nothing typed."""
        if not turn.text or is_done(turn, self.wording):
            return True
        if turn.intent == "kasar" and asking != "story":
            self.note(state, "complaint.note_abuse")
            return True
        if asking != "story" and self.names_level(turn) and len(words_of(turn.text)) <= SHORT_WORDS:
            return not place_of(turn, self.wording) and not self._tells_time(turn)
        return turn.intent in ("setuju", "koreksi") and len(words_of(turn.text)) == 1

    def _answer_story(self, turn: TurnInput, state: State) -> None:
        if is_skip(turn, self.wording):
            self.note(state, "complaint.note_story_needed")
            return
        tries = int(state.get("story_tries") or 0)
        brief = len(words_of(turn.text)) < SHORT_STORY_WORDS
        if brief and not tries and not self.guess(turn.text):
            state["story_tries"] = tries + 1
            self.note(state, "complaint.note_story_short")
            return
        self.add_story(state, turn.text)

    def _answer_category(self, turn: TurnInput, state: State) -> None:
        dated = bool(turn.values("tanggal"))
        told = not is_skip(turn, self.wording) and self._titled(turn) is None and not dated
        if told or len(words_of(turn.text)) >= STORY_WORDS or not state.get("story"):
            self.add_story(state, turn.text)
        if "category" not in state and "category" not in state.get("twice", []):
            brief = len(words_of(turn.text)) < SHORT_STORY_WORDS or turn.values("tanggal")
            if brief and not is_skip(turn, self.wording):
                self._once_more(state, "category", "complaint.note_pick")
                return
        state.setdefault("category", OTHER)

    def _answer_place(self, turn: TurnInput, state: State) -> None:
        said = turn.text.strip()
        if len(words_of(said)) > LONG_PLACE_WORDS or len(said) > LONGEST_PLACE:
            self.add_story(state, said)
            self.note(state, "complaint.note_joined_story")
            if not state.get("place"):
                self.skip(state, "place")
            return
        if names_future_day(turn, self.today(turn)):
            self.note(state, "complaint.note_future_day")
        if self._is_story(turn):
            self.add_story(state, said)
            self.note(state, "complaint.note_joined_story")
            return
        dated = bool(turn.values("tanggal"))
        if sum(letter.isalnum() for letter in said) < _LEAST_LETTERS:
            self._once_more(state, "place", "complaint.note_place_short")
        elif not dated or (not state.get("place") and len(words_of(said)) > SHORT_STORY_WORDS):
            state["place"] = self._without_at(said)

    def _without_at(self, said: str) -> str:
        """Give an answer to "where?" without its "di" (also regional)."""
        first, _, rest = said.partition(" ")
        return rest if rest and has_words(first, self.wording.say("complaint.words_at")) else said

    def _answer_when(self, turn: TurnInput, state: State) -> None:
        if "day" in state:
            return
        if names_future_day(turn, self.today(turn)):
            self._once_more(state, "when", "complaint.note_future_day")
        elif has_words(turn.text, self.wording.say("complaint.words_time")):
            state["when"] = turn.text.strip()[:LONGEST_WHEN]
        else:
            self._once_more(state, "when", "complaint.note_no_day")

    def _is_story(self, turn: TurnInput) -> bool:
        """Say whether an answer goes on telling what happened and names no place."""
        tells = turn.intent == "lapor_pengaduan" and turn.confidence >= SURE
        long = len(words_of(turn.text)) >= STORY_WORDS
        return tells and long and not place_of(turn, self.wording)

    def _once_more(self, state: State, part: str, note: str) -> None:
        """Have the question asked once more; after that it is left open."""
        if part in state.get("twice", []):
            self.skip(state, part)
            return
        state["twice"] = [*state.get("twice", []), part]
        self.note(state, note)

    def _answer_number(self, turn: TurnInput, state: State) -> None:
        self.skip(state, "number")
        if state.get("number"):
            return
        if turn.value("nik") or turn.value("telepon"):
            self.note(state, "complaint.note_not_a_number")
            return
        said = turn.text.strip()
        if any(letter.isdigit() for letter in said) and len(said) <= LONGEST_NUMBER:
            state["number"] = said.upper()
        elif len(words_of(said)) >= LONG_PLACE_WORDS or self._is_story(turn):
            self.add_story(state, said)
            self.note(state, "complaint.note_joined_story")
