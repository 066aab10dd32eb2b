"""Who follows which application, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, case, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.following import Notice, NoticeKind, Snapshot, Subscription, Template
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.notices import drop_waiting, reachable, store_notice
from izin.storage.tables.conversations import conversations
from izin.storage.tables.following import subscriptions, watch_marks
from izin.storage.text import storable

MOST_WATCHED = 200
_WATCHER_LOCK = 7_203_004
_SWEPT = "swept"


class PostgresFollowing:
    """``izin.ports.Following`` on our own PostgreSQL."""

    def __init__(self, engine: Engine, templates: Mapping[NoticeKind, Template]) -> None:
        """Take the engine and the approved WhatsApp templates; every call is one transaction."""
        self._engine = engine
        self._templates = templates

    def follow(self, subscription: Subscription, turn_id: str) -> bool:
        """Begin to follow; True if this turn began it."""
        fresh = {
            "permit_code": subscription.permit_code,
            "snapshot": storable(subscription.snapshot.to_json()),
            "changed_at": subscription.changed_at,
            "since": subscription.since,
            "followed_turn": turn_id,
        }
        mine = (
            subscriptions.c.conversation_id == subscription.conversation_id,
            subscriptions.c.number == subscription.number,
        )
        with transaction(self._engine) as connection:
            connection.execute(
                upsert(subscriptions)
                .values(
                    conversation_id=subscription.conversation_id,
                    number=subscription.number,
                    proof=subscription.proof,
                    **fresh,
                )
                .on_conflict_do_nothing()
            )
            connection.execute(
                update(subscriptions)
                .where(*mine, subscriptions.c.stopped_at.is_not(None))
                # The turn that began it may run again after a crash: a stop since then stands.
                .where(subscriptions.c.followed_turn != turn_id)
                .values(
                    proof=subscription.proof,
                    stopped_at=None,
                    stopped_turn=None,
                    version=subscriptions.c.version + 1,
                    **fresh,
                )
            )
            row = connection.execute(
                update(subscriptions)
                .where(*mine)
                .values(
                    proof=case(
                        (subscriptions.c.proof == "phone", "phone"), else_=subscription.proof
                    )
                )
                .returning(subscriptions.c.followed_turn)
            ).one()
        return bool(row.followed_turn == turn_id)

    def stop(
        self, conversation_id: str, numbers: Iterable[str] | None, turn_id: str, now: datetime
    ) -> Sequence[str]:
        """End subscriptions and notices of theirs that still wait."""
        own = subscriptions.c.conversation_id == conversation_id
        ending = update(subscriptions).where(own, subscriptions.c.stopped_at.is_(None))
        if numbers is not None:
            ending = ending.where(subscriptions.c.number.in_(list(numbers)))
        with transaction(self._engine) as connection:
            connection.execute(ending.values(stopped_at=now, stopped_turn=turn_id))
            ended = connection.execute(
                select(subscriptions.c.number)
                .where(own, subscriptions.c.stopped_turn == turn_id)
                .order_by(subscriptions.c.since, subscriptions.c.number)
            )
            stopped = [str(number) for number in ended.scalars()]
            drop_waiting(connection, conversation_id, stopped)
        return stopped

    def of_conversation(self, conversation_id: str) -> Sequence[Subscription]:
        """Give what the chat follows, oldest first."""
        query = (
            _active()
            .where(subscriptions.c.conversation_id == conversation_id)
            .order_by(subscriptions.c.since, subscriptions.c.number)
        )
        with transaction(self._engine) as connection:
            return [_subscription(row) for row in connection.execute(query)]

    def watched(
        self, after: tuple[str, str] | None, now: datetime, *, simulator_only: bool = False
    ) -> Sequence[Subscription]:
        """Give at most 200 subscriptions behind (number, conversation id), in that order."""
        place = tuple_(subscriptions.c.number, subscriptions.c.conversation_id)
        query = _active().where(*reachable(now, simulator_only=simulator_only))
        if after is not None:
            query = query.where(place > after)
        query = query.order_by(subscriptions.c.number, subscriptions.c.conversation_id).limit(
            MOST_WATCHED
        )
        with transaction(self._engine) as connection:
            return [_subscription(row) for row in connection.execute(query)]

    def tell(
        self, subscription: Subscription, snapshot: Snapshot, changed_at: datetime | None,
        notice: Notice | None, now: datetime,
    ) -> bool:  # fmt: skip
        """Store what is told now together with its notice."""
        values = {
            "snapshot": storable(snapshot.to_json()),
            "changed_at": changed_at,
            "version": subscription.version + 1,
        }
        with transaction(self._engine) as connection:
            return self._write(connection, subscription, values, notice, now)

    def end(self, subscription: Subscription, notice: Notice, now: datetime) -> bool:
        """End a subscription whose proof no longer holds, with the notice that says so."""
        with transaction(self._engine) as connection:
            return self._write(connection, subscription, {"stopped_at": now}, notice, now)

    def _write(
        self, connection: Connection, subscription: Subscription, values: Mapping[str, Any],
        notice: Notice | None, now: datetime,
    ) -> bool:  # fmt: skip
        written = connection.execute(
            update(subscriptions)
            .where(
                subscriptions.c.conversation_id == subscription.conversation_id,
                subscriptions.c.number == subscription.number,
                subscriptions.c.version == subscription.version,
                subscriptions.c.stopped_at.is_(None),
            )
            .values(**values)
        ).rowcount
        if written and notice is not None:
            store_notice(connection, notice, self._templates, now)
        return bool(written)

    @contextmanager
    def watching(self) -> Iterator[bool]:
        """Give whether this process alone may watch now.

        A session's lock outside a transaction: none may be open while the registry is asked.
        """
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            key = {"key": _WATCHER_LOCK}
            mine = connection.execute(text("select pg_try_advisory_lock(:key)"), key).scalar()
            try:
                yield bool(mine)
            finally:
                if mine:
                    connection.execute(text("select pg_advisory_unlock(:key)"), key)

    def swept_at(self) -> datetime | None:
        """Give when every followed application was last compared."""
        with transaction(self._engine) as connection:
            return connection.execute(
                select(watch_marks.c.at).where(watch_marks.c.name == _SWEPT)
            ).scalar()

    def swept(self, now: datetime) -> None:
        """Remember that every followed application has been compared at ``now``."""
        statement = upsert(watch_marks).values(name=_SWEPT, at=now)
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_={"at": now})
            )


def _active() -> Select[Any]:
    return (
        select(subscriptions, conversations.c.verified_phone)
        .join(conversations, conversations.c.id == subscriptions.c.conversation_id)
        .where(subscriptions.c.stopped_at.is_(None))
    )


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        conversation_id=row.conversation_id,
        number=row.number,
        permit_code=row.permit_code,
        proof=row.proof,
        snapshot=Snapshot.from_json(row.snapshot),
        since=row.since,
        changed_at=row.changed_at,
        version=row.version,
        verified_phone=row.verified_phone,
    )
