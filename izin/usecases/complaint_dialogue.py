"""The dialogue on complaints: filing one, and what happens to it afterwards.

Both parts share the form of Rasa, so that asking for a ticket in the middle of a new
complaint never loses that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from izin.complaints import Confidentiality
from izin.ports import Drafts
from izin.replies import Reply
from izin.usecases.complaint_reading import LONG_ANSWER_WORDS, SURE, has_words
from izin.usecases.complaint_sending import LAST_TICKET
from izin.usecases.complaint_tickets import Tickets
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, StepResult, TurnInput
from izin.usecases.file_complaint import FileComplaint
from izin.usecases.follow_complaint import FollowComplaint
from izin.usecases.open_tasks import TASKS, OpenTasks
from izin.wording import Wording

FOLLOW = "cek_pengaduan"
FORM = "pengaduan"
FILES_BELONG = timedelta(hours=2)
"""A photo sent so soon after a ticket belongs to it."""

CAPTION_WORDS = 6
REOPEN_WORDS = 3
OFFICE_HOURS = "tanya_kontak_jam_lokasi"
_UNSURE = frozenset(
    {"nlu_fallback", "di_luar_topik", "tanya_faq", "batal", "setuju", "tolak", "koreksi",
     "beri_penilaian"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComplaintDialogue:
    """Hands each message to the part it belongs to."""

    filing: FileComplaint
    following: FollowComplaint
    drafts: Drafts
    wording: Wording

    def start(self, turn: TurnInput) -> StepResult:
        """Begin, resume or follow up, whichever the message asks for."""
        if turn.group:
            return self.filing.start(turn)
        if self._resumes(turn) and self.filing.open(turn):
            return self.filing.start(turn)
        if added := self.add_files(turn):
            return StepResult("finished", added.replies)
        if self._follows(turn):
            return self._beside(turn, self.following.start(turn))
        return self.filing.start(turn)

    def begun(self, turn: TurnInput) -> bool:
        """Say whether an unfinished complaint waits in this chat."""
        return self.filing.open(turn)

    def tells_of(self, turn: TurnInput) -> str | None:
        """Give the category that a message's own words point to, or None."""
        found = self.filing.guess(turn.text)
        return found.code if found else None

    def file(self, turn: TurnInput) -> Answer:
        """Begin a complaint from outside the form, with a message that tells one."""
        return Answer(self.filing.start(turn).replies, opens=FORM)

    def drop(self, turn: TurnInput) -> Answer:
        """Cancel the complaint that waits, outside the form ("batal" after the reminder)."""
        result = self.filing.step(turn)
        OpenTasks(self.drafts, TASKS.values()).closed(turn, FORM)
        return Answer(result.replies)

    def track(self, turn: TurnInput) -> Answer:
        """Answer a message on a filed complaint outside the form; opens it for an answer."""
        if turn.group:
            return Answer((Reply(self.wording.say("complaint.group")),))
        if self._resumes(turn) and self.filing.open(turn):
            return Answer((self.filing.ask_again(turn),), opens=FORM)
        if added := self.add_files(turn):
            return added
        result = self.following.start(turn)
        if result.outcome == "consumed":
            return Answer(result.replies, opens=FORM)
        waiting = (self.filing.waiting(),) if self.filing.open(turn) else ()
        return Answer((*result.replies, *waiting))

    def claims(self, turn: TurnInput) -> bool:
        """Say whether a message taken for something else is on a filed complaint after all.

        "cabut aduan saya" is no bare "cancel", "7k3m" one's own ticket.
        """
        if turn.group or not turn.text:
            return False
        if turn.intent == OFFICE_HOURS:
            return self._reopens(turn)
        if turn.intent not in _UNSURE:
            return False
        if self.following.wish(turn) == "buka_lagi" and len(turn.text.split()) <= CAPTION_WORDS:
            return "?" not in turn.text
        if self._wants_secrecy(turn) or self._sends_proof(turn):
            return True
        about = has_words(turn.text, self.wording.say("complaint.words_about"))
        if about and self.following.wish(turn) in ("cabut", "buka_lagi", "nilai", "tambah"):
            return True
        return self._names(turn) or Tickets(self.following.complaints).is_bare(turn)

    def step(self, turn: TurnInput) -> StepResult:
        """Take the next message, for the part that asked last."""
        if self.following.active(turn):
            return self._beside(turn, self.following.step(turn))
        filing = self.filing.open(turn)
        if filing and self._resumes(turn):
            return StepResult("consumed", (self.filing.ask_again(turn),))
        asks = turn.confidence >= SURE and len(turn.text.split()) <= LONG_ANSWER_WORDS
        here = ("tambah", "rahasia")
        adds_here = filing and self.following.wish(turn) in here and not self._names(turn)
        if self._follows(turn) and asks and not adds_here:
            return self._beside(turn, self.following.start(turn))
        return self.filing.step(turn)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the open question again."""
        if self.following.active(turn):
            return self.following.prompt(turn)
        return self.filing.prompt(turn)

    def add_files(self, turn: TurnInput) -> Answer | None:
        """Add a file or place sent right after a ticket to it; None where it is no such."""
        if turn.group or not (turn.media_ids or turn.intent == "kirim_lokasi"):
            return None
        if len(turn.text.split()) > CAPTION_WORDS or self._names(turn):
            return None
        last = self._just_filed(turn)
        reply = self.following.add_files(turn, last) if last else None
        return Answer((reply,)) if reply else None

    def _beside(self, turn: TurnInput, result: StepResult) -> StepResult:
        """Go on with a complaint that is being filed once the other matter is done."""
        if result.outcome != "finished" or not self.filing.open(turn):
            return result
        return StepResult("consumed", (*result.replies, self.filing.ask_again(turn)))

    def _follows(self, turn: TurnInput) -> bool:
        """Say whether a message is about a complaint that was filed already."""
        if turn.intent == FOLLOW or self._names(turn):
            return True
        tapped = turn.metadata.get("kind") == "choice"
        if not tapped and not self.filing.open(turn) and self._wants_secrecy(turn):
            return True
        return not tapped and self.following.wish(turn) == "buka_lagi"

    def _reopens(self, turn: TurnInput) -> bool:
        """Say whether a bare "buka lagi dong" is about a closed complaint, not the counter."""
        if self.following.wish(turn) != "buka_lagi" or len(turn.text.split()) > REOPEN_WORDS:
            return False
        asks = "?" in turn.text or has_words(
            turn.text, self.wording.say("complaint.words_question")
        )
        mine = self.following.complaints.of_conversation(turn.conversation_id)
        return not asks and any(not item.is_open for item in mine)

    def _sends_proof(self, turn: TurnInput) -> bool:
        """Say whether "tambah bukti" is for the complaint filed a moment ago."""
        short = len(turn.text.split()) <= CAPTION_WORDS
        proof = has_words(turn.text, self.wording.say("complaint.words_part_media"))
        if not (short and proof) or self.following.wish(turn) != "tambah":
            return False
        last = self.drafts.get(turn.conversation_id, LAST_TICKET)
        return bool(last) or self._just_filed(turn) is not None

    def _wants_secrecy(self, turn: TurnInput) -> bool:
        """Say whether a message asks to make a complaint that was filed here confidential."""
        if self.following.wish(turn) != "rahasia" or len(turn.text.split()) > LONG_ANSWER_WORDS:
            return False
        here = turn.conversation_id
        if has_words(turn.text, self.wording.say("complaint.words_new")):
            return False
        if has_words(turn.text, self.wording.say("complaint.words_about")):
            return bool(self.following.complaints.of_conversation(here))
        return self._just_filed(turn) is not None

    def _just_filed(self, turn: TurnInput) -> str | None:
        """Give the ticket a file or wish sent right after filing belongs to.

        Of a confidential one no draft tells; of an anonymous one nothing does.
        """
        last = self.drafts.get(turn.conversation_id, LAST_TICKET)
        if last:
            fresh = turn.now - datetime.fromisoformat(last["at"]) <= FILES_BELONG
            return str(last["ticket"]) if fresh else None
        mine = self.following.complaints.of_conversation(turn.conversation_id)
        sealed = [
            item
            for item in mine
            if item.confidentiality is not Confidentiality.NORMAL
            and turn.now - item.filed_at <= FILES_BELONG
        ]
        return max(sealed, key=lambda item: item.filed_at).ticket if sealed else None

    def _names(self, turn: TurnInput) -> bool:
        return Tickets(self.following.complaints).named(turn) is not None

    def _resumes(self, turn: TurnInput) -> bool:
        if turn.value("langkah") == "lanjut":
            return True
        short = len(turn.text.split()) <= CAPTION_WORDS
        return short and has_words(turn.text, self.wording.say("complaint.words_resume"))


@dataclass(frozen=True, slots=True)
class TrackInDialogue:
    """``cek_pengaduan`` as one turn."""

    dialogue: ComplaintDialogue

    def answer(self, turn: TurnInput) -> Answer:
        """Give the state, or the question that a step on a complaint needs answered."""
        return self.dialogue.track(turn)


@dataclass(frozen=True, slots=True)
class ComplaintFirst:
    """A one-turn use case that leaves to the dialogue what belongs to a filed complaint."""

    dialogue: ComplaintDialogue
    other: OneTurn

    def answer(self, turn: TurnInput) -> Answer:
        """Give the dialogue's answer where it claims the message, else the other's."""
        if added := self.dialogue.add_files(turn):
            return added
        if turn.intent == "batal" and turn.open_form is None and self.dialogue.filing.open(turn):
            return self.dialogue.drop(turn)
        if self.dialogue.claims(turn):
            return self.dialogue.track(turn)
        if not turn.group and turn.text and self.dialogue.filing.tells(turn):
            return self.dialogue.file(turn)
        return self.other.answer(turn)


@dataclass(frozen=True, slots=True)
class TicketFirst:
    """The status dialogue, unless what is asked for by half a number is one's own ticket."""

    dialogue: ComplaintDialogue
    status: LongDialogue

    def start(self, turn: TurnInput) -> StepResult:
        """Tell where the complaint stands ("cek 7k3m"), else begin the status dialogue."""
        tickets = Tickets(self.dialogue.following.complaints)
        numbered = turn.value("nomor_permohonan") or turn.group
        if not numbered and turn.text and tickets.is_bare(turn):
            return StepResult("finished", self.dialogue.track(turn).replies)
        return self.status.start(turn)

    def step(self, turn: TurnInput) -> StepResult:
        """Leave the step to the status dialogue."""
        return self.status.step(turn)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the status dialogue's open question again."""
        return self.status.prompt(turn)
