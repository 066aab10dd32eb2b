"""The queue's rows: jobs put on it inside the caller's transaction, taken, ended, put back.

The tables are procrastinate's, as releases before this one filled and emptied them with that
library; a job they enqueued is worked off here and the other way round. ``lock`` keeps jobs of
one conversation in order. Turns and deliveries use different lock names, so that a waiting
delivery never blocks a turn. A job that succeeded is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine

from izin.conversations import OutboundMessage
from izin.storage.postgres.engine import at_once, driver

TURN_TASK = "answer_turn"
DELIVERY_TASK = "deliver_message"
MAIL_TASK = "deliver_sealed_mail"
TURN_QUEUE = "turns"
DELIVERY_QUEUE = "deliveries"
CHANNEL = "procrastinate_queue_v1#"
"""A notice on this channel, with a queue's name behind it, tells of a job that can run."""

REQUEUE_STALLED = """
UPDATE procrastinate_jobs
   SET status = 'todo', attempts = attempts + 1, scheduled_at = now(), worker_id = NULL
 WHERE status = 'doing'
   AND (worker_id IS NULL OR worker_id = ANY (%(dead)s::bigint[]) OR worker_id IN (
        SELECT id FROM procrastinate_workers
         WHERE last_heartbeat < now() - make_interval(secs => %(seconds)s)
           AND id <> ALL (%(lively)s::bigint[])))
RETURNING id, task_name
"""
"""Puts the jobs of workers without a heartbeat for ``seconds`` back on the queue.

Those in ``lively`` are left alone and those in ``dead`` are not, whatever the database's clock.

One statement, so that of several processes that look at once only one takes a job up, and
a job that a living worker has begun meanwhile is left alone.
"""

_DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
VALUES (%(queue)s, %(task)s, %(lock)s, %(arguments)s)
"""

# Counting a turn's attempt belongs to taking its job: no text is merged into it from then on.
# A crash of the database may undo what was not waited for; then the job is taken again, and
# what the turn stores afterwards is waited for, and with it all that was written before.
# IS TRUE keeps the turn from being looked for among all that were ever queued.
_TAKE = """
WITH candidates AS (
    SELECT job.id FROM procrastinate_jobs AS job
     WHERE job.status = 'todo' AND job.queue_name = %(queue)s
       AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
       AND NOT EXISTS (
            SELECT 1 FROM procrastinate_jobs AS other
             WHERE other.lock = job.lock AND other.status IN ('todo', 'doing')
               AND (other.status = 'doing' OR other.priority > job.priority
                    OR (other.priority = job.priority AND other.id < job.id)))
     ORDER BY job.priority DESC, job.id LIMIT %(most)s FOR UPDATE OF job SKIP LOCKED),
taken AS (
    UPDATE procrastinate_jobs AS job SET status = 'doing', worker_id = %(worker)s
     WHERE job.id = ANY (ARRAY(SELECT id FROM candidates))
    RETURNING job.id, job.task_name, job.args, job.attempts),
counted AS (
    UPDATE turns SET attempts = attempts + 1
     WHERE (state = 'queued') IS TRUE AND id = ANY (ARRAY(
        SELECT (args->>'turn_id')::uuid FROM taken WHERE task_name = 'answer_turn')))
SELECT taken.*, set_config('synchronous_commit', 'off', true) FROM taken ORDER BY id
"""

_FINISH = "DELETE FROM procrastinate_jobs WHERE id = %(job)s AND status = 'doing'"

_RETRY = """
UPDATE procrastinate_jobs
   SET status = 'todo', attempts = attempts + 1,
       scheduled_at = now() + make_interval(secs => %(seconds)s), worker_id = NULL
 WHERE id = %(job)s AND status = 'doing'
"""

_FAIL = """
UPDATE procrastinate_jobs SET status = 'failed', attempts = attempts + 1
 WHERE id = %(job)s AND status = 'doing'
"""

_BEAT = """
UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(worker)s RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a worker has taken; ``attempts`` counts earlier ones.

    ``message`` is what a delivery sends, where the worker stored it a moment ago itself.
    """

    id: int
    task: str
    argument: str
    attempts: int = 0
    message: OutboundMessage | None = None


@dataclass(slots=True)
class Running:
    """The job at work in this context, for those who store its result.

    Attributes:
        job: The job.
        worker: Id of the worker that runs it.
        reserve: Reserves a place for one delivery with the worker, or says that none is free.
        release: Gives such a place back.
        finished: Set by who has deleted the job with the result it stores.
        claimed: Deliveries that were stored as begun by this worker, each with its place.
    """

    job: Job
    worker: int
    reserve: Callable[[], bool] = lambda: False
    release: Callable[[], None] = lambda: None
    finished: bool = False
    claimed: list[Job] = field(default_factory=list)


running: ContextVar[Running | None] = ContextVar("running_job", default=None)


def defer(connection: Connection, task: str, queue: str, lock: str, **arguments: str) -> None:
    """Enqueue ``task`` with string arguments, committed or rolled back with the caller."""
    driver(connection).execute(
        _DEFER, {"queue": queue, "task": task, "lock": lock, "arguments": Jsonb(arguments)}
    )


def turn_lock(conversation_id: str) -> str:
    """Give the lock that keeps a conversation's turns in order."""
    return f"turn:{conversation_id}"


def delivery_lock(conversation_id: str) -> str:
    """Give the lock that keeps a chat's deliveries in order."""
    return f"out:{conversation_id}"


def defer_turn(connection: Connection, conversation_id: str, turn_id: str) -> None:
    """Enqueue the answering of a turn, in order with the conversation's other turns."""
    defer(connection, TURN_TASK, TURN_QUEUE, turn_lock(conversation_id), turn_id=turn_id)


def defer_mail(connection: Connection, lock: str, mail_id: str) -> None:
    """Enqueue the delivery of an answer to a sealed complaint; ``lock`` must name nobody."""
    defer(connection, MAIL_TASK, DELIVERY_QUEUE, lock, mail_id=mail_id)


def defer_delivery(connection: Connection, conversation_id: str, message_id: str) -> None:
    """Enqueue the delivery of an outbox message, in order with the chat's others."""
    lock = delivery_lock(conversation_id)
    defer(connection, DELIVERY_TASK, DELIVERY_QUEUE, lock, message_id=message_id)


def take(engine: Engine, worker: int, queue: str, most: int) -> list[Job]:
    """Take up to ``most`` jobs that can run now, oldest first; a turn's attempt is counted.

    Raises:
        StorageUnavailable: The database cannot be reached.
    """
    rows = at_once(engine, _TAKE, {"queue": queue, "worker": worker, "most": most})
    return [
        Job(row.id, row.task_name, str(next(iter(row.args.values()), "")), row.attempts)
        for row in rows
    ]


def finish(engine: Engine, job_id: int) -> None:
    """Delete a job that succeeded."""
    at_once(engine, _FINISH, {"job": job_id})


def put_back(engine: Engine, job_id: int, seconds: float) -> None:
    """Let a job run again after ``seconds``."""
    at_once(engine, _RETRY, {"job": job_id, "seconds": seconds})


def fail(engine: Engine, job_id: int) -> None:
    """Keep a job that can never succeed, for people to see."""
    at_once(engine, _FAIL, {"job": job_id})


def register(engine: Engine) -> int:
    """Give the id of a new worker."""
    statement = "INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"
    return int(at_once(engine, statement, {})[0].id)


def leave(engine: Engine, worker: int) -> None:
    """Forget a worker; what it left unfinished can be taken up at once."""
    at_once(engine, "DELETE FROM procrastinate_workers WHERE id = %(worker)s", {"worker": worker})


def beat(engine: Engine, worker: int) -> int:
    """Say that a worker lives; gives its id, a new one if others took it for dead meanwhile."""
    return worker if at_once(engine, _BEAT, {"worker": worker}) else register(engine)


def held_besides(engine: Engine, worker: int, jobs: Sequence[int]) -> set[int]:
    """Give the jobs that count as run by a worker besides those it knows to run.

    A commit whose answer was lost with the connection leaves such a job.
    """
    statement: LiteralString = (
        "SELECT id FROM procrastinate_jobs"
        " WHERE worker_id = %(worker)s AND status = 'doing' AND NOT id = ANY (%(jobs)s)"
    )
    rows = at_once(engine, statement, {"worker": worker, "jobs": list(jobs)})
    return {row.id for row in rows}


def heartbeats(engine: Engine) -> dict[int, datetime]:
    """Give when each worker said last that it lives, by the database's clock."""
    rows = at_once(engine, "SELECT id, last_heartbeat FROM procrastinate_workers", {})
    return {row.id: row.last_heartbeat for row in rows}


def requeue_stalled(
    engine: Engine, seconds: float, lively: Sequence[int] = (), dead: Sequence[int] = ()
) -> list[Any]:
    """Put back what workers without a heartbeat left; gives rows with ``id`` and ``task_name``.

    Args:
        engine: Our database.
        seconds: The longest time without a heartbeat, by the database's clock.
        lively: Workers that live, whatever that clock says.
        dead: Workers that do not.
    """
    values = {"seconds": seconds, "lively": list(lively), "dead": list(dead)}
    return at_once(engine, REQUEUE_STALLED, values)


def forget_dead(engine: Engine) -> None:
    """Delete workers that died long ago, and jobs that an earlier release finished."""
    at_once(
        engine,
        "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - interval '1 day'",
        {},
    )
    at_once(engine, "DELETE FROM procrastinate_jobs WHERE status = 'succeeded'", {})
