"""The one answer of a turn, stored with one look and one write.

Nearly every turn ends so. What is rarer (several answers, none, a failure, an urgent matter, an
officer who has taken the conversation meanwhile) is left to the inbox's general way.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Engine

from izin.conversations import OutboundMessage
from izin.errors import NotFound
from izin.replies import Reply
from izin.storage.message_json import masked_message
from izin.storage.postgres import queue
from izin.storage.postgres.engine import (
    Driver,
    as_meant,
    as_stored,
    driver_transaction,
    rows_of,
)
from izin.storage.postgres.replies import choice_ids_for
from izin.storage.postgres.turn_marks import marks_of
from izin.storage.postgres.turn_rows import chat_address
from izin.storage.tables.conversations import turns
from izin.storage.text import storable

# Both rows are locked: nobody closes the turn or takes the conversation in between.
_LOOK: LiteralString = """
SELECT turns.state, turns.conversation_id, turns.office_now, turns.message,
       chat.held_by_officer, chat.channel AS chat_channel, chat.namespace AS chat_namespace,
       chat.chat, chat.chat_user, chat.last_inbound_at,
       EXISTS (SELECT 1 FROM turns AS merged WHERE merged.merged_into = turns.id) AS merged,
       EXISTS (SELECT 1 FROM outbox WHERE key = %(key)s) AS stored,
       ARRAY(SELECT jsonb_build_object('kind', kind, 'document', document) FROM drafts
              WHERE drafts.conversation_id = chat.id) AS drafts
  FROM turns JOIN conversations AS chat ON chat.id = turns.conversation_id
 WHERE turns.id = %(turn)s
   FOR UPDATE OF turns, chat
"""

# The delivery begins with this worker where it has a place free and nothing of the chat waits
# before it; else it waits for its turn like any other.
_WRITE: LiteralString = """
WITH sent AS (
    INSERT INTO outbox (id, conversation_id, turn_id, key, reply, choice_ids)
    VALUES (%(message)s, %(conversation)s, %(turn)s, %(key)s, %(reply)s, %(choice_ids)s)
    RETURNING created_at),
offered AS (
    INSERT INTO choices (id, conversation_id, title, intent, entities)
    SELECT item->>'id', %(conversation)s, item->>'title', item->>'intent', item->'entities'
      FROM jsonb_array_elements(%(choices)s) AS item),
closed AS (
    UPDATE turns SET state = 'answered', answered_at = now(), timings_ms = %(timings)s,
           understood = %(understood)s, error = NULL,
           message = CASE WHEN %(masked)s THEN %(message_document)s ELSE message END
     WHERE id = %(turn)s),
chat AS (
    UPDATE conversations SET last_turn_at = %(now)s, last_text = %(last_text)s
     WHERE id = %(conversation)s),
ended AS (
    DELETE FROM procrastinate_jobs WHERE id = %(job)s AND status = 'doing'),
begun AS (
    SELECT %(worker)s::bigint AS worker
     WHERE %(worker)s IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs WHERE lock = %(lock)s AND status IN ('todo', 'doing')))
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id)
SELECT %(queue)s, %(task)s, %(lock)s, %(arguments)s,
       (CASE WHEN EXISTS (SELECT 1 FROM begun) THEN 'doing' ELSE 'todo' END)
           ::procrastinate_job_status,
       (SELECT worker FROM begun)
RETURNING id, status::text, (SELECT created_at FROM sent) AS created_at
"""


def store_single_answer(
    engine: Engine,
    turn_id: str,
    reply: Reply,
    timings_ms: Mapping[str, float],
    understood: Mapping[str, Any] | None,
) -> tuple[str, ...] | None:
    """Close a turn with its answer and enqueue the delivery; gives the outbox id.

    Ends the turn's job too where it runs in this context. None, and nothing done, if it is no
    plain case.
    """
    job = queue.running.get()
    mine = job is not None and (job.job.task, job.job.argument) == (queue.TURN_TASK, turn_id)
    place = job if mine and job is not None and job.reserve() else None
    delivery: queue.Job | None = None
    try:
        with driver_transaction(engine) as connection:
            found = _looked_at(connection, turn_id)
            if found is None:
                return None
            delivery = _write(
                engine, connection, found, turn_id, reply, timings_ms, understood,
                job if mine else None, place,
            )  # fmt: skip
            message_id = delivery.argument
            if delivery.message is None:
                delivery = None
    except psycopg.errors.UniqueViolation:
        return None  # a delivery of the chat began at the same moment: ours waits behind it
    finally:
        if place is not None and delivery is None:
            place.release()
    if mine and job is not None:
        job.finished = True
        if delivery is not None:
            job.claimed.append(delivery)
    return (message_id,)


def _looked_at(connection: Driver, turn_id: str) -> Any:
    rows = rows_of(connection, _LOOK, {"turn": turn_id, "key": _key(turn_id)})
    if not rows:
        raise NotFound(f"turn {turn_id}")
    found = rows[0]
    plain = found.state == "queued" and not found.held_by_officer
    return found if plain and not found.merged and not found.stored else None


def _key(turn_id: str) -> str:
    return f"{turn_id}:0"


def _write(
    engine: Engine,
    connection: Driver,
    found: Any,
    turn_id: str,
    reply: Reply,
    timings_ms: Mapping[str, float],
    understood: Mapping[str, Any] | None,
    job: queue.Running | None,
    place: queue.Running | None,
) -> queue.Job:
    """Store everything; gives the delivery's job, with its message if it begins here."""
    document = storable(reply.to_json())
    reply = Reply.from_json(document)
    choice_ids = choice_ids_for(reply)
    message_id, conversation_id = str(uuid.uuid4()), str(found.conversation_id)
    if understood is not None:
        drafts = {item["kind"]: item["document"] for item in found.drafts}
        understood = {**understood, **marks_of(drafts, turn_id)}
    message = as_meant(engine, turns.c.message, dict(found.message))
    masked = masked_message(message)
    changed = masked != message
    kept = as_stored(engine, turns.c.message, masked) if changed else {}
    [row] = rows_of(
        connection,
        _WRITE,
        {
            "message": message_id,
            "conversation": found.conversation_id,
            "turn": turn_id,
            "key": _key(turn_id),
            "reply": Jsonb(document),
            "choice_ids": choice_ids,
            "choices": Jsonb([
                {"id": choice_id, "title": choice.title, "intent": choice.intent,
                 "entities": dict(choice.entities)}
                for choice_id, choice in zip(choice_ids, reply.choices, strict=True)
                if choice.url is None
            ]),
            "timings": Jsonb(dict(timings_ms)),
            "understood": None if understood is None else Jsonb(understood),
            "masked": changed,
            "message_document": Jsonb(kept),
            "now": found.office_now,
            "last_text": reply.text,
            "job": job.job.id if job else None,
            "worker": place.worker if place else None,
            "lock": queue.delivery_lock(conversation_id),
            "queue": queue.DELIVERY_QUEUE,
            "task": queue.DELIVERY_TASK,
            "arguments": Jsonb({"message_id": message_id}),
        },
    )  # fmt: skip
    outbound = OutboundMessage(
        id=message_id,
        conversation_id=conversation_id,
        address=chat_address(engine, found),
        reply=document,
        choice_ids=tuple(choice_ids),
        turn_id=turn_id,
        last_inbound_at=found.last_inbound_at,
        created_at=row.created_at,
    )
    begun = row.status == "doing"
    return queue.Job(row.id, queue.DELIVERY_TASK, message_id, 0, outbound if begun else None)
