"""Who follows which application, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import Lock

from izin.following import Notice, NoticeKind, Snapshot, Subscription, Template
from izin.storage.memory.conversations import ConversationData, SubscriptionRecord
from izin.storage.memory.notices import drop_waiting, reachable, store_notice

MOST_WATCHED = 200


class MemoryFollowing:
    """The port ``Following``; ``data`` is shared with the ports of the conversation side."""

    def __init__(
        self,
        data: ConversationData | None = None,
        templates: Mapping[NoticeKind, Template] | None = None,
    ) -> None:
        """Take the shared tables (empty ones of its own when none are given) and templates."""
        self.data = data or ConversationData()
        self._templates = templates or {}
        self._watcher = Lock()
        self._swept_at: datetime | None = None

    def follow(self, subscription: Subscription, turn_id: str) -> bool:
        """Begin to follow; True if this turn began it."""
        key = (subscription.conversation_id, subscription.number)
        with self.data.lock:
            record = self.data.subscriptions.get(key)
            if record is None:
                record = SubscriptionRecord(subscription, turn_id)
            elif record.stopped and record.followed_turn != turn_id:
                version = record.subscription.version + 1
                record = SubscriptionRecord(replace(subscription, version=version), turn_id)
            elif record.subscription.proof != "phone":
                record.subscription = replace(record.subscription, proof=subscription.proof)
            self.data.subscriptions[key] = record
            return record.followed_turn == turn_id

    def stop(
        self, conversation_id: str, numbers: Iterable[str] | None, turn_id: str, now: datetime
    ) -> Sequence[str]:
        """End subscriptions and notices of theirs that still wait."""
        wanted = None if numbers is None else set(numbers)
        with self.data.lock:
            own = self._own(conversation_id)
            for record in own:
                number = record.subscription.number
                if not record.stopped and (wanted is None or number in wanted):
                    record.stopped, record.stopped_turn = True, turn_id
            ended = [item.subscription.number for item in own if item.stopped_turn == turn_id]
            drop_waiting(self.data, conversation_id, ended)
        return ended

    def of_conversation(self, conversation_id: str) -> Sequence[Subscription]:
        """Give what the chat follows, oldest first."""
        with self.data.lock:
            return [self._now(item) for item in self._own(conversation_id) if not item.stopped]

    def watched(
        self, after: tuple[str, str] | None, now: datetime, *, simulator_only: bool = False
    ) -> Sequence[Subscription]:
        """Give at most 200 subscriptions behind (number, conversation id), in that order."""
        with self.data.lock:
            places = sorted((number, owner) for owner, number in self.data.subscriptions)
            found = []
            for number, owner in places:
                record = self.data.subscriptions[owner, number]
                conversation = self.data.conversations.get(owner)
                if record.stopped or conversation is None:
                    continue
                if (after is None or (number, owner) > after) and reachable(
                    conversation, now, simulator_only
                ):
                    found.append(self._now(record))
            return found[:MOST_WATCHED]

    def tell(
        self, subscription: Subscription, snapshot: Snapshot, changed_at: datetime | None,
        notice: Notice | None, now: datetime,
    ) -> bool:  # fmt: skip
        """Store what is told now together with its notice."""
        with self.data.lock:
            record = self._current(subscription)
            if record is None:
                return False
            record.subscription = replace(
                record.subscription,
                snapshot=snapshot,
                changed_at=changed_at,
                version=subscription.version + 1,
            )
            if notice is not None:
                store_notice(self.data, notice, self._templates, now)
            return True

    def end(self, subscription: Subscription, notice: Notice, now: datetime) -> bool:
        """End a subscription whose proof no longer holds, with the notice that says so."""
        with self.data.lock:
            record = self._current(subscription)
            if record is None:
                return False
            record.stopped = True
            store_notice(self.data, notice, self._templates, now)
            return True

    @contextmanager
    def watching(self) -> Iterator[bool]:
        """Give whether this caller alone may watch now."""
        mine = self._watcher.acquire(blocking=False)
        try:
            yield mine
        finally:
            if mine:
                self._watcher.release()

    def swept_at(self) -> datetime | None:
        """Give when every followed application was last compared."""
        return self._swept_at

    def swept(self, now: datetime) -> None:
        """Remember that every followed application has been compared at ``now``."""
        self._swept_at = now

    def _own(self, conversation_id: str) -> list[SubscriptionRecord]:
        mine = [
            record
            for (owner, _), record in self.data.subscriptions.items()
            if owner == conversation_id
        ]
        return sorted(mine, key=lambda item: (item.subscription.since, item.subscription.number))

    def _current(self, subscription: Subscription) -> SubscriptionRecord | None:
        key = (subscription.conversation_id, subscription.number)
        record = self.data.subscriptions.get(key)
        if record is None or record.stopped:
            return None
        return record if record.subscription.version == subscription.version else None

    def _now(self, record: SubscriptionRecord) -> Subscription:
        owner = self.data.conversations.get(record.subscription.conversation_id)
        phone = owner.verified_phone if owner else None
        return replace(record.subscription, verified_phone=phone)
