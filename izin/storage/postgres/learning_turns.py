"""The turns that are looked at for what was not understood well, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    Text,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.learning import HeardTurn, Unrecognised, text_key
from izin.privacy import Purpose
from izin.satisfaction import LOW_RATING
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.flow import merged_texts
from izin.storage.tables.complaints import sealed_complaints
from izin.storage.tables.conversations import turns
from izin.storage.tables.learning import learning_progress, unrecognised
from izin.storage.tables.privacy import privacy_consents
from izin.storage.tables.satisfaction import ratings
from izin.storage.tables.sealed import sealing_turns
from izin.storage.text import storable

MOST_OPEN = 20_000
"""Messages waiting for an editor; beyond them the oldest go."""

_LOCK = 7_203_020
_REJECTS = "koreksi"
_RATED_WITHIN = text("interval '30 minutes'")
_own = unrecognised.c


class PostgresHearing:
    """``izin.ports.learning.Hearing`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def heard(self, limit: int, until: datetime) -> Sequence[HeardTurn]:
        """Give the next turns not yet looked at, oldest first."""
        with transaction(self._engine) as connection:
            return [_heard(row) for row in connection.execute(_next(connection, limit, until))]

    def keep(self, found: Sequence[Unrecognised], looked_at: Sequence[HeardTurn]) -> int:
        """Keep these messages and remember how far was looked."""
        with transaction(self._engine) as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            kept = sum(_keep(connection, item) for item in found)
            if looked_at:
                _note_progress(connection, looked_at[-1].turn_id)
            if kept:
                _drop_oldest(connection)
        return kept

    def leaders(self) -> Sequence[tuple[str, str]]:
        """Give every cluster's id and most central message, of those that were decided, too."""
        query = (
            select(_own.cluster, _own.text)
            .distinct(_own.cluster)
            .order_by(_own.cluster, _own.centrality.desc(), _own.said_at, _own.id)
        )
        with transaction(self._engine) as connection:
            return [(row.cluster, row.text) for row in connection.execute(query)]

    def members(self, clusters: Sequence[str], most: int) -> Sequence[tuple[str, str, str]]:
        """Give (cluster, id, text) of up to so many messages of each of these clusters."""
        place = func.row_number().over(partition_by=_own.cluster, order_by=(_own.said_at, _own.id))
        ranked = (
            select(_own.cluster, _own.id, _own.text, place.label("place"))
            .where(_own.cluster.in_(clusters))
            .subquery()
        )
        query = (
            select(ranked.c.cluster, ranked.c.id, ranked.c.text)
            .where(ranked.c.place <= most)
            .order_by(ranked.c.cluster, ranked.c.place)
        )
        with transaction(self._engine) as connection:
            return [(row.cluster, row.id, row.text) for row in connection.execute(query)]

    def set_centralities(self, values: Sequence[tuple[str, float]]) -> None:
        """Remember how much messages are like their clusters."""
        with transaction(self._engine) as connection:
            for message_id, value in values:
                connection.execute(
                    update(unrecognised).where(_own.id == message_id).values(centrality=value)
                )

    def forget(self, before: datetime) -> int:
        """Forget what was said before."""
        with transaction(self._engine) as connection:
            return connection.execute(delete(unrecognised).where(_own.said_at < before)).rowcount


def _next(connection: Connection, limit: int, until: datetime) -> Select[Any]:
    seen = connection.execute(select(learning_progress)).first()
    later = turns.alias("later")
    following = (
        select(later.c.understood["intent"].astext)
        .where(later.c.conversation_id == turns.c.conversation_id, later.c.seq > turns.c.seq)
        .where(later.c.state.not_in(("merged", "limited")))
        .order_by(later.c.seq)
        .limit(1)
        .correlate(turns)
        .scalar_subquery()
    )
    rated = turns.alias("rated")
    badly = exists(
        select(literal(1))
        .select_from(ratings.join(rated, ratings.c.turn_id == cast(rated.c.id, Text)))
        .where(
            rated.c.conversation_id == turns.c.conversation_id,
            rated.c.seq > turns.c.seq,
            rated.c.office_now < turns.c.office_now + _RATED_WITHIN,
            ratings.c.score <= LOW_RATING,
            ratings.c.subject.in_(("jawaban", "layanan")),
        )
        .correlate(turns)
    )
    query = (
        select(
            turns.c.id, turns.c.conversation_id, turns.c.message, turns.c.state,
            turns.c.understood, turns.c.office_now, merged_texts(),
            (following == _REJECTS).label("rejected"), badly.label("rated_badly"),
            private_turn().label("private"), allowed_turn().label("allowed"),
        )
        .where(turns.c.received_at <= until)
        .order_by(turns.c.received_at, turns.c.id)
        .limit(limit)
    )  # fmt: skip
    if seen is None:
        return query
    past = tuple_(literal(seen.received_at), literal(seen.turn_id, turns.c.id.type))
    return query.where(
        turns.c.received_at >= seen.received_at,
        tuple_(turns.c.received_at, turns.c.id) > past,
    )


def private_turn() -> ColumnElement[bool]:
    """Say whether a turn belongs to a sealed matter, or its chat filed one."""
    noted = exists(select(literal(1)).where(sealing_turns.c.turn_id == turns.c.id))
    filed = exists(
        select(literal(1)).where(sealed_complaints.c.conversation_id == turns.c.conversation_id)
    )
    return or_(noted, filed)


def allowed_turn() -> ColumnElement[bool]:
    """Say whether the citizen, by the last word on it, let this message be reviewed."""
    own = privacy_consents.c
    since = (
        select(case((own.given, own.at)))
        .where(own.conversation_id == turns.c.conversation_id, own.purpose == Purpose.REVIEW.value)
        .order_by(own.id.desc())
        .limit(1)
        .correlate(turns)
        .scalar_subquery()
    )
    return func.coalesce(since <= turns.c.office_now, false())


def _heard(row: Row[Any]) -> HeardTurn:
    marks = dict(row.understood or {})
    said = str(row.message.get("text") or "")
    return HeardTurn(
        turn_id=row.id,
        conversation_id=row.conversation_id,
        text=" ".join([said, *(row.merged_texts or ())]),
        kind=str(row.message.get("kind")),
        state=row.state,
        intent=str(marks.get("intent") or ""),
        confidence=float(marks.get("confidence") or 0.0),
        said_at=row.office_now,
        marks=marks,
        private=bool(row.private),
        allowed=bool(row.allowed),
        rated_badly=bool(row.rated_badly),
        rejected=bool(row.rejected),
    )


def _keep(connection: Connection, item: Unrecognised) -> int:
    key = text_key(item.text)
    decided = (
        select(_own.decision_id)
        .where(_own.key == key, _own.decision_id.is_not(None))
        .order_by(_own.said_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    # Its turn may have been erased, or noted for sealing, since it was read.
    values = {
        "id": item.id, "text": storable(item.text), "key": key, "reason": item.reason.value,
        "intent": item.intent, "confidence": item.confidence, "said_at": item.said_at,
        "cluster": item.cluster, "centrality": item.centrality,
    }  # fmt: skip
    typed = [literal(value, _own[name].type) for name, value in values.items()]
    turn = select(*typed, turns.c.id, decided).where(
        turns.c.id == item.turn_id, turns.c.understood.is_not(None), allowed_turn(), ~private_turn()
    )
    columns = [*values, "turn_id", "decision_id"]
    return connection.execute(
        upsert(unrecognised).from_select(columns, turn).on_conflict_do_nothing()
    ).rowcount


def _note_progress(connection: Connection, turn_id: str) -> None:
    received = select(turns.c.received_at).where(turns.c.id == turn_id)
    at = connection.execute(received).scalar()
    if at is None:
        return
    values = {"received_at": at, "turn_id": turn_id}
    connection.execute(
        upsert(learning_progress)
        .values(id=1, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )


def _drop_oldest(connection: Connection) -> None:
    open_ones = _own.decision_id.is_(None)
    oldest = select(_own.id).where(open_ones).order_by(_own.said_at.desc()).offset(MOST_OPEN)
    connection.execute(delete(unrecognised).where(_own.id.in_(oldest)))
