"""Examines a registry's views before citizens do: what is missing, unknown or unreadable."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, column, inspect, literal_column, select, table

from izin.applications import Status
from izin.errors import InvalidInput
from izin.storage.registry import views
from izin.storage.registry.records import RowReader

REQUIRED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    views.APPLICATIONS: (
        "application_number", "permit_code", "status", "stage", "unit", "submitted_at",
        "phone", "nik_last4",
    ),
    views.HISTORY: ("application_number", "status", "stage", "unit", "entered_at", "left_at"),
    views.MISSING: ("application_number", "document_name"),
    views.ISSUED: ("application_number", "permit_number", "issued_on", "valid_until"),
}  # fmt: skip
RECOMMENDED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    views.APPLICATIONS: (
        "changed_at", "completed_at", "sla_working_days", "amount_due_rupiah", "note",
    ),
    views.MISSING: ("note",),
}  # fmt: skip
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class RegistryFindings:
    """What an examination found; columns are written ``view.column``.

    Attributes:
        missing_views: Required views that are not there.
        missing_columns: Required columns that are not there.
        absent_columns: Recommended columns that are not there.
        unknown_statuses: Status words without a meaning for us (as written).
        unknown_permits: Permit codes the catalogue does not have.
        unreadable_columns: How many of the newest rows have something unreadable in a column.
    """

    missing_views: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    absent_columns: tuple[str, ...] = ()
    unknown_statuses: tuple[str, ...] = ()
    unknown_permits: tuple[str, ...] = ()
    unreadable_columns: Mapping[str, int] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Say whether every application can be answered for."""
        return not (
            self.missing_views
            or self.missing_columns
            or self.unknown_statuses
            or self.unreadable_columns
        )


def examine(
    connection: Connection, zone: ZoneInfo, schema: str | None, permit_codes: Collection[str]
) -> RegistryFindings:
    """Examine the views; reads every status and permit code, and the newest 200 rows."""
    inspector = inspect(connection)
    missing_views = tuple(
        view for view in REQUIRED_COLUMNS if not inspector.has_table(view, schema=schema)
    )
    if missing_views:
        return RegistryFindings(missing_views=missing_views)
    present = {view: _columns(connection, view, schema) for view in REQUIRED_COLUMNS}
    missing_columns = _absent(REQUIRED_COLUMNS, present)
    absent_columns = _absent(RECOMMENDED_COLUMNS, present)
    if missing_columns:
        return RegistryFindings(missing_columns=missing_columns, absent_columns=absent_columns)
    status_map = views.read_status_map(connection, schema)
    reader = RowReader(zone, status_map)
    return RegistryFindings(
        absent_columns=absent_columns,
        unknown_statuses=_unknown_statuses(connection, schema, reader),
        unknown_permits=tuple(
            sorted(
                code
                for code in _distinct(connection, views.APPLICATIONS, "permit_code", schema)
                if code.upper() not in permit_codes
            )
        ),
        unreadable_columns=_unreadable(connection, schema, zone),
    )


def _columns(connection: Connection, view: str, schema: str | None) -> frozenset[str]:
    query: Select[Any] = (
        select(literal_column("*")).select_from(table(view, schema=schema)).limit(1)
    )
    return frozenset(str(name).lower() for name in connection.execute(query).keys())  # noqa: SIM118


def _absent(
    wanted: Mapping[str, tuple[str, ...]], present: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    return tuple(
        f"{view}.{name}"
        for view, names in wanted.items()
        for name in names
        if name not in present[view]
    )


def _distinct(connection: Connection, view: str, name: str, schema: str | None) -> set[str]:
    query: Select[Any] = select(column(name)).select_from(table(view, schema=schema)).distinct()
    return {str(value).strip() for value in connection.execute(query).scalars() if value}


def _unknown_statuses(
    connection: Connection, schema: str | None, reader: RowReader
) -> tuple[str, ...]:
    words = _distinct(connection, views.APPLICATIONS, "status", schema)
    words |= _distinct(connection, views.HISTORY, "status", schema)
    unknown = []
    for word in sorted(words):
        try:
            reader.status({"status": word})
        except InvalidInput:
            unknown.append(word)
    return tuple(unknown)


def _unreadable(connection: Connection, schema: str | None, zone: ZoneInfo) -> dict[str, int]:
    """Count unreadable values, not the unknown statuses, which are told apart."""
    counts: dict[str, int] = {}
    # Here every status is known; whatever else is wrong shows.
    reader = RowReader(zone)
    query: Select[Any] = (
        select(literal_column("*"))
        .select_from(table(views.APPLICATIONS, schema=schema))
        .order_by(column("submitted_at").desc())
        .limit(_SAMPLE)
    )
    for row in views.rows_of(connection, query):
        status = row.get("status")
        known = {**row, "status": Status.RECEIVED.value if status else status}
        try:
            reader.application(known, (), (), ())
        except InvalidInput as error:
            name = f"{views.APPLICATIONS}.{error.field}"
            counts[name] = counts.get(name, 0) + 1
    return counts
