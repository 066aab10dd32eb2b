"""Runs the queue's workers for as long as the process lives, and repairs what crashes left.

Measured traps handled here: a killed worker's job stays ``doing`` and blocks its
conversation, so every process re-queues stalled jobs; the listener dies when the database
restarts, so workers are started again; finished jobs are deleted daily.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog
from procrastinate import App
from procrastinate import exceptions as queue_errors

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


class Workers:
    """The workers of one process."""

    def __init__(self, app: App, concurrency: int, clock: Callable[[], float] = time.monotonic):
        """Take the queue application and how many turns run at once."""
        self._app = app
        self._concurrency = concurrency
        self._clock = clock
        self._running: dict[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work in background tasks."""
        self._tasks = [
            asyncio.create_task(self._work(TURN_QUEUE, self._concurrency)),
            asyncio.create_task(self._work(DELIVERY_QUEUE, self._concurrency)),
            asyncio.create_task(self._reap()),
            asyncio.create_task(self._delete_finished()),
        ]

    async def stop(self) -> None:
        """Let running jobs finish for a moment, then end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def alive(self) -> bool:
        """Say whether both queues are being worked on."""
        return {TURN_QUEUE, DELIVERY_QUEUE} <= self._running.keys()

    async def _work(self, queue: str, concurrency: int) -> None:
        while True:
            try:
                self._running[queue] = self._clock()
                await self._app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=concurrency,
                    wait=True,
                    fetch_job_polling_interval=POLL_S,
                    shutdown_graceful_timeout=GRACE_S,
                    listen_notify=True,
                    install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_AFTER_S,
                )
            except Exception as error:
                # Whatever ended the worker, a stopped worker answers nobody: start again.
                log.error("worker_ended", queue=queue, reason=type(error).__name__)
            finally:
                self._running.pop(queue, None)
            await asyncio.sleep(RESTART_PAUSE_S)

    async def _reap(self) -> None:
        while True:
            try:
                for job in await self._app.connector.execute_query_all_async(
                    REQUEUE_STALLED, seconds=STALLED_AFTER_S
                ):
                    log.warning("job_stalled", task=job["task_name"], job_id=job["id"])
            except queue_errors.ProcrastinateException as error:
                log.warning("reaper_failed", reason=type(error).__name__)
            await asyncio.sleep(REAP_EVERY_S)

    async def _delete_finished(self) -> None:
        while True:
            try:
                await self._app.job_manager.delete_old_jobs(
                    nb_hours=KEEP_FINISHED_H, include_failed=False
                )
            except queue_errors.ProcrastinateException as error:
                log.warning("deletion_failed", reason=type(error).__name__)
            await asyncio.sleep(DELETE_EVERY_S)
