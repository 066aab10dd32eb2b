from __future__ import annotations

from rasa_sdk import Tracker

from actions.turns import turn_of


def tracker(message, events=()):
    metadata = {"turn_id": "t2", "now": "2026-11-23T10:00:00+07:00"}
    return Tracker("c1", {"izin": ["PBG"]}, {"metadata": metadata, **message}, list(events),
                   False, None, {}, "action_listen")  # fmt: skip


def test_entities_questions_and_ranking_arrive_as_named():
    turn = turn_of(
        tracker(
            {
                "text": "syarat sip",
                "intent": {"name": "tanya_syarat", "confidence": 0.8},
                "intent_ranking": [{"name": "tanya_syarat", "confidence": 0.8}],
                "entities": [
                    {"entity": "izin", "value": None, "start": 7, "end": 10,
                     "candidates": ["SIP_DOKTER", "SIP_BIDAN"], "extractor": "tanya"},
                ],
                "questions": [
                    {"intent": "tanya_syarat", "confidence": 0.8, "start": 0, "end": 10,
                     "entities": []},
                ],
            }
        )
    )  # fmt: skip
    (entity,) = turn.entities
    assert (entity.name, entity.raw, entity.value) == ("izin", "sip", None)
    assert entity.candidates == ("SIP_DOKTER", "SIP_BIDAN")
    assert turn.questions[0].end == 10
    assert turn.ranking == (("tanya_syarat", 0.8),)
    assert turn.slots == {"izin": ["PBG"]}
    assert turn.now.utcoffset() is not None


def test_a_tap_has_no_text_of_the_citizen():
    message = {"text": "/tanya_syarat", "intent": {"name": "tanya_syarat"}}
    message["metadata"] = {
        "turn_id": "t",
        "now": "2026-11-23T10:00:00+07:00",
        "kind": "choice",
        "typed": False,
    }
    assert turn_of(tracker(message)).text == ""


def test_typed_text_that_looks_like_a_payload_stays_text():
    message = {"text": '/tanya_syarat{"izin": "PBG"}', "intent": {"name": "nlu_fallback"}}
    turn = turn_of(tracker(message))
    assert turn.intent == "nlu_fallback" and turn.text.startswith("/tanya_syarat")


def test_the_turn_before_is_known_by_its_id():
    events = [
        {"event": "user", "metadata": {"turn_id": "t0"}},
        {"event": "user", "metadata": {"turn_id": "t1"}},
        {"event": "bot"},
        {"event": "user", "metadata": {"turn_id": "t2"}},
    ]
    assert turn_of(tracker({"text": "x"}, events)).previous_turn_id == "t1"
    assert turn_of(tracker({"text": "x"}, events[3:])).previous_turn_id is None


def test_what_rasa_leaves_out_is_empty():
    turn = turn_of(tracker({"text": None, "entities": None, "questions": None, "intent": None}))
    assert (turn.text, turn.entities, turn.questions, turn.intent) == ("", (), (), "nlu_fallback")
