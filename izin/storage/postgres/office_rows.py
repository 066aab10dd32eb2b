"""The office and its opening hours as rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import time

from sqlalchemy import Connection, insert, select

from izin.office import Office
from izin.storage.postgres.flat_rows import as_noun, as_row
from izin.storage.tables.content import office, opening_hours


def insert_office(connection: Connection, noun: Office) -> None:
    """Write the one office and its hours."""
    latitude, longitude = noun.location or (None, None)
    row = as_row(noun, without=("location", "opening_hours"))
    connection.execute(
        insert(office), {**row, "id": 1, "latitude": latitude, "longitude": longitude}
    )
    spans = [
        {"weekday": weekday, "opens": opens, "closes": closes}
        for weekday, open_spans in noun.opening_hours.items()
        for opens, closes in open_spans
    ]
    if spans:
        connection.execute(insert(opening_hours), spans)


def read_office(connection: Connection) -> Office | None:
    """Give the office, or None before it was seeded."""
    row = connection.execute(select(office)).mappings().one_or_none()
    if row is None:
        return None
    hours: defaultdict[int, list[tuple[time, time]]] = defaultdict(list)
    for span in connection.execute(
        select(opening_hours).order_by(opening_hours.c.weekday, opening_hours.c.opens)
    ):
        hours[span.weekday].append((span.opens, span.closes))
    located = row["latitude"] is not None
    return as_noun(
        Office,
        row,
        location=(row["latitude"], row["longitude"]) if located else None,
        opening_hours={weekday: tuple(spans) for weekday, spans in hours.items()},
    )
