"""Notifications about an application: what is honestly possible today."""

from __future__ import annotations

from izin.answers import suggestions
from izin.replies import Reply
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.private_chat import private_chat
from izin.wording import Wording


class Subscribe:
    """Says that subscriptions do not exist yet and offers the status instead."""

    def __init__(self, wording: Wording) -> None:
        """Take the wording."""
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the honest answer."""
        if turn.group:
            return Answer((private_chat(turn, self._wording),))
        choices = (
            suggestions.menu_choice("cek_status", self._wording),
            suggestions.officer(self._wording),
        )
        return Answer((Reply(self._wording.say("social.subscription"), choices),))
