"""Reads the documented views (docs/howto/connect-your-permit-database.md) of a registry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lokal import normalize_phone
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    TableClause,
    and_,
    column,
    func,
    inspect,
    literal_column,
    select,
    table,
)

from izin.applications import MOST_OF_PHONE, Application, Status
from izin.errors import InvalidInput
from izin.storage.registry.numbers import (
    like_pattern,
    matches_incomplete,
    normalise_number,
    number_parts,
    telling_part,
)
from izin.storage.registry.records import RowReader

APPLICATIONS = "tanya_applications"
HISTORY = "tanya_stage_history"
MISSING = "tanya_missing_documents"
ISSUED = "tanya_issued_permits"
STATUS_MAP = "tanya_status_map"

MOST_LIKE = 5
_MOST_CANDIDATES = 500

Row = Mapping[str, Any]


class RegistryViews:
    """The queries; each method works on a connection of the caller's transaction."""

    def __init__(self, zone: ZoneInfo, schema: str | None = None) -> None:
        """Take the zone of naive times and the schema of the views (None: the default one)."""
        self._zone = zone
        self._schema = schema

    def find(self, connection: Connection, number: str) -> Application | None:
        """Give the application with this number, however it is spaced and capitalised.

        Raises:
            InvalidInput: Its rows cannot be read, or two applications have the number.
        """
        wanted = normalise_number(number)
        if not wanted:
            return None
        own: ColumnElement[Any] = column("application_number")
        rows = self._applications(connection, own.in_(sorted({number.strip(), wanted})), 10)
        if not rows:  # not stored in that form: compare without an index
            rows = self._applications(connection, _spaceless(own) == wanted, 10)
        rows = [row for row in rows if normalise_number(str(row["application_number"])) == wanted]
        if len(rows) > 1:
            raise InvalidInput("two applications have the same number", field="application_number")
        return next(iter(self._complete(connection, rows)), None)

    def find_like(self, connection: Connection, number: str) -> Sequence[Application]:
        """Give the newest applications whose number holds the parts of an incomplete one."""
        if not any(part.isdigit() for part in number_parts(number)):
            return ()
        rows = [
            row
            for row in self._applications(connection, _like(number), _MOST_CANDIDATES)
            if matches_incomplete(str(row["application_number"]), number)
        ]
        return self._complete(connection, rows[:MOST_LIKE])

    def of_phone(self, connection: Connection, phone: str) -> Sequence[Application]:
        """Give the newest applications of a phone."""
        international = normalize_phone(phone)
        if international is None:
            return ()
        spellings = (international, international[1:], f"0{international[3:]}")
        rows = self._applications(connection, column("phone").in_(spellings), MOST_OF_PHONE)
        return self._complete(connection, rows)

    def changed(
        self, connection: Connection, known: Mapping[str, datetime | None]
    ) -> Sequence[Application]:
        """Give those of the named applications whose ``changed_at`` is not the known one.

        ``known`` holds numbers as the registry writes them; at most 200.
        """
        if not known:
            return ()
        own: ColumnElement[Any] = column("application_number")
        rows = self._applications(connection, own.in_(sorted(known)), 2 * len(known))
        reader = RowReader(self._zone)
        return self._complete(
            connection,
            [
                row
                for row in rows
                if (at := reader.changed_at(row)) is None
                or at != known.get(str(row["application_number"]))
            ],
        )

    def ping(self, connection: Connection) -> None:
        """Return when the main view can be read."""
        connection.execute(
            select(column("application_number")).select_from(self._view(APPLICATIONS)).limit(1)
        )

    def _view(self, name: str) -> TableClause:
        return table(name, schema=self._schema)

    def _applications(
        self, connection: Connection, condition: ColumnElement[bool], most: int
    ) -> list[Row]:
        query: Select[Any] = (
            select(literal_column("*"))
            .select_from(self._view(APPLICATIONS))
            .where(condition)
            .order_by(column("submitted_at").desc(), column("application_number"))
            .limit(most)
        )
        return rows_of(connection, query)

    def _complete(self, connection: Connection, rows: Sequence[Row]) -> tuple[Application, ...]:
        if not rows:
            return ()
        numbers = [row["application_number"] for row in rows]
        history, missing, issued = (
            self._by_number(connection, name, numbers) for name in (HISTORY, MISSING, ISSUED)
        )
        reader = RowReader(self._zone, self._status_map(connection, rows, history))
        applications = []
        for row in rows:
            key = normalise_number(str(row["application_number"]))
            applications.append(reader.application(row, history[key], missing[key], issued[key]))
        return tuple(applications)

    def _by_number(
        self, connection: Connection, view: str, numbers: Sequence[Any]
    ) -> defaultdict[str, list[Row]]:
        query: Select[Any] = (
            select(literal_column("*"))
            .select_from(self._view(view))
            .where(column("application_number").in_(numbers))
        )
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows_of(connection, query):
            found[normalise_number(str(row["application_number"]))].append(row)
        return found

    def _status_map(
        self, connection: Connection, rows: Sequence[Row], history: Mapping[str, list[Row]]
    ) -> Mapping[str, str]:
        words = {str(row.get("status")).strip() for row in rows}
        words |= {str(row.get("status")).strip() for visits in history.values() for row in visits}
        if words <= set(Status):  # the usual case costs no question
            return {}
        return read_status_map(connection, self._schema)


def _spaceless(number: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.upper(func.replace(number, " ", ""))


def _like(incomplete: str) -> ColumnElement[bool]:
    own: ColumnElement[Any] = column("application_number")
    whole = like_pattern(incomplete)
    telling = telling_part(incomplete)
    if telling is None:
        return func.upper(own).like(whole)
    # An index of three-letter pieces takes long over pieces that most numbers have, as of the
    # year. It gets the telling part alone; the rest is compared in a form it does not hold.
    return and_(func.upper(own).like(like_pattern(telling)), _spaceless(own).like(whole))


def read_status_map(connection: Connection, schema: str | None) -> Mapping[str, str]:
    """Give the office's own status words with our codes, empty without ``tanya_status_map``."""
    if not inspect(connection).has_table(STATUS_MAP, schema=schema):
        return {}
    query: Select[Any] = select(literal_column("*")).select_from(table(STATUS_MAP, schema=schema))
    return {str(row["code"]): str(row["status"]) for row in rows_of(connection, query)}


def rows_of(connection: Connection, query: Select[Any]) -> list[Row]:
    """Give the rows with column names in small letters (some databases shout)."""
    return [
        {str(name).lower(): value for name, value in row.items()}
        for row in connection.execute(query).mappings()
    ]
