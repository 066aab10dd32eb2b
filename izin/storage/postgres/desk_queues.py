"""The inbox's queues and the search over conversations, on PostgreSQL.

Open ones are few and met through partial indexes; ended ones are read from their index, a page
at a time. Words, tickets and phones of rows are read for one page only.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from izin.desk import (
    MOST_COUNTED,
    PAGE,
    Days,
    DeskPage,
    Filters,
    Found,
    Queue,
    Seat,
)
from izin.desk_search import Wanted
from izin.storage.postgres import desk_rows
from izin.storage.postgres.desk_sql import OF_UNIT
from izin.storage.postgres.engine import is_id, transaction

_OPENED = """
opened AS MATERIALIZED (
    SELECT conversation_id, min(opened_at) AS opened_at, min(respond_by) AS respond_by,
           bool_or(reason = 'urgent') AS urgent, array_agg(reason ORDER BY id) AS reasons,
           array_remove(array_agg(DISTINCT unit), NULL) AS units
      FROM escalations WHERE closed_at IS NULL GROUP BY conversation_id
), held AS MATERIALIZED (
    SELECT conversation_id, officer, claimed_at, replied_at
      FROM officer_handlings WHERE ended_at IS NULL
), desk AS MATERIALIZED (
    SELECT conversations.id, conversations.channel,
           coalesce(opened.opened_at, held.claimed_at) AS at,
           coalesce(opened.respond_by, 'infinity'::date) AS due,
           CASE WHEN opened.urgent THEN 0 ELSE 1 END AS calm,
           coalesce(opened.reasons, '{{}}') AS reasons, coalesce(opened.units, '{{}}') AS units,
           held.officer,
           coalesce(held.replied_at, (
               SELECT max(officer_handlings.replied_at) FROM officer_handlings
                WHERE officer_handlings.conversation_id = conversations.id
           )) > coalesce(conversations.last_inbound_at, '-infinity') AS answered
      FROM opened FULL JOIN held USING (conversation_id)
      JOIN conversations ON conversations.id = coalesce(opened.conversation_id, held.conversation_id)
)
"""  # noqa: E501

_IN_QUEUE = {
    Queue.MINE: "officer = :account",
    Queue.UNASSIGNED: "officer IS NULL",
    Queue.UNIT: "(cardinality(units) = 0 OR :seat_unit = ANY(units))",
    Queue.WAITING: "coalesce(answered, false)",
    Queue.SOON: "due BETWEEN :today AND :soon",
    Queue.OVERDUE: "due < :today",
}

_COUNTS = f"""
WITH {_OPENED}
SELECT {", ".join(f"count(*) FILTER (WHERE {rule}) AS {name}" for name, rule in _IN_QUEUE.items())}
  FROM desk WHERE {{sight}}
"""  # noqa: S608

_ROWS = f"""
WITH {_OPENED}
SELECT id::text AS chat_id, at, due::text AS due_on, calm
  FROM desk WHERE {{rules}}
 ORDER BY calm, due, at, id LIMIT {PAGE + 1}
"""  # noqa: S608

_ENDED = """
  FROM escalations
 WHERE closed_at IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM escalations AS later
                    WHERE later.conversation_id = escalations.conversation_id
                      AND (later.closed_at IS NULL
                           OR (later.closed_at, later.id) > (escalations.closed_at, escalations.id)))
   AND NOT EXISTS (SELECT 1 FROM officer_handlings
                    WHERE officer_handlings.conversation_id = escalations.conversation_id
                      AND ended_at IS NULL)
"""  # noqa: E501

_COUNT_ENDED = f"SELECT count(*) FROM (SELECT 1 {_ENDED} AND {{sight}} LIMIT :most) AS ended"  # noqa: S608

_FILTERS = {
    "channel": "channel = :channel",
    "reason": ":reason = ANY(reasons)",
    "unit": ":unit = ANY(units)",
    "since": "at >= :since",
    "until": "at < :until",
    "permit": """(
        EXISTS (SELECT 1 FROM complaints
                 WHERE conversation_id = {id} AND permit_code = :permit)
        OR EXISTS (SELECT 1 FROM subscriptions
                    WHERE conversation_id = {id} AND permit_code = :permit))""",
}
_ENDED_FILTERS = {
    **_FILTERS,
    "channel": "(SELECT channel FROM conversations WHERE id = conversation_id) = :channel",
    "reason": "reason = :reason",
    "unit": "unit = :unit",
    "since": "closed_at >= :since",
    "until": "closed_at < :until",
}


class PostgresDeskQueues:
    """``izin.ports.DeskQueues`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def page(
        self, queue: Queue, seat: Seat, days: Days, filters: Filters, after: str | None = None
    ) -> DeskPage:
        """Give a page of a queue."""
        with transaction(self._engine) as connection:
            if queue is Queue.CLOSED:
                return _ended(connection, seat, filters, after)
            return _open(connection, queue, seat, days, filters, after)

    def counts(self, seat: Seat, days: Days) -> Mapping[Queue, int]:
        """Give the length of every queue."""
        values = {**_seat(seat), "today": days.today, "soon": days.soon}
        sight = OF_UNIT.format(id="desk.id") if seat.unit else "true"
        ended_sight = OF_UNIT.format(id="escalations.conversation_id") if seat.unit else "true"
        ended = _COUNT_ENDED.format(sight=ended_sight)
        with transaction(self._engine) as connection:
            row = connection.execute(text(_COUNTS.format(sight=sight)), values).mappings().one()
            closed = connection.execute(text(ended), {**values, "most": MOST_COUNTED}).scalar_one()
        return {**{queue: row[queue] for queue in _IN_QUEUE}, Queue.CLOSED: closed}

    def search(self, seat: Seat, wanted: Wanted, limit: int = 30) -> Sequence[Found]:
        """Give the conversations that match, the one last heard of first."""
        with transaction(self._engine) as connection:
            ids = desk_rows.matching(connection, seat, wanted, limit)
            lines = desk_rows.matching_lines(connection, ids, wanted)
            rows = desk_rows.rows(connection, ids, seat)
        by_words = set(ids.by_words)
        return [
            Found(row, lines.get(row.conversation_id))
            for row in rows
            if row.conversation_id in lines or row.conversation_id not in by_words
        ]


def _seat(seat: Seat) -> dict[str, Any]:
    return {"account": seat.account, "seat_unit": seat.unit}


def _narrowed(
    filters: Filters, rules: Mapping[str, str], id_column: str
) -> tuple[list[str], dict[str, Any]]:
    given = {name: value for name in rules if (value := getattr(filters, name)) not in (None, "")}
    return [rules[name].format(id=id_column) for name in given], given


def _open(
    connection: Connection, queue: Queue, seat: Seat, days: Days, filters: Filters,
    after: str | None,
) -> DeskPage:  # fmt: skip
    rules, given = _narrowed(filters, _FILTERS, "desk.id")
    rules = [_IN_QUEUE[queue], *rules]
    values = {**_seat(seat), "today": days.today, "soon": days.soon, **given}
    if seat.unit:
        rules.append(OF_UNIT.format(id="desk.id"))
    mark = _read(after, 4)
    if mark:
        rules.append("(calm, due, at, id) > (:calm, cast(:due as date), :at, cast(:id as uuid))")
        values |= {
            "calm": int(mark[0]), "due": mark[1], "at": datetime.fromisoformat(mark[2]),
            "id": mark[3],
        }  # fmt: skip
    found = connection.execute(
        text(_ROWS.format(rules=" AND ".join(rules))),
        values,
    ).all()
    rows = desk_rows.rows(connection, desk_rows.Ids([row.chat_id for row in found[:PAGE]]), seat)
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = _mark(last.calm, last.due_on, last.at.isoformat(), last.chat_id) if last else None
    return DeskPage(tuple(rows), following)


def _ended(connection: Connection, seat: Seat, filters: Filters, after: str | None) -> DeskPage:
    rules, given = _narrowed(filters, _ENDED_FILTERS, "escalations.conversation_id")
    values: dict[str, Any] = {**_seat(seat), **given}
    if seat.unit:
        rules.append(OF_UNIT.format(id="escalations.conversation_id"))
    mark = _read(after, 2)
    if mark:
        rules.append("(closed_at, conversation_id) < (:at, cast(:id as uuid))")
        values |= {"at": datetime.fromisoformat(mark[0]), "id": mark[1]}
    narrowed = "".join(f" AND {rule}" for rule in rules)
    found = connection.execute(
        text(
            f"SELECT conversation_id::text AS chat_id, closed_at {_ENDED}{narrowed}"
            f" ORDER BY closed_at DESC, conversation_id DESC LIMIT {PAGE + 1}"
        ),
        values,
    ).all()
    rows = desk_rows.rows(connection, desk_rows.Ids([row.chat_id for row in found[:PAGE]]), seat)
    last = found[PAGE - 1] if len(found) > PAGE else None
    following = _mark(last.closed_at.isoformat(), last.chat_id) if last else None
    return DeskPage(tuple(rows), following)


def _mark(*parts: object) -> str:
    document = json.dumps([str(part) for part in parts])
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def _read(after: str | None, parts: int) -> list[str] | None:
    """Give the parts of a mark; None for what is none of ours."""
    try:
        document = base64.urlsafe_b64decode((after or "") + "==")
        found = [str(part) for part in json.loads(document)]
        datetime.fromisoformat(found[-2])
        if parts == 4:
            int(found[0])
            if found[1] != "infinity":
                date.fromisoformat(found[1])
    except (ValueError, TypeError, IndexError, binascii.Error, UnicodeDecodeError):
        return None
    return found if len(found) == parts and is_id(found[-1]) else None
