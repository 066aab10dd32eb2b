"""What `tanya doctor` asks our own database and the permit registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import psycopg
from alembic.script import ScriptDirectory

from izin.errors import TanyaError
from izin.settings import Settings
from izin.storage.migrate import MIGRATIONS_FOLDER
from izin.storage.registry import open_registry
from ops.settings import OpsSettings

Row = tuple[Literal["ok", "warn", "fail"], str, dict[str, object]]
_CONNECT_TIMEOUT_S = 4


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def examine(settings: OpsSettings, url: str) -> Iterator[Row]:
    """Level, sentence part and parameters of each finding on the databases."""
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_TIMEOUT_S) as connection:
            yield ("ok", "database.ok", {})
            yield from _content(connection)
    except psycopg.Error as error:
        yield ("fail", "database.unreachable", {"detail": type(error).__name__})
        return
    yield _registry(settings, url)


def _content(connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[Row]:
    newest = ScriptDirectory(str(MIGRATIONS_FOLDER)).get_current_head()
    if _value(connection, "SELECT to_regclass('alembic_version')") is None:
        yield ("fail", "schema.missing", {})
        return
    applied = _value(connection, "SELECT version_num FROM alembic_version")
    if applied != newest:
        yield ("fail", "schema.old", {"applied": applied or "-", "newest": newest or "-"})
        return
    yield ("ok", "schema.ok", {"applied": applied})
    permits = _value(connection, "SELECT count(*) FROM permits WHERE published")
    answers = _value(connection, "SELECT count(*) FROM faq_entries WHERE published")
    if permits and answers:
        yield ("ok", "content.ok", {"permits": permits, "answers": answers})
    else:
        yield ("fail", "content.missing", {})


def _value(connection: psycopg.Connection[tuple[object, ...]], query: str) -> object:
    row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def _registry(settings: OpsSettings, url: str) -> Row:
    if settings.home and not settings.permit_database_url:
        return ("ok", "registry.not_connected", {})
    named = "named" if settings.permit_database_url else "demo"
    try:
        joined = Settings(database_url=url, permit_database_url=settings.permit_database_url)
        with closing(open_registry(joined, _Clock(), ZoneInfo("UTC"))) as registry:
            registry.ping()
    except TanyaError as error:
        level: Literal["fail", "warn"] = "fail" if settings.permit_database_url else "warn"
        return (level, f"registry.{named}_unreachable", {"detail": str(error)})
    return ("ok", f"registry.{named}_ok", {})
