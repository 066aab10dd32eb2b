"""In a group nothing about a person is asked or shown: a private chat is offered."""

from __future__ import annotations

from izin.replies import Choice, Reply
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording


def private_chat(turn: TurnInput, wording: Wording) -> Reply:
    """Give the offer to go on privately, with a button where the channel gave its address."""
    address = turn.metadata.get("private_url")
    choices: tuple[Choice, ...] = ()
    if address:
        choices = (Choice(wording.say("social.private_button"), url=str(address)),)
    return Reply(wording.say("social.private_chat"), choices)
