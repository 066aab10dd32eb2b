"""Takes a complaint from the first angry sentence to its ticket.

One thing is asked at a time, nothing that was said already; the citizen may ask something
else in between, correct, cancel and resume. Extortion is confidential from its first word,
and the dialogue never asks for anything that could endanger who tells of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from izin.answers import complaint as answers
from izin.complaints import ComplaintCategory, Confidentiality
from izin.ports import Catalogue, Complaints, Drafts, Escalations, OfficeBook, Registry
from izin.replies import Choice, Reply
from izin.usecases.complaint_correction import apply_correction, forget, read_correction
from izin.usecases.complaint_facts import State
from izin.usecases.complaint_help import FirstHelp
from izin.usecases.complaint_intake import SHORT_STORY_WORDS, Intake
from izin.usecases.complaint_questions import ComplaintQuestions
from izin.usecases.complaint_reading import (
    LONG_ANSWER_WORDS,
    STORY_WORDS,
    Normalise,
    answers_another_question,
    has_words,
    is_cancel,
    is_done,
    is_skip,
    says_send,
    story_of,
)
from izin.usecases.complaint_sending import SendComplaint, random_indexes
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

DRAFT = "pengaduan"
REMIND_EVERY = 3
"""Interruptions in a row until the open complaint is mentioned again."""

LIKELY = 0.25
"""From here on "complains" is a good second guess behind an unsure first one."""

POSSIBLE = 0.1
"""From here on, where the words themselves name a category and tell that it goes on."""

STILL_WARM = timedelta(minutes=30)
"""A story told so soon after the last message belongs to the complaint that is open."""


@dataclass(frozen=True, slots=True)
class FileComplaint:
    """The complaint dialogue; its draft lives in the database until it is sent."""

    catalogue: Catalogue
    office: OfficeBook
    complaints: Complaints
    drafts: Drafts
    wording: Wording
    normalise: Normalise = str.casefold
    random_indexes: Callable[[], list[int]] = field(default=random_indexes)
    registry: Registry | None = None
    escalations: Escalations | None = None

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    @property
    def _intake(self) -> Intake:
        return Intake(self.catalogue, self.office, self.wording, self.normalise)

    @property
    def _questions(self) -> ComplaintQuestions:
        return ComplaintQuestions(self._intake)

    def open(self, turn: TurnInput) -> bool:
        """Say whether an unfinished complaint waits in this chat."""
        return bool(self._draft.before(turn))

    def guess(self, text: str) -> ComplaintCategory | None:
        """Give the category that a text points to, or None."""
        return self._intake.guess(text)

    def start(self, turn: TurnInput) -> StepResult:
        """Begin, or resume an unfinished complaint, taking all the message already says."""
        if turn.group:
            return StepResult("finished", (Reply(self.wording.say("complaint.group")),))
        state = self._draft.before(turn)
        if turn.value("langkah") == "hapus":
            return self._cancel(turn)
        resumed = bool(state)
        if resumed and (newer := self._tells_another(turn, state)):
            return newer
        if not resumed:
            state["begun"] = turn.turn_id
        self._intake.take(turn, state, telling=True)
        asked = self._ask(turn, state)
        if not resumed and "story" not in state:
            return asked
        key = "complaint.resumed" if resumed else self._noted(state)
        # "Do not pay" is needed before anything else.
        first = 1 if state.get("called") == turn.turn_id else 0
        told = (*asked.replies[:first], Reply(self.wording.say(key)), *asked.replies[first:])
        return StepResult(asked.outcome, told)

    def step(self, turn: TurnInput) -> StepResult:
        """Take the answer to the open question, a correction, or leave it to another action."""
        state = self._draft.before(turn)
        if not state:
            return self.start(turn)
        if is_cancel(turn) or turn.value("langkah") == "hapus":
            return self._cancel(turn)
        asking = str(state.get("asking"))
        if asking == "old_or_new":
            return self._choose(turn, state)
        if asking == "confirm" and says_send(turn, self.wording):
            return self._confirm(turn, state)
        if self._continues_files(turn, state):
            return self._keep_files(turn, state)
        if turn.intent == "lapor_pengaduan" and (another := self._tells_another(turn, state)):
            return another
        correction = read_correction(turn, self.wording, always=asking == "confirm")
        if correction and (asking == "confirm" or correction.part != asking):
            apply_correction(correction, turn, state, self._intake)
            if asking != "confirm" and (correction.value or correction.delete):
                self._intake.note(state, "complaint.note_corrected")
            return self._ask(turn, state)
        adding = has_words(turn.text, self.wording.say("complaint.words_step_tambah"))
        if adding and turn.intent == "cek_pengaduan" and not self._adds_words(turn):
            self._intake.note(state, "complaint.note_send_evidence")
            return self._ask(turn, state)
        if asking == "confirm":
            return self._confirm(turn, state)
        ours = self._intake.is_answer(turn, asking)
        if not ours and answers_another_question(turn, asking, self.wording):
            return StepResult("interrupted")
        self._intake.take(turn, state)
        return self._ask(turn, state)

    def tells(self, turn: TurnInput) -> bool:
        """Say whether an unsure message without a question tells of something to complain of."""
        chance = dict(turn.ranking).get("lapor_pengaduan", 0.0)
        long = len(turn.text.split()) > STORY_WORDS and "?" not in turn.text
        guessed = self._intake.guess(turn.text)
        if long and guessed and chance >= POSSIBLE:
            # "syarat ganti terus" tells, however much it resembles "syarat …?".
            asks = has_words(turn.text, self.wording.say("complaint.words_question"))
            told = has_words(turn.text, self.wording.say("complaint.words_told_not_asked"))
            if told and not asks:
                return True
        named = guessed is not None or self._intake.names_level(turn)
        return chance >= LIKELY and long and named

    def ask_again(self, turn: TurnInput) -> Reply:
        """Ask the open question again, as the complaint goes on."""
        state = self._draft.before(turn)
        self._draft.save(turn, state)
        question = self._questions.ask(turn, state)
        intro = self.wording.say("complaint.continue")
        return Reply(f"{intro}\n\n{question.text}", choices=question.choices)

    def waiting(self) -> Reply:
        """Say that an unfinished complaint waits, with the button that goes on with it."""
        resume = Choice(self.wording.say("complaint.choice.resume"), "lapor_pengaduan",
                        {"langkah": "lanjut"})  # fmt: skip
        return Reply(self.wording.say("complaint.waiting"), choices=(resume,))

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of the complaint and ask its open question again, every third time."""
        state = self._draft.before(turn)
        reminded = int(state.get("reminded") or 0)
        self._draft.save(turn, {**state, "reminded": reminded + 1})
        if reminded % REMIND_EVERY or not state:
            return Reply(silent=True)
        question = self._questions.ask(turn, state)
        intro = self.wording.say("complaint.continue")
        return Reply(f"{intro}\n\n{question.text}", choices=question.choices)

    def _tells_another(self, turn: TurnInput, state: State) -> StepResult | None:
        """Ask which complaint is meant when a new story comes long after the old one."""
        step = turn.value("langkah")
        guessed = self._intake.guess(turn.text) if turn.text else None
        story = story_of(turn, guessed, self.wording)
        last = datetime.fromisoformat(state["at"]) if state.get("at") else turn.now
        if step == "baru":
            self._draft.save(turn, {})
            return self._begin_anew(turn, state)
        if not state.get("story") or not story or turn.now - last < STILL_WARM:
            return None
        if has_words(turn.text, self.wording.say("complaint.words_resume")):
            return None
        state |= {"newer": story, "asking": "old_or_new", "at": turn.now.isoformat()}
        self._draft.save(turn, state)
        return StepResult("consumed", (self._questions.ask(turn, state),))

    def _noted(self, state: State) -> str:
        """Give the first sentence: an apology, or thanks for a suggestion."""
        own = f"complaint.noted_{self._intake.category(state).class_code}"
        return own if self.wording.has(own) else "complaint.noted"

    def _cancel(self, turn: TurnInput) -> StepResult:
        self._draft.save(turn, {})
        choices = (
            Choice(self.wording.say("complaint.choice.new"), "lapor_pengaduan"),
            Choice(self.wording.say("complaint.choice.menu"), "menu_bantuan"),
        )
        return StepResult(
            "finished", (Reply(self.wording.say("complaint.cancelled"), choices=choices),)
        )

    def _choose(self, turn: TurnInput, state: State) -> StepResult:
        fresh = has_words(turn.text, self.wording.say("complaint.words_fresh"))
        if turn.value("langkah") == "baru" or fresh:
            return self._begin_anew(turn, state)
        if answers_another_question(turn, "choice", self.wording):
            return StepResult("interrupted")
        state.pop("newer", None)
        return self._ask(turn, state)

    def _begin_anew(self, turn: TurnInput, state: State) -> StepResult:
        newer = str(state.get("newer") or "")
        fresh: State = {"begun": turn.turn_id}
        self._intake.take(replace(turn, text=newer, metadata={}), fresh, telling=True)
        return self._ask(turn, fresh)

    def _continues_files(self, turn: TurnInput, state: State) -> bool:
        """Say whether a file follows a file: then nothing is asked in between."""
        sent = turn.intent == "kirim_berkas" and bool(turn.media_ids)
        return sent and bool(state.get("row")) and bool(state.get("story"))

    def _keep_files(self, turn: TurnInput, state: State) -> StepResult:
        self._intake.take(turn, state)
        state |= {"row": int(state["row"]) + 1, "at": turn.now.isoformat()}
        single = f"complaint.note_{turn.value('jenis')}"
        state["notes"] = [key for key in state.get("notes", []) if key != single]
        lead = self._notes(state)
        self._draft.save(turn, state)
        kept = answers.files_kept(len(state["media"]), self.wording)
        return StepResult("consumed", (*lead, kept))

    def _confirm(self, turn: TurnInput, state: State) -> StepResult:
        more_files = bool(state.get("row"))
        done = is_done(turn, self.wording) and not more_files
        if turn.intent == "setuju" or says_send(turn, self.wording) or done:
            send = SendComplaint(
                self.catalogue, self.office, self.complaints, self.drafts, self.wording,
                self.random_indexes,
            )  # fmt: skip
            reply = send.send(turn, state, self._intake)
            self._draft.save(turn, {})
            return StepResult("finished", (reply,))
        part = turn.value("bagian")
        if turn.intent == "koreksi" and part in answers.PARTS:
            forget(str(part), state)
            return self._ask(turn, state)
        if self._intake.names_level(turn) and len(turn.text.split()) <= LONG_ANSWER_WORDS:
            self._intake.take_confidentiality(turn, state, "confidentiality")
            return self._ask(turn, state)
        if self._adds(turn):
            if turn.location:
                state.pop("place", None)
            self._intake.take(turn, state, telling=True)
            if self._adds_words(turn):
                self._intake.add_story(state, turn.text)
            return self._ask(turn, state)
        if has_words(turn.text, self.wording.say("complaint.words_fear")):
            self._intake.note(state, "complaint.note_afraid")
            return self._ask(turn, state)
        if is_skip(turn, self.wording) and has_words(
            turn.text, self.wording.say("complaint.words_nothing_more")
        ):
            self._draft.save(turn, state)
            return StepResult("consumed", (answers.ready_question(self.wording),))
        wrong = has_words(turn.text, self.wording.say("complaint.words_wrong"))
        if wrong or turn.intent in ("koreksi", "tolak", "nlu_fallback", "di_luar_topik"):
            self._draft.save(turn, state)
            fixed = self._intake.forced(state)
            return StepResult("consumed", (answers.correction_question(fixed, self.wording),))
        return StepResult("interrupted")

    def _adds(self, turn: TurnInput) -> bool:
        """Say whether a message at the summary tells more, or is nothing but a sticker."""
        sent = turn.intent in ("lapor_pengaduan", "kirim_lain", "kirim_kontak")
        more = turn.media_ids or turn.location or is_done(turn, self.wording)
        return bool(sent or more or self._adds_words(turn))

    def _adds_words(self, turn: TurnInput) -> bool:
        """Say whether a message tells more: "tambahin: petugasnya selalu bilang besok"."""
        words = len(turn.text.split())
        adding = has_words(turn.text, self.wording.say("complaint.words_step_tambah"))
        told = turn.intent == "lapor_pengaduan" and words >= SHORT_STORY_WORDS
        return "?" not in turn.text and (told or (adding and words > SHORT_STORY_WORDS))

    def _ask(self, turn: TurnInput, state: State) -> StepResult:
        anonymous = state.get("confidentiality") == Confidentiality.ANONYMOUS
        if self._intake.forced(state) and not anonymous:
            state["confidentiality"] = Confidentiality.CONFIDENTIAL.value
        if anonymous:
            self._take_back(turn, state)
        state.pop("reminded", None)
        state["row"] = 1 if turn.media_ids and turn.intent == "kirim_berkas" else 0
        state["at"] = turn.now.isoformat()
        asking = self._questions.next(state)
        again = asking == state.get("asking")
        state |= {"asking": asking, "asked": int(state.get("asked") or 0) + 1 if again else 1}
        lead = (*self._promise(turn, state), *self._notes(state), *self._help(turn, state))
        self._draft.save(turn, state)
        return StepResult("consumed", (*lead, self._questions.ask(turn, state)))

    def _notes(self, state: State) -> tuple[Reply, ...]:
        return tuple(Reply(self.wording.say(key)) for key in state.pop("notes", []))

    def _promise(self, turn: TurnInput, state: State) -> tuple[Reply, ...]:
        """Promise secrecy and call a human the moment extortion is recognised, once."""
        if state.get("promised") or not state.get("category"):
            return ()
        if not self._intake.category(state).confidential:
            return ()
        state |= {"promised": True, "called": turn.turn_id}
        anonymous = state.get("confidentiality") == Confidentiality.ANONYMOUS
        return (Reply(self.wording.say("complaint.extortion_promise"), urgent=not anonymous),)

    def _take_back(self, turn: TurnInput, state: State) -> None:
        """Undo the call for a human: it shows an officer whose anonymous complaint this is."""
        called = str(state.get("called") or "")
        if called and self.escalations is not None:
            self.escalations.take_back(turn.conversation_id, [f"turn:{called}"])

    def _help(self, turn: TurnInput, state: State) -> tuple[Reply, ...]:
        if not state.get("category") or state.get("helped") == state["category"]:
            return ()
        state["helped"] = state["category"]
        help_ = FirstHelp(self.catalogue, self.office, self.wording, self.registry)
        reply = help_.reply(turn, state, self._intake.category(state))
        return (reply,) if reply else ()
