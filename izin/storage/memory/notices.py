"""Messages that reach a citizen without a question, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from izin.conversations import Conversation
from izin.following import AT_ONCE, Notice, NoticeKind, Template
from izin.replies import Reply, join_replies
from izin.storage.memory.conversations import ConversationData, NoticeRecord
from izin.storage.memory.replies import store_reply

_FOR_THE_CITIZEN = ("held", "unreachable")
_WAITING = ("waiting", *_FOR_THE_CITIZEN)

WINDOW = timedelta(hours=24)
CLOCK_TOLERANCE = timedelta(minutes=1)


class MemoryNotices:
    """The port ``Notices``."""

    def __init__(
        self,
        data: ConversationData | None = None,
        templates: Mapping[NoticeKind, Template] | None = None,
    ) -> None:
        """Take the shared tables (empty ones of its own when none are given) and templates."""
        self.data = data or ConversationData()
        self._templates = templates or {}

    def push(self, notice: Notice, now: datetime) -> bool:
        """Store a notice once per key and send it when its time has come; True if new."""
        with self.data.lock:
            return store_notice(self.data, notice, self._templates, now)

    def push_to_phone(
        self, phone: str, reply: Reply, key: str, now: datetime,
        kind: NoticeKind = NoticeKind.NEWS, late_intro: str = "",
    ) -> bool:  # fmt: skip
        """Send a reply at once to every chat that proved this phone, once per ``key`` and chat."""
        with self.data.lock:
            chats = [
                item.id
                for item in self.data.conversations.values()
                if item.verified_phone == phone and item.address.user is None
            ]
            for conversation_id in chats:
                notice = Notice(
                    conversation_id, f"{key}:{conversation_id}", kind, reply, late_intro=late_intro
                )
                store_notice(self.data, notice, self._templates, now)
        return bool(chats)

    def release(self, now: datetime, *, simulator_only: bool = False) -> int:
        """Send what has waited for its time; gives how many left."""
        with self.data.lock:
            due = [
                record
                for record in self.data.notices.values()
                if record.state == "waiting"
                and record.not_before <= now
                and not _is_held(self.data, record.notice)
                and reachable(
                    self.data.conversations[record.notice.conversation_id], now, simulator_only
                )
            ]
            return sum(_send(self.data, record, self._templates, now) for record in due)


def reachable(conversation: Conversation, now: datetime, simulator_only: bool) -> bool:
    """Say whether a clock that stands at ``now`` may serve the conversation."""
    last = conversation.last_turn_at
    ahead = last is not None and last > now + CLOCK_TOLERANCE
    return not ahead and (not simulator_only or conversation.address.namespace == "simulator")


def store_notice(
    data: ConversationData, notice: Notice, templates: Mapping[NoticeKind, Template], now: datetime
) -> bool:
    """Store a notice once, replacing what waits on its subject, and send it if it is due."""
    if notice.key in data.notices:
        return False
    gone = is_unreachable(data, notice.conversation_id)
    if notice.subject is not None:
        drop_waiting(data, notice.conversation_id, [notice.subject])
    record = NoticeRecord(notice, notice.not_before or now, "unreachable" if gone else "waiting")
    data.notices[notice.key] = record
    if not gone and record.not_before <= now:
        _send(data, record, templates, now)
    return True


def drop_waiting(data: ConversationData, conversation_id: str, subjects: Iterable[str]) -> None:
    """Drop the chat's notices on these subjects that were not sent yet."""
    wanted = set(subjects)
    for record in data.notices.values():
        here = record.notice.conversation_id == conversation_id
        if here and record.notice.subject in wanted and record.state in _WAITING:
            record.state = "dropped"


def tell_held(data: ConversationData, conversation_id: str) -> None:
    """Send, now that the citizen has written, what could not be sent before, as one message.

    While an officer holds the chat it waits on: news must not fall into their conversation.
    """
    if data.conversations[conversation_id].held_by_officer:
        return
    held = [
        record
        for record in data.notices.values()
        if record.notice.conversation_id == conversation_id and record.state in _FOR_THE_CITIZEN
    ]
    if not held:
        return
    intro = next((item.notice.late_intro for item in held if item.notice.late_intro), "")
    replies = [item.notice.reply for item in held]
    reply = join_replies([Reply(intro), *replies] if intro else replies)
    store_reply(data, conversation_id, reply, f"held:{held[-1].notice.key}", None)
    for record in held:
        record.state = "told"


def is_unreachable(data: ConversationData, conversation_id: str) -> bool:
    """Say whether notices wait because the platform reaches the citizen no more."""
    return any(
        record.notice.conversation_id == conversation_id and record.state == "unreachable"
        for record in data.notices.values()
    )


def put_back(data: ConversationData, outbox_id: str, state: str = "held") -> bool:
    """Hold a notice that the platform did not take until the citizen writes; False if none."""
    for record in data.notices.values():
        if record.outbox_id == outbox_id and record.state == "sent":
            record.state, record.outbox_id = state, None
            return True
    return False


def notice_of(data: ConversationData, outbox_id: str) -> Notice | None:
    """Give the notice that an outbox message carries, or None."""
    for record in data.notices.values():
        if record.outbox_id == outbox_id:
            return record.notice
    return None


def move_following(data: ConversationData, older: str, younger: Iterable[str]) -> None:
    """Let the older of two merged conversations go on with what the younger ones follow."""
    for conversation_id in younger:
        for key in [key for key in data.subscriptions if key[0] == conversation_id]:
            record = data.subscriptions.pop(key)
            record.subscription = replace(record.subscription, conversation_id=older)
            kept = data.subscriptions.get((older, key[1]))
            if kept is None or kept.stopped:
                data.subscriptions[older, key[1]] = record
        for notice in data.notices.values():
            if notice.notice.conversation_id == conversation_id:
                notice.notice = replace(notice.notice, conversation_id=older)


def _is_held(data: ConversationData, notice: Notice) -> bool:
    """Say whether the notice must not break into an officer's conversation."""
    held = data.conversations[notice.conversation_id].held_by_officer
    return held and notice.kind not in AT_ONCE


def _send(
    data: ConversationData,
    record: NoticeRecord,
    templates: Mapping[NoticeKind, Template],
    now: datetime,
) -> int:
    notice = record.notice
    if _is_held(data, notice):
        return 0
    if is_unreachable(data, notice.conversation_id):
        record.state = "unreachable"
        return 0
    conversation = data.conversations[notice.conversation_id]
    address, last = conversation.address, conversation.last_inbound_at
    limited = address.namespace == "live" and address.channel == "whatsapp"
    is_open = last is not None and now - last < WINDOW
    if limited and not is_open and notice.kind not in templates:
        record.state = "held"
        return 0
    record.outbox_id = store_reply(
        data, notice.conversation_id, notice.reply, f"notice:{notice.key}", None
    )
    record.state = "sent"
    return 1
