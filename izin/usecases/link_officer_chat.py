"""Links an officer's own Telegram chat by a code that works once, for a quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from izin.conversations import Turn
from izin.officer_chats import CODE_LIVES, PREFIX, LinkedChat, hashed, new_code
from izin.ports.officer_chats import OfficerChats
from izin.replies import Reply
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class OfferedLink:
    """What an officer is shown: the text to send, and the link that sends it, if known."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class LinkOfficerChat:
    """The console begins a link, the gateway ends it before the dialogue is asked."""

    chats: OfficerChats
    wording: Wording

    def begin(self, account_id: str, now: datetime) -> OfferedLink:
        """Give a new code as link; an earlier one ends."""
        code = new_code()
        self.chats.begin(account_id, hashed(code), now + CODE_LIVES)
        bot = self.chats.bot()
        url = f"{bot}?start={PREFIX}{code}" if bot else ""
        return OfferedLink(f"/start {PREFIX}{code}", url)

    def linked(self, account_id: str) -> LinkedChat | None:
        """Give the chat an account linked, or None."""
        return self.chats.of(account_id)

    def unlink(self, account_id: str) -> bool:
        """End the link; False if there was none."""
        return self.chats.unlink(account_id)

    def concerns(self, turn: Turn) -> bool:
        """Say whether a turn brings a code."""
        return turn.message.kind == "start" and turn.message.text.strip().startswith(PREFIX)

    def take(self, turn: Turn) -> Reply | None:
        """Give the answer to a turn that brings a code; None for every other turn.

        Only a private Telegram chat may be linked: in a group others would read along.
        """
        text = turn.message.text.strip()
        if not self.concerns(turn):
            return None
        address = turn.conversation.address
        if address.channel != "telegram" or address.user is not None:
            return Reply(self.wording.say("aduan.link.private"))
        code = text.removeprefix(PREFIX)
        account = self.chats.redeem(hashed(code), turn.conversation.id, turn.now)
        return Reply(self.wording.say("aduan.link.done" if account else "aduan.link.wrong"))
