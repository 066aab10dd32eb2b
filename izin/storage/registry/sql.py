"""The office's permit registry behind any SQLAlchemy URL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from izin.applications import Application, Course
from izin.errors import InvalidInput, RegistryUnavailable
from izin.ports import Clock
from izin.storage.registry.breaker import CircuitBreaker
from izin.storage.registry.courses import read_courses
from izin.storage.registry.deadline import DeadlineThreads
from izin.storage.registry.engine import registry_engine
from izin.storage.registry.examination import RegistryFindings, examine
from izin.storage.registry.progress import read_open, read_received
from izin.storage.registry.views import RegistryViews

Answer = TypeVar("Answer")

_log = structlog.get_logger(__name__)


class SqlRegistry:
    """The port ``Registry``: reads only, waits at most ``timeout_s``, rests after failures."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        zone: ZoneInfo,
        *,
        schema: str | None = None,
        timeout_s: float = 2.0,
        connections: int = 4,
    ) -> None:
        """Prepare; nothing is connected before the first question.

        Args:
            url: SQLAlchemy or libpq URL of the database with the documented views.
            clock: Measures the rest of the circuit breaker.
            zone: Zone of times that carry none.
            schema: Schema of the views; None is the connection's default.
            timeout_s: Longest wait for one answer.
            connections: Most questions at once.

        Raises:
            InvalidInput: The URL is malformed or its driver is not installed.
        """
        self._engine = registry_engine(url, timeout_s, connections)
        self._zone = zone
        self._schema = schema
        self._views = RegistryViews(zone, schema)
        self._threads = DeadlineThreads(connections, timeout_s, "permit-registry")
        self._breaker = CircuitBreaker(clock)

    def find(self, number: str) -> Application | None:
        """Give the application with exactly this number (spaces and case aside), or None.

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        return self._ask("find", lambda connection: self._views.find(connection, number))

    def find_like(self, number: str) -> Sequence[Application]:
        """Give applications (at most 5, newest first) whose number has these parts.

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        return self._ask("find_like", lambda connection: self._views.find_like(connection, number))

    def of_phone(self, phone: str) -> Sequence[Application]:
        """Give the applications of a phone (``+62…``), newest first, at most 100.

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        return self._ask("of_phone", lambda connection: self._views.of_phone(connection, phone))

    def changed(self, known: Mapping[str, datetime | None]) -> Sequence[Application]:
        """Give those of the named applications whose ``changed_at`` is not the known one.

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        return self._ask("changed", lambda connection: self._views.changed(connection, known))

    def courses(self, permit_code: str, since: datetime) -> Sequence[Course]:
        """Give the ways of the permit's applications decided from ``since`` on (at most 200).

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        return self._ask(
            "courses",
            lambda connection: read_courses(
                connection, permit_code, since, self._zone, self._schema
            ),
            vital=False,
        )

    def open_applications(self, most: int) -> Sequence[Application]:
        """Give submitted applications that are not decided, with stages but no applicant.

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        return self._ask(
            "open_applications",
            lambda connection: read_open(connection, most, self._zone, self._schema),
            vital=False,
        )

    def received_applications(
        self, since: datetime, until: datetime, most: int
    ) -> Sequence[Application]:
        """Give applications submitted in a time, with stages but no applicant.

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        return self._ask(
            "received_applications",
            lambda connection: read_received(
                connection, since, until, most, self._zone, self._schema
            ),
            vital=False,
        )

    def ping(self) -> None:
        """Return when the registry answers.

        Raises:
            RegistryUnavailable: No readable answer in time.
        """
        self._ask("ping", self._views.ping)

    def examine(self, permit_codes: Collection[str]) -> RegistryFindings:
        """Examine the views: what is missing, unknown (``permit_codes``: known) or unreadable.

        Raises:
            RegistryUnavailable: No answer in time.
        """
        return self._ask(
            "examine",
            lambda connection: examine(connection, self._zone, self._schema, permit_codes),
        )

    def close(self) -> None:
        """Close connections and let the threads end."""
        self._threads.close()
        self._engine.dispose()

    def _ask(
        self, name: str, question: Callable[[Connection], Answer], *, vital: bool = True
    ) -> Answer:
        self._breaker.admit()
        try:
            answer = self._threads.run(lambda: self._in_transaction(question))
        except InvalidInput as error:
            self._breaker.succeeded()  # it answers; its data is at fault
            _log.error("registry_data_invalid", question=name, column=error.field)
            raise RegistryUnavailable("the permit registry holds unreadable data") from error
        except Exception as error:  # drivers raise what they like
            if vital:  # a slow statistic must not close the registry to citizens
                self._breaker.failed()
            # Only types: a driver's text may quote a citizen's data.
            _log.warning(
                "registry_failed",
                question=name,
                error=type(error).__name__,
                driver_error=type(getattr(error, "orig", None)).__name__,
            )
            raise RegistryUnavailable("the permit registry does not answer") from error
        self._breaker.succeeded()
        return answer

    def _in_transaction(self, question: Callable[[Connection], Answer]) -> Answer:
        with self._engine.connect() as connection, connection.begin():
            return question(connection)
