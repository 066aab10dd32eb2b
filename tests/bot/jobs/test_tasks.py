"""Every job that is enqueued is registered, and runs again only when that can help."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from procrastinate import App
from procrastinate.jobs import Job
from procrastinate.testing import InMemoryConnector

from bot.gateway.delivery import TryAgain
from bot.jobs import tasks
from bot.jobs.tasks import Work, build_app
from izin.errors import NotFound, StorageUnavailable
from izin.storage.postgres import queue
from tests.bot.jobs.running import Steered

ROOT = Path(__file__).parents[3]


@pytest.fixture
def app() -> App:
    work = Steered()
    return build_app(InMemoryConnector(), Work(work, work, work))  # type: ignore[arg-type]


def test_every_job_that_is_enqueued_is_registered_on_its_queue(app: App) -> None:
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
    for task_name, queue_name in enqueued:
        assert app.tasks[task_name].queue == queue_name


def test_turns_and_deliveries_wait_for_different_locks_and_queues() -> None:
    assert queue.TURN_QUEUE != queue.DELIVERY_QUEUE


def decision(app: App, error: BaseException, attempts: int = 0) -> Any:
    job = Job(
        id=1, status="doing", queue="turns", lock="turn:c", queueing_lock=None,
        task_name="answer_turn", task_kwargs={}, attempts=attempts,
    )  # fmt: skip
    raised = app.tasks["answer_turn"].get_retry_exception(exception=error, job=job)
    return raised and raised.retry_decision


def test_a_delivery_runs_again_when_it_asked_to(app: App) -> None:
    assert decision(app, TryAgain(7.5), attempts=5000) is not None


def test_a_database_that_is_away_is_waited_for_ten_minutes(app: App) -> None:
    assert decision(app, StorageUnavailable("away"), attempts=0) is not None
    assert decision(app, StorageUnavailable("away"), attempts=299) is not None
    assert decision(app, StorageUnavailable("away"), attempts=300) is None
    assert tasks.STORAGE_PAUSE_S * tasks.MOST_STORAGE_TRIES >= 600


def test_what_does_not_exist_is_not_looked_for_again(app: App) -> None:
    assert decision(app, NotFound("turn")) is None
