"""Messages that come faster than they are answered: merged, limited, never lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from izin.message_limits import MessageLimits
from izin.replies import Reply
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.postgres.engine import create
from izin.storage.postgres.inbox import PostgresInbox
from tests.contracts.conversation_ports import NOW, Ports, fresh, memory_ports, message
from tests.contracts.conversation_ports import postgres_ports as on_postgres

LIMITS = MessageLimits(per_minute=5, pause_s=30, merged=4)


@pytest.fixture(params=["memory", "postgres"])
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    """The ports with an inbox that merges and limits."""
    if request.param == "memory":
        made = memory_ports()
        assert isinstance(made.inbox, MemoryInbox)
        made.inbox = MemoryInbox(made.inbox.data, LIMITS)
        yield made
        return
    url = request.getfixturevalue("module_database_url")
    made, engine = on_postgres(url, tmp_path), create(url, pool_size=8)
    made.inbox = PostgresInbox(engine, LIMITS)
    yield made
    engine.dispose()
    made.close()


def say(ports: Ports, chat: str, *texts: str, **changes):  # type: ignore[no-untyped-def]
    return [ports.inbox.receive(message(chat, text=text, **changes), NOW) for text in texts]


def jobs(ports: Ports, conversation_id: str) -> list[str]:
    return [job.arguments["turn_id"] for job in ports.jobs(f"turn:{conversation_id}")]


def test_texts_that_come_while_a_turn_waits_are_answered_with_it_in_order(ports: Ports) -> None:
    first, second, third = say(ports, fresh("chat"), "mau tanya", "syarat pbg", "brp biayanya")
    assert (second.merged_into, third.merged_into) == (first.turn_id, first.turn_id)
    assert jobs(ports, first.conversation_id) == [first.turn_id]
    turn = ports.inbox.begin(first.turn_id)
    assert turn.message.text == "mau tanya\nsyarat pbg\nbrp biayanya"
    ports.inbox.answer(first.turn_id, [Reply("Ini jawabannya")], {})
    assert len(ports.outbox.of_turn(first.turn_id)) == 1


def test_each_merged_message_stays_stored_with_its_own_words(ports: Ports) -> None:
    first, second = say(ports, fresh("chat"), "mau tanya", "syarat pbg")
    merged = ports.inbox.turn(second.turn_id)
    assert (merged.state, merged.merged_into) == ("merged", first.turn_id)
    assert merged.message.text == "syarat pbg"
    assert ports.inbox.begin(second.turn_id).state == "merged"
    assert ports.inbox.answer(second.turn_id, [Reply("dua kali")], {}) == ()


def test_a_turn_that_has_begun_takes_nothing_more_even_after_a_crash(ports: Ports) -> None:
    chat = fresh("chat")
    [first] = say(ports, chat, "mau tanya")
    ports.inbox.begin(first.turn_id)
    second, third = say(ports, chat, "syarat pbg", "biayanya")
    assert (second.merged_into, third.merged_into) == (None, second.turn_id)
    assert ports.inbox.begin(first.turn_id).message.text == "mau tanya"
    assert ports.inbox.begin(second.turn_id).message.text == "syarat pbg\nbiayanya"
    assert jobs(ports, first.conversation_id) == [first.turn_id, second.turn_id]


def test_a_merged_message_that_is_repeated_is_merged_once(ports: Ports) -> None:
    chat = fresh("chat")
    [first] = say(ports, chat, "mau tanya")
    sent = message(chat, text="syarat pbg")
    ports.inbox.receive(sent, NOW)
    again = ports.inbox.receive(sent, NOW)
    assert again.duplicate and again.merged_into == first.turn_id
    assert ports.inbox.begin(first.turn_id).message.text == "mau tanya\nsyarat pbg"


def test_buttons_files_and_other_chats_are_never_merged(ports: Ports) -> None:
    chat = fresh("chat")
    [first] = say(ports, chat, "mau tanya")
    [button] = say(ports, chat, "", kind="choice", choice_id="x")
    [after_button] = say(ports, chat, "syarat pbg")
    [photo] = say(ports, chat, "fotonya", kind="photo")
    [other] = say(ports, fresh("chat"), "syarat slf")
    alone = [first, button, after_button, photo, other]
    assert [item.merged_into for item in alone] == [None] * 5
    assert [ports.inbox.turn(item.turn_id).state for item in alone] == ["queued"] * 5


def test_one_turn_holds_only_so_many_messages(ports: Ports) -> None:
    chat = fresh("chat")
    received = say(ports, chat, "a", "b", "c", "d", "e")
    assert [item.merged_into for item in received[1:4]] == [received[0].turn_id] * 3
    assert received[4].merged_into is None


def test_messages_that_come_at_once_are_all_in_some_turn_exactly_once(ports: Ports) -> None:
    chat = fresh("chat")
    texts = ["a", "b", "c", "d", "e"]
    with ThreadPoolExecutor(5) as threads:
        received = list(threads.map(lambda text: say(ports, chat, text)[0], texts))
    leaders = [item.turn_id for item in received if item.merged_into is None]
    said = "\n".join(ports.inbox.begin(turn_id).message.text for turn_id in leaders)
    assert sorted(said.split("\n")) == texts
    assert sorted(jobs(ports, received[0].conversation_id)) == sorted(leaders)


def test_past_the_limit_one_turn_says_so_and_an_officer_sees_it(ports: Ports) -> None:
    chat = fresh("chat")
    received = say(ports, chat, *"abcdefgh", kind="voice")
    turns = [ports.inbox.turn(item.turn_id) for item in received]
    assert [turn.state for turn in turns] == ["queued"] * 6 + ["limited"] * 2
    assert [bool(turn.details.get("limited")) for turn in turns] == [False] * 5 + [True] + [
        False
    ] * 2
    assert jobs(ports, received[0].conversation_id) == [item.turn_id for item in received[:6]]
    assert ports.opened(received[0].conversation_id) == [(f"flood:{received[5].turn_id}", "flood")]


def test_after_a_pause_messages_are_answered_again(ports: Ports) -> None:
    chat = fresh("chat")
    received = say(ports, chat, *"abcdefg", kind="voice")
    later = NOW + timedelta(seconds=31)
    after = ports.inbox.receive(message(chat, text="maaf, syarat pbg?"), later)
    assert received[-1].limited and not after.limited
    assert ports.inbox.turn(after.turn_id).state == "queued"
    assert after.turn_id in jobs(ports, after.conversation_id)


def test_a_repeated_limited_message_stays_one(ports: Ports) -> None:
    chat = fresh("chat")
    say(ports, chat, *"abcdef", kind="voice")
    sent = replace(message(chat), kind="voice")
    first, again = ports.inbox.receive(sent, NOW), ports.inbox.receive(sent, NOW)
    assert again.duplicate and again.limited and again.turn_id == first.turn_id
