"""Tasks that citizens left unfinished, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import DateTime, Engine, cast, func, select

from izin.ports.reminders import LeftTask
from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import conversations, drafts
from izin.storage.tables.following import notices

MOST_AT_ONCE = 200


class PostgresLeftTasks:
    """``izin.ports.reminders.LeftTasks`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def left(self, kind: str, since: datetime, until: datetime) -> Sequence[LeftTask]:
        """Give unfinished drafts last worked on in ``[since, until]``, oldest first."""
        now_side = drafts.c.document["now"]
        at = cast(now_side["at"].astext, DateTime(timezone=True))
        begun = now_side["begun"].astext
        key = func.concat("left:", conversations.c.id, ":", begun)
        query = (
            select(
                conversations.c.id, conversations.c.channel, begun.label("begun"), at.label("at")
            )
            .join(conversations, conversations.c.id == drafts.c.conversation_id)
            .where(
                drafts.c.kind == kind,
                at.between(since, until),
                begun.is_not(None),
                conversations.c.chat_user.is_(None),
                ~conversations.c.held_by_officer,
                ~select(notices.c.id).where(notices.c.key == key).exists(),
            )
            .order_by(at)
            .limit(MOST_AT_ONCE)
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(query).all()
        return [LeftTask(str(row.id), row.begun, row.channel, row.at) for row in rows]
