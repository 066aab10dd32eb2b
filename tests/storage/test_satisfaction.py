"""Scores outlive the chat they were given in."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from izin.satisfaction import Rating, SurveyResponse
from izin.storage.postgres.engine import create
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.satisfaction import PostgresRatings, PostgresSurveys
from tests.contracts.conversation_ports import NOW, message


def test_an_erased_chat_leaves_its_scores_without_identity_and_words(database_url: str) -> None:
    engine = create(database_url, pool_size=1)
    here = PostgresInbox(engine).receive(message(namespace="simulator"), NOW).conversation_id
    ratings, surveys = PostgresRatings(engine), PostgresSurveys(engine)
    ratings.rate(Rating(here, "layanan", 2, NOW, "telepon 0812"), "t1")
    ratings.may_offer(here, "t2", NOW + timedelta(days=2))
    surveys.store(SurveyResponse(here, "2026-2", {"Persyaratan": 4}, NOW, "saya Budi"), "t3")
    with engine.begin() as connection:
        connection.execute(text("delete from conversations where id = :id"), {"id": here})
    until = NOW + timedelta(days=1)
    [rating] = ratings.between(NOW, until, "simulator")
    [response] = surveys.between(NOW, until, "simulator")
    engine.dispose()
    assert (rating.conversation_id, rating.score, rating.comment) == (None, 2, "")
    assert (response.conversation_id, response.remark) == (None, "")
    assert dict(response.scores) == {"Persyaratan": 4}
