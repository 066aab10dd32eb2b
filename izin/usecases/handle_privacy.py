"""Answers in one turn what a citizen asks about their own data (UU 27/2022)."""

from __future__ import annotations

from dataclasses import dataclass

from izin.answers.own_data import (
    OwnDataView,
    kept_reply,
    moment_words,
    notice_reply,
    openly_filed,
    requests_reply,
    rights,
)
from izin.answers.suggestions import officer
from izin.ports import OfficeBook
from izin.privacy import PrivacyNotice, Purpose, RequestKind, RequestState, allowed
from izin.replies import Reply
from izin.usecases.copy_own_data import CopyOwnData
from izin.usecases.dialogue import Answer, LongDialogue, TurnInput
from izin.usecases.privacy_reading import wish_of
from izin.usecases.privacy_requests import RightsDesk
from izin.usecases.private_chat import private_chat
from izin.wording import Wording

DIALOGUES = frozenset({"erase", "correct"})
"""Wishes that take more than one turn; ``ManageOwnData`` carries them."""

TASK = "data_saya"
NO_VERSION = "-"


@dataclass(frozen=True, slots=True)
class HandlePrivacy:
    """Shows what is kept, hands out copies, and takes requests with their deadline."""

    desk: RightsDesk
    copies: CopyOwnData
    dialogue: LongDialogue
    office: OfficeBook
    wording: Wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the notice, what is kept, a copy, the requests; or take a request.

        Only what belongs to this chat is ever shown; the permit registry is not asked.
        """
        wish = wish_of(turn, self.wording)
        if wish == "other_person":
            text = self.wording.say("privacy.other_person")
            return Answer((Reply(text, () if turn.group else rights(self.wording, "notice")),))
        if wish == "notice":
            return Answer((notice_reply(self.office.office(), self._reviewed(turn), self.wording),))
        if turn.group:
            return Answer((private_chat(turn, self.wording),))
        if wish in DIALOGUES:
            begun = self.dialogue.start(turn)
            return Answer(begun.replies, opens=TASK if begun.outcome == "consumed" else None)
        return Answer((self._own(turn, wish),))

    def _own(self, turn: TurnInput, wish: str) -> Reply:
        if wish == "copy":
            return self.copies.answer(turn)
        if wish == "list":
            requests = self.desk.requests.of_conversation(turn.conversation_id)
            return requests_reply(requests, self.office.office().zone, self.wording)
        if wish == "stop":
            return self._stop(turn)
        if wish == "limit":
            self.desk.stop_everything(turn, self._version())
            return self._take(turn, RequestKind.RESTRICTION, "privacy.limited")
        if wish == "object":
            return self._take(turn, RequestKind.OBJECTION, "privacy.objected")
        if wish == "allow":
            return self._allow(turn)
        return self._kept(turn)

    def _kept(self, turn: TurnInput) -> Reply:
        view = OwnDataView(
            kept=self.desk.own.kept(turn.conversation_id),
            complaints=openly_filed(self.desk.complaints.of_conversation(turn.conversation_id)),
            review_allowed=self._reviewed(turn),
            zone=self.office.office().zone,
        )
        return kept_reply(view, self.wording)

    def _take(self, turn: TurnInput, kind: RequestKind, key: str) -> Reply:
        request = self.desk.open(turn, kind)
        due = moment_words(request.due_at, self.office.office().zone, self.wording)
        text = self.wording.say(key, ticket=request.ticket, **due)
        return Reply(text, (officer(self.wording), *rights(self.wording, "notice", "stop")))

    def _stop(self, turn: TurnInput) -> Reply:
        ended = self.desk.stop_everything(turn, self._version())
        details = {"langganan": ended}
        request = self.desk.open(turn, RequestKind.WITHDRAWAL, RequestState.DONE, details)
        count = request.details.get("langganan", ended)
        text = self.wording.say("privacy.stopped", count=count, ticket=request.ticket)
        return Reply(text, rights(self.wording, "stop"))

    def _allow(self, turn: TurnInput) -> Reply:
        version = self._version()
        self.desk.choices.record(
            turn.conversation_id, Purpose.REVIEW.value, True, version, turn.now, turn.turn_id
        )
        at = moment_words(turn.now, self.office.office().zone, self.wording)
        text = self.wording.say("privacy.allowed", version=version, **at)
        return Reply(text, rights(self.wording, "notice"))

    def _reviewed(self, turn: TurnInput) -> bool:
        return allowed(self.desk.choices.consents(turn.conversation_id), Purpose.REVIEW)

    def _version(self) -> str:
        notice = PrivacyNotice.of(self.office.office())
        return notice.version if notice else NO_VERSION
