"""The catalogue's smaller items as rows: names, activities, fee tables, complaints, labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from izin.activities import Activity, ActivityAnswer, ActivityQuestion
from izin.storage.documents import plain
from izin.storage.postgres.flat_rows import Noun, as_noun, as_row
from izin.storage.tables import catalogue as tables


def insert_flat(
    connection: Connection, table: Table, noun: object, position: int, published: bool
) -> None:
    """Write one noun that lies in one table."""
    connection.execute(
        insert(table), {**as_row(noun), "position": position, "published": published}
    )


def read_flat(
    connection: Connection, table: Table, noun: type[Noun], *, drafts: bool = False
) -> tuple[Noun, ...]:
    """Give the nouns of one table in their order."""
    return tuple(as_noun(noun, row._mapping) for row in _rows(connection, table, drafts))


def insert_activity(
    connection: Connection, activity: Activity, position: int, published: bool
) -> None:
    """Write an activity and the permits it needs."""
    row = as_row(activity, without=("permits", "questions"))
    row |= {"questions": plain(activity.questions), "position": position, "published": published}
    connection.execute(insert(tables.activities), row)
    needed = [
        {"activity_key": activity.key, "position": number, "permit_code": code, "reason": reason}
        for number, (code, reason) in enumerate(activity.permits, 1)
    ]
    if needed:
        connection.execute(insert(tables.activity_permits), needed)


def read_activities(connection: Connection, *, drafts: bool = False) -> tuple[Activity, ...]:
    """Give the activities in their order."""
    table = tables.activity_permits
    needed: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(select(table).order_by(table.c.activity_key, table.c.position)):
        needed[row.activity_key].append((row.permit_code, row.reason))
    return tuple(
        as_noun(
            Activity,
            row._mapping,
            permits=tuple(needed.get(row.key, ())),
            questions=tuple(_question(item) for item in row.questions),
        )
        for row in _rows(connection, tables.activities, drafts)
    )


def _question(document: Mapping[str, Any]) -> ActivityQuestion:
    answers = tuple(
        ActivityAnswer(
            **{
                **answer,
                "words": tuple(answer["words"]),
                "add": tuple((code, why) for code, why in answer["add"]),
                "drop": tuple(answer["drop"]),
            }
        )
        for answer in document["answers"]
    )
    return ActivityQuestion(document["ask"], answers, document["measure"], tuple(document["after"]))


def read_fee_tables(connection: Connection, *, drafts: bool = False) -> dict[str, Any]:
    """Give each fee table's content by its name."""
    return {row.name: row.content for row in _rows(connection, tables.fee_tables, drafts)}


def read_status_labels(connection: Connection, *, drafts: bool = False) -> dict[str, str]:
    """Give each status code's label."""
    return {row.code: row.label for row in _rows(connection, tables.status_labels, drafts)}


def _rows(connection: Connection, table: Table, drafts: bool) -> list[Row[Any]]:
    query = select(table).order_by(table.c.position, *table.primary_key.columns)
    return list(connection.execute(query if drafts else query.where(table.c.published)))
