"""Officers' chats, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.officer_chats import LinkedChat
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.units import channel_links, officer_chat_codes, officer_chats

_TELEGRAM = "telegram"


class PostgresOfficerChats:
    """``izin.ports.officer_chats.OfficerChats`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def begin(self, account_id: str, code_hash: str, expires_at: datetime) -> None:
        """Store the code that links a chat."""
        values = {"code_hash": code_hash, "expires_at": expires_at}
        statement = upsert(officer_chat_codes).values(account_id=account_id, **values)
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["account_id"], set_=values)
            )

    def redeem(self, code_hash: str, conversation_id: str, now: datetime) -> str | None:
        """Link a chat with a code, once."""
        codes = officer_chat_codes
        with transaction(self._engine) as connection:
            account_id = connection.execute(
                delete(codes)
                .where(codes.c.code_hash == code_hash, codes.c.expires_at > now)
                .returning(codes.c.account_id)
            ).scalar()
            if account_id is None:
                return None
            connection.execute(
                delete(officer_chats).where(
                    (officer_chats.c.account_id == account_id)
                    | (officer_chats.c.conversation_id == conversation_id)
                )
            )
            connection.execute(
                insert(officer_chats).values(
                    account_id=account_id, conversation_id=conversation_id, linked_at=now
                )
            )
            return str(account_id)

    def of(self, account_id: str) -> LinkedChat | None:
        """Give the chat an account linked, or None."""
        if not is_id(account_id):
            return None
        query = select(officer_chats).where(officer_chats.c.account_id == account_id)
        with transaction(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else LinkedChat(account_id, row.conversation_id, row.linked_at)

    def unlink(self, account_id: str) -> bool:
        """End the link and a code that waits."""
        with transaction(self._engine) as connection:
            connection.execute(
                delete(officer_chat_codes).where(officer_chat_codes.c.account_id == account_id)
            )
            gone = delete(officer_chats).where(officer_chats.c.account_id == account_id)
            return bool(connection.execute(gone).rowcount)

    def chats(self, account_ids: Iterable[str]) -> Mapping[str, str]:
        """Give the conversations of those accounts that linked one."""
        wanted = officer_chats.c.account_id.in_([one for one in account_ids if is_id(one)])
        with transaction(self._engine) as connection:
            rows = connection.execute(select(officer_chats).where(wanted)).all()
        return {row.account_id: row.conversation_id for row in rows}

    def note_bot(self, url: str) -> None:
        """Remember the address of the bot's private chat."""
        statement = upsert(channel_links).values(channel=_TELEGRAM, url=url)
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["channel"], set_={"url": url})
            )

    def bot(self) -> str:
        """Give that address, empty until it is known."""
        query = select(channel_links.c.url).where(channel_links.c.channel == _TELEGRAM)
        with transaction(self._engine) as connection:
            return str(connection.execute(query).scalar() or "")
