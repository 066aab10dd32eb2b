"""Citizens without end: whoever has rested may speak next, and somebody new when nobody has.

A citizen waits for the answer before saying the next thing, but arrivals never wait: they take
another citizen. So the load is open (it does not slow down when the house does), each
conversation keeps its order, and no latency is hidden by a generator that waits too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.load.talks import TALKS

REST_S = 3.0
"""From an answer to the same citizen's next message; the answer's second part has come by then."""


@dataclass(slots=True)
class Turn:
    """One message and what became of it; moments are ``time.monotonic`` seconds, 0 for never.

    Attributes:
        due: When it was to be sent, by the clock of arrivals.
        taken: When the webhook was answered.
        status: The webhook's HTTP status, 0 for a broken connection.
        replied: When the first message of the answer arrived.
        bubbles: Messages of the answer.
    """

    due: float
    taken: float = 0.0
    status: int = 0
    replied: float = 0.0
    bubbles: int = 0


@dataclass(slots=True)
class Citizen:
    """One chat in the midst of a talk."""

    chat: str
    talk: tuple[str, ...]
    said: int = 0
    rested: float = 0.0
    turn: Turn | None = None


class Crowd:
    """Hands out citizens who may speak, and takes note of answers.

    Args:
        chats: Gives the chat id of the citizen with a number, counted from 0.
        done: Called when a turn has its reply and its webhook answer.
    """

    def __init__(self, chats: Callable[[int], str], done: Callable[[Turn], None]) -> None:
        self._chats = chats
        self._done = done
        self._resting: deque[Citizen] = deque()
        self._present: dict[str, Citizen] = {}
        self.made = 0

    def next_message(self, now: float, due: float) -> tuple[Citizen, str, Turn]:
        """Give who speaks now, what is said, and the turn that begins."""
        if self._resting and now - self._resting[0].rested >= REST_S:
            citizen = self._resting.popleft()
            if citizen.said == len(citizen.talk):
                del self._present[citizen.chat]
                citizen = self._new()
        else:
            citizen = self._new()
        text = citizen.talk[citizen.said]
        citizen.said += 1
        citizen.turn = turn = Turn(due)
        return citizen, text, turn

    def _new(self) -> Citizen:
        chat = self._chats(self.made)
        citizen = Citizen(chat, TALKS[self.made % len(TALKS)])
        self.made += 1
        self._present[chat] = citizen
        return citizen

    def replied(self, chat: str, at: float) -> None:
        """Note a message that came to a chat; one nobody knows is left alone."""
        citizen = self._present.get(chat)
        if citizen is None or citizen.turn is None:
            return
        turn = citizen.turn
        turn.bubbles += 1
        if turn.replied:
            citizen.rested = at
            return
        turn.replied = at
        if turn.taken:
            self._finish(citizen, turn, at)

    def taken(self, citizen: Citizen, turn: Turn, status: int, at: float) -> None:
        """Note the webhook's answer."""
        turn.status, turn.taken = status, at
        if turn.replied:
            self._finish(citizen, turn, at)

    def _finish(self, citizen: Citizen, turn: Turn, at: float) -> None:
        citizen.rested = at
        self._resting.append(citizen)
        self._done(turn)
