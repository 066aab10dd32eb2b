"""Which part of a complaint is asked for next, and how."""

from __future__ import annotations

from dataclasses import dataclass

from izin.answers import complaint as answers
from izin.replies import Reply
from izin.usecases.complaint_facts import State
from izin.usecases.complaint_intake import Intake
from izin.usecases.dialogue import TurnInput


@dataclass(frozen=True, slots=True)
class ComplaintQuestions:
    """One question at a time, for what neither the citizen nor the category has settled."""

    intake: Intake

    def next(self, state: State) -> str:
        """Give the part to ask for next, or ``confirm`` when nothing is left."""
        # The story first: most stories tell the category, so that it need not be asked.
        for part in ("story", "category"):
            if not state.get(part):
                return part
        skipped = state.get("skipped", [])
        asks = self.intake.category(state).details
        no_place = not state.get("place") and "place" not in skipped
        no_place = no_place and asks.get("asks_place") is not False
        no_time = not (state.get("day") or state.get("when")) and "when" not in skipped
        no_time = no_time and asks.get("asks_time") is not False
        if no_place:
            return "where_when" if no_time else "place"
        if no_time:
            return "when"
        asks_number = self.intake.about_application(state) and "number" not in skipped
        if asks_number and not state.get("number"):
            return "number"
        return "confirm" if state.get("confidentiality") else "confidentiality"

    def ask(self, turn: TurnInput, state: State) -> Reply:
        """Give the question that the draft has open."""
        wording, intake = self.intake.wording, self.intake
        asking = str(state.get("asking") or "story")
        category = intake.category(state)
        if asking == "category":
            return answers.category_question(intake.catalogue.complaint_categories(), wording)
        if asking == "story":
            return answers.story_question(category, wording, int(state.get("asked") or 0) > 1)
        if asking in ("where_when", "place", "when"):
            today = intake.today(turn)
            return answers.place_question(asking, category.confidential, today, wording)
        if asking == "number":
            return answers.number_question(intake.permit(state), wording)
        if asking == "confidentiality":
            return answers.confidentiality_question(wording)
        if asking == "old_or_new":
            return answers.old_or_new_question(category, wording)
        return answers.summary(state, category, intake.permit(state), wording)
