"""The running house as journeys see it: its simulator, and the database for checking facts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
from sqlalchemy import Engine, select, text

from izin.applications import Application
from izin.office import Calendar, Office, OfficeHours
from izin.storage.postgres.identifiers import has_chat
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.registry import DEMO_SCHEMA
from izin.storage.registry.views import RegistryViews
from izin.storage.tables.conversations import conversations
from izin.storage.tables.encrypted import opened
from izin.wording import Wording
from ops.journeys.chat import Chat, Unfulfilled

_LOOK_EVERY_S = 0.02


@dataclass
class World:
    """One running house.

    Attributes:
        http: Speaks to its gateway, whose simulator is on.
        engine: Its database, with the demo registry, opened with the keys of that house.
    """

    http: httpx.Client
    engine: Engine

    def chat(self, channel: str, phone: str | None = None) -> Chat:
        """Give a new citizen's chat in the simulator."""
        return Chat(self.http, channel, phone)

    def rows(self, statement: str, **parameters: Any) -> list[Mapping[str, Any]]:
        """Read from its database."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement), parameters).mappings()]

    def one(self, statement: str, **parameters: Any) -> Any:
        """Read one value from its database."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement), parameters).scalar()

    def opened(self, purpose: str, value: Any) -> str | None:
        """Give a value of an encrypted column, read by :meth:`one`, as it was meant."""
        return opened(self.engine, purpose, value)

    def conversation(self, chat: str) -> str | None:
        """Give the id of a chat's conversation, None before its first message is stored.

        Addresses lie encrypted: SQL by hand finds no chat.
        """
        with self.engine.connect() as connection:
            query = select(conversations.c.id).where(has_chat(connection, chat))
            found = connection.execute(query).scalar_one_or_none()
        return str(found) if found is not None else None

    def nobody_present(self) -> None:
        """Let every officer leave, so that the next journey begins without one."""
        with self.engine.begin() as connection:
            connection.execute(text("delete from officer_sessions"))

    def comes(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Say whether a condition holds within `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_EVERY_S)
        return True

    def until(self, condition: Callable[[], bool], timeout_s: float = 15.0) -> None:
        """Return when a condition holds.

        Raises:
            Unfulfilled: It does not within `timeout_s`.
        """
        if not self.comes(condition, timeout_s):
            raise Unfulfilled("waited in vain")

    @cached_property
    def office(self) -> Office:
        """The office."""
        return PostgresOfficeBook(self.engine).office()

    @cached_property
    def calendar(self) -> Calendar:
        """Its calendar."""
        return PostgresOfficeBook(self.engine).calendar()

    @cached_property
    def wording(self) -> Wording:
        """Writes dates and amounts as the product does."""
        return Wording()

    def application(self, number: str) -> Application:
        """Give an application as the registry holds it now.

        Raises:
            Unfulfilled: There is none.
        """
        with self.engine.connect() as connection:
            found = RegistryViews(self.office.zone, DEMO_SCHEMA).find(connection, number)
        if found is None:
            raise Unfulfilled(f"no application {number}")
        return found

    def open_at(self) -> datetime:
        """Give a moment within the next office hours, from tomorrow on.

        Raises:
            Unfulfilled: The office never opens.
        """
        hours = OfficeHours(self.office, self.calendar)
        opening = hours.next_opening(datetime.now(self.office.zone) + timedelta(days=1))
        if opening is None:
            raise Unfulfilled("the office never opens")
        return opening + timedelta(minutes=30)

    def closed_at(self) -> datetime:
        """Give a moment outside office hours, on the evening of such a day."""
        return self.open_at().replace(hour=21)
