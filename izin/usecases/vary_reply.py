"""Keeps the assistant from saying the very same thing twice in a row."""

from __future__ import annotations

from dataclasses import replace

from izin.conversations import Conversation
from izin.replies import Reply
from izin.wording import Wording

_OPENINGS = ("gateway.repeat_1", "gateway.repeat_2", "gateway.repeat_3")


def vary_reply(reply: Reply, conversation: Conversation, wording: Wording) -> Reply:
    """Give ``reply``, introduced differently when it equals the conversation's last answer."""
    last = conversation.last_text
    if reply.silent or not reply.text or not last:
        return reply
    openings = [wording.say(key) for key in _OPENINGS]
    if last == reply.text:
        return replace(reply, text=f"{openings[0]}\n\n{reply.text}")
    for number, opening in enumerate(openings):
        if last == f"{opening}\n\n{reply.text}":
            following = openings[(number + 1) % len(openings)]
            return replace(reply, text=f"{following}\n\n{reply.text}")
    return reply
