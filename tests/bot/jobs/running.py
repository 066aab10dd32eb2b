"""Workers on a real queue, with what they call replaced by something a test can steer.

Run as a program it is a worker process that begins one turn and hangs, to be killed.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text

from bot.jobs.tasks import Work
from bot.jobs.workers import Workers
from izin.conversations import ChatAddress, InboundMessage
from izin.replies import Reply
from izin.storage.postgres.engine import create
from izin.storage.postgres.inbox import PostgresInbox

Step = Callable[[str], Awaitable[None]]
_numbers = itertools.count(1)


async def _nothing(_: str) -> None:
    return None


@dataclass(slots=True)
class Steered:
    """Stands for the turn answerer and the deliverer: notes what ran, does what it is told."""

    turn: Step = _nothing
    delivery: Step = _nothing
    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    async def answer(self, turn_id: str) -> None:
        await self._run(turn_id, self.turn)

    async def deliver(self, message_id: str) -> None:
        await self._run(message_id, self.delivery)

    async def _run(self, name: str, step: Step) -> None:
        self.begun.append(name)
        await step(name)
        self.done.append(name)


class Queue:
    """A database's inbox and what is on its queue."""

    def __init__(self, database_url: str) -> None:
        self.url = database_url
        self.engine: Engine = create(database_url, pool_size=4)
        self.inbox = PostgresInbox(self.engine)

    async def receive(self, chat: str = "1") -> str:
        """Store a message; gives its turn's id."""
        now = datetime.now(UTC)
        message = InboundMessage(
            ChatAddress("telegram", chat), f"m{next(_numbers)}", "text", now, "halo"
        )
        return (await asyncio.to_thread(self.inbox.receive, message, now)).turn_id

    async def reply(self, turn_id: str, reply: str = "halo") -> str:
        """Answer a turn; gives the outbox id whose delivery is enqueued."""
        [outbox_id] = await asyncio.to_thread(self.inbox.answer, turn_id, [Reply(reply)], {})
        return outbox_id

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        """Run a statement; gives its rows."""
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return list(result) if result.returns_rows else []

    def statuses(self) -> list[str]:
        """Give the status of every job, oldest first."""
        return [
            row.status
            for row in self.rows("select status::text from procrastinate_jobs order by id")
        ]

    def listeners(self) -> int:
        """Give how many workers already listen for notices."""
        return len(
            self.rows(
                "select 1 from pg_stat_activity where datname = current_database()"
                " and state = 'idle' and query like 'LISTEN%'"
            )
        )

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()


@asynccontextmanager
async def working(database_url: str, work: Steered, concurrency: int = 4) -> AsyncIterator[Workers]:
    """Run the workers of one process."""
    engine = create(database_url)
    workers = Workers(engine, Work(work, work, work), concurrency)  # type: ignore[arg-type]
    workers.start()
    try:
        yield workers
    finally:
        await workers.stop()
        engine.dispose()


async def until(condition: Callable[[], Any], timeout_s: float = 30.0) -> None:
    """Wait until something in this process or the database holds.

    Raises:
        TimeoutError: It did not in time.
    """
    async with asyncio.timeout(timeout_s):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 (a database rings no event)
            await asyncio.sleep(0.02)


async def _hang(database_url: str) -> None:
    async def hang(turn_id: str) -> None:
        print(turn_id, flush=True)
        await asyncio.sleep(3600)

    async with working(database_url, Steered(turn=hang)):
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(_hang(sys.argv[1]))
