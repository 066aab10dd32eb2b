"""Takes a complaint from the first angry sentence to its ticket.

One thing is asked at a time, nothing that was said already; the citizen may ask something
else in between, correct, cancel and resume. Extortion is confidential from its first word,
and the dialogue never asks for anything that could endanger who tells of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from izin.answers import complaint as answers
from izin.complaints import (
    TICKET_ALPHABET,
    Complaint,
    ComplaintCategory,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    deadlines,
    ticket_number,
)
from izin.errors import Conflict
from izin.permits import Permit
from izin.ports import Catalogue, Complaints, Drafts, OfficeBook
from izin.replies import Reply
from izin.usecases.complaint_reading import (
    LONGEST_STORY,
    Normalise,
    answers_another_question,
    guess_category,
    place_of,
    story_of,
)
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

DRAFT = "pengaduan"
LONGEST_PLACE = 200
MOST_FILES = 10
TICKET_TRIES = 5
REMIND_EVERY = 3
"""Interruptions in a row until the open complaint is mentioned again."""

State = dict[str, Any]


def _random_indexes() -> list[int]:
    return [secrets.randbelow(len(TICKET_ALPHABET)) for _ in range(6)]


@dataclass(frozen=True, slots=True)
class FileComplaint:
    """The complaint dialogue; its draft lives in the database until it is sent."""

    catalogue: Catalogue
    office: OfficeBook
    complaints: Complaints
    drafts: Drafts
    wording: Wording
    normalise: Normalise = str.casefold
    random_indexes: Callable[[], list[int]] = field(default=_random_indexes)

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    def start(self, turn: TurnInput) -> StepResult:
        """Begin, or resume an unfinished complaint, taking all the message already says."""
        if turn.group:
            return StepResult("finished", (Reply(self.wording.say("complaint.group")),))
        state = self._draft.before(turn)
        resumed = bool(state)
        self._take(turn, state, telling=True)
        asked = self._ask(turn, state)
        key = "complaint.resumed" if resumed else "complaint.noted"
        if not resumed and "story" not in state:
            return asked
        return StepResult(asked.outcome, (Reply(self.wording.say(key)), *asked.replies))

    def step(self, turn: TurnInput) -> StepResult:
        """Take the answer to the open question, a correction, or leave it to another action."""
        state = self._draft.before(turn)
        if not state:
            return self.start(turn)
        if turn.intent == "batal":
            self._draft.save(turn, {})
            return StepResult("finished", (Reply(self.wording.say("complaint.cancelled")),))
        asking = state.get("asking")
        if asking == "confirm":
            return self._confirm(turn, state)
        if answers_another_question(turn, str(asking)):
            return StepResult("interrupted")
        self._take(turn, state)
        return self._ask(turn, state)

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of the complaint and ask its open question again, every third time."""
        state = self._draft.before(turn)
        reminded = int(state.get("reminded") or 0)
        self._draft.save(turn, {**state, "reminded": reminded + 1})
        if reminded % REMIND_EVERY:
            return Reply(silent=True)
        question = self._question(state)
        intro = self.wording.say("complaint.continue")
        return Reply(f"{intro}\n\n{question.text}", choices=question.choices)

    def _confirm(self, turn: TurnInput, state: State) -> StepResult:
        if turn.intent == "setuju":
            return self._send(turn, state)
        part = turn.value("bagian")
        if turn.intent == "koreksi" and part in answers.PARTS:
            state.pop(part, None)
            state["number_asked"] = part != "number" and state.get("number_asked", False)
            return self._ask(turn, state)
        if turn.intent in ("koreksi", "tolak", "nlu_fallback"):
            changed = self._correct(turn, state)
            if changed:
                return self._ask(turn, state)
            self._draft.save(turn, state)
            fixed = self._forced(state)
            return StepResult("consumed", (answers.correction_question(fixed, self.wording),))
        if turn.intent == "lapor_pengaduan" or turn.media_ids or turn.location:
            self._take(turn, state, telling=True)
            return self._ask(turn, state)
        return StepResult("interrupted")

    def _correct(self, turn: TurnInput, state: State) -> bool:
        before = (state.get("place"), state.get("number"))
        number, place = turn.value("nomor_permohonan"), turn.value("tempat")
        if number:
            state["number"] = str(number)
        if place:
            state["place"] = str(place)[:LONGEST_PLACE]
        return before != (state.get("place"), state.get("number"))

    def _take(self, turn: TurnInput, state: State, telling: bool = False) -> None:
        """Put into the state whatever the message tells, question or not.

        ``telling``: the message opens, resumes or adds; it is no answer to the open question.
        """
        asking = None if telling else state.get("asking")
        kept = [*state.get("media", []), *turn.media_ids]
        state["media"] = list(dict.fromkeys(kept))[:MOST_FILES]
        if number := turn.value("nomor_permohonan"):
            state["number"] = str(number)
        if permit := turn.value("izin"):
            state.setdefault("permit", str(permit))
        if level := turn.value("kerahasiaan"):
            state["confidentiality"] = Confidentiality(level).value
        if turn.value("langkah") == "lewati" or (asking == "number" and turn.intent == "tolak"):
            state["number_asked"] = True
        self._take_category(turn, state, asking)
        if asking == "story" and turn.text:
            state["story"] = turn.text[:LONGEST_STORY]
        elif telling and (story := story_of(turn)):
            told = [state["story"], story] if state.get("story") else [story]
            state["story"] = "\n".join(told)[:LONGEST_STORY]
        if asking == "place" and (turn.text or turn.location):
            state["place"] = place_of(turn, anything=True)[:LONGEST_PLACE]
        elif (turn.location or "place" not in state) and (place := place_of(turn, False)):
            state["place"] = place[:LONGEST_PLACE]
        if asking == "confidentiality" and "confidentiality" not in state:
            self._take_confidentiality(turn, state)
        if asking == "number" and "number" not in state and turn.text:
            state["number_asked"] = True
            if any(letter.isdigit() for letter in turn.text):
                state["number"] = turn.text.strip()[:60].upper()

    def _take_category(self, turn: TurnInput, state: State, asking: Any) -> None:
        categories = self.catalogue.complaint_categories()
        chosen = turn.value("kategori")
        if chosen and any(item.code == chosen for item in categories):
            state["category"] = chosen
            return
        guessed = guess_category(turn.text, categories, self.normalise) if turn.text else None
        # Extortion is recognised at any moment; other guesses never overrule a choice.
        if guessed and ("category" not in state or guessed.confidential):
            state["category"] = guessed.code
        elif asking == "category" and turn.text and "category" not in state:
            state["category"] = "LAINNYA"
            state.setdefault("story", turn.text[:LONGEST_STORY])

    def _take_confidentiality(self, turn: TurnInput, state: State) -> None:
        typed = turn.text.casefold()
        for level in (Confidentiality.ANONYMOUS, Confidentiality.CONFIDENTIAL):
            if level.value in typed:
                state["confidentiality"] = level.value
                return
        if "terbuka" in typed or "biasa" in typed or Confidentiality.NORMAL.value in typed:
            state["confidentiality"] = Confidentiality.NORMAL.value

    def _ask(self, turn: TurnInput, state: State) -> StepResult:
        if self._forced(state) and state.get("confidentiality") != Confidentiality.ANONYMOUS:
            state["confidentiality"] = Confidentiality.CONFIDENTIAL.value
        state.pop("reminded", None)
        state["asking"] = self._open_question(state)
        replies = (*self._promise(state), self._question(state))
        self._draft.save(turn, state)
        return StepResult("consumed", replies)

    def _promise(self, state: State) -> tuple[Reply, ...]:
        """Promise secrecy and call a human the moment extortion is recognised, once."""
        if state.get("promised") or not state.get("category"):
            return ()
        if not self._category(state).confidential:
            return ()
        state["promised"] = True
        return (Reply(self.wording.say("complaint.extortion_promise"), urgent=True),)

    def _open_question(self, state: State) -> str:
        # The story first: most stories tell the category, so that it need not be asked.
        for part in ("story", "category", "place"):
            if not state.get(part):
                return part
        if not state.get("number") and not state.get("number_asked"):
            return "number"
        return "confirm" if state.get("confidentiality") else "confidentiality"

    def _question(self, state: State) -> Reply:
        wording = self.wording
        asking = state.get("asking") or "story"
        if asking == "category":
            return answers.category_question(self.catalogue.complaint_categories(), wording)
        if asking == "story":
            return answers.story_question(self._category(state), wording)
        if asking == "place":
            return answers.place_question(wording)
        if asking == "number":
            return answers.number_question(wording)
        if asking == "confidentiality":
            return answers.confidentiality_question(wording)
        return answers.summary(state, self._category(state), self._permit(state), wording)

    def _send(self, turn: TurnInput, state: State) -> StepResult:
        category = self._category(state)
        classes = self.catalogue.complaint_classes()
        complaint_class = classes[category.class_code]
        office = self.office.office()
        today = turn.now.astimezone(office.zone).date()
        level = Confidentiality(state["confidentiality"])
        filed = self._file(
            turn,
            Complaint(
                ticket="",
                category=category.code,
                class_code=category.class_code,
                story=state["story"],
                place=state["place"],
                confidentiality=level,
                state=ComplaintState.RECEIVED,
                filed_at=turn.now,
                deadlines=deadlines(
                    today, complaint_class.resolve_working_days, self.office.calendar()
                ),
                owner=category.owner,
                conversation_id=turn.conversation_id,
                permit_code=state.get("permit"),
                application_number=state.get("number"),
                media_ids=tuple(state.get("media", ())),
                events=(ComplaintEvent(turn.now, "received"),),
            ),
        )
        self._draft.save(turn, {})
        reply = answers.acknowledgement(
            filed, category, complaint_class, self._permit(state), office, self.wording
        )
        return StepResult("finished", (reply,))

    def _file(self, turn: TurnInput, complaint: Complaint) -> Complaint:
        for _ in range(TICKET_TRIES):
            try:
                numbered = replace(complaint, ticket=ticket_number(self.random_indexes()))
                return self.complaints.file(numbered, turn.turn_id, "file")
            except Conflict:
                continue  # the number is taken: draw another
        raise Conflict("no free ticket number")

    def _category(self, state: State) -> ComplaintCategory:
        categories = {item.code: item for item in self.catalogue.complaint_categories()}
        return categories.get(state.get("category", ""), categories["LAINNYA"])

    def _permit(self, state: State) -> Permit | None:
        code = state.get("permit")
        return self.catalogue.permit(code) if code else None

    def _forced(self, state: State) -> bool:
        """Say whether the category is confidential whatever the citizen chooses."""
        if not state.get("category"):
            return False
        category = self._category(state)
        classes = self.catalogue.complaint_classes()
        return category.confidential or classes[category.class_code].always_confidential
