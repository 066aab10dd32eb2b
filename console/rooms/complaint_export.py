"""Complaints as CSV and XLSX, in the columns that SP4N-LAPOR! officers need."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from tanya_language import mask_personal_data

from console.complaint_words import Words
from console.door import session_of
from console.house import House
from console.pages import with_headers
from console.routes import Routes
from console.sheet_files import CSV_TYPE, XLSX_TYPE, xlsx_file
from console.sheets import Column, Kind, Sheet, Value, harmless
from izin.accounts import Permission
from izin.complaint_export import MOST_ROWS, ExportRow
from izin.errors import InvalidInput, NotFound

SPAN = timedelta(days=92)
"""What is given when no span of time is asked for."""

_PART = 500
_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("ticket", "text"), ("filed", "moment"), ("title", "text"), ("class", "text"),
    ("category", "text"), ("unit", "text"), ("place", "text"), ("occurred", "day"),
    ("story", "text"), ("state", "text"), ("followed", "moment"), ("follow_up", "text"),
    ("channel", "text"),
)  # fmt: skip


def router(house: House) -> APIRouter:
    """Serve ``/unduh/pengaduan.csv`` and ``.xlsx``; ``?dari=`` and ``?sampai=`` are days."""
    routes = Routes("/unduh")

    @routes.get("/pengaduan.{form}", Permission.EXPORTS)
    def download(request: Request, form: str, dari: str = "", sampai: str = "") -> Response:
        if form not in ("csv", "xlsx"):
            raise NotFound(form)
        account, words = session_of(request).account, Words(house)
        last = _day(sampai, "sampai") or words.today()
        first = _day(dari, "dari") or last - SPAN
        if first > last:
            raise InvalidInput("the span ends before it begins", field="dari, sampai")
        house.record(
            account, "pengaduan.unduh", "pengaduan", "-", format=form,
            dari=first.isoformat(), sampai=last.isoformat(),
        )  # fmt: skip
        zone = words.hours.zone
        since, until = (
            datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
            for day in (first, last + timedelta(days=1))
        )
        rows = islice(_rows(house, since, until, account.unit), MOST_ROWS)
        lines = (_line(house, words, row) for row in rows)
        name = f"pengaduan-{first.isoformat()}-{last.isoformat()}.{form}"
        answer: Response
        if form == "csv":
            answer = StreamingResponse(_csv(house, words, lines), media_type=CSV_TYPE)
        else:
            answer = Response(_xlsx(house, words, lines), media_type=XLSX_TYPE)
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return with_headers(answer)

    return routes.router


def _rows(house: House, since: datetime, until: datetime, unit: str | None) -> Iterator[ExportRow]:
    after = None
    while True:
        part = house.complaint_export.rows(since, until, unit, after, _PART)
        yield from part
        if len(part) < _PART:
            return
        after = (part[-1].filed_at, part[-1].ticket)


def _line(house: House, words: Words, row: ExportRow) -> tuple[Value, ...]:
    """Give a row in the order of the columns; numbers that name somebody are masked."""
    category = words.category(row.category)
    channel = house.wording.say(f"complaints.channel.{row.channel}") if row.channel else ""
    return (
        row.ticket, row.filed_at, f"{category}: {mask_personal_data(row.place)}",
        words.complaint_class(row.class_code), category, words.unit(row.unit),
        mask_personal_data(row.place), row.occurred_on, mask_personal_data(row.story),
        house.wording.say(f"complaints.state.{row.state.value}"), row.followed_at,
        mask_personal_data(row.follow_up), channel,
    )  # fmt: skip


def _titles(house: House) -> list[Column]:
    return [Column(house.wording.say(f"complaints.column.{name}"), kind) for name, kind in _COLUMNS]


def _csv(house: House, words: Words, lines: Iterator[tuple[Value, ...]]) -> Iterator[bytes]:
    """Give a CSV with semicolons, as Indonesian spreadsheets read it, piece by piece."""
    zone = words.hours.zone

    def written(cells: list[str]) -> bytes:
        stream = io.StringIO()
        csv.writer(stream, delimiter=";", lineterminator="\r\n").writerow(map(harmless, cells))
        return stream.getvalue().encode()

    yield b"\xef\xbb\xbf" + written([column.title for column in _titles(house)])
    for line in lines:
        yield written([_text(value, zone) for value in line])


def _text(value: Value, zone: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _xlsx(house: House, words: Words, lines: Iterator[tuple[Value, ...]]) -> bytes:
    title = house.wording.say("complaints.title")
    sheet = Sheet("pengaduan", title, tuple(_titles(house)), tuple(lines))
    about = [(title, house.office.office().agency)]
    return xlsx_file([sheet], about, words.hours.zone)


def _day(typed: str, field: str) -> date | None:
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed)
    except ValueError as error:
        raise InvalidInput(f"{typed!r} is no day", field=field) from error
    if not 2000 <= found.year <= 9000:  # the ends of the calendar have no neighbours
        raise InvalidInput(f"{typed!r} is no day of ours", field=field)
    return found
