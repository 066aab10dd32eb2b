"""How checks stand and what processes said of themselves, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from izin.alarms import Standing
from izin.errors import NotFound
from izin.health import Check, Sign
from izin.ports.health import PastAlarm

_ALARMS_LIVE, _SIGNS_LIVE, _COUNTS_LIVE = timedelta(days=90), timedelta(days=7), timedelta(days=1)


class MemoryAlarmBook:
    """The port ``AlarmBook``."""

    def __init__(self) -> None:
        """Begin with nothing looked at."""
        self._lock = Lock()
        self._standings: dict[Check, Standing] = {}
        self._past: dict[tuple[Check, datetime], PastAlarm] = {}
        self._signs: dict[str, Sign] = {}
        self._counts: dict[tuple[str, datetime], int] = {}

    @contextmanager
    def watching(self) -> Iterator[bool]:
        """Give whether this caller alone may watch now."""
        mine = self._lock.acquire(blocking=False)
        try:
            yield mine
        finally:
            if mine:
                self._lock.release()

    def standings(self) -> Mapping[Check, Standing]:
        """Give how every check stands."""
        return dict(self._standings)

    def keep(self, standings: Collection[Standing], now: datetime) -> None:
        """Store how checks stand after a look."""
        for item in standings:
            known = self._standings.get(item.check)
            muted = (known.muted_until, known.muted_by) if known and item.is_open else (None, None)
            self._standings[item.check] = replace(item, muted_until=muted[0], muted_by=muted[1])
            self._note(item, now)

    def mute(self, check: Check, until: datetime | None, account_id: str) -> None:
        """Let nobody be told of an open alarm."""
        known = self._standings.get(check)
        if known is None or not known.is_open:
            raise NotFound(f"alarm {check.value!r}")
        by = account_id if until else None
        self._standings[check] = replace(known, muted_until=until, muted_by=by)

    def history(self, limit: int = 50) -> Sequence[PastAlarm]:
        """Give alarms, the newest first."""
        found = sorted(self._past.values(), key=lambda alarm: alarm.opened_at, reverse=True)
        return found[:limit]

    def beat(self, sign: Sign) -> None:
        """Store what a process says of itself."""
        self._signs[sign.source] = sign

    def signs(self) -> Sequence[Sign]:
        """Give what every process last said."""
        return [self._signs[source] for source in sorted(self._signs)]

    def count(self, name: str, amount: int, now: datetime) -> None:
        """Add to a count of this minute."""
        key = (name, now.replace(second=0, microsecond=0))
        self._counts[key] = self._counts.get(key, 0) + amount

    def counted(self, name: str, since: datetime) -> int:
        """Give a count since then."""
        return sum(
            amount for (known, minute), amount in self._counts.items()
            if known == name and minute >= since
        )  # fmt: skip

    def forget(self, now: datetime) -> int:
        """Forget what is old."""
        before = len(self._past) + len(self._signs) + len(self._counts)
        self._past = {
            key: alarm for key, alarm in self._past.items()
            if alarm.closed_at is None or alarm.closed_at >= now - _ALARMS_LIVE
        }  # fmt: skip
        self._signs = {k: sign for k, sign in self._signs.items() if sign.at >= now - _SIGNS_LIVE}
        self._counts = {k: n for k, n in self._counts.items() if k[1] >= now - _COUNTS_LIVE}
        return before - len(self._past) - len(self._signs) - len(self._counts)

    def _note(self, item: Standing, now: datetime) -> None:
        if item.opened_at is None:
            for key, alarm in self._past.items():
                if key[0] is item.check and alarm.closed_at is None:
                    self._past[key] = replace(alarm, closed_at=now)
            return
        key = (item.check, item.opened_at)
        state = item.worst or item.state
        known = self._past.get(key)
        if known is None or known.state is not state:
            told_at = known.told_at if known else None
            known = PastAlarm(item.check, item.opened_at, state, item.code, item.values, told_at)
        self._past[key] = replace(known, told_at=known.told_at or item.told_at)
