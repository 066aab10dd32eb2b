"""What `tanya doctor` repeats of the watch's alarms, and whether anybody can hear them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from izin.accounts import Role
from izin.errors import TanyaError
from izin.health import WATCH, State
from izin.health_words import HealthWords
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.alarm_book import PostgresAlarmBook
from izin.storage.postgres.engine import create
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from izin.wording import Wording

Row = tuple[Literal["ok", "warn", "fail"], str, dict[str, object]]


def examine(url: str, wording: Wording | None = None) -> Iterator[Row]:
    """Level, sentence part and parameters of each finding on the alarms."""
    words = HealthWords(wording or Wording())
    engine = create(url, pool_size=1)
    try:
        book = PostgresAlarmBook(engine)
        standings = [item for item in book.standings().values() if item.is_open]
        watch = next((sign for sign in book.signs() if sign.kind == WATCH), None)
        accounts = PostgresAccounts(engine).all()
        admins = [one.id for one in accounts if one.active and Role.ADMIN in one.roles]
        heard = bool(PostgresOfficerChats(engine).chats(admins))
    except (TanyaError, SQLAlchemyError):
        return  # the database's own findings say it
    finally:
        engine.dispose()
    for item in standings:
        said = {
            "title": words.title(item.check),
            "said": words.found(item),
        }
        if item.worst is State.FAILED and not item.is_mending:
            yield ("fail", "alarms.open", said)
        else:
            yield ("warn", "alarms.open", said)
    if watch is None or not watch.is_fresh(datetime.now(UTC)):
        yield ("warn", "alarms.unwatched", {})
    elif not standings:
        yield ("ok", "alarms.none", {})
    if not heard:
        yield ("warn", "alarms.deaf", {})
