"""Messages that come faster than they are answered: merged, limited, never lost."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from izin.settings import Settings
from ops.journeys.chat import Chat, Said
from tests.journeys.stack import Stack

MOST = Settings.messages_per_minute


def stored(stack: Stack, chat: Chat) -> int:
    return int(
        stack.one(
            "select count(*) from turns where conversation_id = :conversation",
            conversation=stack.conversation(chat.name),
        )
    )


def states(stack: Stack, chat: Chat) -> list[str]:
    return [
        str(row["state"])
        for row in stack.rows(
            "select state from turns where conversation_id = :conversation order by seq",
            conversation=stack.conversation(chat.name),
        )
    ]


def wait_until_begun(stack: Stack, chat: Chat, number: int) -> None:
    """Wait until so many messages are stored, and the first is no longer open to more."""
    stack.until(lambda: stored(stack, chat) == number)
    stack.until(lambda: stack.waiters("rasa_trackers") > 0)


def test_what_is_typed_in_pieces_while_an_answer_is_awaited_is_answered_as_one(
    stack: Stack, chat: Chat
) -> None:
    pieces = ["syarat slf apa", "mau tanya lagi min", "syarat apotek juga", "sama biayanya"]
    with ThreadPoolExecutor(len(pieces)) as pool, stack.locked("rasa_trackers"):
        answers = []
        for number, piece in enumerate(pieces, 1):
            answers.append(pool.submit(chat.post, text=piece))
            wait_until_begun(stack, chat, number)
    said = [Said.of(answer.result().json()) for answer in answers]
    assert "SLF" in said[0]
    assert len({item.turn_id for item in said[1:]}) == 1
    assert "apotek" in said[1] and said[1].text == said[3].text
    assert states(stack, chat) == ["answered", "answered", "merged", "merged"]
    assert len(chat.messages()) == 2


def test_merged_messages_are_answered_once_after_the_worker_is_killed(
    stack: Stack, chat: Chat
) -> None:
    with ThreadPoolExecutor(3) as pool:
        with stack.locked("rasa_trackers"):
            for number, piece in enumerate(["syarat slf apa", "syarat apotek", "biayanya"], 1):
                pool.submit(lambda text=piece: chat.post(text=text))
                wait_until_begun(stack, chat, number)
            os.kill(stack.trial.pid_of("gateway"), signal.SIGKILL)
        stack.until(lambda: "queued" not in states(stack, chat), 60)
    assert states(stack, chat) == ["answered", "answered", "merged"]
    stack.trial.wait_ready()
    stack.until(lambda: len(chat.messages()) == 2)
    last = chat.messages()[-1]["replies"][0]["text"]
    assert "apotek" in last.casefold() and "Rp" in last


def test_a_flood_is_told_once_stored_whole_and_seen_by_an_officer(stack: Stack, chat: Chat) -> None:
    at = stack.open_at()
    for number in range(MOST):
        answer = chat.post(text="syarat slf apa" if number % 2 else "halo", at=at.isoformat())
        assert answer.json()["replies"], number
    told = chat.post(text="p", at=at.isoformat()).json()["replies"]
    assert "sangat cepat" in told[0]["text"]
    for _ in range(5):
        assert chat.post(text="p", at=at.isoformat()).json()["replies"] == []
    assert states(stack, chat)[-6:] == ["answered", *["limited"] * 5]
    assert stored(stack, chat) == MOST + 6
    opened = stack.one(
        "select count(*) from escalations"
        " where conversation_id = :conversation and reason = 'flood'",
        conversation=stack.conversation(chat.name),
    )
    assert opened == 1
    later = at + timedelta(seconds=Settings.flood_pause_s + 1)
    assert "SLF" in chat.say("maaf tadi kepencet, syarat slf apa?", later)


def test_another_citizen_is_answered_during_a_flood(stack: Stack, chat: Chat) -> None:
    at = stack.open_at()
    for _ in range(MOST + 2):
        chat.post(text="p", at=at.isoformat())
    other = stack.chat(chat.channel)
    assert "SLF" in other.say("syarat slf apa", at)
