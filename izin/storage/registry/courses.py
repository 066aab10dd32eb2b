"""Reads how decided applications of a permit went, over the documented views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, column, literal_column, select, table

from izin.applications import DECISIONS, Course, StageVisit, course
from izin.storage.registry.records import RowReader
from izin.storage.registry.views import APPLICATIONS, HISTORY, read_status_map, rows_of

MOST_COURSES = 200


def read_courses(
    connection: Connection, permit_code: str, since: datetime, zone: ZoneInfo, schema: str | None
) -> Sequence[Course]:
    """Give the ways of the newest applications of a permit decided from ``since`` on.

    Raises:
        InvalidInput: A row cannot be read; ``field`` names the column.
    """
    status_map = read_status_map(connection, schema)
    numbers = _decided(connection, permit_code, since.astimezone(zone), status_map, schema)
    if not numbers:
        return ()
    reader = RowReader(zone, status_map)
    query: Select[Any] = (
        select(literal_column("*"))
        .select_from(table(HISTORY, schema=schema))
        .where(column("application_number").in_(numbers))
    )
    visits: defaultdict[Any, list[StageVisit]] = defaultdict(list)
    for row in rows_of(connection, query):
        visits[row["application_number"]].append(reader.visit(row))
    found = [way for own in visits.values() if (way := course(own)) is not None]
    recent = [way for way in found if way.decided_at >= since]
    return tuple(sorted(recent, key=lambda way: way.decided_at, reverse=True))


def _decided(
    connection: Connection,
    permit_code: str,
    since: datetime,
    status_map: Mapping[str, str],
    schema: str | None,
) -> list[Any]:
    """Give the numbers of the newest decided applications, each once."""
    application = table(
        APPLICATIONS, column("application_number"), column("permit_code"), schema=schema
    ).alias("a")
    visit = table(
        HISTORY, column("application_number"), column("status"), column("entered_at"),
        schema=schema,
    ).alias("h")  # fmt: skip
    # The databases keep times with a zone, without one, or as text: a day of room, and the
    # exact moment is compared after reading.
    from_day = datetime.combine(since.date() - timedelta(days=1), time())
    query: Select[Any] = (
        select(visit.c.application_number)
        .select_from(
            application.join(visit, application.c.application_number == visit.c.application_number)
        )
        .where(
            application.c.permit_code.in_(_spellings([permit_code])),
            visit.c.status.in_(_words_for_decided(status_map)),
            visit.c.entered_at >= from_day,
        )
        .order_by(visit.c.entered_at.desc())
        .limit(MOST_COURSES)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def _words_for_decided(status_map: Mapping[str, str]) -> list[str]:
    codes = {status.value for status in DECISIONS}
    own = {word for word, code in status_map.items() if "_".join(code.upper().split()) in codes}
    return _spellings([*codes, *own])


def _spellings(words: Iterable[str]) -> list[str]:
    """Give the ways a word is written: comparing the column itself leaves an index usable."""
    return sorted(
        {way for word in words for way in (word, word.upper(), word.lower(), word.title())}
    )
