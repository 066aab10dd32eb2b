"""Conversations that editors try, kept while the console runs: nobody else ever reads them."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from izin.errors import NotFound
from ops.sandbox_content import ALL, NONE, Drafts

MOST_CHATS = 300
MOST_TURNS = 100
SCOPES = ("all", "one", "none")
"""Drafts on top of what is published: all open ones, the chosen one alone, or none."""


@dataclass(frozen=True, slots=True)
class TriedTurn:
    """One message and its answer.

    Attributes:
        said: What was written, or the title of the choice that was tapped.
        tapped: It was a choice.
        replies: Parts of the answer: ``text``, ``choices`` (``id``, ``title``), ``media``.
        understood: What the language model made of it (``ops.sandbox_insight``), if it was text.
    """

    said: str
    tapped: bool
    replies: Sequence[dict[str, Any]]
    understood: dict[str, Any] | None = None

    @property
    def text(self) -> str:
        """Give the whole answer as text."""
        return "\n".join(part["text"] for part in self.replies)


@dataclass(slots=True)
class TriedChat:
    """One conversation.

    Attributes:
        id: Opaque id, also the chat's name in the sandbox.
        account_id: Whose it is.
        channel: ``telegram`` or ``whatsapp``.
        version_id: The version it is about, or "".
        scope: One of ``SCOPES``.
        while_closed: The office was closed, by the chat's clock, when it began.
        turns: What was said, oldest first.
    """

    id: str
    account_id: str
    channel: str
    version_id: str = ""
    scope: str = "all"
    while_closed: bool = False
    turns: list[TriedTurn] = field(default_factory=list)

    @property
    def drafts(self) -> Drafts:
        """Give the drafts that lie on top for it."""
        if self.scope == "one" and self.version_id:
            return [self.version_id]
        return NONE if self.scope == "none" else ALL

    @property
    def full(self) -> bool:
        """Say whether nothing more can be said in it."""
        return len(self.turns) >= MOST_TURNS

    def title_of(self, choice_id: str) -> str | None:
        """Give the title of a choice that was shown in it."""
        for turn in reversed(self.turns):
            for part in turn.replies:
                for choice in part["choices"]:
                    if choice["id"] == choice_id:
                        return str(choice["title"])
        return None


class TriedChats:
    """The conversations of all editors; the oldest are forgotten first."""

    def __init__(self, most: int = MOST_CHATS) -> None:
        """Start with none."""
        self._most = most
        self._chats: OrderedDict[str, TriedChat] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, account_id: str, channel: str, version_id: str, scope: str) -> TriedChat:
        """Give a new conversation."""
        chat = TriedChat(uuid.uuid4().hex, account_id, channel, version_id, scope)
        with self._lock:
            self._chats[chat.id] = chat
            while len(self._chats) > self._most:
                self._chats.popitem(last=False)
        return chat

    def chat(self, chat_id: str, account_id: str) -> TriedChat:
        """Give somebody's conversation.

        Raises:
            NotFound: It is forgotten, or another's.
        """
        chat = self._chats.get(chat_id)
        if chat is None or chat.account_id != account_id:
            raise NotFound(f"tried chat {chat_id!r}")
        return chat

    def latest(self, account_id: str, version_id: str) -> TriedChat | None:
        """Give somebody's latest conversation about a version ("" for none), if any."""
        with self._lock:
            return next(
                (
                    chat
                    for chat in reversed(self._chats.values())
                    if (chat.account_id, chat.version_id) == (account_id, version_id)
                ),
                None,
            )
