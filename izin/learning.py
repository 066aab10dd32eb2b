"""What the assistant did not understand, and what editors make of it.

A message that was not understood well is kept with personal data masked, beside others like
it. An editor says what it means; it then becomes a training example, by which the next model
learns, and a regression case, which every later model must get right.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from izin.errors import InvalidInput

LIVES = timedelta(days=90)
"""How long a message that was not understood is kept, as the privacy notice tells."""

UNSURE_BELOW = 0.5
"""Confidence of the model below which a message is looked at again."""

LONGEST_TEXT = 300
"""Characters; a longer message is a story, no example, and the likeliest to name people."""

FAQ_INTENT = "tanya_faq"
OUT_OF_SCOPE = "di_luar_topik"
FALLBACK = "nlu_fallback"

PLACEHOLDER = re.compile(r"\[[A-Z_]{2,20}\]")
"""What masking puts where personal data stood; an example must not hold it."""


class Reason(StrEnum):
    """Why a message is looked at again."""

    UNSURE = "unsure"
    LOST = "lost"
    FAQ_MISSING = "faq_missing"
    OUT_OF_SCOPE = "out_of_scope"
    RATED_BADLY = "rated_badly"
    REJECTED = "rejected"


class Source(StrEnum):
    """Where an example or a regression case comes from."""

    MESSAGE = "message"
    BY_HAND = "by_hand"
    PASTED = "pasted"


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A sentence and what it means, beside those of the release's files.

    Attributes:
        added_by: Account id of the editor.
        permit: Code of the permit it names, if the editor said so.
        active: Taken by the next training.
        source: Where it comes from.
        trained_at: When a training first took it; None before.
    """

    id: str
    text: str
    intent: str
    added_by: str
    added_at: datetime
    permit: str | None = None
    active: bool = True
    source: Source = Source.BY_HAND
    trained_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegressionCase:
    """A sentence that every model must understand so.

    Attributes:
        permit: Code of the permit that must be found in it; None asks for none.
        faq: Key of the FAQ entry that must answer it; None asks for none.
        added_by: Account id of the editor.
        active: Asked of every model.
    """

    id: str
    text: str
    intent: str
    permit: str | None = None
    faq: str | None = None
    added_by: str = ""
    added_at: datetime | None = None
    active: bool = True
    source: Source = Source.BY_HAND


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an editor says messages mean.

    Attributes:
        intent: One of the model's intents; empty for messages to be ignored.
        permit: Code of the permit meant, if the messages name one.
        faq: Key of the FAQ entry that answers them; its intent is ``tanya_faq``.
    """

    intent: str
    permit: str | None = None
    faq: str | None = None

    @property
    def ignores(self) -> bool:
        """Say whether nothing is learned from the messages."""
        return not self.intent


IGNORED = Meaning("")


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A citizen's message as its turn tells of it.

    Attributes:
        kind: Kind of message; ``text`` is typed words.
        state: State of the turn; ``answered`` is answered by the assistant.
        intent: What was understood.
        marks: All that was noted of how it was understood and answered.
        allowed: The citizen had allowed masked messages to be reviewed.
        private: It belongs to a sealed matter, or its chat filed one.
        rated_badly: The answer was rated badly.
        rejected: The citizen's next message said that something else was meant.
        said_at: When it was said, by the office's clock.
    """

    turn_id: str
    conversation_id: str
    text: str
    kind: str
    state: str
    intent: str
    confidence: float
    said_at: datetime
    marks: dict[str, Any] = field(default_factory=dict)
    allowed: bool = False
    private: bool = False
    rated_badly: bool = False
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A message that was not understood well; ``text`` has personal data masked.

    Attributes:
        chat: Id of its conversation, for counting only.
        intent: What the model read, empty when it read nothing.
        cluster: Id of the messages it is like.
        centrality: How much it is like the others of its cluster, 0 to 1.
    """

    id: str
    turn_id: str
    chat: str
    text: str
    reason: Reason
    intent: str
    confidence: float
    said_at: datetime
    cluster: str
    centrality: float = 1.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Messages that are like one another.

    Attributes:
        text: The most central message.
        messages: How many there are.
        chats: How many chats they come from.
        reasons: Why they are looked at, without repetition.
        intent: What the model read most centrally.
        latest_at: When the latest was said.
    """

    id: str
    text: str
    messages: int
    chats: int
    reasons: tuple[Reason, ...]
    intent: str
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What an editor decided on some messages; it can be undone until a model was trained.

    Attributes:
        texts: Sentences that became examples and cases.
        messages: How many messages it settled.
        faq_version: Id of the version of the FAQ entry that took the sentences, if one did.
    """

    id: str
    meaning: Meaning
    decided_by: str
    decided_at: datetime
    texts: tuple[str, ...] = ()
    messages: int = 0
    faq_version: str | None = None
    undone_at: datetime | None = None
    trained: bool = False


_NEVER = frozenset(
    {
        "lapor_pengaduan", "cek_pengaduan", "privasi", "beri_penilaian", "ubah_langganan",
        "cek_status", "kasar",
    }
)  # fmt: skip
"""Intents whose messages tell of complaints, of a person's data or of an application."""


def reason_to_learn(turn: HeardTurn) -> Reason | None:
    """Give why a message should be looked at again; None when it should not, or must not.

    Must not: whatever its citizen did not allow to be reviewed (the notice on personal data
    promises that nothing is without a yes), was said in an open dialogue (a complaint, a
    request on one's data, a calculation), to an officer, in a sealed matter, by a button or a
    file. A turn that does not tell whether a dialogue was open counts as one in which it was.
    """
    if not turn.allowed or turn.private or turn.kind != "text" or turn.state != "answered":
        return None
    if turn.marks.get("task", True) or turn.intent in _NEVER:
        return None
    text = turn.text.strip()
    if not text or len(text) > LONGEST_TEXT or text.startswith("/"):
        return None
    if turn.rated_badly:
        return Reason.RATED_BADLY
    if turn.rejected:
        return Reason.REJECTED
    return _not_understood(turn)


def _not_understood(turn: HeardTurn) -> Reason | None:
    lost, found = bool(turn.marks.get("lost")), bool(turn.marks.get("faq"))
    if turn.intent == OUT_OF_SCOPE:
        return Reason.OUT_OF_SCOPE if lost else None
    if turn.intent == FAQ_INTENT and lost:
        return Reason.FAQ_MISSING
    if lost or (turn.intent == FALLBACK and not found):
        return Reason.LOST
    if turn.confidence < UNSURE_BELOW and not found:
        return Reason.UNSURE
    return None


def text_key(text: str) -> str:
    """Give what two sentences share that differ in capitals, spaces and punctuation alone."""
    letters = (letter if letter.isalnum() else " " for letter in text.casefold())
    return " ".join("".join(letters).split())


def checked_text(text: str) -> str:
    """Give a sentence as it may become an example.

    Raises:
        InvalidInput: It is empty or too long (field ``text``), or holds a placeholder of
            personal data (field ``placeholder``).
    """
    plain = " ".join(text.split())
    if not any(letter.isalnum() for letter in plain) or len(plain) > LONGEST_TEXT:
        raise InvalidInput(f"a sentence has 1 to {LONGEST_TEXT} characters", field="text")
    if PLACEHOLDER.search(plain):
        raise InvalidInput("a sentence still holds a placeholder", field="placeholder")
    return plain


def checked_meaning(
    meaning: Meaning, intents: Collection[str], permits: Collection[str], faq: Collection[str]
) -> Meaning:
    """Give a meaning whose intent, permit and FAQ entry exist.

    Raises:
        InvalidInput: One does not; ``field`` is ``intent``, ``permit`` or ``faq``.
    """
    if meaning.intent not in intents or meaning.intent == FALLBACK:
        raise InvalidInput(f"no intent {meaning.intent!r}", field="intent")
    if meaning.permit is not None and meaning.permit not in permits:
        raise InvalidInput(f"no permit {meaning.permit!r}", field="permit")
    if meaning.faq is not None and (meaning.faq not in faq or meaning.intent != FAQ_INTENT):
        raise InvalidInput(f"no FAQ entry {meaning.faq!r}", field="faq")
    return meaning
