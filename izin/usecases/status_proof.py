"""The proof that opens an application: verified phone, or the last four NIK digits.

Unknown numbers and wrong proofs are never told apart. Five wrong proofs lock the number in
all chats, and the chat, for 24 hours, and alert the registered phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from izin.applications import Application
from izin.following import NoticeKind
from izin.ports import Notices, ProofLedger, Registry
from izin.replies import Reply
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording

Verdict = Literal["right", "wrong", "locked"]

_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SPACED_DIGITS = re.compile(r"(?<!\d)\d[ .-]\d[ .-]\d[ .-]\d(?![ .-]?\d)")
_LABELLED_DIGITS = re.compile(
    r"\bnik(?:nya)?\b.{0,30}?(?<![\d./-])(\d{4})(?![./-]?\w)", re.IGNORECASE | re.DOTALL
)
_SIXTEEN_DIGITS = re.compile(r"(?<!\d)\d{16}(?!\d)")


@dataclass(frozen=True, slots=True)
class StatusProof:
    """Finds applications and judges proofs."""

    registry: Registry
    ledger: ProofLedger
    notices: Notices
    wording: Wording

    def find(self, number: str) -> Application | None:
        """Give the application a typed number means, or None.

        Several similar numbers count as unknown: saying so would tell which ones exist.

        Raises:
            RegistryUnavailable: The registry does not answer.
        """
        exact = self.registry.find(number)
        if exact is not None:
            return exact
        alike = self.registry.find_like(number)
        return alike[0] if len(alike) == 1 else None

    def locked(self, turn: TurnInput, number: str, application: Application | None) -> bool:
        """Say whether the number or the chat is locked."""
        key = application.number if application else number
        return self.ledger.is_locked(key, turn.conversation_id, turn.now)

    def owns(self, turn: TurnInput, application: Application | None) -> bool:
        """Say whether the chat's verified phone is the applicant's."""
        return bool(application and application.phone and application.phone == turn.verified_phone)

    def judge(
        self, turn: TurnInput, number: str, digits: str
    ) -> tuple[Verdict, Application | None]:
        """Judge four digits for a number; gives the application only if they are right.

        Raises:
            RegistryUnavailable: The registry does not answer.
        """
        application = self.find(number)
        locked = self.locked(turn, number, application)
        right = application and application.nik_last4 and application.nik_last4 == digits
        if application and right and not locked:
            return "right", application
        # Asked even while locked: the turn that caused the lock may be running again after a
        # crash, and its alert is still owed. Nothing new is counted then.
        key = application.number if application else number
        if self.ledger.record_failure(key, turn.conversation_id, turn.turn_id, turn.now):
            self._alert(turn, application)
            locked = True
        return ("locked" if locked else "wrong"), None

    def digits(self, turn: TurnInput) -> str | None:
        """Give the four digits the message offers as a proof, or None."""
        nik = turn.value("nik")
        if nik:
            return str(nik)[-4:]
        whole = _SIXTEEN_DIGITS.search(turn.text)
        if whole:
            return whole.group()[-4:]
        if turn.value("nomor_permohonan"):
            labelled = _LABELLED_DIGITS.search(turn.text)
            return labelled[1] if labelled else None
        four = _FOUR_DIGITS.findall(turn.text)
        if four:
            return str(four[-1])
        spaced = _SPACED_DIGITS.search(turn.text)  # "0 1 0 1", as some dictate it
        return "".join(filter(str.isdigit, spaced.group())) if spaced else None

    def warning(self, turn: TurnInput) -> tuple[Reply, ...]:
        """Give the advice to delete a whole NIK that was sent, if one was."""
        sent = turn.value("nik") or _SIXTEEN_DIGITS.search(turn.text)
        return (Reply(self.wording.say("status.full_nik_sent")),) if sent else ()

    def _alert(self, turn: TurnInput, application: Application | None) -> None:
        if application and application.phone:
            alert = Reply(self.wording.say("status.lock_alert"))
            self.notices.push_to_phone(
                application.phone, alert, f"lock:{turn.turn_id}", turn.now,
                NoticeKind.SECURITY, self.wording.say("notice.late"),
            )  # fmt: skip
