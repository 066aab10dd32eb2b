"""Due jobs do not stand in each other's way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.jobs.due import DueJobs
from izin.errors import StorageUnavailable

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def _broken(now: datetime) -> int:
    raise ValueError("broken")


def _away(now: datetime) -> int:
    raise StorageUnavailable("away")


def test_a_job_that_fails_keeps_no_other_from_running() -> None:
    jobs = DueJobs(often={"broken": _broken, "second": lambda now: 2}, hourly={})
    assert jobs.run_often(NOW) == {"second": 2}


def test_the_regular_run_leaves_the_hourly_jobs_and_a_full_run_does_all() -> None:
    jobs = DueJobs(often={"notices": lambda now: 1}, hourly={"forget": lambda now: 3})
    assert jobs.run_often(NOW) == {"notices": 1}
    assert jobs.run_all(NOW) == {"notices": 1, "forget": 3}


def test_a_database_that_is_away_ends_the_run() -> None:
    jobs = DueJobs(often={"away": _away}, hourly={})
    with pytest.raises(StorageUnavailable):
        jobs.run_often(NOW)
