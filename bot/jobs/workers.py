"""Runs the queue's jobs for as long as the process lives, and repairs what crashes left.

Measured traps handled here: a killed worker's job stays ``doing`` and blocks its
conversation, so every process re-queues stalled jobs; the listening connection dies when the
database restarts, so it is opened again, and the queue is looked at every second besides.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy import Engine

from bot.jobs.heartbeats import Heartbeats
from bot.jobs.lanes import Lane
from bot.jobs.tasks import Work, runs_again_in
from izin.errors import StorageUnavailable
from izin.storage.postgres import queue
from izin.storage.postgres.queue import DELIVERY_QUEUE, TURN_QUEUE, Job, Running
from izin.storage.postgres.queue_news import listen

log = structlog.get_logger()

HEARTBEAT_S = 5.0
STALLED_AFTER_S = 20.0
REAP_EVERY_S = 5.0
POLL_S = 1.0
RESTART_PAUSE_S = 0.5
FORGET_EVERY_S = 3600.0
GRACE_S = 10.0
STOP_PATIENCE_S = 3.0
"""How much longer than the turns' grace a stop waits for the database before it cancels."""

Given = TypeVar("Given")


class Workers:
    """The workers of one process: a lane for turns and one for deliveries."""

    def __init__(self, engine: Engine, work: Work, concurrency: int) -> None:
        """Take our database, what the tasks call, and how many turns run at once."""
        self._engine = engine
        self._calls = work.calls()
        self._lanes = {name: Lane(name, concurrency) for name in (TURN_QUEUE, DELIVERY_QUEUE)}
        self._worker: int | None = None
        self._jobs: dict[asyncio.Task[None], int] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._beats = Heartbeats(STALLED_AFTER_S)
        self._unknown: set[int] = set()

    def start(self) -> None:
        """Begin to work in background tasks."""
        self._stopping.clear()
        self._tasks = [
            asyncio.create_task(self._live()),
            *(asyncio.create_task(self._work(lane)) for lane in self._lanes.values()),
            asyncio.create_task(self._hear()),
            asyncio.create_task(self._again(REAP_EVERY_S, self._reap)),
            asyncio.create_task(self._again(FORGET_EVERY_S, self._forget)),
        ]

    async def stop(self) -> None:
        """Let running jobs finish for a moment, then end."""
        self._stopping.set()
        for lane in self._lanes.values():
            lane.wake()
        if self._jobs:
            _, late = await asyncio.wait(self._jobs, timeout=GRACE_S)
            for job in late:
                job.cancel()
        everything = [*self._jobs, *self._tasks]
        if everything:
            self._tasks[3].cancel()  # it listens, and nothing is told to it any more
            _, late = await asyncio.wait(everything, timeout=STOP_PATIENCE_S)
            for task in late:
                task.cancel()
            await asyncio.wait(everything, timeout=STOP_PATIENCE_S)
        self._tasks = []

    @property
    def alive(self) -> bool:
        """Say whether both queues are being worked on."""
        return self._worker is not None and all(lane.looking for lane in self._lanes.values())

    async def _live(self) -> None:
        """Keep the heartbeat by which others know that our jobs are at work."""
        while not self._stopping.is_set():
            with self._logged("heartbeat_failed"):
                if self._worker is None:
                    self._worker = await self._ask(queue.register, self._engine)
                else:
                    await self._beat(self._worker)
            await self._pause(HEARTBEAT_S if self._worker is not None else RESTART_PAUSE_S)
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=STOP_PATIENCE_S)
        worker, self._worker = self._worker, None
        if worker is not None:
            with self._logged("worker_not_left"):
                await self._ask(queue.leave, self._engine, worker)

    async def _beat(self, worker: int) -> None:
        known = list(self._jobs.values())
        self._worker = await self._ask(queue.beat, self._engine, worker)
        # A job taken at this very moment is unknown for a moment, but not at two heartbeats.
        held = await self._ask(queue.held_besides, self._engine, worker, known)
        for job_id in held & self._unknown - set(self._jobs.values()):
            log.warning("job_lost", job_id=job_id)
            await self._ask(queue.put_back, self._engine, job_id, 0.0)
        self._unknown = held

    async def _work(self, lane: Lane) -> None:
        while not self._stopping.is_set():
            try:
                await self._look(lane)
            except Exception as error:
                # Whatever failed, a lane that ends answers nobody: it looks again.
                lane.looking = False
                log.error("worker_failed", queue=lane.name, reason=type(error).__name__)
                await self._pause(RESTART_PAUSE_S)
        lane.looking = False

    async def _look(self, lane: Lane) -> None:
        """Take what can run now, or wait until there may be something."""
        worker = self._worker
        if worker is None:
            await self._pause(RESTART_PAUSE_S / 10)
            return
        lane.looking = True
        most = lane.begin_look()
        if not most:
            await lane.news(POLL_S)
            return
        found: list[Job] = []
        try:
            found = await self._ask(queue.take, self._engine, worker, lane.name, most)
        finally:
            lane.end_look(most, len(found))
        for job in found:
            self._begin(lane, job, worker)

    def _begin(self, lane: Lane, job: Job, worker: int) -> None:
        """Run a job in the place that was reserved for it."""
        task = asyncio.create_task(self._run(lane, job, worker))
        self._jobs[task] = job.id
        task.add_done_callback(self._jobs.pop)

    async def _run(self, lane: Lane, job: Job, worker: int) -> None:
        deliveries = self._lanes[DELIVERY_QUEUE]
        at_work = Running(job, worker, deliveries.reserve, deliveries.release)
        queue.running.set(at_work)  # of this asyncio task alone
        try:
            call = self._calls.get(job.task)
            if call is None:
                log.error("job_unknown", task=job.task, job_id=job.id)
                await self._settle(queue.fail, self._engine, job.id)
                return
            try:
                await call(job.argument, *([job.message] if job.message else []))
            except asyncio.CancelledError:
                await self._settle(queue.put_back, self._engine, job.id, 0.0)
                raise
            except Exception as error:
                await self._failed(job, error)
            else:
                if not at_work.finished:
                    await self._settle(queue.finish, self._engine, job.id)
        finally:
            for delivery in at_work.claimed:
                self._begin(deliveries, delivery, worker)
            lane.release()

    async def _failed(self, job: Job, error: Exception) -> None:
        after_s = runs_again_in(error, job.attempts)
        if after_s is None:
            log.error("job_failed", task=job.task, job_id=job.id, reason=type(error).__name__)
            await self._settle(queue.fail, self._engine, job.id)
        else:
            await self._settle(queue.put_back, self._engine, job.id, after_s)

    async def _settle(self, call: Callable[..., None], *arguments: Any) -> None:
        """Record what became of a job, however long our database is away.

        Until it is recorded the job counts as running, as our heart goes on beating.
        """
        while True:
            try:
                await self._ask(call, *arguments)
                return
            except StorageUnavailable as error:
                log.warning("job_not_settled", reason=str(error))
            if self._stopping.is_set():
                return  # taken up by the next process once our heart has stopped
            await self._pause(RESTART_PAUSE_S)

    async def _hear(self) -> None:
        """Look at the queue when the database tells of a job that can run."""
        while not self._stopping.is_set():
            with self._logged("listening_failed"):
                await listen(self._engine, tuple(self._lanes), self._wake)
            await self._pause(RESTART_PAUSE_S)

    def _wake(self, name: str) -> None:
        self._lanes[name].wake()

    async def _reap(self) -> None:
        beats = await self._ask(queue.heartbeats, self._engine)
        lively, dead = self._beats.look(beats, time.monotonic())
        found = await self._ask(queue.requeue_stalled, self._engine, STALLED_AFTER_S, lively, dead)
        for job in found:
            log.warning("job_stalled", task=job.task_name, job_id=job.id)

    async def _forget(self) -> None:
        await self._ask(queue.forget_dead, self._engine)

    async def _again(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping.is_set():
            with self._logged("repair_failed"):
                await work()
            await self._pause(seconds)

    async def _ask(self, call: Callable[..., Given], *arguments: Any) -> Given:
        return await asyncio.to_thread(call, *arguments)

    @contextlib.contextmanager
    def _logged(self, event: str) -> Any:
        try:
            yield
        except Exception as error:
            log.warning(event, reason=type(error).__name__)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
