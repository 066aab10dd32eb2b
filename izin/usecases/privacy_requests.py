"""Opening a request about one's own data: its ticket, its deadline, and the officer's part."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from izin.complaints import TICKET_ALPHABET
from izin.errors import Conflict
from izin.ports import Complaints, Escalations, OwnData, PrivacyChoices, PrivacyRequests
from izin.privacy import (
    RESPOND_WITHIN,
    PrivacyRequest,
    Purpose,
    RequestKind,
    RequestState,
    request_number,
)
from izin.usecases.dialogue import TurnInput

REASON = "hak_data"
TICKET_TRIES = 5


def _random_indexes() -> list[int]:
    return [secrets.randbelow(len(TICKET_ALPHABET)) for _ in range(6)]


@dataclass(frozen=True, slots=True)
class RightsDesk:
    """Takes requests and does at once what needs no human."""

    requests: PrivacyRequests
    own: OwnData
    choices: PrivacyChoices
    complaints: Complaints
    escalations: Escalations
    random_indexes: Callable[[], list[int]] = field(default=_random_indexes)

    def open(
        self,
        turn: TurnInput,
        kind: RequestKind,
        state: RequestState = RequestState.OPEN,
        details: Mapping[str, Any] | None = None,
    ) -> PrivacyRequest:
        """Record a request once per turn and kind; one that stays open goes to an officer.

        The deadline is 72 hours away by the calendar (UU 27/2022 Ps. 30, 32, 40, 41). The
        officer's note holds the ticket alone, never what the citizen wrote.
        """
        for _ in range(TICKET_TRIES):
            request = PrivacyRequest(
                ticket=request_number(self.random_indexes()),
                kind=kind,
                state=state,
                requested_at=turn.now,
                due_at=turn.now + RESPOND_WITHIN,
                conversation_id=turn.conversation_id,
                finished_at=turn.now if state is RequestState.DONE else None,
                needs_officer=state is RequestState.OPEN,
                details=details or {},
            )
            try:
                stored = self.requests.open(request, turn.turn_id, kind.value)
            except Conflict:
                continue  # the number is taken: draw another
            if stored.needs_officer:
                self.escalations.open(
                    turn.conversation_id, REASON, turn.now, f"{turn.turn_id}:{REASON}",
                    note=stored.ticket,
                )  # fmt: skip
            return stored
        raise Conflict("no free ticket number")

    def stop_everything(self, turn: TurnInput, version: str) -> int:
        """End notices, survey and review; gives how many subscriptions there were."""
        for purpose in Purpose:
            self.choices.record(
                turn.conversation_id, purpose.value, False, version, turn.now, turn.turn_id
            )
        return self.own.end_subscriptions(turn.conversation_id)
