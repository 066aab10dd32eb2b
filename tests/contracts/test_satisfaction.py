"""The ports Ratings and Surveys, in memory and on PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from izin.satisfaction import OFFER_EVERY, Rating, SurveyResponse
from tests.contracts.conversation_ports import NOW, Ports, fresh, fresh_phone, message

FOREVER = NOW + timedelta(days=400)
SCORES = {"Persyaratan": 4, "Biaya/tarif": 2}


def chat(ports: Ports, **changes: object) -> str:
    return ports.inbox.receive(message(**changes), NOW).conversation_id  # type: ignore[arg-type]


def own(found, here):  # type: ignore[no-untyped-def]
    return [item for item in found if item.conversation_id == here]


def test_a_rating_is_stored_once_per_turn_and_gets_its_reason_later(ports: Ports) -> None:
    here, turn = chat(ports), fresh("turn")
    ports.ratings.rate(Rating(here, "layanan", 2, NOW), turn)
    ports.ratings.rate(Rating(here, "layanan", 5, NOW), turn)
    ports.ratings.change(here, turn, comment="antre lama\x00")
    ports.ratings.change(chat(ports), turn, score=5, comment="orang lain")
    [rating] = own(ports.ratings.between(NOW, FOREVER), here)
    assert (rating.subject, rating.score, rating.at) == ("layanan", 2, NOW)
    assert rating.comment.startswith("antre lama")
    ports.ratings.change(here, turn, score=4)
    [rating] = own(ports.ratings.between(NOW, FOREVER), here)
    assert rating.score == 4
    assert rating.comment.startswith("antre lama")
    assert own(ports.ratings.between(NOW + timedelta(seconds=1), FOREVER), here) == []
    assert own(ports.ratings.between(NOW - timedelta(days=1), NOW), here) == []


def test_simulated_citizens_never_count_among_real_ones(ports: Ports) -> None:
    here = chat(ports, namespace="simulator")
    ports.ratings.rate(Rating(here, "layanan", 5, NOW), fresh("turn"))
    ports.surveys.store(SurveyResponse(here, "2026-2", SCORES, NOW), fresh("turn"))
    assert own(ports.ratings.between(NOW, FOREVER), here) == []
    assert own(ports.surveys.between(NOW, FOREVER), here) == []
    assert len(own(ports.ratings.between(NOW, FOREVER, "simulator"), here)) == 1
    assert len(own(ports.surveys.between(NOW, FOREVER, "simulator"), here)) == 1


def test_a_rating_is_asked_for_at_most_once_a_day(ports: Ports) -> None:
    here, turn = chat(ports), fresh("turn")
    assert ports.ratings.may_offer(here, turn, NOW)
    assert ports.ratings.may_offer(here, turn, NOW)
    assert not ports.ratings.may_offer(here, fresh("turn"), NOW + OFFER_EVERY / 2)
    assert ports.ratings.may_offer(here, fresh("turn"), NOW + OFFER_EVERY)
    assert ports.ratings.may_offer(chat(ports), fresh("turn"), NOW)


def test_who_has_just_rated_is_not_asked(ports: Ports) -> None:
    here = chat(ports)
    ports.ratings.rate(Rating(here, "layanan", 5, NOW), fresh("turn"))
    assert not ports.ratings.may_offer(here, fresh("turn"), NOW + OFFER_EVERY / 2)
    assert ports.ratings.may_offer(here, fresh("turn"), NOW + OFFER_EVERY)


def test_a_survey_is_kept_once_per_period_with_its_elements_by_name(ports: Ports) -> None:
    here, turn = chat(ports), fresh("turn")
    assert not ports.surveys.answered(here, "2026-2", turn)
    ports.surveys.store(SurveyResponse(here, "2026-2", SCORES, NOW, "ok\x00"), turn)
    ports.surveys.store(SurveyResponse(here, "2026-2", {"Persyaratan": 1}, NOW), fresh("turn"))
    [response] = own(ports.surveys.between(NOW, FOREVER), here)
    assert response.scores == SCORES
    assert response.remark.startswith("ok")
    assert ports.surveys.answered(here, "2026-2", fresh("turn"))
    assert not ports.surveys.answered(here, "2026-2", turn)
    assert not ports.surveys.answered(here, "2027-1", fresh("turn"))


def test_one_citizen_on_two_channels_answers_once(ports: Ports) -> None:
    phone = fresh_phone()
    here, there = chat(ports, phone=phone), chat(ports, channel="whatsapp", phone=phone)
    ports.surveys.store(SurveyResponse(here, "2026-2", SCORES, NOW), fresh("turn"))
    assert ports.surveys.answered(there, "2026-2", fresh("turn"))
    assert not ports.surveys.answered(chat(ports), "2026-2", fresh("turn"))


def test_a_period_holds_its_first_moment_and_not_its_last(ports: Ports) -> None:
    here = chat(ports)
    at = datetime.fromisoformat("2031-01-01T00:00:00+07:00")
    ports.surveys.store(SurveyResponse(here, "2031-1", SCORES, at), fresh("turn"))
    assert len(own(ports.surveys.between(at, at + timedelta(days=1)), here)) == 1
    assert own(ports.surveys.between(at - timedelta(days=1), at), here) == []
