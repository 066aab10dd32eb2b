"""Forms: opened, interrupted, switched, closed, kept over a restart."""

from __future__ import annotations

import contextlib
import signal
import threading
from http.client import HTTPException
from pathlib import Path

from nlu.components.compaction import COMPACTED_ABOVE_TURNS
from tests.nlu.fake_actions import FakeActions, said, slot
from tests.nlu.rasa_server import RasaServer, fresh, stored

ASK_COMPLAINT = "action_ask_pengaduan_selesai"
ASK_STATUS = "action_ask_status_selesai"


def test_a_complaint_opens_its_form_and_the_form_keeps_the_turn(
    rasa: RasaServer, actions: FakeActions
) -> None:
    conversation = fresh("c")

    assert rasa.turn(conversation, intent="lapor_pengaduan").kinds == [ASK_COMPLAINT]
    assert actions.calls == ["validate_form_pengaduan", ASK_COMPLAINT]
    assert rasa.turn(conversation, "petugasnya minta uang rokok").kinds == [ASK_COMPLAINT]
    assert rasa.turn(conversation, intent="setuju").kinds == [ASK_COMPLAINT]


def test_a_question_inside_a_form_is_answered_and_the_form_asks_again(
    rasa: RasaServer, actions: FakeActions
) -> None:
    conversation = fresh("c")
    rasa.turn(conversation, intent="lapor_pengaduan")

    assert rasa.turn(conversation, intent="tanya_biaya").kinds == ["action_jawab", ASK_COMPLAINT]
    assert rasa.turn(conversation, "ceritanya begini").kinds == [ASK_COMPLAINT]


def test_status_inside_a_complaint_switches_forms_and_back(
    rasa: RasaServer, actions: FakeActions
) -> None:
    conversation = fresh("c")
    rasa.turn(conversation, intent="lapor_pengaduan")

    assert rasa.turn(conversation, intent="cek_status").kinds == [ASK_STATUS]
    assert rasa.turn(conversation, intent="setuju").kinds == [ASK_STATUS]
    assert rasa.turn(conversation, intent="lapor_pengaduan").kinds == [ASK_COMPLAINT]


def test_a_finished_form_closes_and_can_open_again(rasa: RasaServer, actions: FakeActions) -> None:
    conversation = fresh("c")
    rasa.turn(conversation, intent="lapor_pengaduan")

    assert rasa.turn(conversation, "sudah selesai").kinds == ["closed"]
    assert rasa.turn(conversation, intent="setuju").kinds == ["action_lanjut"]
    assert rasa.turn(conversation, intent="lapor_pengaduan").kinds == [ASK_COMPLAINT]
    assert rasa.turn(conversation, intent="batal").kinds == ["closed"]


def test_a_long_form_survives_compaction(
    rasa: RasaServer, actions: FakeActions, tracker_url: str
) -> None:
    conversation = fresh("c")
    actions.override["action_jawab"] = lambda body: said(
        {"kind": "izin", "value": body["tracker"]["slots"]["izin"]}, events=(slot("izin", "PBG"),)
    )
    rasa.turn(conversation, intent="tanya_biaya")
    rasa.turn(conversation, intent="lapor_pengaduan")
    lengths = []
    for _ in range(30):
        assert rasa.turn(conversation, intent="setuju").kinds == [ASK_COMPLAINT]
        lengths.append(len((stored(tracker_url, conversation) or {})["events"]))

    assert max(lengths[15:]) <= max(lengths[:15]), "the tracker must not grow for ever"
    answer = rasa.turn(conversation, intent="tanya_biaya")
    assert answer.replies[0] == {"kind": "izin", "value": "PBG"}
    assert answer.kinds[1] == ASK_COMPLAINT
    assert rasa.turn(conversation, "selesai").kinds == ["closed"]


def test_every_intent_has_an_answer_in_and_outside_a_form(
    rasa: RasaServer, actions: FakeActions
) -> None:
    import yaml

    domain = yaml.safe_load(Path("data/domain/intents.yml").read_text(encoding="utf-8"))
    for intent in (next(iter(item)) for item in domain["intents"]):
        assert rasa.turn(fresh("c"), intent=intent).replies, intent
        conversation = fresh("c")
        rasa.turn(conversation, intent="cek_status")
        assert rasa.turn(conversation, intent=intent).replies, intent


def test_turns_of_one_conversation_run_one_after_the_other(
    rasa: RasaServer, actions: FakeActions, tracker_url: str
) -> None:
    conversation = fresh("c")
    running, most = [], []

    def answer(body: dict) -> dict:
        running.append(1)
        most.append(len(running))
        threading.Event().wait(0.02)
        running.pop()
        return said({"kind": "ok"})

    actions.override["action_sosial"] = answer
    threads = [
        threading.Thread(target=rasa.turn, args=(conversation,), kwargs={"intent": "sapa"})
        for _ in range(COMPACTED_ABOVE_TURNS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1
    users = [e for e in stored(tracker_url, conversation)["events"] if e["event"] == "user"]
    assert len(users) == COMPACTED_ABOVE_TURNS


def test_a_turn_sent_twice_at_once_is_carried_out_once(
    rasa: RasaServer, actions: FakeActions
) -> None:
    conversation, turn_id = fresh("c"), fresh("turn")
    answers: list[bool] = []

    def send() -> None:
        answer = rasa.turn(conversation, intent="sapa", turn_id=turn_id)
        assert answer.kinds == ["action_sosial"]
        answers.append(answer.body["replayed"])

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False, True, True]
    assert actions.calls == ["action_sosial"]


def test_a_restart_keeps_slots_form_and_answered_turns(
    model: Path, tracker_url: str, actions: FakeActions, tmp_path: Path
) -> None:
    conversation, turn_id = fresh("c"), fresh("turn")
    actions.override["action_jawab"] = lambda body: said(
        {"kind": "izin", "value": body["tracker"]["slots"]["izin"]}, events=(slot("izin", "SLF"),)
    )
    server = RasaServer(model, tracker_url, actions.url, tmp_path)
    server.start()
    server.turn(conversation, intent="tanya_biaya")
    opened = server.turn(conversation, intent="lapor_pengaduan", turn_id=turn_id)
    server.stop(signal.SIGKILL)
    calls = list(actions.calls)
    server.start()
    try:
        again = server.turn(conversation, intent="lapor_pengaduan", turn_id=turn_id)
        assert again.body == {**opened.body, "replayed": True}
        assert actions.calls == calls
        answer = server.turn(conversation, intent="tanya_biaya")
        assert answer.replies[0] == {"kind": "izin", "value": "SLF"}
        assert answer.kinds[1] == ASK_COMPLAINT
    finally:
        server.stop()


def test_a_server_killed_between_action_and_save_answers_the_turn_once(
    model: Path, tracker_url: str, actions: FakeActions, tmp_path: Path
) -> None:
    conversation, turn_id = fresh("c"), fresh("turn")
    called, release = threading.Event(), threading.Event()

    def hold(body: dict) -> dict:
        called.set()
        release.wait(20)
        return said({"kind": "late"})

    actions.override["action_sosial"] = hold
    server = RasaServer(model, tracker_url, actions.url, tmp_path)
    server.start()

    def send() -> None:
        with contextlib.suppress(OSError, HTTPException):  # the server is killed under it
            server.turn(conversation, intent="sapa", turn_id=turn_id)

    sender = threading.Thread(target=send)
    sender.start()
    assert called.wait(30)
    server.stop(signal.SIGKILL)
    release.set()
    sender.join()
    assert stored(tracker_url, conversation) is None
    actions.override.clear()
    server.start()
    try:
        assert server.turn(conversation, intent="sapa", turn_id=turn_id).kinds == ["action_sosial"]
        ids = [body["tracker"]["latest_message"]["metadata"]["turn_id"] for body in actions.bodies]
        assert ids == [turn_id, turn_id], "the action knows both calls by one id"
        users = [e for e in stored(tracker_url, conversation)["events"] if e["event"] == "user"]
        assert len(users) == 1
    finally:
        server.stop()
