"""What `/model/parse` and the actions see of a message."""

from __future__ import annotations

from typing import Any

import pytest

from tests.nlu.fake_actions import FakeActions
from tests.nlu.rasa_server import RasaServer, fresh


def values(entities: list[dict[str, Any]], name: str) -> list[Any]:
    """Values of the entities called ``name``."""
    return [entity["value"] for entity in entities if entity["entity"] == name]


def test_a_parsed_message_has_intent_ranking_entities_and_questions(rasa: RasaServer) -> None:
    parsed = rasa.parse("syarat bikin imb rumah apa aja ya")

    assert parsed["intent"]["name"] == "tanya_syarat"
    assert parsed["intent_ranking"][0] == parsed["intent"]
    assert len(parsed["intent_ranking"]) >= 29
    assert sum(item["confidence"] for item in parsed["intent_ranking"]) == pytest.approx(1)
    (permit,) = [entity for entity in parsed["entities"] if entity["entity"] == "izin"]
    assert permit["value"] == "PBG"
    assert permit["extractor"] == "tanya"
    assert "imb" in parsed["text"][permit["start"] : permit["end"]]
    assert [question["intent"] for question in parsed["questions"]] == ["tanya_syarat"]
    assert values(parsed["questions"][0]["entities"], "izin") == ["PBG"]
    assert not [key for key in parsed if key.startswith("tanya_")], "nothing internal is shown"


def test_two_questions_in_one_message_reach_the_action(
    rasa: RasaServer, actions: FakeActions
) -> None:
    answer = rasa.turn(fresh("c"), "syarat sama biaya slf apa")

    assert answer.kinds == ["action_jawab"]
    message = actions.bodies[-1]["tracker"]["latest_message"]
    assert [question["intent"] for question in message["questions"]] == [
        "tanya_syarat",
        "tanya_biaya",
    ]
    for question in message["questions"]:
        assert values(question["entities"], "izin") == ["SLF"]


def test_an_ambiguous_name_has_candidates_and_no_value(rasa: RasaServer) -> None:
    parsed = rasa.parse("syarat sip apa saja")

    (permit,) = [entity for entity in parsed["entities"] if entity["entity"] == "izin"]
    assert permit["value"] is None
    assert len(permit["candidates"]) > 1


def test_a_relative_date_is_read_at_the_clock_of_the_turn(
    rasa: RasaServer, actions: FakeActions
) -> None:
    # 23:30 in Jakarta on the 4th is still the 4th there, though 16:30 UTC.
    rasa.turn(fresh("c"), "saya mengajukan kemarin", now="2026-05-04T16:30:00+00:00")
    first = actions.bodies[-1]["tracker"]["latest_message"]["entities"]
    rasa.turn(fresh("c"), "saya mengajukan kemarin", now="2026-05-04T17:30:00+00:00")
    second = actions.bodies[-1]["tracker"]["latest_message"]["entities"]

    assert values(first, "tanggal") == ["2026-05-03"]
    assert values(second, "tanggal") == ["2026-05-04"]


def test_odd_texts_are_parsed(rasa: RasaServer) -> None:
    for text in ("", " ", "😀", "a\x00b", "x" * 20_000, "(" * 500, "1" * 3000):
        assert rasa.parse(text)["intent"]["confidence"] <= 1
