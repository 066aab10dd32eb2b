"""Reads applications with their stages and nothing of applicants, for figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, column, literal_column, select, table

from izin.applications import Application, Status
from izin.storage.registry.records import RowReader
from izin.storage.registry.views import APPLICATIONS, HISTORY, read_status_map, rows_of

ASKED_AT_ONCE = 500
"""Numbers in one question: some databases allow no more than a thousand."""

_NEEDED = ("application_number", "permit_code", "status", "stage", "unit", "submitted_at")
_IF_THERE = "sla_working_days"
_STAGES = ("application_number", "status", "stage", "unit", "entered_at", "left_at")


def read_open(
    connection: Connection, most: int, zone: ZoneInfo, schema: str | None
) -> Sequence[Application]:
    """Give submitted applications that are not decided, the oldest first.

    Raises:
        InvalidInput: A row cannot be read; ``field`` names the column.
    """
    status_map = read_status_map(connection, schema)
    submitted = [status for status in Status if status.is_open and status is not Status.DRAFT]
    view = _applications(connection, schema)
    query = (
        select(view)
        .where(view.c.status.in_(_words(submitted, status_map)))
        .order_by(view.c.submitted_at, view.c.application_number)
        .limit(most)
    )
    return _complete(connection, query, RowReader(zone, status_map), schema)


def read_received(
    connection: Connection,
    since: datetime,
    until: datetime,
    most: int,
    zone: ZoneInfo,
    schema: str | None,
) -> Sequence[Application]:
    """Give applications submitted from ``since`` to before ``until``, the newest first.

    Raises:
        InvalidInput: A row cannot be read; ``field`` names the column.
    """
    view = _applications(connection, schema)
    # Times carry a zone, none, or are text: a day of room, and the moment is compared below.
    first = datetime.combine(since.astimezone(zone).date() - timedelta(days=1), time())
    last = datetime.combine(until.astimezone(zone).date() + timedelta(days=1), time())
    query = (
        select(view)
        .where(view.c.submitted_at >= first, view.c.submitted_at <= last)
        .order_by(view.c.submitted_at.desc(), view.c.application_number)
        .limit(most)
    )
    reader = RowReader(zone, read_status_map(connection, schema))
    found = _complete(connection, query, reader, schema)
    return tuple(item for item in found if since <= item.submitted_at < until)


def _applications(connection: Connection, schema: str | None) -> Any:
    """Give the view with the columns that are counted, and no other."""
    anything = table(APPLICATIONS, schema=schema)
    query: Select[Any] = select(literal_column("*")).select_from(anything).limit(1)
    present = {str(name).lower() for name in connection.execute(query).keys()}  # noqa: SIM118
    names = (*_NEEDED, _IF_THERE) if _IF_THERE in present else _NEEDED
    return table(APPLICATIONS, *(column(name) for name in names), schema=schema)


def _complete(
    connection: Connection, query: Select[Any], reader: RowReader, schema: str | None
) -> tuple[Application, ...]:
    rows = rows_of(connection, query)
    numbers = [row["application_number"] for row in rows]
    history: defaultdict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    view = table(HISTORY, *(column(name) for name in _STAGES), schema=schema)
    for begin in range(0, len(numbers), ASKED_AT_ONCE):
        wanted = numbers[begin : begin + ASKED_AT_ONCE]
        stages = select(view).where(view.c.application_number.in_(wanted))
        for row in rows_of(connection, stages):
            history[row["application_number"]].append(row)
    return tuple(
        reader.application(row, history[row["application_number"]], (), ()) for row in rows
    )


def _words(statuses: Iterable[Status], status_map: Mapping[str, str]) -> list[str]:
    """Give how these are written: comparing the column itself leaves an index usable."""
    codes = {status.value for status in statuses}
    own = {word for word, code in status_map.items() if "_".join(code.upper().split()) in codes}
    return sorted(
        {way for word in codes | own for way in (word, word.upper(), word.lower(), word.title())}
    )
