"""When a check that stays bad becomes an alarm, who hears of it how often, and when it is over.

::

    good ──bad for its patience──> open ──good for ten minutes──> over
      ^            │ good for five minutes                           │
      └────────────┘ <───────────────────────────────────────────────┘

Flapping rings once: the wait before an alarm is not begun anew by a short good moment, and an
open alarm is over only after a long one. Everything here is pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from izin.health import BAD, Check, Reading, State, Values

CLOSES_AFTER = timedelta(minutes=10)
SETTLES_AFTER = timedelta(minutes=5)
REMINDED_AFTER = timedelta(hours=24)
MUTE_HOURS = (1, 4, 24, 72)

STOPS_ANSWERS = frozenset(
    {
        Check.DATABASE, Check.WORKER, Check.RASA, Check.ACTIONS, Check.TURNS, Check.DELIVERIES,
        Check.TELEGRAM, Check.TELEGRAM_WEBHOOK, Check.TELEGRAM_DELIVERY, Check.WHATSAPP,
        Check.WHATSAPP_WEBHOOK, Check.WHATSAPP_DELIVERY, Check.DISK, Check.RESTARTS,
    }
)  # fmt: skip
"""Failed, these keep citizens without answers: they ring at night, too."""

CAUSES: Mapping[Check, frozenset[Check]] = {
    Check.WORKER: frozenset({Check.DATABASE}),
    Check.RASA: frozenset({Check.DATABASE}),
    Check.ACTIONS: frozenset({Check.DATABASE}),
    Check.TURNS: frozenset({Check.DATABASE, Check.WORKER, Check.RASA, Check.ACTIONS}),
    Check.DELIVERIES: frozenset(
        {Check.DATABASE, Check.WORKER, Check.TELEGRAM, Check.TELEGRAM_DELIVERY, Check.WHATSAPP,
         Check.WHATSAPP_DELIVERY}
    ),
    Check.TELEGRAM_WEBHOOK: frozenset({Check.DATABASE, Check.TELEGRAM, Check.CERTIFICATE}),
    Check.TELEGRAM_DELIVERY: frozenset({Check.TELEGRAM}),
    Check.WHATSAPP_WEBHOOK: frozenset({Check.DATABASE, Check.WHATSAPP, Check.CERTIFICATE}),
    Check.WHATSAPP_DELIVERY: frozenset({Check.WHATSAPP}),
    Check.BACKUP: frozenset({Check.DISK}),
    Check.REGISTRY: frozenset({Check.ACTIONS}),
    Check.MODEL: frozenset({Check.RASA}),
    Check.FALLBACK: frozenset({Check.RASA, Check.ACTIONS, Check.MODEL}),
    Check.RESTARTS: frozenset({Check.DATABASE, Check.WORKER, Check.RASA, Check.ACTIONS}),
}  # fmt: skip
"""What else being bad explains a check: while that is told, this is not told as well."""

_WEIGHT = {State.ATTENTION: 1, State.FAILED: 2}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is kept of a check from one look to the next.

    Attributes:
        code: Of the last reading.
        values: Of the last reading.
        since: When it came into this state.
        bad_since: When it began to be bad, short good moments aside.
        good_since: When it began to be good after that.
        opened_at: When the alarm opened; None while there is none.
        worst: Worst state since then.
        told: Worst state people were told of and not yet told to be over; None for none.
        told_at: When they were last told.
        muted_until: Nobody is told before.
        muted_by: Account that said so.
    """

    check: Check
    state: State
    code: str
    values: Values
    since: datetime
    bad_since: datetime | None = None
    good_since: datetime | None = None
    opened_at: datetime | None = None
    worst: State | None = None
    told: State | None = None
    told_at: datetime | None = None
    muted_until: datetime | None = None
    muted_by: str | None = None

    @property
    def is_open(self) -> bool:
        """Say whether there is an alarm."""
        return self.opened_at is not None

    @property
    def is_mending(self) -> bool:
        """Say whether there is an alarm that is good again, though not yet for long."""
        return self.is_open and self.good_since is not None

    def muted(self, now: datetime) -> bool:
        """Say whether nobody is told now."""
        return self.muted_until is not None and now < self.muted_until


def advance(before: Standing | None, reading: Reading, now: datetime) -> Standing:
    """Give how a check stands after another look."""
    known = before or Standing(reading.check, reading.state, reading.code, {}, now)
    standing = replace(
        known, state=reading.state, code=reading.code, values=dict(reading.values),
        since=known.since if known.state == reading.state else now,
    )  # fmt: skip
    if reading.state in BAD:
        return _bad(standing, reading, now)
    if reading.state is State.UNKNOWN:
        return replace(standing, good_since=None)
    return _good(standing, reading, now)


def _bad(standing: Standing, reading: Reading, now: datetime) -> Standing:
    began = standing.bad_since or now
    opened = standing.opened_at
    if opened is None and now - began >= reading.patience:
        opened = now
    worst = standing.worst
    if opened is not None and _weight(reading.state) > _weight(worst):
        worst = reading.state
    return replace(standing, bad_since=began, good_since=None, opened_at=opened, worst=worst)


def _good(standing: Standing, reading: Reading, now: datetime) -> Standing:
    if standing.bad_since is None:
        return standing
    good_since = standing.good_since or now
    needed = CLOSES_AFTER if standing.is_open else SETTLES_AFTER
    if reading.state is not State.OFF and now - good_since < needed:
        return replace(standing, good_since=good_since)
    return replace(
        standing, bad_since=None, good_since=None, opened_at=None, worst=None,
        muted_until=None, muted_by=None,
    )  # fmt: skip


def _weight(state: State | None) -> int:
    return _WEIGHT.get(state, 0) if state else 0


@dataclass(frozen=True, slots=True)
class News:
    """What people are to be told now, all in one message.

    Attributes:
        opened: Alarms they do not know yet, or that became worse.
        reminded: Alarms they know that are still there a day later.
        beside: What else is bad because of those opened.
        over: Alarms they know that are over.
    """

    opened: tuple[Standing, ...] = ()
    reminded: tuple[Standing, ...] = ()
    beside: tuple[Standing, ...] = ()
    over: tuple[Standing, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.opened or self.reminded or self.over)

    @property
    def stops_answers(self) -> bool:
        """Say whether any of it keeps citizens without answers."""
        return any(_stops(item) for item in (*self.opened, *self.reminded))


@dataclass(frozen=True, slots=True)
class Telling:
    """What was decided: the news, and how the checks stand once it is told."""

    news: News
    after: Mapping[Check, Standing] = field(default_factory=dict)


def news_of(standings: Collection[Standing], now: datetime, *, quiet: bool) -> Telling:
    """Give what people are to be told of the standings now.

    In quiet hours only what stops answers is told; the rest waits for the morning, and is then
    not told at all if it is over.
    """
    opened, reminded, over = [], [], []
    # A cause explains what hangs on it from its first bad moment, as it may need more patience,
    # until it is over, so that a queue has time to drain.
    causes = {item.check for item in standings if item.is_open or item.state in BAD}
    for item in standings:
        if item.muted(now):
            continue
        loud = not quiet or _stops(item)
        if not item.is_open:
            if item.told is not None and not quiet:
                over.append(item)
        elif item.state not in BAD or not loud or CAUSES.get(item.check, frozenset()) & causes:
            continue
        elif _weight(item.worst) > _weight(item.told):
            opened.append(item)
        elif item.told_at is None or now - item.told_at >= REMINDED_AFTER:
            reminded.append(item)
    named = {item.check for item in opened}
    beside = tuple(
        item for item in standings
        if item.is_open and item.state in BAD and item.check not in named
        and CAUSES.get(item.check, frozenset()) & named
    )  # fmt: skip
    news = News(tuple(opened), tuple(reminded), beside, tuple(over))
    return Telling(news, _after(news, now))


def _after(news: News, now: datetime) -> dict[Check, Standing]:
    told = {
        item.check: replace(item, told=item.worst, told_at=now)
        for item in (*news.opened, *news.reminded)
    }
    over = {item.check: replace(item, told=None, told_at=None) for item in news.over}
    return told | over


def _stops(item: Standing) -> bool:
    return item.check in STOPS_ANSWERS and item.worst is State.FAILED
