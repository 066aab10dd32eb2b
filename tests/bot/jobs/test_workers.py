"""The queue's measured traps, each on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from bot.gateway.delivery import TryAgain
from bot.jobs import tasks, workers
from izin.errors import NotFound, StorageUnavailable
from izin.replies import Reply
from izin.storage.migrate import upgrade
from izin.storage.postgres import queue as queue_rows
from izin.storage.postgres.queue import REQUEUE_STALLED
from ops.embedded_postgres import EmbeddedPostgres
from tests.bot.jobs.running import Queue, Steered, until, working

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]


@pytest.fixture
def queue(database_url: str) -> Iterator[Queue]:
    made = Queue(database_url)
    yield made
    made.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notice a dead worker within a second or two."""
    monkeypatch.setattr(workers, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(workers, "STALLED_AFTER_S", 1.5)
    monkeypatch.setattr(workers, "REAP_EVERY_S", 0.2)
    monkeypatch.setattr(workers, "RESTART_PAUSE_S", 0.1)
    monkeypatch.setattr(workers, "GRACE_S", 1.0)


async def test_turns_of_one_chat_run_one_after_another_in_their_order(queue: Queue) -> None:
    running: list[str] = []

    async def alone(turn_id: str) -> None:
        running.append(turn_id)
        assert len(running) == 1
        await asyncio.sleep(0.01)
        running.remove(turn_id)

    turns = [await queue.receive("a") for _ in range(8)]
    work = Steered(turn=alone)
    async with working(queue.url, work), working(queue.url, work):
        await until(lambda: len(work.done) == 8)
    assert work.begun == work.done == turns


async def test_different_chats_run_side_by_side(queue: Queue) -> None:
    together = asyncio.Barrier(3)

    async def meet(_: str) -> None:
        await together.wait()

    work = Steered(turn=meet)
    for chat in "abc":
        await queue.receive(chat)
    async with working(queue.url, work):
        await until(lambda: len(work.done) == 3)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Workers that never poll; notes after each look at the queue whether it gave a job."""
    monkeypatch.setattr(workers, "POLL_S", 600.0)
    looks: list[bool] = []
    take = queue_rows.take

    def noted(engine: Engine, worker: int, name: str, most: int) -> list[queue_rows.Job]:
        jobs = take(engine, worker, name, most)
        looks.append(bool(jobs))
        return jobs

    monkeypatch.setattr(queue_rows, "take", noted)
    return looks


async def test_a_quick_second_message_does_not_wait_for_the_poll(
    queue: Queue, looked: list[bool]
) -> None:
    release = asyncio.Event()

    async def wait(_: str) -> None:
        await release.wait()

    work = Steered(turn=wait)
    first, second = await queue.receive("a"), await queue.receive("a")
    async with working(queue.url, work):
        # Both workers have looked in vain and listen: from here only a notice can help.
        await until(lambda: len(looked) >= 2 and queue.listeners() == 1)
        assert work.begun == [first]
        release.set()
        await until(lambda: work.done == [first, second])


async def test_a_finished_job_that_is_deleted_at_once_also_wakes_the_next(
    queue: Queue, looked: list[bool]
) -> None:
    first, second = await queue.receive("a"), await queue.receive("a")
    queue.rows(  # as a worker of another process that is alive would hold it
        "with other as (insert into procrastinate_workers default values returning id)"
        " update procrastinate_jobs set status = 'doing', worker_id = (select id from other)"
        " where args->>'turn_id' = :id",
        id=first,
    )
    work = Steered()
    async with working(queue.url, work):
        await until(lambda: len(looked) >= 2 and queue.listeners() == 1)
        assert work.begun == []
        queue.rows("delete from procrastinate_jobs where args->>'turn_id' = :id", id=first)
        await until(lambda: work.done == [second])


async def test_the_turn_of_a_killed_worker_runs_again_and_the_next_one_after_it(
    queue: Queue, quick: None
) -> None:
    first, second = await queue.receive("a"), await queue.receive("a")
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.jobs.running", queue.url,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert victim.stdout is not None
    async with asyncio.timeout(20):
        assert (await victim.stdout.readline()).decode().strip() == first
    victim.send_signal(signal.SIGKILL)
    await victim.wait()
    assert queue.statuses() == ["doing", "todo"]
    work = Steered()
    async with working(queue.url, work):
        await until(lambda: work.done == [first, second])
    assert queue.statuses() == []


async def test_jobs_left_by_the_dead_are_taken_up_once_however_many_reapers_look(
    queue: Queue, quick: None
) -> None:
    async def work_a_while(_: str) -> None:
        await asyncio.sleep(0.05)

    turns = [await queue.receive(f"chat-{number}") for number in range(30)]
    queue.rows(
        "with dead as (insert into procrastinate_workers (last_heartbeat)"
        " values (now() - interval '1 hour') returning id)"
        " update procrastinate_jobs set status = 'doing', worker_id = (select id from dead)"
    )
    work = Steered(turn=work_a_while)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(working(queue.url, work))
        await until(lambda: len(work.done) >= 30)
        await until(lambda: queue.statuses() == [])
    assert sorted(work.begun) == sorted(turns)


async def test_a_job_that_a_living_worker_took_up_meanwhile_is_left_alone(queue: Queue) -> None:
    await queue.receive("a")
    queue.rows("update procrastinate_jobs set status = 'doing'")
    with (
        psycopg.connect(queue.url) as first,
        psycopg.connect(queue.url, autocommit=True) as second,
    ):
        assert (
            len(
                first.execute(REQUEUE_STALLED, {"seconds": 20, "lively": [], "dead": []}).fetchall()
            )
            == 1
        )
        late = asyncio.create_task(
            asyncio.to_thread(
                lambda: second.execute(
                    REQUEUE_STALLED, {"seconds": 20, "lively": [], "dead": []}
                ).fetchall()
            )
        )
        await until(lambda: queue.rows("select 1 from pg_locks where not granted"))
        first.execute(
            "with alive as (insert into procrastinate_workers default values returning id)"
            " update procrastinate_jobs set status = 'doing', worker_id = (select id from alive)"
        )
        first.commit()
        assert await late == []
    assert queue.statuses() == ["doing"]


async def test_a_worker_that_only_thinks_long_keeps_its_turn(queue: Queue, quick: None) -> None:
    async def think(_: str) -> None:
        await asyncio.sleep(2.5)

    work = Steered(turn=think)
    turn_id = await queue.receive("a")
    async with working(queue.url, work):
        await until(lambda: work.done == [turn_id])
    assert work.begun == [turn_id]


async def test_a_database_restart_is_survived(quick: None) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tanya-test-restart-"))
    server = EmbeddedPostgres(folder, durable=False)
    try:
        url = await asyncio.to_thread(server.start)
        await asyncio.to_thread(upgrade, url)
        queue = Queue(url)
        release = asyncio.Event()

        async def wait(_: str) -> None:
            await release.wait()

        work = Steered(turn=wait)
        async with working(url, work) as running:
            before = await queue.receive("a")
            await until(lambda: work.begun == [before])
            await asyncio.to_thread(server.stop)
            with pytest.raises(StorageUnavailable):
                await queue.receive("b")
            release.set()
            server = EmbeddedPostgres(folder, durable=False)
            assert await asyncio.to_thread(server.start) == url
            after = await queue.receive("b")
            same_chat = await queue.receive("a")
            await until(lambda: {before, after, same_chat} <= set(work.done))
            assert work.done.index(before) < work.done.index(same_chat)
            await until(lambda: running.alive)
        assert queue.statuses() == []
        queue.close()
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_delivery_that_waits_never_blocks_a_turn(queue: Queue) -> None:
    async def paused(_: str) -> None:
        raise TryAgain(3600)

    work = Steered(delivery=paused)
    first = await queue.receive("a")
    outbox_id = await queue.reply(first)
    async with working(queue.url, work):
        await until(lambda: outbox_id in work.begun and first in work.done)
        second = await queue.receive("a")
        await until(lambda: second in work.done)
    [row] = queue.rows(
        "select status::text, scheduled_at > now() + interval '50 minutes' as later"
        " from procrastinate_jobs where task_name = 'deliver_message'"
    )
    assert (row.status, row.later) == ("todo", True)


async def test_deliveries_of_one_chat_keep_their_order_over_a_pause(queue: Queue) -> None:
    troubled: list[str] = []

    async def stumble(message_id: str) -> None:
        if not troubled:
            troubled.append(message_id)
            raise TryAgain(0.2)

    work = Steered(delivery=stumble)
    messages = [await queue.reply(await queue.receive("a"), f"{n}") for n in range(3)]
    async with working(queue.url, work):
        await until(lambda: set(messages) <= set(work.done))
    assert [item for item in work.done if item in messages] == messages


async def test_a_turn_that_meets_no_database_runs_again_before_the_next(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "STORAGE_PAUSE_S", 0)
    failures = [StorageUnavailable("away")] * 2

    async def flaky(_: str) -> None:
        if failures:
            raise failures.pop()

    work = Steered(turn=flaky)
    first, second = await queue.receive("a"), await queue.receive("a")
    async with working(queue.url, work):
        await until(lambda: len(work.done) == 2)
    assert work.begun == [first, first, first, second]


async def test_what_an_earlier_release_finished_is_deleted_and_failures_are_kept(
    queue: Queue,
) -> None:
    done, failed, waiting = [await queue.receive(chat) for chat in "abc"]
    for turn_id, status in ((done, "succeeded"), (failed, "failed")):
        queue.rows(
            "update procrastinate_jobs set status = cast(:status as procrastinate_job_status)"
            " where args->>'turn_id' = :id",
            status=status,
            id=turn_id,
        )
    work = Steered()
    async with working(queue.url, work):
        await until(lambda: work.done == [waiting] and queue.statuses() == ["failed"])
    assert failed not in work.begun


async def test_a_job_that_can_never_succeed_is_kept_for_people_to_see(queue: Queue) -> None:
    async def gone(_: str) -> None:
        raise NotFound("turn")

    await queue.receive("a")
    async with working(queue.url, Steered(turn=gone)):
        await until(lambda: queue.statuses() == ["failed"])


async def test_a_worker_that_others_forgot_while_it_slept_works_on(
    queue: Queue, quick: None
) -> None:
    work = Steered()
    async with working(queue.url, work) as running:
        await until(lambda: running.alive)
        queue.rows("delete from procrastinate_workers")
        await until(lambda: queue.rows("select 1 from procrastinate_workers"))
        turn_id = await queue.receive("a")
        await until(lambda: work.done == [turn_id] and queue.statuses() == [])


async def test_a_job_whose_taking_was_committed_but_not_answered_is_not_lost(
    queue: Queue, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, lost = queue_rows.take, []

    def cut_off(engine: Engine, worker: int, name: str, most: int) -> list[queue_rows.Job]:
        jobs = take(engine, worker, name, most)
        if jobs and not lost:
            lost.extend(jobs)
            raise StorageUnavailable("the connection broke after the commit")
        return jobs

    monkeypatch.setattr(queue_rows, "take", cut_off)
    work = Steered()
    turn_id = await queue.receive("a")
    async with working(queue.url, work):
        await until(lambda: work.done == [turn_id] and queue.statuses() == [])
    assert len(lost) == 1


async def test_an_answer_ends_its_turn_s_job_and_begins_its_delivery_in_one_commit(
    queue: Queue,
) -> None:
    seen: list[list[tuple[str, str]]] = []
    delivered = asyncio.Event()

    async def answer(turn_id: str) -> None:
        await asyncio.to_thread(queue.inbox.begin, turn_id)
        await asyncio.to_thread(queue.inbox.answer, turn_id, [Reply("halo")], {})
        jobs = "select task_name, status::text from procrastinate_jobs"
        seen.append([tuple(row) for row in await asyncio.to_thread(queue.rows, jobs)])

    async def deliver(_: str) -> None:
        delivered.set()

    turn_id = await queue.receive("a")
    async with working(queue.url, Steered(turn=answer, delivery=deliver)):
        async with asyncio.timeout(20):
            await delivered.wait()
        await until(lambda: queue.statuses() == [])
    assert seen == [[("deliver_message", "doing")]]
    [turn] = queue.rows("select state, attempts from turns where id = :id", id=turn_id)
    assert tuple(turn) == ("answered", 1)


async def test_a_delivery_behind_another_of_its_chat_waits_for_it(queue: Queue) -> None:
    first = await queue.reply(await queue.receive("a"), "pertama")
    queue.rows(
        "update procrastinate_jobs set scheduled_at = now() + interval '1 hour'"
        " where task_name = 'deliver_message'"
    )

    async def answer(turn_id: str) -> None:
        await asyncio.to_thread(queue.inbox.answer, turn_id, [Reply("kedua")], {})

    second = await queue.receive("a")
    work = Steered(turn=answer)
    async with working(queue.url, work):
        await until(lambda: second in work.done)
        await until(lambda: queue.statuses() == ["todo", "todo"])
        assert first not in work.begun


async def test_workers_say_whether_they_are_alive(queue: Queue) -> None:
    async with working(queue.url, Steered()) as running:
        await until(lambda: running.alive)
    assert not running.alive


@pytest.mark.parametrize("call", ["take", "beat", "requeue_stalled"])
async def test_stopping_ends_even_when_the_database_never_answers(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(workers, "GRACE_S", 0.1)
    monkeypatch.setattr(workers, "STOP_PATIENCE_S", 0.1)
    monkeypatch.setattr(workers, "HEARTBEAT_S", 0.1)
    asked, release = threading.Event(), threading.Event()

    def hang(*_: Any) -> Any:
        asked.set()
        release.wait(30)
        raise StorageUnavailable("gone")

    monkeypatch.setattr(queue_rows, call, hang)
    try:
        async with working(queue.url, Steered()) as running:
            await until(asked.is_set)
            async with asyncio.timeout(20):
                await running.stop()
    finally:
        release.set()


async def test_stopping_lets_a_running_turn_finish(queue: Queue) -> None:
    async def slow(_: str) -> None:
        await asyncio.sleep(0.3)

    work = Steered(turn=slow)
    turn_id = await queue.receive("a")
    async with working(queue.url, work):
        await until(lambda: work.begun == [turn_id])
    assert work.done == [turn_id]
    assert queue.statuses() == []


async def test_a_turn_that_outlasts_the_stop_is_left_to_the_next_process(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "GRACE_S", 0.1)
    monkeypatch.setattr(tasks, "STORAGE_PAUSE_S", 0)

    async def hang(_: str) -> None:
        await asyncio.sleep(3600)

    work = Steered(turn=hang)
    turn_id = await queue.receive("a")
    async with working(queue.url, work):
        await until(lambda: work.begun == [turn_id])
    assert queue.statuses() == ["todo"]
    work.turn = Steered().turn
    async with working(queue.url, work):
        await until(lambda: work.done == [turn_id])


async def test_a_database_whose_clock_jumps_lets_nobody_else_run_what_is_at_work(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "HEARTBEAT_S", 0.6)
    monkeypatch.setattr(workers, "REAP_EVERY_S", 0.05)
    release, looks = asyncio.Event(), []
    requeue = queue_rows.requeue_stalled

    def noted(*values: Any) -> list[Any]:
        found = requeue(*values)
        looks.append(len(found))
        return found

    async def wait(_: str) -> None:
        await release.wait()

    monkeypatch.setattr(queue_rows, "requeue_stalled", noted)
    work = Steered(turn=wait)
    turn = await queue.receive("a")
    async with working(queue.url, work), working(queue.url, work):
        await until(lambda: work.begun == [turn])
        for _ in range(3):
            queue.rows("update procrastinate_workers set last_heartbeat = now() - interval '1 h'")
            before = len(looks)
            await until(lambda before=before: len(looks) >= before + 6)
        assert sum(looks) == 0
        release.set()
        await until(lambda: work.done == [turn])
    assert work.begun == [turn]


async def test_a_dead_worker_s_job_is_taken_up_though_the_clock_went_back(
    queue: Queue, quick: None
) -> None:
    work = Steered()
    turn = await queue.receive("a")
    queue.rows(
        "with dead as (insert into procrastinate_workers (last_heartbeat)"
        " values (now() + interval '1 h') returning id)"
        " update procrastinate_jobs set status = 'doing', worker_id = (select id from dead)"
    )
    async with working(queue.url, work):
        await until(lambda: work.done == [turn])
