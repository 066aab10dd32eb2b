"""Takes the rating of a closed complaint, 1 to 5, and the reason of a low one."""

from __future__ import annotations

from dataclasses import dataclass

from izin.answers.complaint_case import rating_question, step_choice
from izin.complaints import Complaint
from izin.ports import Complaints
from izin.replies import Choice, Reply
from izin.usecases.complaint_reading import answers_another_question, is_done, is_skip
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.score_reading import names_case, number_in
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

LOW_SCORE = 2
WORST, BEST = 1, 5
LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class RateComplaint:
    """The rating dialogue of one complaint, over the draft of its follow-up."""

    complaints: Complaints
    draft: TurnDraft
    wording: Wording

    def begin(self, turn: TurnInput, complaint: Complaint) -> StepResult:
        """Ask for the score, or take the one the message brings."""
        if complaint.is_open:
            self.draft.save(turn, {})
            text = self.wording.say("complaint.rate_open", ticket=complaint.ticket)
            add = step_choice("tambah", complaint.ticket, self.wording)
            return StepResult("finished", (Reply(text, choices=(add,)),))
        if turn.value("nilai") is not None:
            return self.score(turn, {}, complaint)
        self.draft.save(turn, {"asking": "score", "ticket": complaint.ticket})
        return StepResult("consumed", (rating_question(complaint.ticket, self.wording),))

    def score(self, turn: TurnInput, state: dict[str, object], complaint: Complaint) -> StepResult:
        """Take a score; a low one is asked for its reason."""
        score = self._read(turn)
        if score is None:
            if names_case(turn) or answers_another_question(turn, "score", self.wording):
                return StepResult("interrupted")
            self.draft.save(turn, {"asking": "score", "ticket": complaint.ticket})
            question = rating_question(complaint.ticket, self.wording)
            text = self.wording.say("complaint.rating_range")
            return StepResult("consumed", (Reply(text, choices=question.choices),))
        ticket = complaint.ticket
        self.complaints.rate(ticket, score, "", turn.turn_id, "rate", turn.now)
        if score > LOW_SCORE:
            return self._thank(turn, complaint, "complaint.rating_thanks")
        self.draft.save(turn, {"asking": "comment", "ticket": ticket, "score": score})
        skip = Choice(self.wording.say("complaint.choice.skip"), "cek_pengaduan",
                      {"langkah": "lewati"})  # fmt: skip
        text = self.wording.say("complaint.follow_ask_comment")
        return StepResult("consumed", (Reply(text, choices=(skip,)),))

    def comment(
        self, turn: TurnInput, state: dict[str, object], complaint: Complaint
    ) -> StepResult:
        """Take the reason of a low score, or leave it."""
        if is_skip(turn, self.wording) or is_done(turn, self.wording):
            return self._thank(turn, complaint, "complaint.rating_sorry")
        if answers_another_question(turn, "comment", self.wording):
            return StepResult("interrupted")
        comment = turn.text.strip()[:LONGEST_COMMENT]
        if comment:
            score = int(str(state.get("score") or WORST))
            self.complaints.rate(complaint.ticket, score, comment, turn.turn_id, "rate", turn.now)
        return self._thank(turn, complaint, "complaint.rating_sorry")

    def _read(self, turn: TurnInput) -> int | None:
        score = number_in(turn, str.casefold)
        return score if score is not None and WORST <= score <= BEST else None

    def _thank(self, turn: TurnInput, complaint: Complaint, key: str) -> StepResult:
        self.draft.save(turn, {})
        again = step_choice("buka_lagi", complaint.ticket, self.wording)
        officer = Choice(self.wording.say("complaint.choice.officer"), "minta_petugas")
        choices = (again, officer) if key == "complaint.rating_sorry" else ()
        return StepResult("finished", (Reply(self.wording.say(key), choices=choices),))
