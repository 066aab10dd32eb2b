"""What the office owes a citizen about their own data (UU 27/2022), and for how long it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from izin.complaints import TICKET_ALPHABET
from izin.errors import InvalidInput
from izin.office import Office

RESPOND_WITHIN = timedelta(hours=72)
"""UU 27/2022 Ps. 30, 32, 40 and 41; kept for erasure too, where the law names no hours."""

WARN_BEFORE = timedelta(hours=24)
"""An open request is shown to an officer again this long before its deadline."""

EXPORT_LIVES = timedelta(hours=24)
CHAT_LIVES = timedelta(days=90)
"""Messages of a chat without a complaint; see the notice in ``data/office/privacy.yml``."""

TICKET_CHAT_LIVES = timedelta(days=730)
"""Messages of a chat with a complaint, counted from the closing of the complaint."""

DRAFT_LIVES = timedelta(days=7)


class RequestKind(StrEnum):
    """Which right is exercised."""

    COPY = "salinan"
    CORRECTION = "perbaikan"
    ERASURE = "penghapusan"
    WITHDRAWAL = "penarikan"
    RESTRICTION = "pembatasan"
    OBJECTION = "keberatan"


class RequestState(StrEnum):
    """Where a request stands; ``LAPSED`` ended because the chat was erased."""

    OPEN = "terbuka"
    WORKING = "berjalan"
    DONE = "selesai"
    LAPSED = "gugur"


class Purpose(StrEnum):
    """What a citizen can allow or stop, apart from the service itself."""

    NOTICES = "pemberitahuan"
    SURVEY = "survei"
    REVIEW = "tinjauan"


ALLOWED_UNASKED = frozenset({Purpose.NOTICES, Purpose.SURVEY})
"""Done until the citizen stops it; the review of masked messages needs a yes first."""


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """One request of a citizen about their data.

    Attributes:
        ticket: ``DAT-7K3M-Q9``.
        conversation_id: None once the chat was erased.
        due_at: 72 hours after ``requested_at``.
        needs_officer: A human has to act before it is done.
        details: What has to be done or was done, without content once it is finished.
    """

    ticket: str
    kind: RequestKind
    state: RequestState
    requested_at: datetime
    due_at: datetime
    conversation_id: str | None = None
    finished_at: datetime | None = None
    needs_officer: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


class Outcome(StrEnum):
    """How an officer ended a request."""

    GRANTED = "dipenuhi"
    PARTLY = "dipenuhi_sebagian"
    REFUSED = "ditolak"


@dataclass(frozen=True, slots=True)
class RequestNote:
    """What an officer noted beside a request, for colleagues only."""

    at: datetime
    officer: str
    text: str


@dataclass(frozen=True, slots=True)
class RequestWork:
    """A request with what officers did about it.

    Attributes:
        officer: Account id of who works on it, or None.
        taken_at: When that officer took it.
        outcome: How it ended, if an officer ended it.
        channel: Where the citizen is answered; None once the chat was erased.
        phone: The proven phone, ``+62…``, or None.
        simulated: The request comes from the simulator.
        notes: Oldest first.
    """

    request: PrivacyRequest
    officer: str | None = None
    taken_at: datetime | None = None
    outcome: Outcome | None = None
    channel: str | None = None
    phone: str | None = None
    simulated: bool = False
    notes: tuple[RequestNote, ...] = ()

    @property
    def waits(self) -> bool:
        """Say whether an officer still has to act."""
        return self.request.state is RequestState.OPEN


@dataclass(frozen=True, slots=True)
class KeptData:
    """How much is kept about one chat.

    Attributes:
        channel: telegram or whatsapp.
        since: First contact.
        phone: The proven phone, ``+62…``, or None.
        counts: By kind: ``pesan``, ``balasan``, ``berkas``, ``isian``, ``langganan``,
            ``penilaian``, ``permintaan``.
        oldest_message_at: When the oldest kept message came, or None.
    """

    channel: str
    since: datetime
    phone: str | None
    counts: Mapping[str, int]
    oldest_message_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticeSection:
    """One titled part of the privacy notice."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """The office's own privacy notice; ``version`` changes whenever it says something new."""

    version: str
    sections: tuple[NoticeSection, ...]

    @classmethod
    def of(cls, office: Office) -> PrivacyNotice | None:
        """Read the notice from the office's data, with our periods put in; None without one.

        Raises:
            InvalidInput: The stored notice has another shape.
        """
        stored = office.details.get("privacy")
        if not stored:
            return None
        try:
            return cls(
                str(stored["version"]),
                tuple(
                    NoticeSection(str(part["title"]), str(part["text"]).format(**_periods()))
                    for part in stored["sections"]
                ),
            )
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise InvalidInput("not a privacy notice", field="privacy") from error


def request_number(random_index: Sequence[int]) -> str:
    """Give ``DAT-7K3M-Q9`` from six indexes into the alphabet of tickets."""
    letters = "".join(TICKET_ALPHABET[index % len(TICKET_ALPHABET)] for index in random_index)
    return f"DAT-{letters[:4]}-{letters[4:6]}"


def masked_phone(phone: str) -> str:
    """Give ``+62•••••1234``: country and last four digits (``privacy.yaml``: phone, mask)."""
    return f"{phone[:3]}•••••{phone[-4:]}" if len(phone) > 8 else "•••••"


def allowed(consents: Mapping[str, bool], purpose: Purpose) -> bool:
    """Say whether ``purpose`` may be done, given the citizen's last word on each."""
    return consents.get(purpose.value, purpose in ALLOWED_UNASKED)


def _periods() -> dict[str, int]:
    return {
        "respond_hours": int(RESPOND_WITHIN.total_seconds() // 3600),
        "export_hours": int(EXPORT_LIVES.total_seconds() // 3600),
        "chat_days": CHAT_LIVES.days,
        "ticket_years": TICKET_CHAT_LIVES.days // 365,
        "draft_days": DRAFT_LIVES.days,
    }
