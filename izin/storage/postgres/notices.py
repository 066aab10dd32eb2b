"""Messages that reach a citizen without a question, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.following import AT_ONCE, Notice, NoticeKind, Template
from izin.replies import Reply, join_replies
from izin.storage.postgres import identifiers
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.replies import store_reply
from izin.storage.tables.conversations import conversations, outbox
from izin.storage.tables.following import notices, subscriptions
from izin.storage.text import storable

WINDOW = timedelta(hours=24)
CLOCK_TOLERANCE = timedelta(minutes=1)
MOST_AT_ONCE = 200
NOTICES_LIVE = timedelta(days=30)
ENDED_LIVE = timedelta(days=1)
"""An ended subscription is kept only for the turn that ended it to run again after a crash."""

_FOR_THE_CITIZEN = ("held", "unreachable")
"""Told when the citizen writes again."""

_WAITING = ("waiting", *_FOR_THE_CITIZEN)


class PostgresNotices:
    """``izin.ports.Notices`` on our own PostgreSQL."""

    def __init__(self, engine: Engine, templates: Mapping[NoticeKind, Template]) -> None:
        """Take the engine and the approved WhatsApp templates; every call is one transaction."""
        self._engine = engine
        self._templates = templates

    def push(self, notice: Notice, now: datetime) -> bool:
        """Store a notice once per key and send it when its time has come; True if new."""
        with transaction(self._engine) as connection:
            return store_notice(connection, notice, self._templates, now)

    def push_to_phone(
        self, phone: str, reply: Reply, key: str, now: datetime,
        kind: NoticeKind = NoticeKind.NEWS, late_intro: str = "",
    ) -> bool:  # fmt: skip
        """Send a reply at once to every chat that proved this phone, once per ``key`` and chat."""
        with transaction(self._engine) as connection:
            chats = list(
                connection.execute(
                    select(conversations.c.id)
                    .where(identifiers.has_phone(connection, phone))
                    .where(conversations.c.chat_user.is_(None))  # never into a group
                ).scalars()
            )
            for conversation_id in chats:
                notice = Notice(
                    conversation_id, f"{key}:{conversation_id}", kind, reply, late_intro=late_intro
                )
                store_notice(connection, notice, self._templates, now)
        return bool(chats)

    def release(self, now: datetime, *, simulator_only: bool = False) -> int:
        """Send what has waited for its time; gives how many left."""
        with transaction(self._engine) as connection:
            due = connection.execute(
                _joined()
                .where(
                    notices.c.state == "waiting",
                    notices.c.not_before <= now,
                    ~conversations.c.held_by_officer
                    | notices.c.kind.in_([kind.value for kind in AT_ONCE]),
                    *reachable(now, simulator_only=simulator_only),
                )
                .order_by(notices.c.id)
                .limit(MOST_AT_ONCE)
                .with_for_update(of=notices, skip_locked=True)
            ).all()
            return sum(_send(connection, row, self._templates, now) for row in due)


def reachable(now: datetime, *, simulator_only: bool) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions on conversations that a clock standing at ``now`` may serve.

    The simulator's clock can be moved: a chat that lives ahead of ``now`` waits for it, and a
    moved clock never reaches a real one.
    """
    ahead = conversations.c.last_turn_at > now + CLOCK_TOLERANCE
    here = or_(conversations.c.last_turn_at.is_(None), ~ahead)
    return (here, conversations.c.namespace == "simulator") if simulator_only else (here,)


def store_notice(
    connection: Connection, notice: Notice, templates: Mapping[NoticeKind, Template], now: datetime
) -> bool:
    """Store a notice once, replacing what waits on its subject, and send it if it is due."""
    gone = _is_unreachable(connection, notice.conversation_id)
    stored = connection.execute(
        upsert(notices)
        .values(
            conversation_id=notice.conversation_id,
            key=notice.key,
            kind=notice.kind.value,
            subject=notice.subject,
            reply=storable(notice.reply.to_json()),
            template_values=[storable(value) for value in notice.values],
            late_intro=notice.late_intro,
            state="unreachable" if gone else "waiting",
            not_before=notice.not_before or now,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(notices.c.id)
    ).scalar()
    if stored is None:
        return False
    if notice.subject is not None:
        drop_waiting(connection, notice.conversation_id, [notice.subject], but=stored)
    if not gone and (notice.not_before or now) <= now:
        row = connection.execute(_joined().where(notices.c.id == stored)).one()
        _send(connection, row, templates, now)
    return True


def drop_waiting(
    connection: Connection, conversation_id: str, subjects: Iterable[str], but: int = 0
) -> None:
    """Drop the chat's notices on these subjects that were not sent yet."""
    connection.execute(
        update(notices)
        .where(
            notices.c.conversation_id == conversation_id,
            notices.c.subject.in_(list(subjects)),
            notices.c.state.in_(_WAITING),
            notices.c.id != but,
        )
        .values(state="dropped", reply={})
    )


def tell_held(connection: Connection, conversation_id: str) -> None:
    """Send, now that the citizen has written, what could not be sent before, as one message.

    While an officer holds the chat it waits on: news must not fall into their conversation.
    """
    held = connection.execute(
        select(notices)
        .join(conversations, conversations.c.id == notices.c.conversation_id)
        .where(
            notices.c.conversation_id == conversation_id,
            notices.c.state.in_(_FOR_THE_CITIZEN),
            ~conversations.c.held_by_officer,
        )
        .order_by(notices.c.id)
        .with_for_update(of=notices)
    ).all()
    if not held:
        return
    intro = next((row.late_intro for row in held if row.late_intro), "")
    replies = [Reply.from_json(row.reply) for row in held]
    reply = join_replies([Reply(intro), *replies] if intro else replies)
    store_reply(connection, conversation_id, reply, f"held:{held[-1].key}", None)
    connection.execute(
        update(notices)
        .where(notices.c.id.in_([row.id for row in held]))
        .values(state="told", reply={})
    )


def put_back(connection: Connection, outbox_id: str, state: str = "held") -> str | None:
    """Hold a notice that the platform did not take until the citizen writes.

    Gives the chat, None if the message is no notice.
    """
    document = select(outbox.c.reply).where(outbox.c.id == outbox_id).scalar_subquery()
    chat: str | None = connection.execute(
        update(notices)
        .where(notices.c.outbox_id == outbox_id, notices.c.state == "sent")
        .values(state=state, reply=document, outbox_id=None)
        .returning(notices.c.conversation_id)
    ).scalar()
    return chat


def lose_touch(connection: Connection, outbox_id: str) -> tuple[str, bool] | None:
    """Hold a notice, and all that follow, since its citizen cannot be reached any more.

    Gives the chat and whether it is news that nothing reaches it; None if it is no notice.
    """
    chat = select(outbox.c.conversation_id).where(outbox.c.id == outbox_id).scalar_subquery()
    connection.execute(
        select(conversations.c.id).where(conversations.c.id == chat).with_for_update()
    )
    known = _is_unreachable(connection, chat)
    found = put_back(connection, outbox_id, "unreachable")
    return None if found is None else (found, not known)


def _is_unreachable(connection: Connection, conversation_id: Any) -> bool:
    here = notices.c.conversation_id == conversation_id
    query = select(select(notices.c.id).where(here, notices.c.state == "unreachable").exists())
    return bool(connection.execute(query).scalar())


def forget_old_notices(engine: Engine, now: datetime) -> int:
    """Forget notices sent or dropped a month ago, and subscriptions ended a day ago.

    What waits for its citizen stays until they write or the chat is erased.
    """
    with transaction(engine) as connection:
        old = connection.execute(
            delete(notices).where(
                notices.c.state.in_(("sent", "told", "dropped")),
                notices.c.created_at < now - NOTICES_LIVE,
            )
        ).rowcount
        ended = connection.execute(
            delete(subscriptions).where(subscriptions.c.stopped_at < now - ENDED_LIVE)
        ).rowcount
    return old + ended


def _joined() -> Any:
    return select(
        notices,
        conversations.c.namespace,
        conversations.c.channel,
        conversations.c.last_inbound_at,
        conversations.c.held_by_officer,
    ).join(conversations, conversations.c.id == notices.c.conversation_id)


def _send(
    connection: Connection, row: Row[Any], templates: Mapping[NoticeKind, Template], now: datetime
) -> int:
    """Put a notice into the outbox, or hold it where the platform would refuse it; 1 if sent."""
    if row.held_by_officer and NoticeKind(row.kind) not in AT_ONCE:
        return 0  # the officer's conversation is not broken into: released when it is over
    if _is_unreachable(connection, row.conversation_id):
        connection.execute(
            update(notices).where(notices.c.id == row.id).values(state="unreachable")
        )
        return 0
    limited = row.namespace == "live" and row.channel == "whatsapp"
    is_open = row.last_inbound_at is not None and now - row.last_inbound_at < WINDOW
    if limited and not is_open and NoticeKind(row.kind) not in templates:
        connection.execute(update(notices).where(notices.c.id == row.id).values(state="held"))
        return 0
    outbox_id = store_reply(
        connection, row.conversation_id, Reply.from_json(row.reply), f"notice:{row.key}", None
    )
    connection.execute(
        update(notices)
        .where(notices.c.id == row.id)
        .values(state="sent", outbox_id=outbox_id, reply={})
    )
    return 1
