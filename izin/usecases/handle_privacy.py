"""What is kept about a citizen, and requests to see, correct or erase it (UU 27/2022)."""

from __future__ import annotations

from datetime import timedelta

from izin.answers import suggestions
from izin.ports import Escalations, OfficeBook
from izin.replies import Reply
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.private_chat import private_chat
from izin.wording import Wording
from izin.words import words_of

REASON = "hak_data"
ANSWER_WITHIN = timedelta(hours=72)
"""UU 27/2022 Ps. 30, 32, 40-41; kept for erasure too, where the law names no hours."""

REQUESTS = ("erase", "copy", "correct", "stop")


class HandlePrivacy:
    """Gives the notice, and hands a citizen's request about their data to an officer."""

    def __init__(self, office: OfficeBook, escalations: Escalations, wording: Wording) -> None:
        """Take the office (controller), the officers' queue and the wording."""
        self._office = office
        self._escalations = escalations
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the notice, refuse another person's data, or take a request with its deadline."""
        say = self._wording.say
        words = set(words_of(turn.text))
        if words & set(say("social.words_other_person").split()):
            return Answer((Reply(say("social.privacy_other_person")),))
        request = next(
            (name for name in REQUESTS if words & set(say(f"social.words_{name}").split())), None
        )
        if request is None:
            return Answer((self._notice(),))
        if turn.group:
            return Answer((private_chat(turn, self._wording),))
        self._escalations.open(
            turn.conversation_id, REASON, turn.now, f"{turn.turn_id}:{REASON}", note=request
        )
        zone = self._office.office().zone
        due = (turn.now + ANSWER_WITHIN).astimezone(zone)
        text = say(
            "social.privacy_request",
            request=say(f"social.request_{request}"),
            date=self._wording.date(due.date()),
            time=self._wording.time(due, zone),
        )
        return Answer((Reply(text),))

    def _notice(self) -> Reply:
        text = self._wording.say("social.privacy_notice", agency=self._office.office().agency)
        return Reply(text, (suggestions.officer(self._wording),))
