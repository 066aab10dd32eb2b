"""The input channel over HTTP, with a real Rasa behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.nlu.fake_actions import FakeActions, said, slot
from tests.nlu.rasa_server import RasaServer, fresh, stored


def test_a_choice_is_answered_by_its_rule(rasa: RasaServer, actions: FakeActions) -> None:
    answer = rasa.turn(fresh("c"), intent="tanya_biaya", entities={"izin": "PBG"})

    assert answer.kinds == ["action_jawab"]
    assert (answer.body["intent"], answer.body["confidence"]) == ("tanya_biaya", 1.0)
    assert answer.body["replayed"] is False
    message = actions.bodies[-1]["tracker"]["latest_message"]
    assert [(e["entity"], e["value"]) for e in message["entities"]] == [("izin", "PBG")]
    assert message["questions"][0]["intent"] == "tanya_biaya"


def test_metadata_turn_id_and_clock_reach_the_action(
    rasa: RasaServer, actions: FakeActions
) -> None:
    turn_id = fresh("turn")
    rasa.turn(
        fresh("c"),
        intent="sapa",
        turn_id=turn_id,
        now="2026-07-01T08:30:00+07:00",
        metadata={"channel": "telegram"},
    )

    metadata = actions.bodies[-1]["tracker"]["latest_message"]["metadata"]
    assert metadata["channel"] == "telegram"
    assert metadata["turn_id"] == turn_id
    assert metadata["now"] == "2026-07-01T08:30:00+07:00"
    assert metadata["choice"] is True


def test_a_text_is_understood_and_answered(rasa: RasaServer, actions: FakeActions) -> None:
    answer = rasa.turn(fresh("c"), "berapa biaya pbg")

    assert answer.kinds == ["action_jawab"]
    assert answer.body["intent"] == "tanya_biaya"
    message = actions.bodies[-1]["tracker"]["latest_message"]
    assert message["text"] == "berapa biaya pbg"
    assert len(message["intent_ranking"]) > 3


def test_a_turn_sent_again_returns_its_replies_and_runs_nothing(
    rasa: RasaServer, actions: FakeActions
) -> None:
    conversation, turn_id = fresh("c"), fresh("turn")
    first = rasa.turn(conversation, intent="tanya_biaya", turn_id=turn_id)
    calls = list(actions.calls)
    again = rasa.turn(conversation, intent="tanya_biaya", turn_id=turn_id)

    assert again.body == {**first.body, "replayed": True}
    assert actions.calls == calls


def test_a_turn_is_recognised_after_others_and_in_a_new_session(
    rasa: RasaServer, actions: FakeActions
) -> None:
    conversation, turn_id = fresh("c"), fresh("turn")
    first = rasa.turn(conversation, intent="tanya_biaya", turn_id=turn_id)
    rasa.turn(conversation, intent="sapa", new_session=True)
    calls = list(actions.calls)
    again = rasa.turn(conversation, intent="tanya_biaya", turn_id=turn_id, new_session=True)

    assert again.replies == first.replies
    assert again.body["replayed"] is True
    assert actions.calls == calls


def test_a_new_session_drops_slots_and_the_open_form(
    rasa: RasaServer, actions: FakeActions
) -> None:
    conversation = fresh("c")
    actions.override["action_jawab"] = lambda body: said(
        {"kind": "slots", "izin": body["tracker"]["slots"]["izin"]}, events=(slot("izin", "SLF"),)
    )
    rasa.turn(conversation, intent="tanya_biaya")
    rasa.turn(conversation, intent="lapor_pengaduan")
    answer = rasa.turn(conversation, intent="tanya_biaya", new_session=True)

    assert answer.replies == [{"kind": "slots", "izin": None}]


@pytest.mark.parametrize(
    "text",
    [
        "/lapor_pengaduan",
        '/lapor_pengaduan{"izin": "PBG"}',
        "  /restart",
        "//lapor_pengaduan",
        "/lapor_pengaduan@1.0",
    ],
)
def test_a_typed_payload_is_only_a_text(rasa: RasaServer, actions: FakeActions, text: str) -> None:
    answer = rasa.turn(fresh("c"), text)

    ranking = actions.bodies[-1]["tracker"]["latest_message"]["intent_ranking"]
    assert answer.status == 200
    assert len(ranking) > 3, "a payload would leave one intent with confidence 1"
    assert ranking[0]["confidence"] < 1.0
    assert actions.bodies[-1]["tracker"]["latest_message"]["text"] == text.strip()


def test_an_unsure_classifier_leads_to_the_fallback_and_keeps_its_ranking(
    model: Path, tracker_url: str, actions: FakeActions, tmp_path: Path
) -> None:
    server = RasaServer(model, tracker_url, actions.url, tmp_path, TANYA_CONFIDENCE_THRESHOLD="1")
    server.start()
    try:
        answer = server.turn(fresh("c"), "saya mau tanya berapa ya biaya pbg itu")
        assert answer.body["intent"] == "nlu_fallback"
        assert answer.kinds == ["action_jawab"]
        message = actions.bodies[-1]["tracker"]["latest_message"]
        assert message["intent_ranking"][0]["name"] == "tanya_biaya"
        assert message["intent_ranking"][0]["confidence"] == answer.body["confidence"] < 1
        assert message["questions"][0]["intent"] == "tanya_biaya"
        assert server.parse("berapa biaya pbg")["intent"]["name"] == "tanya_biaya"
    finally:
        server.stop()


@pytest.mark.parametrize(
    "text",
    ["", "   ", "😀😀😀", "a\x00b", "\ud83d", "x" * 20_000, "'; drop table x; --", "<b>halo</b>"],
)
def test_odd_texts_are_answered(rasa: RasaServer, actions: FakeActions, text: str) -> None:
    assert rasa.turn(fresh("c"), text).kinds


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"turn_id": ""}, "turn_id"),
        ({"turn_id": 7}, "turn_id"),
        ({"conversation_id": "x" * 300}, "conversation_id"),
        ({"now": "kemarin"}, "now"),
        ({"now": "2026-03-02T09:00:00"}, "now"),
        ({"text": None}, "exactly one"),
        ({"choice": {"intent": "sapa"}}, "exactly one"),
        ({"text": 5}, "text"),
        ({"text": None, "choice": {"entities": {}}}, "choice"),
        ({"text": None, "choice": {"intent": "tidak_ada"}}, "intent"),
        ({"new_session": "ya"}, "new_session"),
        ({"metadata": [1]}, "metadata"),
        ({"text": "x" * 40_000}, "characters"),
    ],
)
def test_a_malformed_turn_is_refused(
    rasa: RasaServer, actions: FakeActions, change: dict[str, Any], reason: str
) -> None:
    answer = rasa.turn(fresh("c"), "halo", change=change)

    assert answer.status == 400
    assert reason in answer.body["error"]
    assert actions.calls == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(
    rasa: RasaServer, actions: FakeActions, body: bytes
) -> None:
    assert rasa.ask("POST", "/webhooks/tanya/turns", body).status == 400


def test_a_silent_action_gives_no_replies(rasa: RasaServer, actions: FakeActions) -> None:
    actions.override["action_sosial"] = lambda body: said({"silent": True})

    assert rasa.turn(fresh("c"), intent="sapa").replies == []


def test_an_action_that_says_nothing_fails_the_turn(
    rasa: RasaServer, actions: FakeActions, tracker_url: str
) -> None:
    actions.override["action_sosial"] = lambda body: said()
    conversation = fresh("c")
    answer = rasa.turn(conversation, intent="sapa")

    assert (answer.status, answer.body) == (503, {"error": "empty_reply"})
    assert stored(tracker_url, conversation) is None


def test_a_reply_that_is_no_json_message_fails_the_turn(
    rasa: RasaServer, actions: FakeActions
) -> None:
    actions.override["action_sosial"] = lambda body: {"events": [], "responses": [{"text": "hai"}]}

    assert rasa.turn(fresh("c"), intent="sapa").body == {"error": "action"}


@pytest.mark.parametrize("fault", ["500", "garbage"])
def test_a_broken_action_server_fails_the_turn_and_saves_nothing(
    rasa: RasaServer, actions: FakeActions, tracker_url: str, fault: str
) -> None:
    conversation, turn_id = fresh("c"), fresh("turn")
    rasa.turn(conversation, intent="sapa")
    before = stored(tracker_url, conversation)
    actions.fault = fault
    failed = rasa.turn(conversation, intent="tanya_biaya", turn_id=turn_id)

    assert (failed.status, failed.body) == (503, {"error": "action"})
    assert stored(tracker_url, conversation) == before
    actions.fault = None
    again = rasa.turn(conversation, intent="tanya_biaya", turn_id=turn_id)
    assert again.kinds == ["action_jawab"]
    assert again.body["replayed"] is False


def test_an_action_server_whose_database_is_away_is_told_apart(
    rasa: RasaServer, actions: FakeActions
) -> None:
    actions.fault = "503"
    failed = rasa.turn(fresh("c"), intent="sapa")

    assert (failed.status, failed.body) == (503, {"error": "actions_away"})


def test_a_form_whose_question_fails_is_not_half_open(
    rasa: RasaServer, actions: FakeActions, tracker_url: str
) -> None:
    conversation = fresh("c")
    actions.fault = "action_ask_pengaduan_selesai"
    failed = rasa.turn(conversation, intent="lapor_pengaduan")

    assert (failed.status, failed.body) == (503, {"error": "action"})
    assert stored(tracker_url, conversation) is None


def test_a_hanging_action_server_is_given_up_after_five_seconds(
    rasa: RasaServer, actions: FakeActions
) -> None:
    import time

    actions.fault = "hang"
    started = time.monotonic()
    answer = rasa.turn(fresh("c"), intent="sapa")
    took = time.monotonic() - started
    actions.released.set()

    assert (answer.status, answer.body) == (503, {"error": "action"})
    assert 4.5 < took < 20  # it would hang for thirty
    actions.released.clear()


def test_an_action_server_that_is_down_fails_the_turn(
    model: Path, tracker_url: str, tmp_path: Path
) -> None:
    server = RasaServer(model, tracker_url, "http://127.0.0.1:9/webhook", tmp_path)
    server.start()
    try:
        assert server.turn(fresh("c"), intent="sapa").body == {"error": "actions_away"}
    finally:
        server.stop()


def test_secrets_are_asked_and_given(
    model: Path, tracker_url: str, actions: FakeActions, tmp_path: Path
) -> None:
    server = RasaServer(
        model,
        tracker_url,
        actions.url,
        tmp_path,
        TANYA_RASA_SECRET="s3cret",
        TANYA_ACTIONS_SECRET="act1on",
    )
    server.start()
    try:
        assert server.ask("POST", "/webhooks/tanya/turns", {}, secret="wrong").status == 401
        assert server.ask("GET", "/webhooks/tanya/ready", secret="-").status == 401
        assert server.turn(fresh("c"), intent="sapa").kinds == ["action_sosial"]
        assert actions.headers[-1]["Authorization"] == "Bearer act1on"
        assert server.ask("POST", "/model/parse", {"text": "halo"}).status == 401
        assert server.ask("POST", "/model/parse?token=s3cret", {"text": "halo"}).status == 200
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("POST", "/model/train"),
        ("POST", "/conversations/x/messages"),
        ("POST", "/conversations/x/trigger_intent"),
        ("PUT", "/conversations/x/tracker/events"),
    ],
)
def test_routes_that_go_round_the_channel_are_closed(
    rasa: RasaServer, actions: FakeActions, method: str, path: str
) -> None:
    assert rasa.ask(method, path, {}).status == 404
    assert actions.calls == []


def test_readiness_names_the_loaded_model(rasa: RasaServer) -> None:
    answer = rasa.ready()

    assert answer.status == 200
    assert rasa.ask("GET", "/status").body["model_id"] == answer.body["model_id"]


def test_health_and_readiness_are_asked_like_any_other_process(rasa: RasaServer) -> None:
    assert rasa.ask("GET", "/healthz").body == {"status": "ok"}
    assert rasa.ask("GET", "/readyz").body == rasa.ready().body
