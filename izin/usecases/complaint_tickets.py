"""Finds the ticket a citizen means: whole, mistyped, in small letters, or its first half."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from izin.complaints import TICKET_ALPHABET, Complaint
from izin.ports import Complaints
from izin.usecases.dialogue import TurnInput

ALIKE = 0.8
"""Six characters of which one is wrong or two are swapped reach this."""

_LOOSE = re.compile(r"(?<!\w)adu[\s_.-]{0,3}([0-9a-z]{4})[\s_.-]{0,3}([0-9a-z]{2})(?!\w)", re.I)
_HALF = re.compile(rf"(?<!\w)[{TICKET_ALPHABET}]{{4}}(?:[{TICKET_ALPHABET}]{{2}})?(?!\w)", re.I)
_BODY, _WHOLE = 4, 6


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets of one chat; those of others are as unknown as ones that do not exist."""

    complaints: Complaints

    def named(self, turn: TurnInput) -> str | None:
        """Give the ticket as the message writes it (``ADU-7K3M-Q9``), or None."""
        if value := turn.value("tiket"):
            return str(value).upper()
        loose = _LOOSE.search(turn.text)
        return f"ADU-{loose[1]}-{loose[2]}".upper() if loose else None

    def find(self, turn: TurnInput) -> Complaint | None:
        """Give this chat's complaint that the message names, or None.

        A mistyped or shortened ticket is only looked for among those filed openly here; an
        anonymous one has to be written in full.
        """
        named = self.named(turn)
        if named and self.complaints.owned_by(named, turn.conversation_id):
            return self.complaints.find(named)
        written = [_bare(named)] if named else [item.upper() for item in _HALF.findall(turn.text)]
        if not written:
            return None
        mine = self.complaints.of_conversation(turn.conversation_id)
        alike = [item for item in mine if any(_fits(one, _bare(item.ticket)) for one in written)]
        return alike[0] if len(alike) == 1 else None

    def is_bare(self, turn: TurnInput) -> bool:
        """Say whether the message is hardly more than one of this chat's tickets ("7k3m?")."""
        short = len(turn.text.split()) <= _BODY
        return short and bool(_HALF.search(turn.text)) and self.find(turn) is not None


def _bare(ticket: str) -> str:
    return ticket.removeprefix("ADU").replace("-", "")


def _fits(written: str, ticket: str) -> bool:
    if len(written) == _BODY:
        return written == ticket[:_BODY]
    if not any(letter.isdigit() for letter in written):
        return written == ticket  # a word of everyday speech is no mistyped ticket
    return SequenceMatcher(None, written, ticket, autojunk=False).ratio() >= ALIKE
