"""Tells admins in their own chats of the house's health, or elsewhere when no chat works."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from izin.accounts import Role
from izin.alarms import News, Standing
from izin.conversations import ChatAddress
from izin.following import Notice, NoticeKind
from izin.health import BAD, Check, State
from izin.health_words import HealthWords
from izin.ports import Accounts, Notices
from izin.ports.health import ChatAddresses
from izin.ports.officer_chats import OfficerChats
from izin.replies import Reply

WITHOUT_QUEUE = frozenset({Check.DATABASE, Check.WORKER, Check.DELIVERIES})
"""While one of these is bad, a message on the queue would not leave."""

CHATS_FAIL = frozenset({Check.TELEGRAM, Check.TELEGRAM_DELIVERY})

SendNow = Callable[[ChatAddress, str], bool]
"""Sends a text to a chat at once, without the queue; False when it was not taken."""

SendElsewhere = Callable[[str, str], bool]
"""Sends title and text to the address of ``TANYA_ALARM_URL``; False when nobody took it."""


@dataclass(slots=True)
class TellAdmins:
    """Carries one message by the way that works now; who has told the admins remembers them.

    Args:
        page: Address of the health page, "" if unknown.
        send_now: Goes past the queue.
        elsewhere: The next channel when chats fail or nobody linked one.
    """

    accounts: Accounts
    chats: OfficerChats
    addresses: ChatAddresses
    notices: Notices
    words: HealthWords
    send_now: SendNow
    elsewhere: SendElsewhere
    page: str = ""
    _known: Sequence[ChatAddress] = field(default=())

    def remember(self) -> None:
        """Learn where the admins are, for when the database is away."""
        self._known = self.addresses.addresses(self._linked().values())

    def past_queue(self, news: News, standings: Collection[Standing]) -> bool | None:
        """Send it by network where the queue is no way; None when the queue is.

        False says that no way works, so that it is tried again.
        """
        now_open = [item for item in standings if item.is_open]
        failed = {item.check for item in now_open if item.state is State.FAILED}
        bad = {item.check for item in now_open if item.state in BAD}
        title, text = self.words.message(news, self.page)
        if CHATS_FAIL & failed or not self._known:
            return self.elsewhere(title, text)
        if not bad & WITHOUT_QUEUE:
            return None
        said = _joined(title, text)
        taken = [self.send_now(address, said) for address in self._known]
        return any(taken) or self.elsewhere(title, text)

    def queue(self, news: News, now: datetime) -> None:
        """Put it on the queue, for every admin with a linked chat."""
        title, text = self.words.message(news, self.page)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        moment = now.isoformat(timespec="seconds")
        reply = Reply(_joined(title, text))
        for account_id, conversation_id in sorted(self._linked().items()):
            key = f"health:{moment}:{digest}:{account_id}"
            self.notices.push(Notice(conversation_id, key, NoticeKind.STAFF, reply), now)

    def _linked(self) -> dict[str, str]:
        admins = [one.id for one in self.accounts.all() if one.active and Role.ADMIN in one.roles]
        return dict(self.chats.chats(admins))


def _joined(title: str, text: str) -> str:
    return f"[b]{title}[/b]\n\n{text}"
