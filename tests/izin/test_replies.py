"""Replies travel as JSON and join into one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from izin.errors import InvalidInput
from izin.replies import Choice, Reply, ReplyMedia, join_replies

FULL = Reply(
    "Halo [b]Anda[/b]",
    (Choice("Ya", "setuju", {"izin": "PBG"}, "lanjut"), Choice("Web", url="https://oss.go.id")),
    (ReplyMedia("photo", "id-1", title="foto"), ReplyMedia("location", location=(-7.02, 109.59))),
    ask_contact=True,
    silent=True,
    urgent=True,
    faq="parkir",
)


@pytest.mark.parametrize("reply", [Reply(), Reply("a"), FULL])
def test_a_reply_survives_its_json(reply: Reply) -> None:
    assert Reply.from_json(json.loads(json.dumps(reply.to_json()))) == reply


@pytest.mark.parametrize(
    "document",
    [
        {"choices": [{}]},
        {"choices": ["x"]},
        {"choices": 5},
        {"media": [{"media_id": "x"}]},
        {"media": [{"kind": "location", "location": [1]}]},
        {"media": [{"kind": "location", "location": ["x", "y"]}]},
        {"choices": [{"title": "a", "entities": 5}]},
        [],
        "halo",
        None,
    ],
)
def test_anything_else_is_no_reply(document: Any) -> None:
    with pytest.raises(InvalidInput):
        Reply.from_json(document)


def test_joined_replies_name_the_first_published_answer() -> None:
    joined = join_replies([Reply("satu"), Reply("dua", faq="dua"), Reply("tiga", faq="tiga")])
    assert joined.faq == "dua"


def test_one_reply_joins_to_itself() -> None:
    assert join_replies([Reply("", silent=True), FULL.__class__("a")]) == Reply("a")


def test_several_become_one_message_whose_last_question_comes_first() -> None:
    joined = join_replies(
        [
            Reply("satu", (Choice("A", "a"), Choice("B", "b1")), urgent=True),
            Reply("dua", (Choice("B", "b2"), Choice("C", "c")), ask_contact=True),
        ]
    )
    assert joined.text == "satu\n\ndua"
    assert [(choice.title, choice.intent) for choice in joined.choices] == [
        ("B", "b2"), ("C", "c"), ("A", "a"),
    ]  # fmt: skip
    assert joined.ask_contact and joined.urgent


def test_choices_beyond_the_limit_are_left_out() -> None:
    many = tuple(Choice(f"{number}", "x") for number in range(12))
    assert len(join_replies([Reply("a", many), Reply("b")]).choices) == 10


def test_nothing_but_silence_stays_silent_and_urgent() -> None:
    joined = join_replies([Reply(silent=True), Reply(silent=True, urgent=True)])
    assert joined.silent and joined.urgent
    assert join_replies([]).silent
