"""Officers in the chat: who is present, who waits, who is being served."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Literal

from izin.conversations import ChannelName, Namespace

LEASE = timedelta(minutes=15)
"""How long an officer holds a conversation without a sign; each answer begins it anew."""

ENOUGH_TIMES = 5
"""From this many served conversations on, a waiting time may be told."""

RECENT = timedelta(days=30)
MOST_TIMES = 20
"""Handling times looked at: the latest, not older than :data:`RECENT`."""

URGENT = "urgent"
IN_CHAT = frozenset({"minta_petugas", URGENT, "turn_failed", "tidak_dimengerti"})
"""Reasons for which a citizen waits in the chat; others are work to be done without it."""

LOOKED_AT = frozenset({"delivery_failed", "flood", "turn_failed", "tidak_dimengerti"})
"""Reasons nobody asked for an officer by: one who has looked may call them settled, unsaid."""

EndedBy = Literal["petugas", "warga", "waktu", "lepas", "alih"]
"""How an officer's hold ended: served, by the citizen's own word, by time, put back into the
queue unserved, or passed on to a colleague."""

_WAIT_STEP = timedelta(minutes=5)
_LONGEST_WORD = 8
_BOT = r"(?:chat ?)?bot(?:nya|e)?|robot(?:nya)?|asisten(?:nya)?|mesin(?:nya)?"
_BACK = re.compile(
    rf"\b(?:kembali|kembalikan|balik|balikin|pindah|lanjut|ganti|mulih|wangsul|bulik|bali|terus)\b"
    rf"(?:\s+\w+){{0,2}}?\s+(?:{_BOT})\b"
    rf"|^(?:ke|sama|dengan|karo|sareng|pakai|pake|lawan|ka|ning)\s+(?:{_BOT})(?:\s+\w+)?$"
    rf"|^(?:chat ?)?bot(?:\s+(?:aja|saja|wae|bae|lagi|ae|haja))$"
)
_UNWANTED = re.compile(
    r"\b(?:jangan|tidak|gak|nggak|enggak|ga|ndak|ora|teu|ulah|kada|kaga|kagak|bukan|emoh|ogah)\b"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class OfficerSession:
    """An officer who can take conversations now.

    ``session`` is the console's session or the terminal; ``until`` is when it ends unless the
    officer is heard of again. ``role`` is what citizens read ("Petugas"), never a name.
    """

    session: str
    officer: str
    role: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation that waits for a human.

    Attributes:
        conversation_id: The conversation.
        namespace: Simulated citizens wait in a queue of their own.
        channel: Where it goes on.
        reasons: Why it was opened, oldest first; no personal data.
        opened_at: Since when.
        respond_by: The date promised for a first response, if one was.
        messages: How many messages were left for the officer.
        held_by: The officer who holds it already, or None.
    """

    conversation_id: str
    namespace: Namespace
    channel: ChannelName
    reasons: tuple[str, ...]
    opened_at: datetime
    respond_by: date | None = None
    messages: int = 0
    held_by: str | None = None

    @property
    def in_chat(self) -> bool:
        """Say whether the citizen waits in the chat, and so has a place in the queue."""
        return bool(IN_CHAT & set(self.reasons))


@dataclass(frozen=True, slots=True)
class Handling:
    """A conversation in an officer's hands; ``replied_at`` is the officer's latest answer.

    ``waits`` says that the citizen wrote after that answer, or that there is none yet.
    """

    id: int
    conversation_id: str
    officer: str
    role: str
    claimed_at: datetime
    lease_until: datetime
    replied_at: datetime | None = None
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One message between citizen and officer; ``media_ids`` are files that came along."""

    at: datetime
    by_citizen: bool
    text: str
    kind: str = "text"
    media_ids: tuple[str, ...] = ()


def in_order(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Give those who wait in the order they are served: urgent ones first, then the oldest."""
    return sorted(waiting, key=lambda item: (URGENT not in item.reasons, item.opened_at))


def place_of(conversation_id: str, waiting: Sequence[Waiting]) -> int | None:
    """Give a conversation's place (from 1) among those who wait in the same chat queue.

    None when it does not wait there, or an officer holds it already.
    """
    own = next((item for item in waiting if item.conversation_id == conversation_id), None)
    if own is None or own.held_by or not own.in_chat:
        return None
    queue = [
        item.conversation_id
        for item in in_order(waiting)
        if item.in_chat and not item.held_by and item.namespace == own.namespace
    ]
    return queue.index(conversation_id) + 1


def waiting_time(place: int, present: int, times: Sequence[timedelta]) -> timedelta | None:
    """Give how long the citizen at ``place`` will wait, in whole five minutes, or None.

    It is the usual (median) handling time, once for everybody served before, shared among the
    officers ``present``. None when there are too few handling times to tell, or nobody serves.
    """
    if present < 1 or len(times) < ENOUGH_TIMES:
        return None
    rounds = ceil(place / present)
    seconds = median(item.total_seconds() for item in times) * rounds
    return max(1, ceil(seconds / _WAIT_STEP.total_seconds())) * _WAIT_STEP


def asks_for_bot(text: str) -> bool:
    """Say whether a short text plainly asks to go back to the assistant.

    Thanks alone never do: the citizen may only be polite to the officer.
    """
    words = " ".join(_WORD.findall(text.casefold()))
    if not words or len(words.split()) > _LONGEST_WORD or _UNWANTED.search(words):
        return False
    return _BACK.search(words) is not None
