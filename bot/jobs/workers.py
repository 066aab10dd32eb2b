"""Runs the queue's workers for as long as the process lives, and repairs what crashes left.

Measured traps handled here: a killed worker's job stays ``doing`` and blocks its
conversation, so every process re-queues stalled jobs; the listener dies when the database
restarts, so workers are started again; finished jobs are deleted daily.
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from procrastinate import App
from procrastinate import exceptions as queue_errors
from procrastinate.worker import Worker

from izin.storage.postgres.queue import DELIVERY_QUEUE, REQUEUE_STALLED, TURN_QUEUE

log = structlog.get_logger()

HEARTBEAT_S = 5.0
STALLED_AFTER_S = 20.0
REAP_EVERY_S = 5.0
POLL_S = 1.0
RESTART_PAUSE_S = 0.5
KEEP_FINISHED_H = 24
DELETE_EVERY_S = 24 * 3600
GRACE_S = 10.0
STOP_PATIENCE_S = 3.0
"""How much longer than the turns' grace a stop waits for the database before it cancels."""


class Workers:
    """The workers of one process."""

    def __init__(self, app: App, concurrency: int) -> None:
        """Take the queue application and how many turns run at once."""
        self._app = app
        self._concurrency = concurrency
        self._running: dict[str, Worker] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """Begin to work in background tasks."""
        self._stopping.clear()
        self._tasks = [
            asyncio.create_task(self._work(TURN_QUEUE, self._concurrency)),
            asyncio.create_task(self._work(DELIVERY_QUEUE, self._concurrency)),
            asyncio.create_task(self._reap()),
            asyncio.create_task(self._delete_finished()),
        ]

    async def stop(self) -> None:
        """Let running jobs finish for a moment, then end."""
        # Asked, not cancelled: a cancellation that meets a running query can be lost in the
        # driver or come out as a query's error, and the loop would go on.
        self._stopping.set()
        for worker in self._running.values():
            worker.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE_S + STOP_PATIENCE_S)
            for task in late:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def alive(self) -> bool:
        """Say whether both queues are being worked on."""
        return {TURN_QUEUE, DELIVERY_QUEUE} <= self._running.keys()

    async def _work(self, queue: str, concurrency: int) -> None:
        while not self._stopping.is_set():
            try:
                worker = self._running[queue] = self._worker(queue, concurrency)
                await worker.run()
            except Exception as error:
                # Whatever ended the worker, a stopped worker answers nobody: start again.
                log.error("worker_ended", queue=queue, reason=type(error).__name__)
            finally:
                self._running.pop(queue, None)
            await self._pause(RESTART_PAUSE_S)

    def _worker(self, queue: str, concurrency: int) -> Worker:
        return Worker(
            self._app,
            queues=[queue],
            name=queue,
            concurrency=concurrency,
            fetch_job_polling_interval=POLL_S,
            shutdown_graceful_timeout=GRACE_S,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_AFTER_S,
        )

    async def _reap(self) -> None:
        while not self._stopping.is_set():
            try:
                for job in await self._app.connector.execute_query_all_async(
                    REQUEUE_STALLED, seconds=STALLED_AFTER_S
                ):
                    log.warning("job_stalled", task=job["task_name"], job_id=job["id"])
            except queue_errors.ProcrastinateException as error:
                log.warning("reaper_failed", reason=type(error).__name__)
            await self._pause(REAP_EVERY_S)

    async def _delete_finished(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._app.job_manager.delete_old_jobs(
                    nb_hours=KEEP_FINISHED_H, include_failed=False
                )
            except queue_errors.ProcrastinateException as error:
                log.warning("deletion_failed", reason=type(error).__name__)
            await self._pause(DELETE_EVERY_S)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
