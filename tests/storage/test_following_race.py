"""Several watchers at once over PostgreSQL tell each follower once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from izin.following import Subscription, snapshot_of
from izin.service_time import ServiceTime
from izin.storage.memory.registry import MemoryRegistry
from izin.storage.postgres.engine import create
from izin.storage.postgres.following import PostgresFollowing
from izin.storage.postgres.inbox import PostgresInbox
from izin.usecases.watch_registry import WatchRegistry
from tests.contracts.conversation_ports import message
from tests.usecases.long_dialogues import (
    NOW,
    PHONE,
    WORDING,
    application,
    catalogue,
    office_book,
)

WATCHERS = 4


class Unlocked(PostgresFollowing):
    """Lets every watcher in, as when the lock's connection broke in mid-work."""

    @contextmanager
    def watching(self) -> Iterator[bool]:
        yield True


@pytest.mark.parametrize("storage", [PostgresFollowing, Unlocked])
def test_watchers_at_once_make_one_notice_for_each_follower(
    database_url: str, storage: type[PostgresFollowing]
) -> None:
    engine = create(database_url, pool_size=2 * WATCHERS)
    seen = application()
    snapshot = snapshot_of(seen, ServiceTime(0, None, True, True), NOW.date())
    chats = [
        PostgresInbox(engine).receive(message(phone=PHONE), NOW).conversation_id for _ in range(5)
    ]
    for chat in chats:
        storage(engine, {}).follow(
            Subscription(chat, seen.number, "PBG", "phone", snapshot, NOW, seen.changed_at), "t"
        )
    registry = MemoryRegistry([application(stage="Kajian lanjutan", changed_at=NOW)])

    def watch(_: int) -> int:
        watcher = WatchRegistry(
            registry, storage(engine, {}), catalogue(), office_book(), WORDING, None
        )
        return watcher.run(NOW + timedelta(minutes=1))

    with ThreadPoolExecutor(WATCHERS) as threads:
        made = sum(threads.map(watch, range(WATCHERS)))
    with engine.connect() as connection:
        sent = connection.execute(
            text("select count(*), count(distinct conversation_id) from outbox")
        ).one()
    engine.dispose()
    assert made == len(chats)
    assert tuple(sent) == (len(chats), len(chats))
