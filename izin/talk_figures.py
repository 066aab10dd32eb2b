"""Figures of conversations: messages by hour, sessions the bot ended alone, what was asked.

Counted once a day from turns, then kept without anything that leads to a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from izin.conversations import SESSION_LENGTH
from izin.figures import Share

NOT_UNDERSTOOD = frozenset({"nlu_fallback", "di_luar_topik"})
"""Intents that say the bot could not tell, or does not deal with, what was meant."""

ROUTINE = frozenset(
    {"sapa", "terima_kasih", "pamit", "setuju", "tolak", "batal", "koreksi", "kasar"}
    | NOT_UNDERSTOOD
)
"""Intents that tell nothing about what citizens come for."""

LOOKED_AFTER = timedelta(days=1)
"""A session that begins on a day is looked at until this long after that day."""

AskedKind = Literal["intent", "permit", "faq", "followup", "low_intent", "low_permit", "low_faq"]
"""What a count is of: an intent or permit asked about, a FAQ answer told, a further question on
the permit just spoken of, and intent, permit and FAQ answer of what was then rated badly."""

_RATES = "beri_penilaian"


@dataclass(frozen=True, slots=True)
class TurnFact:
    """A citizen's message, as far as it is counted.

    Attributes:
        previous_at: The moment of the message before it in the conversation.
        intent: What was understood; None when nothing was noted.
        permit: Code of the permit it was about.
        faq: Key of the FAQ answer it was given.
        task: A dialogue was open: a complaint, a request on one's data, a calculation.
        low: It rated what came before it badly.
    """

    conversation_id: str
    namespace: str
    channel: str
    at: datetime
    previous_at: datetime | None = None
    intent: str | None = None
    permit: str | None = None
    faq: str | None = None
    task: bool = False
    low: bool = False

    @property
    def starts_session(self) -> bool:
        """Say whether a new session begins with it."""
        return self.previous_at is None or self.at - self.previous_at > SESSION_LENGTH


@dataclass(frozen=True, slots=True)
class OpenedFact:
    """A conversation came to an officer: it was opened to one, or one took it."""

    conversation_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HourCount:
    """Messages of citizens within an hour of a day."""

    namespace: str
    day: date
    hour: int
    channel: str
    messages: int


@dataclass(frozen=True, slots=True)
class TalkDay:
    """A day on a channel.

    Attributes:
        chats: Conversations with a message.
        sessions: Sessions that began; ``opened``: of these, those that came to an officer.
        messages: Of citizens; ``judged``: of these, those of which it is known how they were
            read; ``lost``: of these, those not understood.
    """

    namespace: str
    day: date
    channel: str
    chats: int = 0
    sessions: int = 0
    opened: int = 0
    messages: int = 0
    judged: int = 0
    lost: int = 0

    @property
    def contained(self) -> Share:
        """Give the share of sessions that the bot ended alone."""
        return Share(self.sessions - self.opened, self.sessions)

    @property
    def fallback(self) -> Share:
        """Give the share of messages that were not understood."""
        return Share(self.lost, self.judged)


@dataclass(frozen=True, slots=True)
class AskedCount:
    """How often an intent or a permit was asked about on a day."""

    namespace: str
    day: date
    channel: str
    kind: AskedKind
    code: str
    messages: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """All that is kept of one day."""

    day: date
    hours: tuple[HourCount, ...]
    talks: tuple[TalkDay, ...]
    asked: tuple[AskedCount, ...]


def figures_of_day(
    day: date, turns: Sequence[TurnFact], opened: Iterable[OpenedFact], zone: ZoneInfo
) -> DayFigures:
    """Give the figures of a day.

    ``turns`` are those of the day and of :data:`LOOKED_AFTER`, each conversation's in its own
    order; ``opened`` those of the same time. What came to an officer counts for the latest
    session begun before it.
    """
    own = [turn for turn in turns if turn.at.astimezone(zone).date() == day]
    hours: Counter[tuple[str, str, int]] = Counter()
    asked: Counter[tuple[str, str, AskedKind, str]] = Counter()
    for turn in own:
        hours[turn.namespace, turn.channel, turn.at.astimezone(zone).hour] += 1
        if turn.intent and turn.intent not in ROUTINE:
            asked[turn.namespace, turn.channel, "intent", turn.intent] += 1
        if turn.permit:
            asked[turn.namespace, turn.channel, "permit", turn.permit] += 1
        if turn.faq:
            asked[turn.namespace, turn.channel, "faq", turn.faq] += 1
    asked.update(_in_talks(own))
    return DayFigures(
        day,
        tuple(HourCount(ns, day, hour, ch, n) for (ns, ch, hour), n in sorted(hours.items())),
        tuple(_talk_day(day, place, own, turns, opened) for place in _places(own)),
        tuple(
            AskedCount(ns, day, ch, kind, code, n)
            for (ns, ch, kind, code), n in sorted(asked.items())
        ),
    )


def _in_talks(turns: Sequence[TurnFact]) -> Counter[tuple[str, str, AskedKind, str]]:
    """Count further questions on a permit, and what was rated badly; no open dialogue is told of.

    A rating counts for the last thing the citizen came for in the same session.
    """
    counts: Counter[tuple[str, str, AskedKind, str]] = Counter()
    latest: dict[str, TurnFact] = {}
    for turn in turns:
        before = None if turn.starts_session else latest.get(turn.conversation_id)
        place = (turn.namespace, turn.channel)
        if turn.low and before is not None:
            told: tuple[tuple[AskedKind, str | None], ...] = (
                ("low_intent", before.intent), ("low_permit", before.permit),
                ("low_faq", before.faq),
            )  # fmt: skip
            for kind, code in told:
                if code:
                    counts[*place, kind, code] += 1
        if turn.task or not turn.intent or turn.intent in ROUTINE or turn.intent == _RATES:
            continue
        if turn.permit and before is not None and before.permit == turn.permit:
            counts[*place, "followup", turn.permit] += 1
        latest[turn.conversation_id] = turn
    return counts


def _places(turns: Iterable[TurnFact]) -> list[tuple[str, str]]:
    return sorted({(turn.namespace, turn.channel) for turn in turns})


def _talk_day(
    day: date,
    place: tuple[str, str],
    own: Sequence[TurnFact],
    turns: Sequence[TurnFact],
    opened: Iterable[OpenedFact],
) -> TalkDay:
    here = [turn for turn in own if (turn.namespace, turn.channel) == place]
    starts = [turn for turn in here if turn.starts_session]
    escalated = _opened_sessions(turns, opened)
    judged = [turn for turn in here if turn.intent]
    return TalkDay(
        namespace=place[0],
        day=day,
        channel=place[1],
        chats=len({turn.conversation_id for turn in here}),
        sessions=len(starts),
        opened=sum((turn.conversation_id, turn.at) in escalated for turn in starts),
        messages=len(here),
        judged=len(judged),
        lost=sum(turn.intent in NOT_UNDERSTOOD for turn in judged),
    )


def _opened_sessions(
    turns: Sequence[TurnFact], opened: Iterable[OpenedFact]
) -> set[tuple[str, datetime]]:
    """Give the sessions, by conversation and beginning, that came to an officer."""
    begun: defaultdict[str, list[datetime]] = defaultdict(list)
    for turn in turns:
        if turn.starts_session:
            begun[turn.conversation_id].append(turn.at)
    found = set()
    for item in opened:
        before = [at for at in begun[item.conversation_id] if at <= item.at]
        if before:
            found.add((item.conversation_id, max(before)))
    return found


def total(days: Iterable[TalkDay]) -> TalkDay:
    """Give several days and channels as one; ``chats`` then counts a chat once for each day."""
    items = list(days)
    first = items[0] if items else TalkDay("", date.min, "")
    return TalkDay(
        first.namespace,
        first.day,
        first.channel,
        *(
            sum(getattr(item, name) for item in items)
            for name in ("chats", "sessions", "opened", "messages", "judged", "lost")
        ),
    )
