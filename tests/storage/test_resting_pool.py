"""A pool keeps what is used and closes what rests."""

from __future__ import annotations

import sqlite3
import time

from sqlalchemy.exc import InvalidatePoolError

from izin.storage.postgres.resting_pool import RestingPool


def opened() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False)


def rested(pool: RestingPool, together: int) -> None:
    """Use so many connections at once and give them all back."""
    used = [pool.connect() for _ in range(together)]
    for connection in used:
        connection.close()


def test_what_rests_is_closed_but_for_one() -> None:
    pool = RestingPool(opened, pool_size=4, max_overflow=4)
    rested(pool, 4)
    assert pool.checkedin() == 4
    assert pool.close_resting(time.monotonic()) == 3
    assert (pool.checkedin(), pool.checkedout()) == (1, 0)


def test_what_was_used_meanwhile_stays() -> None:
    pool = RestingPool(opened, pool_size=4, max_overflow=0)
    rested(pool, 4)
    between = time.monotonic()
    rested(pool, 2)
    assert pool.close_resting(between) == 2
    assert pool.checkedin() == 2


def test_as_many_as_before_may_be_opened_again() -> None:
    pool = RestingPool(opened, pool_size=2, max_overflow=2, timeout=1)
    for _ in range(3):
        rested(pool, 4)
        pool.close_resting(time.monotonic())
    rested(pool, 4)
    assert pool.checkedin() == 2


def test_a_connection_that_broke_rests_like_any_other() -> None:
    pool = RestingPool(opened, pool_size=3, max_overflow=0)
    used = [pool.connect() for _ in range(3)]
    used[0].invalidate(InvalidatePoolError("gone"))
    for connection in used:
        connection.close()
    assert pool.close_resting(time.monotonic()) == 2
    rested(pool, 3)
    assert pool.checkedout() == 0
