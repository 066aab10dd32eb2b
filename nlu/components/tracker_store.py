"""Conversation trackers in PostgreSQL: one row each, the current session only.

The table ``rasa_trackers`` belongs to the house's migrations. Beside Rasa's events the
document holds the last answered turns, by which a turn that is sent again is recognised.
There is no fallback to memory: what cannot be stored fails the turn.
"""

from __future__ import annotations

import asyncio
import json
import select
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from tanya_language import mask_personal_data

from nlu.components.turns import TrackerStoreFailed, TurnAnswer, storable

log = structlog.get_logger(__name__)

# A turn has seconds, not minutes: a database that does not answer by then is down.
CONNECT_TIMEOUT_S = 3
STATEMENT_TIMEOUT_MS = 5_000
POOL_WAIT_S = 3.0
POOL_SIZE = 8  # turns mostly wait for the action server, a connection is held for < 1 ms
# After this the pool gives up and the next turn tries at once; its own back-off would
# leave a database that is back unused for minutes.
RECONNECT_S = 1.0
# A turn is sent again at most a few times, before the next one of its conversation.
REMEMBERED_TURNS = 2
# A connection that rested so long is closed: each costs PostgreSQL some MB.
POOL_IDLE_S = 60.0
# A tracker need not be on disk when its turn ends: the gateway's commit of the answer comes after
# it in the same log and waits for both. What a crash takes before that is run anew (decision 0016).
_NO_WAIT = "-c synchronous_commit=off"
# Looks at what an idle connection was sent unasked before it counts as closed.
_MOST_UNASKED = 4
# A cut cable says no goodbye: after 25 s of silence the connection counts as lost.
_WATCHFUL = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
_SPOKEN_PARTS = ("text", "entities", "questions")
# Two thirds of a stored message, and only the message a turn answers is asked for them.
_OF_THE_LATEST_ONLY = ("intent_ranking", "questions")
_FEWEST_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Stored:
    """What the table holds of a conversation.

    Attributes:
        tracker: None when it holds nothing.
        turns: The last answered turns, oldest first.
        version: Changes with every change of the row; "" when there is none.
    """

    tracker: DialogueStateTracker | None = None
    turns: tuple[TurnAnswer, ...] = ()
    version: str = ""


class PostgresTrackerStore(TrackerStore):
    """Rasa's tracker store on the table ``rasa_trackers``.

    Args:
        domain: Gives the slots of a new tracker; Rasa sets it with each model.
        host: libpq URL of the database.
        event_broker: Must be None, events are not streamed.
    """

    def __init__(
        self,
        domain: Domain | None,
        host: str,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._url = host
        self._pool: AsyncConnectionPool | None = None
        self._opening = asyncio.Lock()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation, or None when it has none.

        Raises:
            TrackerStoreFailed: The database does not answer or the document is broken.
        """
        return (await self.load(sender_id)).tracker

    async def load(self, conversation_id: str) -> Stored:
        """The tracker of a conversation with its last answered turns.

        Raises:
            TrackerStoreFailed: The database does not answer or the document is broken.
        """
        row = await self._execute(
            "select document, xmin::text from rasa_trackers where sender_id = %s", conversation_id
        )
        if row is None:
            return Stored()
        document, version = row
        try:
            tracker = self.init_tracker(conversation_id)
            tracker.recreate_from_dialogue(Dialogue.from_parameters(document))
            turns = tuple(_answer(item) for item in document.get("turns", ()))
        except Exception as error:
            raise TrackerStoreFailed(f"tracker of {conversation_id} is unreadable") from error
        return Stored(tracker, turns, version)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store a tracker without touching its remembered turns.

        Raises:
            TrackerStoreFailed: The database does not answer.
        """
        stored = await self.load(tracker.sender_id)
        await self.save_turns(tracker, stored.turns, stored.version)

    async def save_turns(
        self, tracker: DialogueStateTracker, turns: Iterable[TurnAnswer], version: str
    ) -> None:
        """Store a tracker with its last answered turns, in one statement.

        Another Rasa may have carried on the conversation while this one hung: its word stays.

        Args:
            tracker: What is stored.
            turns: The last answered turns, oldest first.
            version: What :meth:`load` gave; anything else stored since then wins.

        Raises:
            TrackerStoreFailed: The conversation went on elsewhere, or the database does not
                answer; nothing was stored, or the answer was lost and the turn will be
                recognised when it is sent again.
        """
        document = {
            "name": tracker.sender_id,
            "events": _slimmed(_masked([event.as_dict() for event in tracker.events])),
            "turns": [_remembered(turn) for turn in tuple(turns)[-REMEMBERED_TURNS:]],
        }
        kept = await self._execute(
            "insert into rasa_trackers (sender_id, document, updated_at)"
            " values (%s, %s::jsonb, now()) on conflict (sender_id)"
            " do update set document = excluded.document, updated_at = excluded.updated_at"
            " where rasa_trackers.xmin::text = %s returning true",
            tracker.sender_id,
            _dump(document),
            version,
        )
        if kept is None:
            raise TrackerStoreFailed(f"{tracker.sender_id} went on elsewhere meanwhile")

    async def create_tracker(
        self, sender_id: str, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """A new tracker that is not stored before its first turn succeeds."""
        return self.init_tracker(sender_id)

    async def keys(self) -> list[str]:
        """Ids of the stored conversations, the most recent 1,000."""
        row = await self._execute(
            "select coalesce(json_agg(sender_id), '[]') from (select sender_id from"
            " rasa_trackers order by updated_at desc limit 1000) recent"
        )
        return list(row[0]) if row else []

    async def check(self) -> None:
        """Return when the table can be read.

        Raises:
            TrackerStoreFailed: It cannot.
        """
        await self._execute("select 1 from rasa_trackers limit 1")

    async def close(self) -> None:
        """Close the connections; the store may be used again afterwards."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _execute(self, statement: str, *values: Any) -> Any:
        """The first row, None when there is none."""
        try:
            pool = await self._opened_pool()
            async with pool.connection() as connection:
                cursor = await connection.execute(statement, values)
                return await cursor.fetchone()
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("tracker_store_failed", error=type(error).__name__)
            raise TrackerStoreFailed(type(error).__name__) from error

    async def _opened_pool(self) -> AsyncConnectionPool:
        if self._pool is not None:
            return self._pool
        async with self._opening:
            if self._pool is None:
                # The pool belongs to the running loop, so it cannot be opened in __init__.
                pool = AsyncConnectionPool(
                    self._url,
                    min_size=1,
                    max_size=POOL_SIZE,
                    timeout=POOL_WAIT_S,
                    reconnect_timeout=RECONNECT_S,
                    max_idle=POOL_IDLE_S,
                    check=refuse_closed,
                    open=False,
                    kwargs={
                        "autocommit": True,
                        "connect_timeout": CONNECT_TIMEOUT_S,
                        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} {_NO_WAIT}",
                        "application_name": "tanya-rasa",
                        **_WATCHFUL,
                    },
                )
                await pool.open()
                self._pool = pool
        return self._pool


async def refuse_closed(connection: psycopg.AsyncConnection[Any]) -> None:
    """Return when the server has not closed an idle connection; asks the socket alone.

    psycopg's own check asks the server, twice a turn: a twentieth of a turn's CPU time.

    Raises:
        psycopg.OperationalError: The pool must connect anew.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    for _ in range(_MOST_UNASKED):
        if not poll.poll(0):
            return
        connection.pgconn.consume_input()  # a notice, or the end, which raises
    raise psycopg.OperationalError("the server closed the connection")


def _masked(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events, the latest message without personal numbers: it has been answered.

    Earlier messages were masked when they were the latest. What was understood keeps its
    shape, as rules look at names and not at values.
    """
    for place in range(len(events) - 1, -1, -1):
        event = events[place]
        if event.get("event") != "user":
            continue
        parsed = dict(event.get("parse_data") or {})
        for part in _SPOKEN_PARTS:
            if part in parsed:
                parsed[part] = _hide(parsed[part])
        masked = {**event, "text": _hide(event.get("text")), "parse_data": parsed}
        return [*events[:place], masked, *events[place + 1 :]]
    return events


def _slimmed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events, past messages without what only their own turn needed of them."""
    spoken = [place for place, event in enumerate(events) if event.get("event") == "user"]
    slim = list(events)
    for place in spoken[:-1]:
        parsed = slim[place].get("parse_data") or {}
        if any(part in parsed for part in _OF_THE_LATEST_ONLY):
            kept = {
                name: value for name, value in parsed.items() if name not in _OF_THE_LATEST_ONLY
            }
            slim[place] = {**slim[place], "parse_data": kept}
    return slim


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        few = sum(map(str.isdigit, value)) < _FEWEST_DIGITS and "@" not in value
        return value if few else mask_personal_data(value)
    if isinstance(value, dict):
        return {name: _hide(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_hide(item) for item in value]
    return value


def _dump(document: Mapping[str, Any]) -> str:
    dumped = json.dumps(document)
    # Replies of actions may carry what a citizen wrote; looking is cheap, walking is not.
    if "\\u0000" in dumped or "\\ud" in dumped:
        dumped = json.dumps(storable(document))
    return dumped


def _remembered(turn: TurnAnswer) -> dict[str, Any]:
    return {
        "turn_id": turn.turn_id,
        "replies": list(turn.replies),
        "intent": turn.intent,
        "confidence": turn.confidence,
    }


def _answer(item: Mapping[str, Any]) -> TurnAnswer:
    return TurnAnswer(
        turn_id=item["turn_id"],
        replies=tuple(item["replies"]),
        intent=item["intent"],
        confidence=item["confidence"],
    )
