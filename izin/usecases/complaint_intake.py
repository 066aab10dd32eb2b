"""Puts into a complaint's draft whatever a message tells, asked for or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from izin.complaints import ComplaintCategory, Confidentiality
from izin.permits import Permit
from izin.ports import Catalogue, OfficeBook
from izin.usecases.complaint_reading import (
    LONGEST_STORY,
    STORY_WORDS,
    SURE,
    Normalise,
    began_on,
    day_of,
    guess_category,
    has_words,
    is_done,
    is_skip,
    names_future_day,
    place_of,
    story_of,
)
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording
from izin.words import words_of

State = dict[str, Any]

LONGEST_PLACE = 200
LONGEST_WHEN = 100
LONGEST_NUMBER = 60
MOST_FILES = 10
OTHER = "LAINNYA"
LONG_PLACE_WORDS = 25
"""A longer answer to "where?" is more of the story."""

SHORT_STORY_WORDS = 3
PLAIN_NO_WORDS = 2
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Intake:
    """Reads messages into a draft.

    The draft holds ``category``, ``permit``, ``story``, ``place``, ``day`` (ISO; ``since``: it is
    about when it began) or ``when`` (words), ``number``, ``confidentiality``, ``media`` (our
    file ids), ``skipped`` (parts that need not be asked any more), ``asking`` (the open
    question) and ``notes`` (wording ids of what the next answer has to say).
    """

    catalogue: Catalogue
    office: OfficeBook
    wording: Wording
    normalise: Normalise

    def take(self, turn: TurnInput, state: State, telling: bool = False) -> None:
        """Take everything the message says.

        ``telling``: the message opens, resumes or adds; it is no answer to the open question.
        """
        asking = None if telling else state.get("asking")
        self._take_media(turn, state)
        self._take_confidentiality(turn, state, asking)
        if turn.intent in ("kirim_berkas", "kirim_lain", "kirim_kontak"):
            note = f"complaint.note_{turn.value('jenis') or turn.intent}"
            if self.wording.has(note):
                self.note(state, note)
            return
        skipped = not telling and is_skip(turn, self.wording)
        answers: dict[str, Callable[[TurnInput, State], None]] = {
            "story": self._answer_story, "category": self._answer_category,
            "where_when": self._answer_place, "place": self._answer_place,
            "when": self._answer_when, "number": self._answer_number,
        }  # fmt: skip
        self._take_named(turn, state)
        self._take_category(turn, state)
        if telling:
            self._take_story(turn, state)
        elif skipped and asking in ("where_when", "place", "when", "number"):
            self.skip(state, *(("place", "when") if asking == "where_when" else (str(asking),)))
        elif asking in answers and not self._says_nothing(turn, state, str(asking)):
            answers[str(asking)](turn, state)
        if turn.location and not telling:
            state["place"] = place_of(turn, self.wording)

    def tightens(self, turn: TurnInput, state: State) -> bool:
        """Say whether a message changes how much may be known of the complainant."""
        tried: State = {}
        self._take_confidentiality(turn, tried, None)
        return "confidentiality" in tried and tried.get("confidentiality") != state.get(
            "confidentiality"
        )

    def skip(self, state: State, *parts: str) -> None:
        """Remember that these parts need not be asked (again)."""
        state["skipped"] = sorted({*state.get("skipped", []), *parts})

    def note(self, state: State, key: str) -> None:
        """Have the next answer say the sentence ``key``, once."""
        state["notes"] = list(dict.fromkeys([*state.get("notes", []), key]))

    def category(self, state: State) -> ComplaintCategory:
        """Give the draft's category ("other" until one is known)."""
        categories = {item.code: item for item in self.catalogue.complaint_categories()}
        return categories.get(state.get("category", ""), categories[OTHER])

    def permit(self, state: State) -> Permit | None:
        """Give the permit concerned; a parking place is no parking permit, so not always."""
        code = state.get("permit")
        if not code or self.category(state).details.get("about_application") is False:
            return None
        return self.catalogue.permit(code)

    def about_application(self, state: State) -> bool:
        """Say whether the complaint is about how an application was handled."""
        return bool(self.category(state).details.get("about_application"))

    def forced(self, state: State) -> bool:
        """Say whether the category is confidential whatever the citizen chooses."""
        if not state.get("category"):
            return False
        category = self.category(state)
        classes = self.catalogue.complaint_classes()
        return category.confidential or classes[category.class_code].always_confidential

    def today(self, turn: TurnInput) -> date:
        """Give the turn's date in the office's zone."""
        return turn.now.astimezone(self.office.office().zone).date()

    def guess(self, text: str) -> ComplaintCategory | None:
        """Give the category a text points to, or None."""
        return guess_category(text, self.catalogue.complaint_categories(), self.normalise)

    def _take_media(self, turn: TurnInput, state: State) -> None:
        kept = list(dict.fromkeys([*state.get("media", []), *turn.media_ids]))
        if len(kept) > MOST_FILES:
            self.note(state, "complaint.note_too_many_files")
        state["media"] = kept[:MOST_FILES]

    def _take_named(self, turn: TurnInput, state: State) -> None:
        """Take what is named outright: number, permit, day, and a place not told before."""
        if number := turn.value("nomor_permohonan"):
            state["number"] = str(number)
        if permit := (turn.value("izin") or self._permit_of(state.get("number"))):
            state.setdefault("permit", str(permit))
        today = self.today(turn)
        if "day" not in state or state.get("since"):
            if day := day_of(turn, today, self.wording):
                state |= {"day": day.isoformat(), "since": False}
            elif began := began_on(turn, today):
                state |= {"day": began.isoformat(), "since": True}
        if "place" not in state and (place := place_of(turn, self.wording)):
            state["place"] = place[:LONGEST_PLACE]

    def _permit_of(self, number: object) -> str | None:
        """Give the permit code that stands in an application number, or None."""
        for part in str(number or "").upper().replace("-", "/").split("/"):
            if self.catalogue.permit(part):
                return part
        return None

    def _take_category(self, turn: TurnInput, state: State) -> None:
        categories = self.catalogue.complaint_categories()
        chosen = turn.value("kategori")
        if chosen and any(item.code == chosen for item in categories):
            state["category"] = chosen
            return
        guessed = self.guess(turn.text) if turn.text else None
        # Extortion is recognised at any moment; other guesses never overrule a choice.
        if guessed and ("category" not in state or guessed.confidential):
            state["category"] = guessed.code

    def _take_story(self, turn: TurnInput, state: State) -> None:
        guessed = self.guess(turn.text) if turn.text else None
        if story := story_of(turn, guessed, self.wording):
            self.add_story(state, story)

    def add_story(self, state: State, story: str) -> None:
        """Put more words to the story, up to what is kept of one."""
        if story.strip() in state.get("story", ""):
            return
        told = [state["story"], story.strip()] if state.get("story") else [story.strip()]
        whole = "\n".join(told)
        if len(whole) >= LONGEST_STORY:
            self.note(state, "complaint.note_story_cut")
        state["story"] = whole[:LONGEST_STORY]

    def _take_confidentiality(self, turn: TurnInput, state: State, asking: object) -> None:
        if level := turn.value("kerahasiaan"):
            self._set_confidentiality(state, Confidentiality(level))
            return
        words = len(words_of(turn.text))
        if asking == "confidentiality" or words <= LONG_PLACE_WORDS:
            for level in (Confidentiality.ANONYMOUS, Confidentiality.CONFIDENTIAL):
                if has_words(turn.text, self.wording.say(f"complaint.words_{level.value}")):
                    self._set_confidentiality(state, level)
                    return
        plain_no = turn.intent == "tolak" and words <= PLAIN_NO_WORDS
        if asking == "confidentiality" and (
            plain_no or has_words(turn.text, self.wording.say("complaint.words_open"))
        ):
            self._set_confidentiality(state, Confidentiality.NORMAL)

    def _set_confidentiality(self, state: State, level: Confidentiality) -> None:
        state["confidentiality"] = level.value

    def _says_nothing(self, turn: TurnInput, state: State, asking: str) -> bool:
        """Say whether the message answers no question: abuse, "sudah", a tap, nothing typed."""
        if not turn.text or is_done(turn, self.wording):
            return True
        if turn.intent == "kasar" and asking != "story":
            self.note(state, "complaint.note_abuse")
            return True
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
        if "category" not in state:
            state["category"] = OTHER
            if not state.get("story"):
                self.add_story(state, turn.text)

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
            state["place"] = said

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
