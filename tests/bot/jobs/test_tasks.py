"""Every job that is enqueued is registered, and runs again only when that can help."""

from __future__ import annotations

import ast
from pathlib import Path

from bot.gateway.delivery import TryAgain
from bot.jobs import tasks
from bot.jobs.tasks import Work, runs_again_in
from izin.errors import NotFound, StorageUnavailable
from izin.storage.postgres import queue
from tests.bot.jobs.running import Steered

ROOT = Path(__file__).parents[3]


def test_every_job_that_is_enqueued_is_registered_on_its_queue() -> None:
    enqueued: set[tuple[str, str]] = set()
    for folder in ("izin", "bot", "actions", "ops"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = node.func if isinstance(node, ast.Call) else None
                if isinstance(node, ast.Call) and isinstance(name, ast.Name) and name.id == "defer":
                    task, where = (getattr(item, "id", "?") for item in node.args[1:3])
                    enqueued.add((getattr(queue, task), getattr(queue, where)))
    assert enqueued == {
        ("answer_turn", "turns"),
        ("deliver_message", "deliveries"),
        ("deliver_sealed_mail", "deliveries"),
    }
    assert dict(enqueued) == dict(tasks.QUEUES)
    work = Steered()
    calls = Work(work, work, work).calls()  # type: ignore[arg-type]
    assert set(calls) == set(tasks.QUEUES)


def test_turns_and_deliveries_wait_for_different_locks_and_queues() -> None:
    assert queue.TURN_QUEUE != queue.DELIVERY_QUEUE
    assert queue.turn_lock("a") != queue.delivery_lock("a")


def test_a_delivery_runs_again_when_it_asked_to() -> None:
    assert runs_again_in(TryAgain(7.5), attempts=5000) == 7.5


def test_a_database_that_is_away_is_waited_for_ten_minutes() -> None:
    away = StorageUnavailable("away")
    assert runs_again_in(away, attempts=0) == tasks.STORAGE_PAUSE_S
    assert runs_again_in(away, attempts=299) == tasks.STORAGE_PAUSE_S
    assert runs_again_in(away, attempts=300) is None
    assert tasks.STORAGE_PAUSE_S * tasks.MOST_STORAGE_TRIES >= 600


def test_what_does_not_exist_is_not_looked_for_again() -> None:
    assert runs_again_in(NotFound("turn"), attempts=0) is None
