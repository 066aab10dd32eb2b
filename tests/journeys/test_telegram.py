"""A citizen on Telegram, through the strict fake Bot API and real polling."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.journeys.stack import Stack

_numbers = count(5_000_001)


@pytest.fixture
def citizen() -> int:
    """A new private chat."""
    return next(_numbers)


def sent_to(fake: FakeTelegram, chat: int) -> list[dict[str, Any]]:
    return [message for message in fake.sent if message["chat"]["id"] == chat]


def answer(stack: Stack, chat: int, number: int) -> dict[str, Any]:
    """Give the chat's `number`-th message, waiting for it."""
    stack.telegram.wait_for(lambda: len(sent_to(stack.telegram, chat)) >= number, 25)
    return sent_to(stack.telegram, chat)[number - 1]


def buttons(message: dict[str, Any]) -> dict[str, str]:
    return {
        button["text"]: button["callback_data"]
        for row in message["markup"]["inline_keyboard"]
        for button in row
    }


def test_an_update_is_answered_through_the_bot_api(stack: Stack, citizen: int) -> None:
    stack.telegram.say(citizen, "syarat slf")
    said = answer(stack, citizen, 1)
    slf = stack.permit("SLF")
    assert all(item.text in said["text"] for item in slf.requirements_for("new"))
    assert stack.telegram.commands


def test_who_waits_sees_that_an_answer_is_being_written(stack: Stack, citizen: int) -> None:
    with stack.locked("rasa_trackers"):
        stack.telegram.say(citizen, "syarat slf")
        stack.telegram.wait_for(lambda: (citizen, "typing") in stack.telegram.actions)
        assert not sent_to(stack.telegram, citizen)
    answer(stack, citizen, 1)


def test_a_tapped_button_is_acknowledged_and_answered(stack: Stack, citizen: int) -> None:
    stack.telegram.say(citizen, "syarat slf")
    said = answer(stack, citizen, 1)
    tapped = stack.telegram.tap(said, buttons(said)["Biaya"])
    assert "Rp0" in answer(stack, citizen, 2)["text"]
    query = tapped["callback_query"]["id"]
    stack.telegram.wait_for(lambda: query in stack.telegram.answered_callbacks)


def test_a_button_from_long_ago_gets_a_kind_answer(stack: Stack, citizen: int) -> None:
    stack.telegram.say(citizen, "syarat slf")
    stack.telegram.tap(answer(stack, citizen, 1), "tombol-yang-tidak-ada")
    assert buttons(answer(stack, citizen, 2))


def test_an_update_offered_twice_is_answered_once(stack: Stack, citizen: int) -> None:
    update = stack.telegram.say(citizen, "biaya slf")
    answer(stack, citizen, 1)
    stack.telegram.queue(update)
    stack.telegram.say(citizen, "biaya pbg")
    assert "PBG" in answer(stack, citizen, 2)["text"]
    assert len(sent_to(stack.telegram, citizen)) == 2


def test_a_shared_contact_opens_the_full_status(stack: Stack, citizen: int) -> None:
    number = "503/0123/PBG/2026"
    stack.telegram.say(citizen, f"status {number}")
    asked = answer(stack, citizen, 2)  # the first holds the notice of a first contact
    assert asked["markup"]["keyboard"][0][0]["request_contact"] is True
    stack.telegram.share_contact(citizen, "+6280000000101")
    said = answer(stack, citizen, 3)
    application = stack.application(number)
    assert application.stage in said["text"]
    assert stack.day(application.submitted_at) in said["text"]


def test_somebody_else_s_contact_proves_nothing(stack: Stack, citizen: int) -> None:
    stack.telegram.share_contact(citizen, "+6280000000101", own=False)
    answer(stack, citizen, 1)
    stack.telegram.say(citizen, "permohonan saya sampai mana")
    application = stack.application("503/0123/PBG/2026")
    assert application.stage not in answer(stack, citizen, 2)["text"]


def test_malformed_updates_are_kept_for_review_and_the_next_is_answered(
    stack: Stack, citizen: int
) -> None:
    before = stack.one("select count(*) from review_items where channel = 'telegram'")
    stack.telegram.queue({"message": {"chat": "rusak", "text": 5}})
    stack.telegram.queue({"message": {"from": {"id": citizen}}})
    stack.telegram.say(citizen, "biaya slf")
    assert "Rp0" in answer(stack, citizen, 1)["text"]
    assert stack.one("select count(*) from review_items where channel = 'telegram'") >= before + 1


def test_every_kind_of_message_gets_a_useful_answer(stack: Stack) -> None:
    kinds: list[dict[str, Any]] = [
        {"sticker": {"file_id": "s", "file_unique_id": "s", "emoji": "😀"}},
        {"voice": {"file_id": stack.telegram.keep_file(b"OggS" + bytes(60)),
                   "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"}},
        {"location": {"latitude": -7.0, "longitude": 109.6}},
        {"poll": {"id": "1", "question": "?", "options": []}},
        {"document": {"file_id": stack.telegram.keep_file(b"%PDF-1.7 contoh"),
                      "file_unique_id": "d", "mime_type": "application/pdf",
                      "file_name": "berkas.pdf"}},
    ]  # fmt: skip
    chats = []
    for content in kinds:
        chats.append(next(_numbers))
        stack.telegram.queue(stack.telegram.message(chats[-1], **content))
    for chat in chats:
        said = answer(stack, chat, 1)
        assert len(said["text"].split()) > 5 and buttons(said)


def test_asked_to_wait_the_house_waits_and_sends_once(stack: Stack, citizen: int) -> None:
    stack.telegram.fail("sendMessage", 429, "Too Many Requests: retry after 2", retry_after=2)
    stack.telegram.say(citizen, "biaya slf")
    assert "Rp0" in answer(stack, citizen, 1)["text"]
    tries = [given for method, given in stack.telegram.calls if method == "sendMessage"
             and given.get("chat_id") == str(citizen)]  # fmt: skip
    assert len(tries) == 1  # the refused call came before the fake looked at it
    stack.telegram.say(citizen, "biaya pbg")
    answer(stack, citizen, 2)
    assert len(sent_to(stack.telegram, citizen)) == 2


def test_an_answer_is_sent_again_after_a_server_error(stack: Stack, citizen: int) -> None:
    stack.telegram.fail("sendMessage", 502, "Bad Gateway")
    stack.telegram.say(citizen, "biaya slf")
    assert "Rp0" in answer(stack, citizen, 1)["text"]


def test_in_a_group_only_what_is_addressed_is_answered_and_nothing_personal(stack: Stack) -> None:
    group, user = -next(_numbers), next(_numbers)
    name = f"@{stack.telegram.username}"
    mention = [{"type": "mention", "offset": 0, "length": len(name)}]
    stack.telegram.say(group, "syarat pbg apa ya teman-teman", user)
    stack.telegram.say(group, f"{name} status 503/0123/PBG/2026", user, entities=mention)
    said = answer(stack, group, 1)
    application = stack.application("503/0123/PBG/2026")
    assert application.stage not in said["text"]
    assert "pribadi" in said["text"]
    stack.telegram.say(group, f"{name} biaya slf", user, entities=mention)
    assert "Rp0" in answer(stack, group, 2)["text"]
    assert len(sent_to(stack.telegram, group)) == 2


def test_a_citizen_who_blocked_the_bot_stops_nobody_else(stack: Stack, citizen: int) -> None:
    blocked = next(_numbers)
    stack.telegram.citizen(blocked)
    stack.telegram.blocked.add(blocked)
    stack.telegram.say(blocked, "halo")
    stack.telegram.say(citizen, "biaya slf")
    assert "Rp0" in answer(stack, citizen, 1)["text"]
    stack.until(
        lambda: (
            stack.one(
                "select state from outbox where conversation_id = :conversation",
                conversation=stack.conversation(str(blocked)),
            )
            == "failed"
        )
    )
