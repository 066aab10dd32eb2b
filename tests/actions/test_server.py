from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from rasa_sdk.executor import ActionExecutor

from actions.answering import AnsweringAction
from actions.registry import Threads, build_executor
from actions.server import LARGEST_BODY_BYTES, application
from izin.errors import RegistryUnavailable, StorageUnavailable
from izin.replies import Reply
from izin.usecases.dialogue import Answer
from tests.usecases.house import small_parts

SECRET = "rahasia-uji"


def call(action="action_jawab", text="syarat pbg", intent="tanya_syarat", **metadata):
    facts = {"turn_id": "t1", "now": "2026-11-23T10:00:00+07:00", **metadata}
    return {
        "next_action": action,
        "sender_id": "c1",
        "tracker": {
            "sender_id": "c1",
            "slots": {},
            "latest_message": {
                "text": text,
                "intent": {"name": intent, "confidence": 0.9},
                "entities": [],
                "metadata": facts,
            },
            "events": [],
            "paused": False,
            "active_loop": {},
        },
        "domain": {"actions": []},
        "version": "3.6.21",
    }


def client(executor, secret="", ready=lambda: None):
    transport = httpx.ASGITransport(application(executor, secret, ready))
    return httpx.AsyncClient(transport=transport, base_url="http://actions")


def answer_of(response):
    return response.json()["responses"][0]["custom"]


@pytest.fixture
def threads():
    opened = Threads.open(4, 2)
    yield opened
    opened.close()


@pytest.fixture
def executor(threads):
    return build_executor(small_parts(), threads)


def post(executor, body, secret="", headers=None):
    async def send():
        async with client(executor, secret) as http:
            return await http.post("/webhook", json=body, headers=headers or {})

    return asyncio.run(send())


def test_an_action_answers_with_a_reply_and_its_slots(executor):
    response = post(executor, call())
    assert response.status_code == 200
    assert "Formulir PBG" in answer_of(response)["text"]
    slots = {event["name"]: event["value"] for event in response.json()["events"]}
    assert slots == {"izin": ["PBG"], "pertanyaan": "tanya_syarat"}


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer salah"},
                                    {"Authorization": SECRET}])  # fmt: skip
def test_without_the_secret_nothing_runs(executor, header):
    assert post(executor, call(), SECRET, header).status_code == 401


def test_with_the_secret_it_runs(executor):
    header = {"Authorization": f"Bearer {SECRET}"}
    assert post(executor, call(), SECRET, header).status_code == 200


def test_an_unknown_action_is_not_found(executor):
    assert post(executor, call(action="action_tidak_ada")).status_code == 404


@pytest.mark.parametrize("body", [[], "x", {}, {"next_action": "action_jawab"},
                                  {"tracker": {"sender_id": "c"}}])  # fmt: skip
def test_a_body_that_is_no_action_call_is_refused(executor, body):
    assert post(executor, body).status_code == 400


def test_a_body_that_is_no_json_or_far_too_large_is_refused(executor):
    async def send():
        async with client(executor) as http:
            bad = await http.post("/webhook", content=b"\xff{not json")
            large = await http.post("/webhook", content=b" " * (LARGEST_BODY_BYTES + 1))
            return bad.status_code, large.status_code

    assert asyncio.run(send()) == (400, 400)


class Broken:
    def __init__(self, error):
        self.error = error

    def answer(self, turn):
        raise self.error


def broken(error_pool, error=RuntimeError):
    executor = ActionExecutor()
    action = Broken(error("citizen wrote: 3326010101010001"))
    executor.register_action(AnsweringAction("action_jawab", action, error_pool))
    return executor


def test_a_failure_inside_an_action_reaches_rasa_as_500_without_the_message(threads):
    response = post(broken(threads.answers), call(text="nik saya 3326010101010001"))
    assert response.status_code == 500
    assert response.json() == {"error": "RuntimeError", "action_name": "action_jawab"}


def test_a_database_that_is_away_reaches_rasa_as_503(threads):
    response = post(broken(threads.answers, StorageUnavailable), call())
    assert response.status_code == 503
    assert response.json() == {"error": "unavailable", "action_name": "action_jawab"}


def test_a_message_that_did_not_come_through_our_channel_fails(executor):
    assert post(executor, call(turn_id="")).status_code == 500


def test_a_stalled_use_case_holds_nobody_else_up():
    entered, release = threading.Event(), threading.Event()

    class Stalled:
        def answer(self, turn):
            entered.set()
            assert release.wait(20)
            return Answer((Reply("akhirnya"),))

    class Quick:
        def answer(self, turn):
            return Answer((Reply("cepat"),))

    async def both(executor):
        async with client(executor) as http:
            slow = asyncio.create_task(http.post("/webhook", json=call(action="action_slow")))
            assert await asyncio.to_thread(entered.wait, 20)
            quick = await http.post("/webhook", json=call(action="action_quick"))
            assert not slow.done()
            release.set()
            return answer_of(quick)["text"], answer_of(await slow)["text"]

    with ThreadPoolExecutor(2) as pool:
        executor = ActionExecutor()
        executor.register_action(AnsweringAction("action_slow", Stalled(), pool))
        executor.register_action(AnsweringAction("action_quick", Quick(), pool))
        assert asyncio.run(both(executor)) == ("cepat", "akhirnya")


def test_health_and_readiness_tell_apart_alive_and_useful(executor):
    def down():
        raise StorageUnavailable("no")

    async def look(ready):
        async with client(executor, SECRET, ready) as http:
            live, useful = await http.get("/healthz"), await http.get("/readyz")
            return live.status_code, useful.status_code

    assert asyncio.run(look(lambda: None)) == (200, 200)
    assert asyncio.run(look(down)) == (200, 503)


def test_the_list_of_actions_needs_the_secret_too(executor):
    async def look(headers):
        async with client(executor, SECRET) as http:
            return (await http.get("/actions", headers=headers)).status_code

    assert asyncio.run(look({})) == 401
    assert asyncio.run(look({"Authorization": f"Bearer {SECRET}"})) == 200


def test_it_says_whether_the_permit_registry_answers(threads):
    def away():
        raise RegistryUnavailable("it rests")

    executor = build_executor(small_parts(), threads)

    async def ask(registry):
        transport = httpx.ASGITransport(application(executor, SECRET, lambda: None, registry))
        async with httpx.AsyncClient(transport=transport, base_url="http://actions") as http:
            return (await http.get("/registry")).json()

    assert asyncio.run(ask(lambda: None)) == {"reachable": True}
    assert asyncio.run(ask(away)) == {"reachable": False}
    assert asyncio.run(ask(None)) == {"connected": False}
