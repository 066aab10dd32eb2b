"""One conversation as an officer sees it: what was said, by whom, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from izin.conversations import ChannelName, Namespace

PAGE = 50
"""Entries of a history given at once."""

WINDOW = timedelta(hours=24)
"""WhatsApp takes free messages this long after the citizen's last one."""

LONGEST_NOTE = 2000
MOST_SCHEDULED_AHEAD = timedelta(days=90)

EntryKind = Literal["citizen", "bot", "officer", "notice", "note", "event"]
"""Whose words: the citizen's, the assistant's, an officer's, a message nobody asked for; a note
among officers; or an event without words."""

DeliveryState = Literal["waiting", "sent", "delivered", "read", "failed"]

_MENTION = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9._-]{1,63})", re.IGNORECASE)


class NoteKind(StrEnum):
    """What a note records beside its text."""

    NOTE = "catatan"
    RETURNED = "dikembalikan"
    PUT_BACK = "dilepas"
    HANDED_OVER = "diserahkan"
    TAKEN_OVER = "diambil_alih"
    FORWARDED = "diteruskan"
    TEMPLATE = "templat"
    RETRIED = "kirim_ulang"
    SETTLED = "diselesaikan"


@dataclass(frozen=True, slots=True)
class Understood:
    """How the assistant read a message; ``confidence`` goes from 0 to 1."""

    intent: str
    confidence: float
    permit: str | None = None


@dataclass(frozen=True, slots=True)
class RoomFile:
    """A file of a conversation; its content is with ``MediaStore``."""

    id: str
    kind: str
    mime_type: str | None = None
    name: str | None = None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message on its way out.

    Attributes:
        state: Where it is; ``sent`` says that the platform took it.
        error: Name of our error, for a message that failed.
        code: The platform's error code.
        can_repeat: Sending it again makes sense.
    """

    state: DeliveryState
    error: str | None = None
    code: str | None = None
    can_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history.

    Attributes:
        id: Id of the turn, outbox message, note or event.
        at: When.
        kind: Whose words.
        text: What was said, with the renderer's ``[b]`` marks for ``bot``.
        who: Account id or terminal name of the officer.
        what: Kind of the citizen's message, of a note, or of an event.
        details: More about an event or a note, in codes.
        files: What came along.
        choices: Titles of the buttons under an answer.
        location: A place the citizen sent.
        understood: How the assistant read it.
        delivery: What became of a message of ours.
    """

    id: str
    at: datetime
    kind: EntryKind
    text: str = ""
    who: str | None = None
    what: str = "text"
    details: Mapping[str, str] = field(default_factory=dict)
    files: tuple[RoomFile, ...] = ()
    choices: tuple[str, ...] = ()
    location: tuple[float, float] | None = None
    understood: Understood | None = None
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries from oldest to newest; ``earlier`` leads to the page before, if there is one."""

    entries: tuple[Entry, ...]
    earlier: str | None = None


@dataclass(frozen=True, slots=True)
class RoomHead:
    """The conversation itself.

    ``verified_phone`` is shown masked only; ``last_inbound_at`` opens WhatsApp's window.
    """

    id: str
    channel: ChannelName
    namespace: Namespace
    held_by_officer: bool
    verified_phone: str | None
    last_inbound_at: datetime | None
    group: bool = False

    def window_until(self) -> datetime | None:
        """Give when free messages end on WhatsApp; None where there is no such limit."""
        if self.channel != "whatsapp" or self.namespace != "live":
            return None
        return (self.last_inbound_at or datetime.min.replace(tzinfo=UTC)) + WINDOW

    def window_open(self, now: datetime) -> bool:
        """Say whether a free message may go out now."""
        until = self.window_until()
        return until is None or now < until


@dataclass(frozen=True, slots=True)
class EarlierComplaint:
    """An ordinary complaint of the same citizen, without its words."""

    ticket: str
    category: str
    state: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class EarlierHandling:
    """A hold that is over."""

    officer: str
    role: str
    claimed_at: datetime
    ended_at: datetime
    ended_by: str


@dataclass(frozen=True, slots=True)
class GivenRating:
    """A rating the citizen gave."""

    score: int
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of a citizen beside the conversation; newest first."""

    complaints: tuple[EarlierComplaint, ...] = ()
    handlings: tuple[EarlierHandling, ...] = ()
    ratings: tuple[GivenRating, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Words among officers about a conversation, or the record of a step.

    ``key`` makes it one note however often it is sent; ``mentions`` are account ids.
    """

    conversation_id: str
    key: str
    author: str
    kind: NoteKind
    at: datetime
    text: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A note that names an account."""

    note_id: str
    conversation_id: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that leaves at a later time.

    ``signed`` is what the citizen reads; ``state`` is waiting, sent, failed or cancelled.
    """

    id: str
    conversation_id: str
    key: str
    author: str
    text: str
    signed: str
    due_at: datetime
    state: Literal["waiting", "sent", "failed", "cancelled"] = "waiting"


def mentioned(text: str) -> tuple[str, ...]:
    """Give the logins a note names (``@ani``), in lower case, each once."""
    found = (name.rstrip("._-").lower() for name in _MENTION.findall(text))
    return tuple(dict.fromkeys(found))
