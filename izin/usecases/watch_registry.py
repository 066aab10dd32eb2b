"""Finds what is new about followed applications and tells each follower exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from izin.answers.news import news_reply, template_values
from izin.answers.status_view import StatusView
from izin.applications import Application, Status
from izin.errors import RegistryUnavailable
from izin.following import (
    Notice,
    NoticeKind,
    QuietHours,
    Snapshot,
    Subscription,
    news_between,
    snapshot_of,
)
from izin.office import Calendar
from izin.permits import Permit
from izin.ports import Catalogue, Following, OfficeBook, Registry
from izin.replies import Reply
from izin.wording import Wording

SWEEP_EVERY = timedelta(hours=1)
"""How often everything is compared: time alone makes news, and a registry's time of change may
not cover every view."""

SETTLING = timedelta(minutes=10)
"""A file just returned whose missing documents are not listed yet is looked at again, so that
all of them are told at once."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _House:
    """What the house has published that a status rests on, read once for a whole batch."""

    permits: Mapping[str, Permit]
    labels: Mapping[str, str]
    calendar: Calendar
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class WatchRegistry:
    """The watcher; safe to be asked at any time, by several processes, after any crash."""

    registry: Registry
    following: Following
    catalogue: Catalogue
    office: OfficeBook
    wording: Wording
    quiet: QuietHours | None

    def run(self, now: datetime, *, simulator_only: bool = False) -> int:
        """Compare followed applications with what was told; gives how many notices were made.

        While the registry cannot be read nothing is forgotten: the next run finds the same.
        """
        with self.following.watching() as mine:
            if not mine:
                return 0
            try:
                return self._run(now, simulator_only)
            except RegistryUnavailable as error:
                log.warning("registry_not_watched", reason=str(error))
                return 0

    def _run(self, now: datetime, simulator_only: bool) -> int:
        last = self.following.swept_at()
        # The simulator's clock may also have been put back.
        sweep = last is None or abs(now - last) >= SWEEP_EVERY
        told, place = 0, None
        while batch := self.following.watched(place, now, simulator_only=simulator_only):
            place = (batch[-1].number, batch[-1].conversation_id)
            if not (found := self._read(batch, sweep)):
                continue
            house = self._house()
            told += sum(
                self._compare(item, found[item.number], house, now)
                for item in batch
                if item.number in found
            )
        if sweep:
            self.following.swept(now)
        return told

    def _house(self) -> _House:
        return _House(
            {permit.code: permit for permit in self.catalogue.permits()},
            self.catalogue.status_labels(), self.office.calendar(), self.office.office().zone,
        )  # fmt: skip

    def _read(self, batch: Sequence[Subscription], sweep: bool) -> dict[str, Application]:
        """Give the applications of a batch that may hold news, by number."""
        known: dict[str, datetime | None] = {}
        for item in batch:
            at = None if sweep else item.changed_at
            same = item.number not in known or known[item.number] == at
            known[item.number] = at if same else None
        try:
            return _by_number(self.registry.changed(known))
        except RegistryUnavailable:
            # One application's unreadable row must not keep the others' news back.
            self.registry.ping()
        found: dict[str, Application] = {}
        for number, at in known.items():
            try:
                found |= _by_number(self.registry.changed({number: at}))
            except RegistryUnavailable:
                log.warning("application_not_watched", number=number)
                self.registry.ping()
        return found

    def _compare(
        self, item: Subscription, application: Application, house: _House, now: datetime
    ) -> int:
        if item.proof == "phone" and item.verified_phone != application.phone:
            return int(self.following.end(item, self._ended(item, house, now), now))
        view = _view(item, application, house, now)
        after = _snapshot(view, item.snapshot, house)
        unlisted = after.status is Status.RETURNED and not after.missing
        if unlisted and timedelta(0) <= now - application.changed_at < SETTLING:
            return 0
        kind = news_between(item.snapshot, after)
        if kind is NoticeKind.EXPIRING and not view.full:
            kind = None  # the NIK digits do not open until when a permit is valid
        if kind is None and after == item.snapshot and application.changed_at == item.changed_at:
            return 0
        notice = self._notice(kind, item, view, house, now) if kind else None
        stored = self.following.tell(item, after, application.changed_at, notice, now)
        return int(stored and notice is not None)

    def _notice(
        self, kind: NoticeKind, item: Subscription, view: StatusView, house: _House, now: datetime
    ) -> Notice:
        reply = news_reply(kind, view, house.calendar, self.wording)
        values = template_values(kind, view, house.calendar, self.wording)
        return self._made(kind, item, reply, values, house, now)

    def _ended(self, item: Subscription, house: _House, now: datetime) -> Notice:
        reply = Reply(self.wording.say("notice.ended", number=item.number))
        return self._made(NoticeKind.ENDED, item, reply, (item.number,), house, now)

    def _made(
        self, kind: NoticeKind, item: Subscription, reply: Reply, values: tuple[str, ...],
        house: _House, now: datetime,
    ) -> Notice:  # fmt: skip
        return Notice(
            conversation_id=item.conversation_id,
            key=f"follow:{item.conversation_id}:{item.number}:{item.version}",
            kind=kind,
            reply=reply,
            values=values,
            subject=item.number,
            not_before=self.quiet.over_at(now, house.zone) if self.quiet else None,
            late_intro=self.wording.say("notice.late"),
        )


def _view(item: Subscription, application: Application, house: _House, now: datetime) -> StatusView:
    return StatusView(
        application=application,
        permit=house.permits.get(application.permit_code),
        status_label=house.labels.get(application.status, application.status.value),
        full=bool(application.phone) and item.verified_phone == application.phone,
        now=now,
        zone=house.zone,
    )


def _snapshot(view: StatusView, before: Snapshot, house: _House) -> Snapshot:
    return snapshot_of(view.application, view.account(house.calendar), view.today, before)


def _by_number(applications: Iterable[Application]) -> dict[str, Application]:
    return {item.number: item for item in applications}
