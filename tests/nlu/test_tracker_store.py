"""Trackers in PostgreSQL, and nowhere else."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from nlu.components.agent import TurnAgent
from nlu.components.tracker_store import REMEMBERED_TURNS, PostgresTrackerStore
from nlu.components.turns import TrackerStoreFailed, TurnAnswer
from ops.embedded_postgres import EmbeddedPostgres
from tests.nlu.fake_actions import FakeActions
from tests.nlu.rasa_server import RasaServer, create_tracker_table, fresh, stored

DOMAIN = Domain.load("data/domain")


@pytest.fixture
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A server of this test alone, that it may stop."""
    folder = Path(tempfile.mkdtemp(prefix="tanya-test-pg-"))
    server = EmbeddedPostgres(folder, durable=False)
    try:
        create_tracker_table(server.start())
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def answer(turn_id: str) -> TurnAnswer:
    """An answered turn."""
    return TurnAnswer(turn_id, ({"kind": "x"},), "sapa", 0.5)


def test_a_tracker_comes_back_as_it_was_saved(tracker_url: str) -> None:
    async def run() -> None:
        store = PostgresTrackerStore(DOMAIN, tracker_url)
        name = fresh("c")
        tracker = store.init_tracker(name)
        tracker.update(ActionExecuted("action_listen"), DOMAIN)
        tracker.update(UserUttered("halo", {"name": "sapa", "confidence": 1.0}), DOMAIN)
        tracker.update(SlotSet("izin", ["PBG", "SLF"]), DOMAIN)
        tracker.update(BotUttered(data={"custom": {"kind": "x", "note": "a\x00b"}}), DOMAIN)
        await store.save_turns(tracker, [answer("t1")], "")

        stored = await store.load(name)
        loaded, turns = stored.tracker, stored.turns
        assert loaded is not None
        assert loaded.get_slot("izin") == ["PBG", "SLF"]
        assert [type(event) for event in loaded.events] == [type(e) for e in tracker.events]
        assert list(loaded.events)[-1].data["custom"]["note"] == "a\ufffdb"
        assert turns == (answer("t1"),)
        assert name in await store.keys()
        await store.save(loaded)
        assert (await store.load(name)).turns == (answer("t1"),)
        await store.close()

    asyncio.run(run())


def test_personal_numbers_of_an_answered_message_are_not_kept(tracker_url: str) -> None:
    async def run() -> None:
        store = PostgresTrackerStore(DOMAIN, tracker_url)
        tracker = store.init_tracker(fresh("c"))
        typed = "nik 3326120101900001 hp 081234567890 untuk 503/0123/PBG/2026"
        understood = [
            {"entity": "nik", "value": "3326120101900001", "start": 4, "end": 20},
            {"entity": "nomor_permohonan", "value": "503/0123/PBG/2026", "start": 43, "end": 60},
        ]
        parsed = {
            "text": typed,
            "entities": understood,
            "intent": {"name": "cek_status"},
            "metadata": {"turn_id": "00000000-1111-2222-3333-444444444444"},
        }
        tracker.update(UserUttered(typed, {"name": "cek_status"}, understood, parsed), DOMAIN)
        await store.save_turns(tracker, [answer("t1")], "")
        assert list(tracker.events)[-1].text == typed, "the turn itself still sees it"

        loaded = (await store.load(tracker.sender_id)).tracker
        assert loaded is not None
        kept = str([event.as_dict() for event in loaded.events])
        assert "3326120101900001" not in kept and "081234567890" not in kept
        assert "503/0123/PBG/2026" in kept and parsed["metadata"]["turn_id"] in kept
        await store.close()

    asyncio.run(run())


def test_only_the_latest_message_keeps_its_ranking_and_questions(tracker_url: str) -> None:
    async def run() -> None:
        store = PostgresTrackerStore(DOMAIN, tracker_url)
        tracker = store.init_tracker(fresh("c"))
        for text in ("syarat pbg", "biayanya", "berapa lama"):
            parsed = {
                "text": text,
                "intent": {"name": "tanya_syarat", "confidence": 0.9},
                "entities": [],
                "intent_ranking": [{"name": "tanya_syarat", "confidence": 0.9}],
                "questions": [{"intent": "tanya_syarat", "entities": [], "span": [0, 3]}],
                "metadata": {"turn_id": text},
            }
            tracker.update(ActionExecuted("action_listen"), DOMAIN)
            tracker.update(UserUttered(text, parsed["intent"], [], parsed), DOMAIN)
            version = (await store.load(tracker.sender_id)).version
            await store.save_turns(tracker, [answer(text)], version)
        loaded = (await store.load(tracker.sender_id)).tracker
        assert loaded is not None
        *past, latest = [event for event in loaded.events if isinstance(event, UserUttered)]
        assert latest.parse_data["questions"] and latest.parse_data["intent_ranking"]
        assert [event.text for event in past] == ["syarat pbg", "biayanya"]
        for event in past:
            assert not {"questions", "intent_ranking"} & event.parse_data.keys()
            assert event.intent == {"name": "tanya_syarat", "confidence": 0.9}
            assert event.parse_data["metadata"] == {"turn_id": event.text}
        assert list(tracker.events)[1].parse_data["questions"], "the turn's own tracker is whole"
        await store.close()

    asyncio.run(run())


def test_only_the_last_turns_are_remembered(tracker_url: str) -> None:
    async def run() -> None:
        store = PostgresTrackerStore(DOMAIN, tracker_url)
        tracker = store.init_tracker(fresh("c"))
        await store.save_turns(tracker, [answer(f"t{n}") for n in range(9)], "")
        turns = (await store.load(tracker.sender_id)).turns
        assert [turn.turn_id for turn in turns] == ["t7", "t8"]
        assert len(turns) == REMEMBERED_TURNS
        await store.close()

    asyncio.run(run())


def test_a_conversation_that_went_on_elsewhere_is_not_set_back(tracker_url: str) -> None:
    """A Rasa that hung in the last turn must not undo what another one answered since."""

    async def run() -> None:
        here, there = (PostgresTrackerStore(DOMAIN, tracker_url) for _ in range(2))
        tracker = here.init_tracker(fresh("c"))
        await here.save_turns(tracker, [answer("t1")], "")
        late = await here.load(tracker.sender_id)
        await there.save_turns(tracker, [answer("t1"), answer("t2")], late.version)
        with pytest.raises(TrackerStoreFailed):
            await here.save_turns(tracker, [answer("t1"), answer("alt")], late.version)
        with pytest.raises(TrackerStoreFailed):
            await here.save_turns(tracker, [answer("baru")], "")
        kept = await here.load(tracker.sender_id)
        assert kept.turns == (answer("t1"), answer("t2"))
        await here.close()
        await there.close()

    asyncio.run(run())


def test_saving_does_not_wait_for_the_disk(tracker_url: str) -> None:
    async def run() -> object:
        store = PostgresTrackerStore(DOMAIN, tracker_url)
        try:
            return await store._execute(
                "select setting, source from pg_settings where name = %s", "synchronous_commit"
            )
        finally:
            await store.close()

    assert asyncio.run(run()) == ("off", "client")


def test_a_new_tracker_is_not_stored(tracker_url: str) -> None:
    async def run() -> None:
        store = PostgresTrackerStore(DOMAIN, tracker_url)
        name = fresh("c")
        await store.get_or_create_tracker(name)
        assert await store.retrieve(name) is None
        await store.close()

    asyncio.run(run())


def test_an_unreadable_document_is_an_error_not_a_new_conversation(tracker_url: str) -> None:
    name = fresh("c")
    with psycopg.connect(tracker_url, autocommit=True) as connection:
        connection.execute(
            'insert into rasa_trackers values (%s, \'{"events": [{"event": "nonsense"}]}\')',
            (name,),
        )

    async def run() -> None:
        store = PostgresTrackerStore(DOMAIN, tracker_url)
        with pytest.raises(TrackerStoreFailed):
            await store.retrieve(name)
        await store.close()

    asyncio.run(run())


def test_the_agent_takes_no_other_store() -> None:
    with pytest.raises(TypeError, match="PostgreSQL"):
        TurnAgent(None, None)  # type: ignore[arg-type]


def test_a_database_that_is_down_fails_the_turn_and_one_that_is_back_is_used(
    model: Path, own_postgres: EmbeddedPostgres, actions: FakeActions, tmp_path: Path
) -> None:
    url = own_postgres.start()
    server = RasaServer(model, url, actions.url, tmp_path)
    server.start()
    try:
        conversation = fresh("c")
        assert server.turn(conversation, intent="lapor_pengaduan").status == 200
        own_postgres.stop()
        actions.calls.clear()
        failed = server.turn(conversation, intent="tanya_biaya")
        assert (failed.status, failed.body) == (503, {"error": "tracker_store"})
        assert actions.calls == [], "nothing runs on a conversation that cannot be read"
        assert server.ready().body == {"error": "tracker_store"}

        assert own_postgres.start() == url
        server.wait_until(lambda: server.ready().status == 200)
        answered = server.turn(conversation, intent="tanya_biaya")
        assert answered.kinds == ["action_jawab", "action_ask_pengaduan_selesai"]
    finally:
        server.stop()


def test_a_database_lost_in_mid_turn_fails_the_turn(
    model: Path, own_postgres: EmbeddedPostgres, actions: FakeActions, tmp_path: Path
) -> None:
    from tests.nlu.fake_actions import said

    url = own_postgres.start()
    server = RasaServer(model, url, actions.url, tmp_path)
    server.start()

    def lose_the_database(body: dict) -> dict:
        own_postgres.stop()
        return said({"kind": "x"})

    try:
        conversation = fresh("c")
        actions.override["action_sosial"] = lose_the_database
        failed = server.turn(conversation, intent="sapa")
        assert (failed.status, failed.body) == (503, {"error": "tracker_store"})
        own_postgres.start()
        assert stored(url, conversation) is None
    finally:
        server.stop()


def test_a_server_started_without_a_database_becomes_ready_when_it_comes(
    model: Path, own_postgres: EmbeddedPostgres, actions: FakeActions, tmp_path: Path
) -> None:
    url = own_postgres.start()
    own_postgres.stop()
    server = RasaServer(model, url, actions.url, tmp_path)
    server.start(wait=False)
    try:
        server.wait_until(lambda: server.ready().body == {"error": "tracker_store"})
        own_postgres.start()
        server.wait_until(lambda: server.ready().status == 200)
    finally:
        server.stop()
