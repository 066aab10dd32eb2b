"""The running house as the journeys see it: its doors, and the database for checking facts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import httpx
import psycopg

from izin.permits import Permit
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.identifiers import PLATFORM_ID, mark
from ops.journeys.world import World
from ops.trial import Trial
from tests.fakes.meta import FakeMeta
from tests.fakes.telegram import FakeTelegram


@dataclass
class Stack(World):
    """One running house with its fake platforms."""

    trial: Trial
    telegram: FakeTelegram
    meta: FakeMeta

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

    def marked(self, external_id: str) -> str:
        """Give a platform's message id as it is stored."""
        return mark(self.engine, PLATFORM_ID, external_id)

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

    def day(self, moment: datetime) -> str:
        """Give a moment's date as an answer writes it, without the weekday."""
        return self.wording.date(moment.astimezone(self.office.zone).date(), weekday=False)
