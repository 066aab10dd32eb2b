"""Which workers are taken for dead, whatever the database's clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.jobs.heartbeats import Heartbeats

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def beat(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_worker_seen_for_the_first_time_may_live() -> None:
    assert Heartbeats(20).look({1: beat(-3600)}, now=100) == ([1], [])


def test_a_worker_without_a_beat_is_doubted_after_half_the_time_and_dead_after_all_of_it() -> None:
    seen = Heartbeats(20)
    found = [seen.look({1: NOON}, now) for now in (0, 5, 10, 15, 20, 25)]
    assert found == [([1], []), ([1], []), ([], []), ([], []), ([], [1]), ([], [1])]


def test_a_clock_that_jumps_changes_nothing_for_who_goes_on_beating() -> None:
    seen = Heartbeats(20)
    for now, moved in ((0, 0), (5, 5), (10, 3610), (15, 3615), (20, -3580), (25, -3575)):
        assert seen.look({1: beat(moved)}, now) == ([1], [])


def test_watching_begins_anew_after_the_database_was_away() -> None:
    seen = Heartbeats(20)
    seen.look({1: NOON}, now=0)
    assert seen.look({1: NOON}, now=60) == ([1], [])


def test_a_worker_that_left_is_forgotten() -> None:
    seen = Heartbeats(20)
    seen.look({1: NOON, 2: NOON}, now=0)
    assert seen.look({2: beat(1)}, now=5) == ([2], [])
