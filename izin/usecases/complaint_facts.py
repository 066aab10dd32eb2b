"""Facts of a complaint that a message names, whether or not they were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from izin.complaints import ComplaintCategory, Confidentiality
from izin.permits import Permit
from izin.ports import Catalogue, OfficeBook
from izin.usecases.complaint_reading import (
    LONGEST_STORY,
    Normalise,
    began_on,
    day_of,
    guess_category,
    has_words,
    is_done,
    often,
    place_of,
    place_with,
    spoken_place,
    story_of,
)
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording
from izin.words import fold, words_of

State = dict[str, Any]

LONGEST_PLACE = 200
MOST_FILES = 10
OTHER = "LAINNYA"
LONG_MESSAGE_WORDS = 80
"""In a longer story "rahasia" is hardly a wish about one's own name."""

PLAIN_NO_WORDS = 2
FEW_WORDS = 5
"""So few words beside a day or place say nothing but that."""


@dataclass(frozen=True, slots=True)
class ToldFacts:
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

    def names_level(self, turn: TurnInput) -> bool:
        """Say whether a message says how much may be known of the complainant."""
        tried: State = {}
        self.take_confidentiality(turn, tried, None)
        return bool(tried)

    def is_answer(self, turn: TurnInput, asking: str) -> bool:
        """Say whether a message answers ``asking`` whatever else it resembles."""
        if is_done(turn, self.wording) or self.names_level(turn):
            return True
        if "?" in turn.text or not turn.text:
            return False
        if asking == "when" and self._tells_time(turn):
            return True
        few = len(words_of(turn.text)) <= FEW_WORDS
        asks = has_words(turn.text, self.wording.say("complaint.words_question"))
        if few and not asks and spoken_place(turn.text, self.wording):
            return True
        told = self.guess(turn.text) if asking in ("story", "category") else None
        return told is not None or (asking == "category" and self._titled(turn) is not None)

    def _tells_time(self, turn: TurnInput) -> bool:
        today = self.today(turn)
        return bool(
            turn.values("tanggal")
            or began_on(turn, today, self.wording)
            or has_words(turn.text, self.wording.say("complaint.words_time"))
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

    def add_story(self, state: State, story: str) -> None:
        """Put more words to the story, up to what is kept of one."""
        if story.strip() in state.get("story", ""):
            return
        told = [state["story"], story.strip()] if state.get("story") else [story.strip()]
        whole = "\n".join(told)
        if len(whole) >= LONGEST_STORY:
            self.note(state, "complaint.note_story_cut")
        state["story"] = whole[:LONGEST_STORY]

    def _titled(self, turn: TurnInput) -> str | None:
        """Give the category whose button title the citizen typed instead of tapping it."""
        for category in self.catalogue.complaint_categories():
            title = self.wording.say(f"complaint.category.{category.code}")
            if fold(title) == fold(turn.text):
                return category.code
        return None

    def take_media(self, turn: TurnInput, state: State) -> None:
        """Keep the files that came along, up to what is kept of them."""
        kept = list(dict.fromkeys([*state.get("media", []), *turn.media_ids]))
        if len(kept) > MOST_FILES:
            self.note(state, "complaint.note_too_many_files")
        state["media"] = kept[:MOST_FILES]

    def take_named(self, turn: TurnInput, state: State) -> None:
        """Take what is named outright: number, permit, day, and a place not told before."""
        if number := turn.value("nomor_permohonan"):
            state["number"] = str(number)
        if permit := (turn.value("izin") or self._permit_of(state.get("number"))):
            state.setdefault("permit", str(permit))
        today = self.today(turn)
        if "day" not in state or state.get("since"):
            if day := day_of(turn, today, self.wording):
                state |= {"day": day.isoformat(), "since": False}
            elif began := began_on(turn, today, self.wording):
                state |= {"day": began.isoformat(), "since": True}
            elif "when" not in state and (again := often(turn.text, self.wording)):
                state["when"] = again
        if "place" not in state and (place := place_of(turn, self.wording)):
            state["place"] = place[:LONGEST_PLACE]

    def take_more_exactly(self, turn: TurnInput, state: State) -> None:
        """Let a few words said in between set right when and where it was."""
        if not turn.text or "?" in turn.text or len(words_of(turn.text)) > FEW_WORDS:
            return
        if day := day_of(turn, self.today(turn), self.wording):
            state |= {"day": day.isoformat(), "since": False}
        if place := spoken_place(turn.text, self.wording):
            known = str(state.get("place") or "")
            state["place"] = place_with(known, place, self.wording)[:LONGEST_PLACE]

    def _permit_of(self, number: object) -> str | None:
        """Give the permit code that stands in an application number, or None."""
        for part in str(number or "").upper().replace("-", "/").split("/"):
            if self.catalogue.permit(part):
                return part
        return None

    def take_ready(self, turn: TurnInput, state: State) -> None:
        """Take a complaint that a button fills in ("late": it tells all there is to tell)."""
        told = f"complaint.ready_{turn.value('kategori')}"
        named = turn.value("nomor_permohonan")
        if named and self.wording.has(told) and not state.get("story"):
            self.add_story(state, self.wording.say(told))
            self.skip(state, "place", "when")

    def take_category(self, turn: TurnInput, state: State) -> None:
        """Take the category chosen, typed as a button says it, or told by its words."""
        categories = self.catalogue.complaint_categories()
        chosen = turn.value("kategori")
        if chosen and any(item.code == chosen for item in categories):
            state["category"] = chosen
            return
        guessed = self.guess(turn.text) if turn.text else None
        if "category" not in state and (titled := self._titled(turn)):
            state["category"] = titled
        # Extortion is recognised at any moment; other guesses never overrule a choice.
        if guessed and ("category" not in state or guessed.confidential):
            state["category"] = guessed.code

    def take_story(self, turn: TurnInput, state: State) -> None:
        """Take the message as (more of) the story, where it tells one."""
        guessed = self.guess(turn.text) if turn.text else None
        if story := story_of(turn, guessed, self.wording):
            self.add_story(state, story)

    def take_confidentiality(self, turn: TurnInput, state: State, asking: object) -> None:
        """Take how much of the complainant may be known, where the message says so."""
        if level := turn.value("kerahasiaan"):
            self._set_confidentiality(state, Confidentiality(level))
            return
        words = len(words_of(turn.text))
        if has_words(turn.text, self.wording.say("complaint.words_loosen")):
            self._set_confidentiality(state, Confidentiality.NORMAL)
            return
        if asking == "confidentiality" or words <= LONG_MESSAGE_WORDS:
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
