"""Messages that were not understood well, in clusters, and decisions on them, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, exists, func, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.learning import Cluster, Decision, Meaning, Reason, Unrecognised
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.conversations import turns
from izin.storage.tables.learning import (
    learning_decisions,
    regression_cases,
    training_examples,
    unrecognised,
)

_own = unrecognised.c


class PostgresListening:
    """``izin.ports.learning.Listening`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def open_messages(self, cluster: str | None = None) -> Sequence[Unrecognised]:
        """Give the messages nobody decided on, most central first."""
        query = (
            select(unrecognised, turns.c.conversation_id)
            .join(turns, turns.c.id == _own.turn_id)
            .where(_own.decision_id.is_(None))
            .order_by(_own.centrality.desc(), _own.said_at, _own.id)
        )
        if cluster is not None:
            if not is_id(cluster):
                return []
            query = query.where(_own.cluster == cluster)
        with transaction(self._engine) as connection:
            return [_message(row) for row in connection.execute(query)]

    def samples(self, clusters: Sequence[str], most: int) -> Sequence[Unrecognised]:
        """Give up to so many different open messages of each cluster, most central first."""
        order = (_own.centrality.desc(), _own.said_at, _own.id)
        same = func.row_number().over(partition_by=(_own.cluster, _own.key), order_by=order)
        open_ones = (
            select(unrecognised, same.label("same"))
            .where(_own.decision_id.is_(None), _own.cluster.in_([c for c in clusters if is_id(c)]))
            .subquery()
        )
        own = open_ones.c
        place = func.row_number().over(
            partition_by=own.cluster, order_by=(own.centrality.desc(), own.said_at, own.id)
        )
        ranked = select(open_ones, place.label("place")).where(own.same == 1).subquery()
        query = (
            select(ranked, turns.c.conversation_id)
            .join(turns, turns.c.id == ranked.c.turn_id)
            .where(ranked.c.place <= most)
            .order_by(ranked.c.cluster, ranked.c.place)
        )
        with transaction(self._engine) as connection:
            return [_message(row) for row in connection.execute(query)]

    def clusters(
        self, *, after: int = 0, limit: int = 50, only: str | None = None
    ) -> Sequence[Cluster]:
        """Give the clusters of open messages, those of most citizens first."""
        if only is not None and not is_id(only):
            return []
        chats, messages = func.count(_own.conversation_id.distinct()), func.count()
        first_at = func.min(_own.said_at)
        # All is in one index, so that ranking twenty thousand messages reads none of them.
        first = (
            select(
                _own.cluster, chats.label("chats"), messages.label("messages"),
                first_at.label("first_at"), func.max(_own.said_at).label("latest_at"),
            )
            .where(_own.decision_id.is_(None), true() if only is None else _own.cluster == only)
            .group_by(_own.cluster)
            .order_by(chats.desc(), messages.desc(), first_at, _own.cluster)
            .offset(after)
            .limit(limit)
        )  # fmt: skip
        chosen = first.subquery()
        # Texts and reasons are read of these few clusters only.
        reasons = (
            select(func.array_agg(_own.reason.distinct()))
            .where(_own.decision_id.is_(None), _own.cluster == chosen.c.cluster)
            .scalar_subquery()
        )
        central = (
            select(_own.text, _own.intent)
            .where(_own.decision_id.is_(None), _own.cluster == chosen.c.cluster)
            .order_by(_own.centrality.desc(), _own.said_at, _own.id)
            .limit(1)
            .lateral()
        )
        query = (
            select(chosen, central.c.text, central.c.intent, reasons.label("reasons"))
            .join(central, true())
            .order_by(
                chosen.c.chats.desc(), chosen.c.messages.desc(), chosen.c.first_at, chosen.c.cluster
            )
        )
        with transaction(self._engine) as connection:
            return [_cluster(row) for row in connection.execute(query)]

    def open_counts(self) -> tuple[int, int]:
        """Give how many messages and clusters are open."""
        query = select(func.count(), func.count(_own.cluster.distinct())).where(
            _own.decision_id.is_(None)
        )
        with transaction(self._engine) as connection:
            messages, clusters = connection.execute(query).one()
        return int(messages), int(clusters)

    def settle(self, decision: Decision, message_ids: Sequence[str], once: str) -> str:
        """Remember a decision on these messages, once per ``once``."""
        known = [item for item in message_ids if is_id(item)]
        meaning = decision.meaning
        with transaction(self._engine) as connection:
            added = connection.execute(
                upsert(learning_decisions)
                .values(
                    id=decision.id, once=once, intent=meaning.intent, permit=meaning.permit,
                    faq=meaning.faq, texts=list(decision.texts), messages=0,
                    faq_version=decision.faq_version, decided_by=decision.decided_by,
                    decided_at=decision.decided_at,
                )
                .on_conflict_do_nothing(index_elements=["once"])
                .returning(learning_decisions.c.id)
            ).scalar()  # fmt: skip
            if added is None:
                by_key = select(learning_decisions.c.id).where(learning_decisions.c.once == once)
                return str(connection.execute(by_key).scalar_one())
            settled = connection.execute(
                update(unrecognised)
                .where(_own.id.in_(known), _own.decision_id.is_(None))
                .values(decision_id=decision.id)
            ).rowcount
            if not settled:
                raise Conflict("these messages were decided meanwhile")
            connection.execute(
                update(learning_decisions)
                .where(learning_decisions.c.id == decision.id)
                .values(messages=settled)
            )
        return decision.id

    def decisions(self, limit: int = 20) -> Sequence[Decision]:
        """Give the latest decisions, newest first."""
        query = _decisions().order_by(learning_decisions.c.decided_at.desc()).limit(limit)
        with transaction(self._engine) as connection:
            return [_decision(row) for row in connection.execute(query)]

    def decision(self, decision_id: str) -> Decision:
        """Give one."""
        with transaction(self._engine) as connection:
            return _read_decision(connection, decision_id)

    def undo(self, decision_id: str, now: datetime) -> Decision:
        """Take a decision back."""
        with transaction(self._engine) as connection:
            known = _read_decision(connection, decision_id, lock=True)
            if known.undone_at is not None or known.trained:
                raise Conflict(f"decision {decision_id} stays")
            own = regression_cases.c
            replaced = connection.execute(
                delete(regression_cases)
                .where(own.decision_id == decision_id)
                .returning(own.replaces)
            ).scalars().all()  # fmt: skip
            connection.execute(
                delete(training_examples).where(training_examples.c.decision_id == decision_id)
            )
            connection.execute(
                update(regression_cases)
                .where(own.id.in_([item for item in replaced if item]))
                .values(active=True)
            )
            connection.execute(
                update(unrecognised).where(_own.decision_id == decision_id).values(decision_id=None)
            )
            connection.execute(
                update(learning_decisions)
                .where(learning_decisions.c.id == decision_id)
                .values(undone_at=now)
            )
            return _read_decision(connection, decision_id)


def _decisions() -> Select[Any]:
    trained = exists(
        select(training_examples.c.id).where(
            training_examples.c.decision_id == learning_decisions.c.id,
            training_examples.c.trained_at.is_not(None),
        )
    )
    return select(learning_decisions, trained.label("trained"))


def _read_decision(connection: Connection, decision_id: str, lock: bool = False) -> Decision:
    if is_id(decision_id):
        query = _decisions().where(learning_decisions.c.id == decision_id)
        if lock:
            query = query.with_for_update(of=learning_decisions)
        row = connection.execute(query).first()
        if row is not None:
            return _decision(row)
    raise NotFound(f"decision {decision_id!r}")


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        id=row.id,
        meaning=Meaning(row.intent, row.permit, row.faq),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        texts=tuple(row.texts),
        messages=row.messages,
        faq_version=row.faq_version,
        undone_at=row.undone_at,
        trained=row.trained,
    )


def _message(row: Row[Any]) -> Unrecognised:
    return Unrecognised(
        id=row.id,
        turn_id=row.turn_id,
        chat=row.conversation_id,
        text=row.text,
        reason=Reason(row.reason),
        intent=row.intent,
        confidence=row.confidence,
        said_at=row.said_at,
        cluster=row.cluster,
        centrality=row.centrality,
    )


def _cluster(row: Row[Any]) -> Cluster:
    return Cluster(
        id=row.cluster,
        text=row.text,
        messages=row.messages,
        chats=row.chats,
        reasons=tuple(Reason(item) for item in row.reasons),
        intent=row.intent,
        latest_at=row.latest_at,
    )
