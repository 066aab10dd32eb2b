"""Who may see which conversation, and who looks at it, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.desk import Sight
from izin.storage.postgres import desk_sight
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.conversations import escalations
from izin.storage.tables.desk import desk_seen, desk_viewers


class PostgresDesk:
    """``izin.ports.Desk`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def may_see(self, conversation_id: str, unit: str | None) -> bool:
        """Say whether a person of a unit may see a conversation."""
        return self.sight(conversation_id).by(unit)

    def sight(self, conversation_id: str) -> Sight:
        """Give whether a conversation is visible, and to which units."""
        with transaction(self._engine) as connection:
            return desk_sight.of_conversation(connection, conversation_id)

    def complaint_sight(self, ticket: str) -> Sight:
        """Give whether a complaint is an ordinary one, and its unit."""
        with transaction(self._engine) as connection:
            return desk_sight.of_complaint(connection, ticket)

    def forward(self, conversation_id: str, unit: str | None) -> bool:
        """Give what is open in a conversation to a unit."""
        forwarded = (
            update(escalations)
            .where(
                escalations.c.conversation_id == conversation_id,
                escalations.c.closed_at.is_(None),
            )
            .values(unit=unit)
        )
        with transaction(self._engine) as connection:
            return is_id(conversation_id) and connection.execute(forwarded).rowcount > 0

    def see(self, conversation_id: str, account: str, at: datetime) -> None:
        """Note that an account has looked at a conversation."""
        statement = upsert(desk_seen).values(
            conversation_id=conversation_id, account_id=account, seen_at=at
        )
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["conversation_id", "account_id"],
                    set_={"seen_at": func.greatest(desk_seen.c.seen_at, at)},
                )
            )

    def seen(self, account: str, conversation_ids: Collection[str]) -> Mapping[str, datetime]:
        """Give when an account last looked at these conversations."""
        ids = [item for item in conversation_ids if is_id(item)]
        looked = select(desk_seen.c.conversation_id, desk_seen.c.seen_at).where(
            desk_seen.c.conversation_id.in_(ids), desk_seen.c.account_id == account
        )
        with transaction(self._engine) as connection:
            return {row.conversation_id: row.seen_at for row in connection.execute(looked)}

    def viewers(self, conversation_id: str, now: datetime) -> Sequence[str]:
        """Give the accounts that have the conversation open now."""
        if not is_id(conversation_id):
            return ()
        looking = (
            select(desk_viewers.c.account_id)
            .distinct()
            .where(desk_viewers.c.conversation_id == conversation_id, desk_viewers.c.until > now)
        )
        with transaction(self._engine) as connection:
            return sorted(connection.execute(looking).scalars())
