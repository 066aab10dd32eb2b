"""Puts jobs on the queue inside the caller's own transaction.

Procrastinate (PostgreSQL) is the queue; ``lock`` keeps jobs of one conversation in
order. Turns and deliveries use different lock names, so that a waiting delivery never
blocks a turn.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from izin.errors import StorageUnavailable

if TYPE_CHECKING:
    from procrastinate import App

TURN_TASK = "answer_turn"
DELIVERY_TASK = "deliver_message"
MAIL_TASK = "deliver_sealed_mail"
TURN_QUEUE = "turns"
DELIVERY_QUEUE = "deliveries"

REQUEUE_STALLED = """
UPDATE procrastinate_jobs
   SET status = 'todo', attempts = attempts + 1, scheduled_at = now(), worker_id = NULL
 WHERE status = 'doing'
   AND (worker_id IS NULL OR worker_id IN (
        SELECT id FROM procrastinate_workers
         WHERE last_heartbeat < now() - make_interval(secs => %(seconds)s)))
RETURNING id, task_name
"""
"""Puts the jobs of workers without a heartbeat for ``seconds`` back on the queue.

One statement, so that of several processes that look at once only one takes a job up, and
a job that a living worker has begun meanwhile is left alone.
"""


@cache
def _deferring_app() -> App:
    # Here, so that a server that defers nothing does not hold the library in memory.
    from procrastinate import App, PsycopgConnector

    # Only builds the queries: every job is written on the connection handed in.
    return App(connector=PsycopgConnector())


def defer(connection: Connection, task: str, queue: str, lock: str, **arguments: str) -> None:
    """Enqueue ``task`` with string arguments, committed or rolled back with the caller.

    Raises:
        StorageUnavailable: The connection broke.
    """
    from procrastinate.exceptions import ConnectorException

    raw = connection.connection.driver_connection
    job = _deferring_app().configure_task(task, queue=queue, lock=lock, connection=raw)
    try:
        job.defer(**arguments)
    except ConnectorException as error:
        raise StorageUnavailable("our database does not answer") from error


def defer_turn(connection: Connection, conversation_id: str, turn_id: str) -> None:
    """Enqueue the answering of a turn, in order with the conversation's other turns."""
    defer(connection, TURN_TASK, TURN_QUEUE, f"turn:{conversation_id}", turn_id=turn_id)


def defer_mail(connection: Connection, lock: str, mail_id: str) -> None:
    """Enqueue the delivery of an answer to a sealed complaint; ``lock`` must name nobody."""
    defer(connection, MAIL_TASK, DELIVERY_QUEUE, lock, mail_id=mail_id)


def defer_delivery(connection: Connection, conversation_id: str, message_id: str) -> None:
    """Enqueue the delivery of an outbox message, in order with the chat's others."""
    defer(
        connection, DELIVERY_TASK, DELIVERY_QUEUE, f"out:{conversation_id}", message_id=message_id
    )
