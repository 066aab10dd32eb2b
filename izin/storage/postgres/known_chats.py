"""A message of a chat that is known already, stored with one look and one write.

Nearly every message is one. What is rarer (a new chat, one known by two ids, a notice that
waits for its citizen, words that may be answered together with a waiting turn) is left to the
inbox's general way, which asks for each thing by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from izin.conversations import InboundMessage, Received
from izin.message_limits import MessageLimits, Pace, arrive, may_be_merged
from izin.storage.message_json import message_to_json
from izin.storage.postgres import identifiers, queue
from izin.storage.postgres.chats import alias_keys
from izin.storage.postgres.engine import as_stored, driver, rows_of
from izin.storage.postgres.turn_rows import choice_of
from izin.storage.tables.conversations import turns
from izin.storage.vault import Vault

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"

_EXTERNAL, _ALIASES = 3, 6
"""Places in the look: marks by two keys and the plain value, of a chat known by up to two ids."""

# One row at most: several mean a citizen known by several chats, none a new one.
# Values one by one: how many an array holds is known only to a plan made anew for it, which
# promises to be so much cheaper that PostgreSQL would plan this at every message.
_LOOK: LiteralString = """
SELECT chat.id, chat.chat, chat.chat_mark, chat.verified_phone, chat.phone_mark,
       chat.burst_started_at, chat.burst_count, chat.limited_until, known.aliases,
       EXISTS (SELECT 1 FROM turns WHERE namespace = %(namespace)s AND channel = %(channel)s
                  AND external_id IN (%(external_0)s, %(external_1)s, %(external_2)s)) AS stored,
       EXISTS (SELECT 1 FROM notices WHERE conversation_id = chat.id
                  AND state IN ('held', 'unreachable')) AS noticed,
       EXISTS (SELECT 1 FROM turns WHERE conversation_id = chat.id AND state = 'queued'
                  AND attempts = 0 AND merged_into IS NULL
                  AND seq = (SELECT max(seq) FROM turns
                              WHERE conversation_id = chat.id AND merged_into IS NULL)) AS waiting
  FROM (SELECT conversation_id, count(*) AS aliases FROM chat_aliases
         WHERE namespace = %(namespace)s AND channel = %(channel)s
           AND alias IN (%(alias_0)s, %(alias_1)s, %(alias_2)s,
                         %(alias_3)s, %(alias_4)s, %(alias_5)s)
         GROUP BY conversation_id) AS known
  JOIN conversations AS chat ON chat.id = known.conversation_id
"""

_WRITE = """
WITH chat AS (
    UPDATE conversations
       SET last_inbound_at = %(received_at)s, burst_started_at = %(burst_started_at)s,
           burst_count = %(burst_count)s, limited_until = %(limited_until)s
     WHERE id = %(conversation)s),
job AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
    VALUES (%(queue)s, %(task)s, %(lock)s, %(arguments)s))
INSERT INTO turns (id, conversation_id, namespace, channel, external_id, message, choice,
                   office_now, received_at)
VALUES (%(turn)s, %(conversation)s, %(namespace)s, %(channel)s, %(external_id)s, %(message)s,
        %(choice)s, %(now)s, %(received_at)s)
"""


def store_of_known_chat(
    connection: Connection,
    message: InboundMessage,
    received_at: datetime,
    at: datetime,
    limits: MessageLimits,
    vault: Vault | None,
) -> Received | None:
    """Store a message and enqueue its turn; None, and nothing done, if it is no plain case.

    The caller holds the locks of the chat.
    """
    found = _known(connection, message)
    if found is None or found.stored or found.noticed or not _same(connection, found, message):
        return None
    if found.waiting and limits.merged > 1 and may_be_merged(message):
        return None
    pace = Pace(found.burst_started_at, found.burst_count, found.limited_until)
    pace, verdict = arrive(pace, at, limits)
    if verdict != "answer":
        return None
    conversation_id, turn_id = str(found.id), str(uuid.uuid4())
    choice = choice_of(connection, conversation_id, message.choice_id, vault)
    external_id = identifiers.mark(connection, identifiers.PLATFORM_ID, message.external_id)
    driver(connection).execute(
        _WRITE,
        {
            "conversation": conversation_id,
            "turn": turn_id,
            "namespace": message.address.namespace,
            "channel": message.address.channel,
            "external_id": external_id,
            "message": Jsonb(as_stored(connection, turns.c.message, message_to_json(message))),
            "choice": None if choice is None else Jsonb(choice),
            "now": at,
            "received_at": received_at,
            "burst_started_at": pace.started_at,
            "burst_count": pace.count,
            "limited_until": pace.limited_until,
            "queue": queue.TURN_QUEUE,
            "task": queue.TURN_TASK,
            "lock": queue.turn_lock(conversation_id),
            "arguments": Jsonb({"turn_id": turn_id}),
        },
    )
    return Received(turn_id, conversation_id)


def _known(connection: Connection, message: InboundMessage) -> Any:
    address, keys = message.address, alias_keys(message)
    external = identifiers.marks(connection, identifiers.PLATFORM_ID, message.external_id)
    aliases = [
        mark for key in keys for mark in identifiers.marks(connection, identifiers.ALIAS, key)
    ]
    if len(external) > _EXTERNAL or len(aliases) > _ALIASES:
        return None
    rows = rows_of(
        driver(connection),
        _LOOK,
        {
            "namespace": address.namespace,
            "channel": address.channel,
            **_one_by_one("external", external, _EXTERNAL),
            **_one_by_one("alias", aliases, _ALIASES),
        },
    )
    return rows[0] if len(rows) == 1 and rows[0].aliases == len(keys) else None


def _one_by_one(name: str, values: Sequence[str], places: int) -> dict[str, str]:
    """Give values for as many places; what is left repeats the last."""
    return {f"{name}_{place}": values[min(place, len(values) - 1)] for place in range(places)}


def _same(connection: Connection, found: Any, message: InboundMessage) -> bool:
    """Say whether the chat's address and phone are stored as the message has them."""
    chat = identifiers.chat_columns(connection, message.address.chat)
    mine = chat["chat_mark"] or chat["chat"]
    if mine != (found.chat_mark or found.chat):
        return False
    if not message.phone:
        return True
    phone = identifiers.phone_columns(connection, message.phone)
    return bool(
        (phone["phone_mark"] or phone["verified_phone"])
        == (found.phone_mark or found.verified_phone)
    )
