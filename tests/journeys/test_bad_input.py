"""What must never crash, never be echoed unescaped and never run as an intent."""

from __future__ import annotations

import pytest

from ops.journeys.chat import Chat
from tests.journeys.stack import Stack

TEXTS = {
    "empty": "",
    "spaces": " \n\t ",
    "twenty thousand characters": "syarat pbg " * 1819,
    "one endless word": "a" * 20_000,
    "emoji only": "😀🏠🙏",
    "control characters": "\x00\x01\x02\x07\x1b[31m\x7f",
    "invisible characters": "\u200b\u202e\u2066\ufeff",
    "a payload": "/intent{...}",
    "a payload of ours": '/tanya_syarat{"izin":"PBG"}',
    "SQL": "'; DROP TABLE turns; --",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markup of ours": "[b]tebal[/b] {office} {0} %s ${x}",
    "a format": "{turn.__class__.__mro__}",
    "null": "null",
    "a number": "0" * 400,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_odd_texts_get_a_kind_answer_and_the_next_question_is_answered(
    stack: Stack, chat: Chat, text: str
) -> None:
    answer = chat.post(text=text)
    assert answer.status_code == 200, answer.text
    replies = answer.json()["replies"]
    assert replies and all(part["text"].strip() for part in replies)
    told = "\n".join(part["text"] for part in replies)
    assert not any(mark in told for mark in ("<script", "onerror", "DROP TABLE", "{", "[b]"))
    state = stack.one("select state from turns where id = :id", id=answer.json()["turn_id"])
    assert state == "answered"
    assert "Rp0" in chat.say("biaya slf")


def test_a_typed_payload_is_read_as_words_and_never_run(stack: Stack, chat: Chat) -> None:
    def ranking() -> list[object]:
        """Give the ranking of the latest message; only what the model has read ranks several."""
        [tracker] = stack.rows(
            "select document from rasa_trackers where sender_id = :conversation",
            conversation=stack.conversation(chat.name),
        )
        said = [event for event in tracker["document"]["events"] if event["event"] == "user"]
        return list(said[-1]["parse_data"]["intent_ranking"])

    chat.say('/pamit{"izin":"PBG"} biaya slf')
    assert len(ranking()) > 1
    chat.tap("Syarat")
    assert len(ranking()) == 1


def test_a_choice_of_another_chat_or_of_nobody_is_answered_kindly(stack: Stack, chat: Chat) -> None:
    chat.say("syarat slf")
    foreign = next(iter(chat.choices.values()))
    stranger = stack.chat(chat.channel)
    for choice in (foreign, "tidak-ada", '/tanya_syarat{"izin":"PBG"}'):
        said = stranger.send(choice=choice)
        assert stack.permit("SLF").official_name not in said
        assert stack.permit("PBG").official_name not in said


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"not json", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"channel": "telegram", "chat": "a", "text": "syarat \\ud800 pbg"}', 422),
        (b'{"channel": "email", "chat": "a", "text": "x"}', 422),
        (b'{"channel": "telegram", "chat": "", "text": "x"}', 422),
        (b'{"channel": "telegram", "chat": 5, "text": "x"}', 422),
        (b'{"channel": "telegram", "chat": "a", "text": "x", "namespace": "platform"}', 422),
        (b'{"channel": "telegram", "chat": "a", "text": "x", "phone": "0812"}', 422),
        (b'{"channel": "telegram", "chat": "a", "text": "x", "at": "kemarin"}', 422),
        (b'{"channel": "telegram", "chat": "a", "text": "x", "at": "2026-11-23T08:00:00"}', 422),
        (b'{"channel": "telegram", "chat": "a", "photo": "bukan base64!"}', 422),
        (b'{"channel": "telegram", "chat": "a", "photo": "aGFsbw=="}', 422),
        (b'{"channel": "telegram", "chat": "a", "location": [200, 0]}', 422),
        (b'{"channel": "telegram", "chat": "a", "location": [1]}', 422),
        (b'{"channel": "telegram", "chat": "a"}', 422),
        (b'{"channel": "telegram", "chat": "a", "text": "x", "choice": "y"}', 422),
        (b'{"channel": "telegram", "chat": "a\\u0000b", "text": "x"}', 422),
    ],
)
def test_a_body_of_unknown_shape_is_refused_in_indonesian_and_stores_nothing(
    stack: Stack, body: bytes, status: int
) -> None:
    before = stack.one("select count(*) from turns")
    answer = stack.http.post(
        "/simulator/api/turns", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.json()["error"].startswith("Isi permintaan tidak dapat dipakai")
    assert stack.one("select count(*) from turns") == before


def test_an_oversized_body_is_refused(stack: Stack) -> None:
    answer = stack.http.post(
        "/simulator/api/turns",
        json={"channel": "telegram", "chat": "a", "photo": "A" * 12_000_000},
    )
    assert answer.status_code == 413
    assert answer.json()["error"] == stack.wording.say("gateway.too_big")


@pytest.mark.parametrize(
    "headers",
    [
        {"Forwarded": "for=10.0.0.1"},
        {"X-Forwarded-For": "10.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"X-Forwarded-Proto": "https"},
        {"Host": "tanya.contoh.example"},
        {"Host": "localhost.contoh.example"},
        {"Host": "127.0.0.1.contoh.example:80"},
        {"Host": "[::1]"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/simulator/api/turns"),
        ("GET", "/simulator/api/messages?channel=telegram&chat=a"),
        ("POST", "/simulator/api/clock"),
        ("GET", "/simulator"),
        ("GET", "/simulator/static/phone.js"),
    ],
)
def test_the_simulator_is_closed_to_everything_that_came_from_elsewhere(
    stack: Stack, method: str, path: str, headers: dict[str, str]
) -> None:
    body = {"channel": "telegram", "chat": "a", "text": "x"} if method == "POST" else None
    before = stack.one("select count(*) from turns")
    answer = stack.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == 403, answer.text
    assert answer.json() == {"error": stack.wording.say("gateway.refused")}
    assert stack.one("select count(*) from turns") == before


@pytest.mark.parametrize("query", ["channel=telegram", "chat=a", "channel=sms&chat=a",
                                   "channel=telegram&chat=a&after=kemarin"])  # fmt: skip
def test_messages_of_an_unknown_shape_are_refused_in_indonesian(stack: Stack, query: str) -> None:
    answer = stack.http.get(f"/simulator/api/messages?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Isi permintaan")


def test_only_the_named_routes_exist(stack: Stack) -> None:
    for path in ("/", "/docs", "/openapi.json", "/simulator/static/..%2fapi.py", "/metrics"):
        assert stack.http.get(path).status_code == 404, path
    assert stack.http.get("/healthz").status_code == 200
    parts = stack.http.get("/readyz").json()["parts"]
    assert parts == dict.fromkeys(("database", "rasa", "actions", "worker"), True)
