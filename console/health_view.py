"""How the house stands, as its page shows it; also when nobody watches any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from izin.accounts import Role
from izin.alarms import Standing
from izin.errors import StorageUnavailable
from izin.health import BAD, GATEWAY, SUPERVISOR, WATCH, Check, Sign, State
from izin.health_words import HealthWords
from izin.ports import Accounts
from izin.ports.health import AlarmBook, PastAlarm
from izin.ports.officer_chats import OfficerChats

Level = Literal["gagal", "perhatian", "baik"]

KEPT_S = 5.0
"""Every page of an admin asks; what was found is kept this long."""

_ORDER = (State.FAILED, State.ATTENTION, State.UNKNOWN, State.GOOD, State.OFF)


@dataclass(frozen=True, slots=True)
class HealthSign:
    """What the bar of every page shows: the level, and how many alarms nobody muted."""

    level: Level
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One check.

    Attributes:
        said: What was found.
        todo: What to do, "" when nothing is.
        muted_by: Name of who muted it.
    """

    check: Check
    title: str
    state: State
    state_words: str
    said: str
    todo: str
    since: datetime | None
    opened_at: datetime | None = None
    told_at: datetime | None = None
    muted_until: datetime | None = None
    muted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it was last heard of.

    Attributes:
        children: Of a supervisor: (name, times it died since the supervisor began, last death).
    """

    kind: str
    name: str
    at: datetime
    started_at: datetime
    fresh: bool
    role: str = ""
    children: tuple[tuple[str, int, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class HealthPage:
    """Everything the page shows.

    Attributes:
        watched_at: When somebody last looked; None if nobody ever did.
        lost: Nobody has looked for minutes, so that what is shown may be long over.
        silent_minutes: Minutes since then.
        deaf: No admin has linked a chat, so that alarms reach nobody.
    """

    level: Level
    watched_at: datetime | None
    lost: bool
    silent_minutes: int
    deaf: bool
    rows: tuple[Row, ...]
    processes: tuple[Process, ...]
    history: tuple[tuple[PastAlarm, str, str], ...]


class HealthView:
    """Reads the book for people."""

    def __init__(
        self, book: AlarmBook, accounts: Accounts, chats: OfficerChats, words: HealthWords,
        clock: Callable[[], datetime], name: Callable[[str | None], str | None],
        nearby: Callable[[], Sign | None] = lambda: None,
    ) -> None:  # fmt: skip
        """Take the ports; ``name`` gives a colleague's name, ``nearby`` this machine's supervisor.

        A supervisor's word comes to the book by a gateway; while all are dead, by ``nearby``.
        """
        self._nearby = nearby
        self._book, self._accounts, self._chats = book, accounts, chats
        self._words, self._clock, self._name = words, clock, name
        self._kept: tuple[float, HealthSign] | None = None

    def sign(self) -> HealthSign | None:
        """Give what every page's bar shows; None while the database is away."""
        kept, moment = self._kept, time.monotonic()
        if kept is None or moment - kept[0] > KEPT_S:
            try:
                kept = (moment, self.fresh_sign())
            except StorageUnavailable:
                return None
            self._kept = kept
        return kept[1]

    def fresh_sign(self) -> HealthSign:
        """Give it as it is now."""
        now = self._clock()
        standings = self._book.standings()
        sign = _sign(standings, _lost(_watch(self._book.signs()), now), now)
        self._kept = (time.monotonic(), sign)
        return sign

    def page(self) -> HealthPage:
        """Give everything."""
        now, signs, standings = self._clock(), self._book.signs(), self._book.standings()
        watch = _watch(signs)
        lost = _lost(watch, now)
        rows = [self._row(standings[check], lost) for check in Check if check in standings]
        rows.sort(key=lambda row: (row.opened_at is None, _ORDER.index(row.state)))
        admins = [one.id for one in self._accounts.all() if one.active and Role.ADMIN in one.roles]
        return HealthPage(
            level=_page_level(_sign(standings, lost, now).level, rows),
            watched_at=watch.at if watch else None,
            lost=lost,
            silent_minutes=round((now - watch.at).total_seconds() / 60) if watch else 0,
            deaf=not self._chats.chats(admins),
            rows=tuple(rows),
            processes=tuple(_process(one, now) for one in self._processes(signs)),
            history=tuple(
                (past, self._words.title(past.check),
                 self._words.said(past.check, past.code, past.values))
                for past in self._book.history(20)
            ),
        )  # fmt: skip

    def _processes(self, signs: Sequence[Sign]) -> list[Sign]:
        """Give the signs of processes, this machine's supervisor as it says itself."""
        found = {one.source: one for one in signs if one.kind != WATCH}
        nearby = self._nearby()
        if nearby is not None:
            found[nearby.source] = nearby
        return list(found.values())

    def _row(self, item: Standing, lost: bool) -> Row:
        state = State.UNKNOWN if lost and item.state is not State.OFF else item.state
        return Row(
            check=item.check,
            title=self._words.title(item.check),
            state=state,
            state_words=self._words.state(state),
            said=self._words.found(item),
            todo=self._words.todo(item.check, item.code) if item.state in BAD else "",
            since=item.since,
            opened_at=item.opened_at,
            told_at=item.told_at if item.is_open else None,
            muted_until=item.muted_until if item.muted(self._clock()) else None,
            muted_by=self._name(item.muted_by),
        )


def _watch(signs: Sequence[Sign]) -> Sign | None:
    return next((one for one in signs if one.kind == WATCH), None)


def _lost(watch: Sign | None, now: datetime) -> bool:
    return watch is not None and not watch.is_fresh(now)


def _sign(standings: Mapping[Check, Standing], lost: bool, now: datetime) -> HealthSign:
    loud = [
        item for item in standings.values()
        if item.is_open and not item.is_mending and not item.muted(now)
    ]  # fmt: skip
    if lost:
        return HealthSign("gagal", len(loud) + 1)
    worst = {item.worst for item in loud}
    level: Level = (
        "gagal" if State.FAILED in worst else "perhatian" if State.ATTENTION in worst else "baik"
    )
    return HealthSign(level, len(loud))


def _page_level(level: Level, rows: Sequence[Row]) -> Level:
    """Give the banner's level: what is bad without ringing, not yet or muted, is not all well."""
    return "perhatian" if level == "baik" and any(row.state in BAD for row in rows) else level


def _process(sign: Sign, now: datetime) -> Process:
    children = []
    if sign.kind == SUPERVISOR:
        for name, child in sorted(sign.document.get("children", {}).items()):
            died = [datetime.fromisoformat(at) for at in child.get("died", ())]
            children.append((name, int(child.get("times", 0)), max(died, default=None)))
    return Process(
        kind=sign.kind,
        name=sign.source.partition(":")[2],
        at=sign.at,
        started_at=sign.started_at,
        fresh=sign.is_fresh(now),
        role=str(sign.document.get("role", "")) if sign.kind == GATEWAY else "",
        children=tuple(children),
    )
