"""The running house as the journeys see it: its doors, and the database for checking facts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import httpx
import psycopg
from sqlalchemy import Engine, text

from izin.applications import Application
from izin.office import Calendar, Office, OfficeHours
from izin.permits import Permit
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.registry import DEMO_SCHEMA
from izin.storage.registry.views import RegistryViews
from izin.wording import Wording
from ops.trial import Trial
from tests.fakes.meta import FakeMeta
from tests.fakes.telegram import FakeTelegram
from tests.journeys.chat import Chat


@dataclass
class Stack:
    """One running house with its fake platforms."""

    trial: Trial
    telegram: FakeTelegram
    meta: FakeMeta
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

    def nobody_present(self) -> None:
        """Let every officer leave, so that the next journey begins without one."""
        with self.engine.begin() as connection:
            connection.execute(text("delete from officer_sessions"))

    @contextmanager
    def locked(self, table: str, mode: str = "ACCESS EXCLUSIVE") -> Iterator[None]:
        """Let everybody who wants to write (or, by the default mode, touch) a table wait."""
        with psycopg.connect(self.trial.database_url) as connection:
            connection.execute(f"LOCK TABLE {table} IN {mode} MODE")
            try:
                yield
            finally:
                with suppress(psycopg.Error):  # a test may have killed the server meanwhile
                    connection.rollback()

    def waiters(self, table: str) -> int:
        """Count the database sessions that wait for a lock on a table."""
        return int(
            self.one(
                "select count(*) from pg_locks"
                " where not granted and relation = cast(:name as regclass)",
                name=table,
            )
        )

    def until(self, condition: Callable[[], bool], timeout_s: float = 15.0) -> None:
        """Return when a condition holds; it must within `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)

    def metrics(self) -> str:
        """Give the gateway's metrics."""
        answer = httpx.get(self.trial.metrics_url, trust_env=False)
        assert answer.status_code == 200
        return answer.text

    def permit(self, code: str) -> Permit:
        """Give a permit as the catalogue holds it."""
        return self.catalogue.permit(code)

    @cached_property
    def catalogue(self) -> PostgresCatalogue:
        """The catalogue in the database."""
        return PostgresCatalogue(self.engine)

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
        """Give an application as the registry holds it now."""
        with self.engine.connect() as connection:
            found = RegistryViews(self.office.zone, DEMO_SCHEMA).find(connection, number)
        assert found is not None, number
        return found

    def day(self, moment: datetime) -> str:
        """Give a moment's date as an answer writes it, without the weekday."""
        return self.wording.date(moment.astimezone(self.office.zone).date(), weekday=False)

    def open_at(self) -> datetime:
        """Give a moment within the next office hours, from tomorrow on."""
        hours = OfficeHours(self.office, self.calendar)
        opening = hours.next_opening(datetime.now(self.office.zone) + timedelta(days=1))
        assert opening is not None
        return opening + timedelta(minutes=30)

    def closed_at(self) -> datetime:
        """Give a moment outside office hours, on the evening of such a day."""
        return self.open_at().replace(hour=21)
