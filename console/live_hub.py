"""Hands news to open pages: each hears of what its account may see, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool

from izin.accounts import AccountSession, Permission, Role
from izin.desk import LOOKING_FOR, SERVING_FOR, Sight
from izin.errors import StorageUnavailable
from izin.officers import OfficerSession
from izin.ports import Desk, Officers, Presence
from izin.storage.postgres.desk_news import RESYNC, DeskNews

TICK_S = 20
"""How often open pages are counted as present and their sessions are looked at."""

MOST_PENDING = 200
"""News that a slow page may have waiting; with more it is told to load all anew."""

News = tuple[str, str]
"""Kind (conversation, complaint, inbox, sealed, health, resync) and id ("" if it has none)."""

_NEEDED = {
    "conversation": Permission.CONVERSATIONS,
    "inbox": Permission.CONVERSATIONS,
    "complaint": Permission.COMPLAINTS,
    "sealed": Permission.SEALED_COMPLAINTS,
    "health": Permission.HEALTH,
}

log = structlog.get_logger()


@dataclass(eq=False, slots=True)
class OpenPage:
    """One page that listens.

    Attributes:
        id: Names it among the open pages.
        session: Who opened it.
        conversation: The conversation it shows, if any.
        idle: Nobody has touched it for long: it hears news, but shows nobody present.
    """

    id: str
    session: AccountSession
    conversation: str | None = None
    idle: bool = False
    over: bool = False
    _pending: dict[News, None] = field(default_factory=dict)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: News) -> None:
        """Put news before the page; the same news twice is told once."""
        if len(self._pending) >= MOST_PENDING:
            self._pending.clear()
            news = (RESYNC, "")
        self._pending[news] = None
        self._ready.set()

    def end(self) -> None:
        """Let the page's stream end."""
        self.over = True
        self._ready.set()

    async def news(self, beat_s: float) -> AsyncIterator[News | None]:
        """Give news as it comes, None when there was none for ``beat_s``, until it is over."""
        while not self.over:
            try:
                await asyncio.wait_for(self._ready.wait(), beat_s)
            except TimeoutError:
                yield None
                continue
            self._ready.clear()
            pending = list(self._pending)
            self._pending.clear()
            for item in pending:
                yield item


class LiveHub:
    """Knows the open pages of this process and who may hear what."""

    def __init__(
        self,
        news: DeskNews,
        desk: Desk,
        presence: Presence,
        officers: Officers,
        clock: Callable[[], datetime],
    ) -> None:
        """Take where news comes from, and what says who may see and who is there."""
        self._news = news
        self._desk = desk
        self._presence = presence
        self._officers = officers
        self._clock = clock
        self._pages: set[OpenPage] = set()
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Listen, hand on and count until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._news.listen(self._heard.put_nowait))
            tasks.create_task(self._hand_on())
            tasks.create_task(self._tick())

    def end(self) -> None:
        """End every open page's stream."""
        for page in self._pages:
            page.end()

    async def enter(self, page: OpenPage) -> None:
        """Let a page hear news, and show it as open."""
        self._pages.add(page)
        await run_in_threadpool(self._count, [page])

    def leave(self, page: OpenPage) -> None:
        """Forget a page; that it shows its conversation no more is told a little later."""
        self._pages.discard(page)
        if page.conversation:
            leaving = asyncio.create_task(self._look_away(page))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _look_away(self, page: OpenPage) -> None:
        with suppress(StorageUnavailable):
            await run_in_threadpool(self._presence.look_away, page.id)

    async def _hand_on(self) -> None:
        while True:
            heard = {await self._heard.get(): None}
            while not self._heard.empty():
                heard[self._heard.get_nowait()] = None
            for payload in heard:
                kind, _, subject = payload.partition(":")
                try:
                    await self._hand(kind, subject)
                except Exception as error:  # one piece of news must not end all that follow
                    log.error("desk_news_not_handed_on", kind=kind, exc_info=error)
                    self._tell_all((RESYNC, ""))

    async def _hand(self, kind: str, subject: str) -> None:
        if kind in ("session", "account"):
            self._end_pages_of(kind, subject)
        elif kind == RESYNC:
            self._tell_all((RESYNC, ""))
        elif kind in _NEEDED:
            listeners = [page for page in self._pages if page.session.account.may(_NEEDED[kind])]
            sight = await self._sight(kind, subject) if listeners else Sight(False)
            for page in listeners:
                if sight.by(page.session.account.unit):
                    page.tell((kind, subject))

    async def _sight(self, kind: str, subject: str) -> Sight:
        if kind == "conversation":
            return await run_in_threadpool(self._desk.sight, subject)
        if kind == "complaint":
            return await run_in_threadpool(self._desk.complaint_sight, subject)
        units = {page.session.account.unit for page in self._pages}
        return Sight(True, frozenset(unit for unit in units if unit))

    def _end_pages_of(self, kind: str, subject: str) -> None:
        for page in self._pages:
            owner = page.session.id if kind == "session" else page.session.account.id
            if owner == subject:
                page.end()

    def _tell_all(self, news: News) -> None:
        for page in self._pages:
            page.tell(news)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            pages = list(self._pages)
            try:
                over = await run_in_threadpool(self._count, pages)
            except Exception as error:  # counted again at the next tick
                log.error("presence_not_counted", pages=len(pages), exc_info=error)
                continue
            for page in over:
                page.end()

    def _count(self, pages: list[OpenPage]) -> list[OpenPage]:
        """Count pages as present; gives those whose session is over or has other rights."""
        now = self._clock()
        rights = self._presence.going_on({page.session.id for page in pages}, now)
        over = []
        for page in pages:
            account = page.session.account
            own = (frozenset(role.value for role in account.roles), account.unit)
            if rights.get(page.session.id) != own:
                over.append(page)
            elif not page.idle:
                self._show(page, now)
        self._presence.forget(now)
        return over

    def _show(self, page: OpenPage, now: datetime) -> None:
        account = page.session.account
        if page.conversation and self._desk.may_see(page.conversation, account.unit):
            self._presence.look(page.conversation, account.id, page.id, now + LOOKING_FOR)
            self._officers.renew(page.conversation, account.id, now)
            self._desk.see(page.conversation, account.id, now)
        if account.may(Permission.CONVERSATIONS) and is_serving(self._presence, page.session):
            self._officers.beat(
                OfficerSession(page.session.id, account.id, account.title, now + SERVING_FOR), now
            )


def is_serving(presence: Presence, session: AccountSession) -> bool:
    """Say whether a session serves: as chosen, else officers do and others do not."""
    chosen = presence.serving(session.id)
    return Role.OFFICER in session.account.roles if chosen is None else chosen
