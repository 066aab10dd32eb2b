"""Ratings and satisfaction surveys, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, ScalarSelect, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversations import Namespace
from izin.satisfaction import OFFER_EVERY, Rating, SurveyResponse
from izin.storage.postgres import identifiers
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.opinion_months import merged_ratings, merged_surveys
from izin.storage.tables.conversations import conversations
from izin.storage.tables.satisfaction import rating_offers, ratings, survey_responses
from izin.storage.text import storable


class PostgresRatings:
    """``izin.ports.Ratings`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def rate(self, rating: Rating, turn_id: str) -> None:
        """Store a rating, once per turn."""
        with transaction(self._engine) as connection:
            connection.execute(
                upsert(ratings)
                .values(
                    conversation_id=rating.conversation_id,
                    namespace=_namespace_of(rating.conversation_id),
                    turn_id=turn_id,
                    subject=rating.subject,
                    score=rating.score,
                    comment=storable(rating.comment),
                    at=rating.at,
                )
                .on_conflict_do_nothing()
            )

    def change(
        self,
        conversation_id: str,
        rated_in: str,
        *,
        score: int | None = None,
        comment: str | None = None,
    ) -> None:
        """Put the citizen's reason, or a corrected score, to a rating."""
        values: dict[str, object] = {"score": score, "comment": storable(comment)}
        with transaction(self._engine) as connection:
            connection.execute(
                update(ratings)
                .where(ratings.c.conversation_id == conversation_id, ratings.c.turn_id == rated_in)
                .values({name: value for name, value in values.items() if value is not None})
            )

    def may_offer(self, conversation_id: str, turn_id: str, now: datetime) -> bool:
        """Say whether a rating may be asked for, and remember that it was."""
        long_ago = now - OFFER_EVERY
        offer = upsert(rating_offers).values(
            conversation_id=conversation_id, offered_at=now, turn_id=turn_id
        )
        rated = exists().where(
            ratings.c.conversation_id == conversation_id, ratings.c.at > long_ago
        )
        with transaction(self._engine) as connection:
            if connection.execute(select(rated)).scalar():
                return False
            taken = connection.execute(
                offer.on_conflict_do_update(
                    index_elements=["conversation_id"],
                    set_={"offered_at": now, "turn_id": turn_id},
                    where=or_(
                        rating_offers.c.offered_at <= long_ago,
                        rating_offers.c.turn_id == turn_id,
                    ),
                ).returning(rating_offers.c.turn_id)
            ).scalar()
        return taken is not None

    def between(
        self, since: datetime, until: datetime, namespace: Namespace = "live"
    ) -> Sequence[Rating]:
        """Give the ratings of a period; those over a year old only of its whole months."""
        query = (
            select(ratings)
            .where(
                ratings.c.namespace == namespace,
                ratings.c.at >= since,
                ratings.c.at < until,
            )
            .order_by(ratings.c.at, ratings.c.id)
        )
        with transaction(self._engine) as connection:
            merged = merged_ratings(connection, since, until, namespace)
            rows = connection.execute(query).all()
        return merged + [
            Rating(row.conversation_id, row.subject, row.score, row.at, row.comment) for row in rows
        ]


class PostgresSurveys:
    """``izin.ports.Surveys`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def answered(self, conversation_id: str, period: str, but_for_turn: str) -> bool:
        """Say whether this citizen has answered in the period, in any chat of their phone."""
        query = (
            select(survey_responses.c.id)
            .join(conversations, conversations.c.id == survey_responses.c.conversation_id)
            .where(
                survey_responses.c.period == period,
                survey_responses.c.turn_id != but_for_turn,
            )
            .limit(1)
        )
        with transaction(self._engine) as connection:
            query = query.where(identifiers.of_same_citizen(connection, conversation_id))
            return connection.execute(query).first() is not None

    def store(self, response: SurveyResponse, turn_id: str) -> None:
        """Store a survey; the first one of a period stays."""
        with transaction(self._engine) as connection:
            connection.execute(
                upsert(survey_responses)
                .values(
                    conversation_id=response.conversation_id,
                    namespace=_namespace_of(response.conversation_id),
                    turn_id=turn_id,
                    period=response.period,
                    scores=dict(response.scores),
                    remark=storable(response.remark),
                    at=response.at,
                )
                .on_conflict_do_nothing()
            )

    def between(
        self, since: datetime, until: datetime, namespace: Namespace = "live"
    ) -> Sequence[SurveyResponse]:
        """Give the surveys of a period; those over a year old only of its whole months."""
        query = (
            select(survey_responses)
            .where(
                survey_responses.c.namespace == namespace,
                survey_responses.c.at >= since,
                survey_responses.c.at < until,
            )
            .order_by(survey_responses.c.at, survey_responses.c.id)
        )
        with transaction(self._engine) as connection:
            merged = merged_surveys(connection, since, until, namespace)
            rows = connection.execute(query).all()
        return merged + [
            SurveyResponse(row.conversation_id, row.period, dict(row.scores), row.at, row.remark)
            for row in rows
        ]


def _namespace_of(conversation_id: str | None) -> ScalarSelect[str]:
    found = select(conversations.c.namespace).where(conversations.c.id == conversation_id)
    return found.scalar_subquery()
