"""Rows of the registry's views as applications; what cannot be read is an error, never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from lokal import normalize_phone

from izin.applications import Application, IssuedPermit, MissingDocument, StageVisit, Status
from izin.errors import InvalidInput

Row = Mapping[str, Any]


class RowReader:
    """Reads rows with the office's zone for naive times and its own words for a status."""

    def __init__(self, zone: ZoneInfo, status_map: Mapping[str, str] | None = None) -> None:
        """Take the zone and the office's status words (as it writes them) with our codes."""
        self._zone = zone
        self._status_map = {_word(key): value for key, value in (status_map or {}).items()}

    def application(
        self, row: Row, history: Iterable[Row], missing: Iterable[Row], issued: Iterable[Row]
    ) -> Application:
        """Give the application of one row and its rows in the other views.

        Raises:
            InvalidInput: A value is missing or cannot be read; ``field`` names the column.
        """
        visits = sorted((self.visit(item) for item in history), key=lambda v: v.entered_at)
        permits = [self.issued_permit(item) for item in issued]
        submitted_at = self._moment(row, "submitted_at")
        completed_at = self._optional_moment(row, "completed_at")
        changed_at = self._optional_moment(row, "changed_at") or max(
            moment
            for moment in (submitted_at, completed_at, *(visit.entered_at for visit in visits))
            if moment is not None
        )
        return Application(
            number=_text(row, "application_number"),
            permit_code=_text(row, "permit_code").upper(),
            status=self.status(row),
            stage=_text(row, "stage"),
            unit=_text(row, "unit"),
            submitted_at=submitted_at,
            changed_at=changed_at,
            completed_at=completed_at,
            sla_working_days=_whole(row, "sla_working_days"),
            applicant_name=_optional_text(row, "applicant_name") or "",
            phone=normalize_phone(_optional_text(row, "phone") or ""),
            nik_last4=_last_digits(row, "nik_last4"),
            history=tuple(visits),
            missing=tuple(
                MissingDocument(_text(item, "document_name"), _optional_text(item, "note"))
                for item in missing
            ),
            amount_due_rupiah=_whole(row, "amount_due_rupiah"),
            note=_optional_text(row, "note"),
            issued=max(permits, key=lambda permit: permit.issued_on) if permits else None,
        )

    def changed_at(self, row: Row) -> datetime | None:
        """Give when an application's row changed, None where the registry does not tell.

        Raises:
            InvalidInput: It cannot be read.
        """
        return self._optional_moment(row, "changed_at")

    def status(self, row: Row) -> Status:
        """Give the common status of the row's own word for it."""
        word = _text(row, "status")
        code = self._status_map.get(_word(word), word)
        try:
            return Status(_word(code))
        except ValueError:
            raise InvalidInput(
                f"status {word!r} is not known; add it to tanya_status_map", field="status"
            ) from None

    def visit(self, row: Row) -> StageVisit:
        """Give one stretch of the history."""
        return StageVisit(
            status=self.status(row),
            stage=_text(row, "stage"),
            unit=_text(row, "unit"),
            entered_at=self._moment(row, "entered_at"),
            left_at=self._optional_moment(row, "left_at"),
        )

    def issued_permit(self, row: Row) -> IssuedPermit:
        """Give a permit that was issued."""
        issued_on = self._optional_moment(row, "issued_on")
        if issued_on is None:
            raise InvalidInput("issued_on is empty", field="issued_on")
        valid_until = self._optional_moment(row, "valid_until")
        return IssuedPermit(
            number=_text(row, "permit_number"),
            issued_on=issued_on.astimezone(self._zone).date(),
            valid_until=valid_until.astimezone(self._zone).date() if valid_until else None,
        )

    def _moment(self, row: Row, column: str) -> datetime:
        moment = self._optional_moment(row, column)
        if moment is None:
            raise InvalidInput(f"{column} is empty", field=column)
        return moment

    def _optional_moment(self, row: Row, column: str) -> datetime | None:
        value = row.get(column)
        if isinstance(value, str):  # SQLite has no type for time
            value = _parsed(value.strip(), column)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime):
            raise InvalidInput(f"{column} is not a time", field=column)
        if value.tzinfo is None:
            value = value.replace(tzinfo=self._zone)
        return value.astimezone(UTC)


def _parsed(text: str, column: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{column} is not an ISO date or time", field=column) from None


def _word(text: str) -> str:
    return "_".join(text.upper().split())


def _optional_text(row: Row, column: str) -> str | None:
    value = row.get(column)
    if value is None:
        return None
    return str(value).strip() or None


def _text(row: Row, column: str) -> str:
    value = _optional_text(row, column)
    if value is None:
        raise InvalidInput(f"{column} is missing or empty", field=column)
    return value


def _whole(row: Row, column: str) -> int | None:
    text = _optional_text(row, column)
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"{column} is not a number", field=column) from None
    if not value.is_finite() or value < 0:
        raise InvalidInput(f"{column} is not a positive number", field=column)
    return round(value)


def _last_digits(row: Row, column: str) -> str | None:
    # Should a view give the whole NIK, only its serial may go further than this line.
    digits = "".join(c for c in _optional_text(row, column) or "" if c.isdecimal())
    return digits[-4:] if len(digits) >= 4 else None
