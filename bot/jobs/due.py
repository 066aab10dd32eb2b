"""Work that becomes due with time, whichever clock asks for it.

Every job takes the moment it is asked for and does its work exactly once, so that the
simulator's clock, a restart after days of downtime and the regular run all do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from izin.errors import StorageUnavailable

log = structlog.get_logger()

Job = Callable[[datetime], int]
"""Does what is due by a moment; gives how much it did."""


@dataclass(frozen=True, slots=True)
class DueJobs:
    """The jobs of one process: what a citizen waits for, and what only has to be tidied.

    Attributes:
        often: Run every minute (notices, reminders, the registry's changes).
        hourly: Run every hour (what is forgotten by rule, overdue complaints).
    """

    often: Mapping[str, Job]
    hourly: Mapping[str, Job]

    def run_often(self, now: datetime) -> dict[str, int]:
        """Run the jobs citizens wait for."""
        return _run(self.often, now)

    def run_all(self, now: datetime) -> dict[str, int]:
        """Run every job."""
        return _run({**self.often, **self.hourly}, now)


def _run(jobs: Mapping[str, Job], now: datetime) -> dict[str, int]:
    """Run each job; one that fails is logged and keeps no other from running."""
    done: dict[str, int] = {}
    for name, job in jobs.items():
        try:
            done[name] = job(now)
            if done[name]:
                log.info("due_job_done", job=name, count=done[name])
        except StorageUnavailable:
            raise  # the others need the database as well
        except Exception:
            log.exception("due_job_failed", job=name)
    return done
