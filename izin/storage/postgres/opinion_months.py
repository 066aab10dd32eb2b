"""Ratings and surveys older than a year: counts by month are kept, what one citizen said is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, Table, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversations import Namespace
from izin.satisfaction import ELEMENTS, Rating, SurveyResponse, period_of
from izin.storage.postgres.batches import BATCH, MOST_AT_ONCE
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.tables.keeping import rating_months, survey_months
from izin.storage.tables.satisfaction import ratings, survey_responses

OPINIONS_LIVE = timedelta(days=365)

_SURVEYS = ""
"""Stands for a whole survey among the elements, so that surveys can be counted."""


def merge_old_opinions(engine: Engine, now: datetime) -> int:
    """Turn ratings and surveys of whole months that ended a year ago into counts."""
    zone = PostgresOfficeBook(engine).office().zone
    first = (now - OPINIONS_LIVE).astimezone(zone).date().replace(day=1)
    before = datetime(first.year, first.month, 1, tzinfo=zone)
    done = 0
    for merge in (_merge_surveys, _merge_ratings):
        while done < MOST_AT_ONCE:
            with transaction(engine) as connection:
                went = merge(connection, before, zone)
            done += went
            if went < BATCH:
                break
    return done


def _merge_surveys(connection: Connection, before: datetime, zone: ZoneInfo) -> int:
    rows = connection.execute(
        select(survey_responses)
        .where(survey_responses.c.at < before)
        .order_by(survey_responses.c.at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    counts: Counter[tuple[str, date, str, int]] = Counter()
    for row in rows:
        month = row.at.astimezone(zone).date().replace(day=1)
        counts[row.namespace, month, _SURVEYS, 0] += 1
        for element, score in row.scores.items():
            counts[row.namespace, month, element, score] += 1
    _add(connection, survey_months, "element", counts)
    connection.execute(
        delete(survey_responses).where(survey_responses.c.id.in_([row.id for row in rows]))
    )
    return len(rows)


def _merge_ratings(connection: Connection, before: datetime, zone: ZoneInfo) -> int:
    rows = connection.execute(
        select(ratings)
        .where(ratings.c.at < before)
        .order_by(ratings.c.at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    counts: Counter[tuple[str, date, str, int]] = Counter()
    for row in rows:
        month = row.at.astimezone(zone).date().replace(day=1)
        counts[row.namespace, month, row.subject, row.score] += 1
    _add(connection, rating_months, "subject", counts)
    connection.execute(delete(ratings).where(ratings.c.id.in_([row.id for row in rows])))
    return len(rows)


def _add(
    connection: Connection, table: Table, name: str, counts: Counter[tuple[str, date, str, int]]
) -> None:
    for (namespace, month, named, score), count in sorted(counts.items()):
        added = upsert(table).values(
            {
                "namespace": namespace,
                "month": month,
                name: named,
                "score": score,
                "responses": count,
            }
        )
        connection.execute(
            added.on_conflict_do_update(
                index_elements=["namespace", "month", name, "score"],
                set_={"responses": table.c.responses + added.excluded.responses},
            )
        )


def merged_surveys(
    connection: Connection, since: datetime, until: datetime, namespace: Namespace
) -> list[SurveyResponse]:
    """Give surveys that count as the merged ones of whole months in a period do.

    Nobody gave these: element by element they have the scores that were given, in any order,
    so that every sum, average and index over them is the true one.
    """
    found: list[SurveyResponse] = []
    for month, rows in _months(connection, survey_months, since, until, namespace).items():
        scores: list[dict[str, int]] = [
            {} for _ in range(sum(row.responses for row in rows if row.element == _SURVEYS))
        ]
        for element in ELEMENTS:
            given = [row for row in rows if row.element == element.name]
            flat = [row.score for row in given for _ in range(row.responses)]
            for survey, score in zip(scores, flat, strict=False):
                survey[element.name] = score
        at = datetime(month.year, month.month, 1, tzinfo=since.tzinfo)
        found += [SurveyResponse(None, period_of(month), survey, at) for survey in scores]
    return found


def merged_ratings(
    connection: Connection, since: datetime, until: datetime, namespace: Namespace
) -> list[Rating]:
    """Give the ratings of whole months in a period that are kept as counts alone."""
    return [
        Rating(
            None, row.subject, row.score, datetime(month.year, month.month, 1, tzinfo=since.tzinfo)
        )
        for month, rows in _months(connection, rating_months, since, until, namespace).items()
        for row in rows
        for _ in range(row.responses)
    ]


def _months(
    connection: Connection, table: Table, since: datetime, until: datetime, namespace: Namespace
) -> dict[date, list[Row[Any]]]:
    """Give the rows of the months that lie wholly in a period; their days are not known."""
    query = (
        select(table)
        .where(
            table.c.namespace == namespace, table.c.month >= since.date(),
            table.c.month < until.date(),
        )
        .order_by(*table.primary_key.columns)
    )  # fmt: skip
    months: dict[date, list[Row[Any]]] = {}
    for row in connection.execute(query):
        following = (row.month + timedelta(days=31)).replace(day=1)
        if following <= until.date():
            months.setdefault(row.month, []).append(row)
    return months


def bound_hourly(engine: Engine) -> dict[str, Callable[[datetime], int]]:
    """Give the job by name."""
    return {"merge_old_opinions": partial(merge_old_opinions, engine)}
