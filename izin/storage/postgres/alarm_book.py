"""How checks stand and what processes said of themselves, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, case, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import InterfaceError, OperationalError

from izin.alarms import Standing
from izin.conversations import ChatAddress
from izin.errors import NotFound, StorageUnavailable
from izin.health import Check, Sign, State
from izin.ports.health import PastAlarm
from izin.storage.postgres.chats import conversation_from_row
from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import conversations
from izin.storage.tables.health import health_alarms, health_checks, health_counts, health_signs

ALARMS_LIVE = timedelta(days=90)
SIGNS_LIVE = timedelta(days=7)
COUNTS_LIVE = timedelta(days=1)

_WATCH_LOCK = 7_203_028
_KNOWN = frozenset(check.value for check in Check)
_checks, _alarms = health_checks.c, health_alarms.c


class PostgresAlarmBook:
    """``izin.ports.health.AlarmBook`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    @contextmanager
    def watching(self) -> Iterator[bool]:
        """Give whether this process alone may watch now.

        A session's lock outside a transaction: none may be open while platforms are asked.
        """
        key = {"key": _WATCH_LOCK}
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except (OperationalError, InterfaceError) as error:
            raise StorageUnavailable("our database does not answer") from error
        with connection:
            try:
                mine = connection.execute(text("select pg_try_advisory_lock(:key)"), key).scalar()
            except (OperationalError, InterfaceError) as error:
                raise StorageUnavailable("our database does not answer") from error
            try:
                yield bool(mine)
            finally:
                if mine:
                    _unlock(connection, key)

    def standings(self) -> Mapping[Check, Standing]:
        """Give how every check stands."""
        with transaction(self._engine) as connection:
            rows = connection.execute(select(health_checks)).all()
        # A row of a newer release's check is left alone.
        return {Check(row.name): _standing(row) for row in rows if row.name in _KNOWN}

    def keep(self, standings: Collection[Standing], now: datetime) -> None:
        """Store how checks stand after a look."""
        with transaction(self._engine) as connection:
            for item in standings:
                statement = upsert(health_checks).values(name=item.check.value, **_columns(item))
                changed: dict[str, Any] = {
                    name: statement.excluded[name] for name in _columns(item)
                }
                # An alarm that is over is muted no more; else a person's word stays.
                over = statement.excluded.opened_at.is_(None)
                for name in ("muted_until", "muted_by"):
                    changed[name] = case((over, None), else_=health_checks.c[name])
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["name"], set_=changed)
                )
                _note(connection, item, now)

    def mute(self, check: Check, until: datetime | None, account_id: str) -> None:
        """Let nobody be told of an open alarm."""
        by = account_id if until else None
        with transaction(self._engine) as connection:
            found = connection.execute(
                update(health_checks)
                .where(_checks.name == check.value, _checks.opened_at.is_not(None))
                .values(muted_until=until, muted_by=by)
            )
        if not found.rowcount:
            raise NotFound(f"alarm {check.value!r}")

    def history(self, limit: int = 50) -> Sequence[PastAlarm]:
        """Give alarms, the newest first."""
        query = select(health_alarms).order_by(_alarms.opened_at.desc()).limit(limit)
        with transaction(self._engine) as connection:
            rows = connection.execute(query).all()
        return [
            PastAlarm(Check(row.name), row.opened_at, State(row.state), row.code, row.details,
                      row.told_at, row.closed_at)
            for row in rows if row.name in _KNOWN
        ]  # fmt: skip

    def beat(self, sign: Sign) -> None:
        """Store what a process says of itself."""
        values = {
            "kind": sign.kind, "at": sign.at, "started_at": sign.started_at,
            "document": dict(sign.document),
        }  # fmt: skip
        statement = upsert(health_signs).values(source=sign.source, **values)
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["source"], set_=values)
            )

    def signs(self) -> Sequence[Sign]:
        """Give what every process last said."""
        with transaction(self._engine) as connection:
            return signs_of(connection)

    def count(self, name: str, amount: int, now: datetime) -> None:
        """Add to a count of this minute."""
        minute = now.replace(second=0, microsecond=0)
        statement = upsert(health_counts).values(name=name, minute=minute, amount=amount)
        added = health_counts.c.amount + statement.excluded.amount
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["name", "minute"], set_={"amount": added}
                )
            )

    def counted(self, name: str, since: datetime) -> int:
        """Give a count since then."""
        with transaction(self._engine) as connection:
            return counted(connection, name, since)

    def forget(self, now: datetime) -> int:
        """Forget what is old."""
        old = (
            delete(health_alarms).where(_alarms.closed_at < now - ALARMS_LIVE),
            delete(health_signs).where(health_signs.c.at < now - SIGNS_LIVE),
            delete(health_counts).where(health_counts.c.minute < now - COUNTS_LIVE),
        )
        with transaction(self._engine) as connection:
            return sum(connection.execute(statement).rowcount for statement in old)


class PostgresChatAddresses:
    """``izin.ports.health.ChatAddresses`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine."""
        self._engine = engine

    def addresses(self, conversation_ids: Collection[str]) -> Sequence[ChatAddress]:
        """Give the addresses of conversations."""
        query = select(conversations).where(conversations.c.id.in_(list(conversation_ids)))
        with transaction(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        return [conversation_from_row(row).address for row in rows]


def signs_of(connection: Connection) -> list[Sign]:
    """Give what every process last said, by source."""
    rows = connection.execute(select(health_signs).order_by(health_signs.c.source))
    return [Sign(row.source, row.kind, row.at, row.started_at, row.document) for row in rows]


def counted(connection: Connection, name: str, since: datetime) -> int:
    """Give a count since then."""
    amount = func.coalesce(func.sum(health_counts.c.amount), 0)
    query = select(amount).where(health_counts.c.name == name, health_counts.c.minute >= since)
    return int(connection.execute(query).scalar_one())


def _unlock(connection: Connection, key: Mapping[str, int]) -> None:
    try:
        connection.execute(text("select pg_advisory_unlock(:key)"), key)
    except (OperationalError, InterfaceError):
        connection.invalidate()  # the connection broke, and the lock went with it


def _note(connection: Connection, item: Standing, now: datetime) -> None:
    """Write an alarm's row: begun, grown worse, told, or over."""
    if not item.is_open:
        connection.execute(
            update(health_alarms)
            .where(_alarms.name == item.check.value, _alarms.closed_at.is_(None))
            .values(closed_at=now)
        )
        return
    statement = upsert(health_alarms).values(
        name=item.check.value, opened_at=item.opened_at, told_at=item.told_at,
        state=(item.worst or item.state).value, code=item.code, details=dict(item.values),
    )  # fmt: skip
    worse = statement.excluded.state != _alarms.state
    told = func.coalesce(_alarms.told_at, statement.excluded.told_at)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name", "opened_at"],
            set_={
                "told_at": told,
                "state": statement.excluded.state,
                "code": case((worse, statement.excluded.code), else_=_alarms.code),
                "details": case((worse, statement.excluded.details), else_=_alarms.details),
            },
        )
    )


def _columns(item: Standing) -> dict[str, Any]:
    return {
        "state": item.state.value, "code": item.code, "details": dict(item.values),
        "since": item.since, "bad_since": item.bad_since, "good_since": item.good_since,
        "opened_at": item.opened_at, "worst": item.worst.value if item.worst else None,
        "told": item.told.value if item.told else None, "told_at": item.told_at,
    }  # fmt: skip


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        Check(row.name), State(row.state), row.code, row.details, row.since, row.bad_since,
        row.good_since, row.opened_at, State(row.worst) if row.worst else None,
        State(row.told) if row.told else None, row.told_at, row.muted_until, row.muted_by,
    )  # fmt: skip
