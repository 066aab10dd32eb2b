"""Who follows which application, and the messages that reach citizens without a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from izin.following import Notice, NoticeKind, Snapshot, Subscription
from izin.replies import Reply


class Following(Protocol):
    """Subscriptions, what each citizen was told last, and the watcher's own marks."""

    def follow(self, subscription: Subscription, turn_id: str) -> bool:
        """Begin to follow; True if this turn began it (also when it runs again).

        An application that is followed already keeps what was told last; a proof by phone
        replaces one by digits.
        """
        ...

    def stop(
        self, conversation_id: str, numbers: Iterable[str] | None, turn_id: str, now: datetime
    ) -> Sequence[str]:
        """End subscriptions (None: all of the chat) and notices of theirs that still wait.

        Gives the numbers that this turn ended, also when it runs again.
        """
        ...

    def of_conversation(self, conversation_id: str) -> Sequence[Subscription]:
        """Give what the chat follows, oldest first."""
        ...

    def watched(
        self, after: tuple[str, str] | None, now: datetime, *, simulator_only: bool = False
    ) -> Sequence[Subscription]:
        """Give at most 200 subscriptions behind (number, conversation id), in that order.

        Left out are chats whose office clock, moved ahead in the simulator, is beyond ``now``.
        """
        ...

    def tell(
        self, subscription: Subscription, snapshot: Snapshot, changed_at: datetime | None,
        notice: Notice | None, now: datetime,
    ) -> bool:  # fmt: skip
        """Store what the citizen is told now together with the notice that tells it.

        False, and nothing stored, if the subscription is no longer at its ``version`` or ended.
        """
        ...

    def end(self, subscription: Subscription, notice: Notice, now: datetime) -> bool:
        """End a subscription whose proof no longer holds, with the notice that says so."""
        ...

    def watching(self) -> AbstractContextManager[bool]:
        """Give whether this process alone may watch now; others get False until it is done."""
        ...

    def swept_at(self) -> datetime | None:
        """Give when every followed application was last compared, whatever its changed_at."""
        ...

    def swept(self, now: datetime) -> None:
        """Remember that every followed application has been compared at ``now``."""
        ...


class Notices(Protocol):
    """Messages that reach a citizen without a question.

    On WhatsApp outside its window a notice goes out as the approved template of its kind; where
    none is set, it waits and is told first when the citizen writes again. So it is after a citizen
    blocked the bot. A chat in an officer's hands gets its notices when the officer is done, alerts
    (``NoticeKind.SECURITY``) at once.
    """

    def push(self, notice: Notice, now: datetime) -> bool:
        """Store a notice once per key and send it when its time has come; True if new."""
        ...

    def push_to_phone(
        self, phone: str, reply: Reply, key: str, now: datetime,
        kind: NoticeKind = NoticeKind.NEWS, late_intro: str = "",
    ) -> bool:  # fmt: skip
        """Send a reply at once to the chats that proved this phone; False if there are none."""
        ...

    def release(self, now: datetime, *, simulator_only: bool = False) -> int:
        """Send what has waited for its time; gives how many left."""
        ...
