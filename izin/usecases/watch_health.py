"""Looks at everything every minute, keeps how it stands, and tells the admins what is news."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from izin.alarms import Standing, advance, news_of
from izin.errors import StorageUnavailable
from izin.following import QuietHours
from izin.health import WATCH, Check, Reading, Sign, State
from izin.health_facts import Facts
from izin.health_rules import examine
from izin.ports import OfficeBook
from izin.ports.health import AlarmBook, MeasuredHouse, Outside
from izin.usecases.tell_admins import TellAdmins

log = structlog.get_logger()


@dataclass(slots=True)
class WatchHealth:
    """The watch; one process at a time, any process may take over after a crash.

    While our own database is away the process that watched last goes on alone, from memory:
    it alone knows where the admins are, so they are not told by several.

    Args:
        production: Backups are expected.
        source: Names this process among the signs.
        standby: Another process watches; set by :meth:`run`.
    """

    book: AlarmBook
    house: MeasuredHouse
    outside: Outside
    tell: TellAdmins
    office: OfficeBook
    quiet: QuietHours | None = None
    production: bool = True
    source: str = WATCH
    one_commit: Callable[[], AbstractContextManager[None]] = nullcontext
    standby: bool = True
    _last: dict[Check, Standing] = field(default_factory=dict)
    _was_alone: bool = False

    def run(self, now: datetime) -> int:
        """Look once; gives how many alarms were told to have opened or to be over."""
        try:
            with self.book.watching() as mine:
                self.standby = not mine
                if not mine:
                    self._last, self._was_alone = {}, False
                    return 0
                return self._watch(now)
        except StorageUnavailable:
            if not self._last:
                raise
            return self._alone(now)

    def levels(self) -> dict[str, int]:
        """Give every check's alarm as a number: 0 none, 1 attention, 2 failed."""
        standings = self._last or self.book.standings()
        return {check.value: _level(item) for check, item in standings.items()}

    def _watch(self, now: datetime) -> int:
        facts = Facts(self.house.measure(now), self.outside.look(now), self.production)
        before = dict(self.book.standings())
        if self._was_alone:  # the database could not note that it was away
            before[Check.DATABASE] = self._last[Check.DATABASE]
        after = self._advanced(before, examine(facts, now), now)
        self._say_what_changed(before, after)
        self.tell.remember()
        telling = news_of(list(after.values()), now, quiet=self._is_quiet(now))
        told = self.tell.past_queue(telling.news, list(after.values())) if telling.news else False
        with self.one_commit():
            if told is None:
                self.tell.queue(telling.news, now)
            if told is not False:
                after |= telling.after
            known = self.book.standings()
            self.book.keep([one for one in after.values() if known.get(one.check) != one], now)
            self.book.beat(Sign(WATCH, WATCH, now, now, {"by": self.source}))
        self._last, self._was_alone = after, False
        return len(telling.after) if told is not False else 0

    def _alone(self, now: datetime) -> int:
        """Go on without the database: it alone is looked at, and told past the queue."""
        database = Reading(Check.DATABASE, State.FAILED, "away")
        before = self._last
        self._last = self._advanced(before, {Check.DATABASE: database}, now)
        self._was_alone = True
        self._say_what_changed(before, self._last)
        own = [self._last[Check.DATABASE]]
        telling = news_of(own, now, quiet=False)
        told = bool(telling.news) and bool(self.tell.past_queue(telling.news, own))
        if told:
            self._last |= telling.after
        return len(telling.after) if told else 0

    def _advanced(
        self, before: Mapping[Check, Standing], readings: Mapping[Check, Reading], now: datetime
    ) -> dict[Check, Standing]:
        looked = {
            check: advance(before.get(check), reading, now) for check, reading in readings.items()
        }
        return {**before, **looked}

    def _is_quiet(self, now: datetime) -> bool:
        if self.quiet is None:
            return False
        return self.quiet.over_at(now, self.office.office().zone) is not None

    def _say_what_changed(
        self, before: Mapping[Check, Standing], after: Mapping[Check, Standing]
    ) -> None:
        for check, item in after.items():
            was = before.get(check)
            if item.is_open and not (was and was.is_open):
                log.error("alarm_opened", check=check.value, code=item.code, **item.values)
            elif was and was.is_open and not item.is_open:
                log.info("alarm_over", check=check.value)


def _level(item: Standing) -> int:
    if not item.is_open:
        return 0
    return 2 if item.worst is State.FAILED else 1
