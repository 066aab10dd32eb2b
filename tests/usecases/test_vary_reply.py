"""The same reply is never sent twice in a row."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from izin.conversations import ChatAddress, Conversation
from izin.replies import Choice, Reply
from izin.usecases.vary_reply import vary_reply
from tests.usecases.long_dialogues import WORDING

CHAT = Conversation("c", ChatAddress("telegram", "1"))


def test_no_two_of_ten_equal_answers_in_a_row_are_the_same() -> None:
    reply, last, texts = Reply("Rp0", (Choice("Syarat", "tanya_syarat"),)), "", []
    for _ in range(10):
        varied = vary_reply(reply, replace(CHAT, last_text=last), WORDING)
        assert varied.text.endswith("Rp0")
        assert varied.choices == reply.choices
        last = varied.text
        texts.append(last)
    assert texts[0] == "Rp0"
    assert all(left != right for left, right in itertools.pairwise(texts))


@pytest.mark.parametrize(
    "reply", [Reply("lain"), Reply("", silent=True), Reply("sama", silent=True), Reply("")]
)
def test_anything_else_goes_out_as_it_is(reply: Reply) -> None:
    assert vary_reply(reply, replace(CHAT, last_text="sama"), WORDING) == reply
