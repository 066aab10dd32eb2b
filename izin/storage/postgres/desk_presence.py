"""Open pages, and officers who serve or rest, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Engine, cast, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.accounts import SESSION_IDLE, SESSION_LENGTH
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.accounts import account_sessions, accounts
from izin.storage.tables.conversations import conversations
from izin.storage.tables.desk import desk_sessions, desk_viewers
from izin.storage.text import storable


class PostgresPresence:
    """``izin.ports.Presence`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def look(self, conversation_id: str, account: str, page: str, until: datetime) -> None:
        """Note that a page shows a conversation; an unknown conversation is nothing."""
        if not is_id(conversation_id):
            return
        shown = select(
            conversations.c.id,
            cast(account, accounts.c.id.type),
            cast(storable(page), desk_viewers.c.page.type),
            cast(until, desk_viewers.c.until.type),
        ).where(conversations.c.id == conversation_id)
        statement = upsert(desk_viewers).from_select(
            ["conversation_id", "account_id", "page", "until"], shown
        )
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["conversation_id", "page"],
                    set_={"until": statement.excluded.until},
                )
            )

    def look_away(self, page: str) -> None:
        """Note that a page is closed."""
        with transaction(self._engine) as connection:
            connection.execute(delete(desk_viewers).where(desk_viewers.c.page == page))

    def forget(self, now: datetime) -> None:
        """Drop the pages that were not heard of in time."""
        with transaction(self._engine) as connection:
            connection.execute(delete(desk_viewers).where(desk_viewers.c.until <= now))

    def serving(self, session_id: str) -> bool | None:
        """Say whether a session serves or rests."""
        chosen = select(desk_sessions.c.serving).where(desk_sessions.c.session_id == session_id)
        with transaction(self._engine) as connection:
            return connection.execute(chosen).scalar()

    def serve(self, session_id: str, serving: bool) -> None:
        """Choose whether a session serves or rests."""
        statement = upsert(desk_sessions).values(session_id=session_id, serving=serving)
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["session_id"], set_={"serving": statement.excluded.serving}
                )
            )

    def going_on(
        self, session_ids: Collection[str], now: datetime
    ) -> Mapping[str, tuple[frozenset[str], str | None]]:
        """Give roles and unit of the sessions that are not over."""
        session = account_sessions.c
        query = (
            select(session.id, accounts.c.roles, accounts.c.unit)
            .join(accounts, accounts.c.id == session.account_id)
            .where(
                session.id.in_(list(session_ids)),
                session.revoked_at.is_(None),
                session.started_at > now - SESSION_LENGTH,
                session.seen_at > now - SESSION_IDLE,
                accounts.c.active,
            )
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(query).all()
        return {row.id: (frozenset(row.roles), row.unit) for row in rows}
