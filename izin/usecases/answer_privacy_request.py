"""What an officer does about a citizen's request on their own data, and tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from izin.errors import InvalidInput
from izin.ports import OfficeBook, PrivacyDesk
from izin.privacy import Outcome
from izin.replies import Reply
from izin.wording import Wording

SHORTEST_ANSWER, LONGEST_ANSWER = 10, 2000
LONGEST_NOTE = 2000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AnswerPrivacyRequest:
    """Takes, notes and closes requests; the citizen reads the role, never a name."""

    desk: PrivacyDesk
    office: OfficeBook
    wording: Wording

    def take(self, ticket: str, officer: str, now: datetime, seen: str | None = None) -> None:
        """Work on a request; ``seen`` is the colleague it is taken over from.

        Raises:
            NotFound: No such request.
            Conflict: It has ended, or somebody else has taken it meanwhile.
        """
        self.desk.take(ticket, officer, now, seen)
        log.info("privacy_request_taken", ticket=ticket)

    def note(self, ticket: str, officer: str, text: str, key: str, now: datetime) -> None:
        """Keep a note for colleagues, once per ``key``.

        Raises:
            InvalidInput: The text is empty or too long.
            NotFound: No such request.
            Conflict: The citizen's chat is erased.
        """
        words = text.strip()
        if not 1 <= len(words) <= LONGEST_NOTE:
            raise InvalidInput(f"a note has 1 to {LONGEST_NOTE} characters", field="text")
        self.desk.note(ticket, officer, words, key, now)

    def answer(self, ticket: str, outcome: Outcome, text: str, role: str) -> Reply:
        """Give what the citizen will read.

        Raises:
            InvalidInput: The text is too short or too long.
            NotFound: No such request.
        """
        words = text.strip()
        if not SHORTEST_ANSWER <= len(words) <= LONGEST_ANSWER:
            raise InvalidInput("an answer tells what was done", field="text")
        kind = self.desk.read(ticket).request.kind
        return Reply(
            self.wording.say(
                f"requests.answer.{outcome.value}",
                ticket=ticket,
                kind=self.wording.say(f"privacy.kind.{kind.value}"),
                text=words,
                role=f"{role} {self.office.office().short_name}",
            )
        )

    def close(
        self,
        ticket: str,
        officer: str,
        role: str,
        outcome: Outcome,
        text: str,
        key: str,
        now: datetime,
    ) -> bool:
        """End a request with a message to the citizen, once per ``key``; False if repeated.

        Raises:
            InvalidInput: The text is too short or too long.
            NotFound: No such request.
            Conflict: It has ended otherwise, or another officer works on it.
        """
        reply = self.answer(ticket, outcome, text, role)
        closed = self.desk.close(ticket, officer, outcome, reply, key, now)
        if closed:
            log.info("privacy_request_closed", ticket=ticket, outcome=outcome.value)
        return closed
