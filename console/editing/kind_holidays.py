"""The calendar by year: overview, a whole year pasted at once, and its approval at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import Request
from fastapi.responses import Response

from console.door import session_of
from console.editing import kind_saving as saving
from console.editing.content_words import item_path
from console.editing.kind_options import HOLIDAY_KINDS
from console.house import House
from console.pages import see_other, with_flash
from izin import content
from izin.accounts import Account
from izin.content import ContentVersion, ItemName, StoredItem, VersionState
from izin.errors import Conflict, Unpublishable
from izin.holiday_lines import BadLine, read_holidays
from izin.office import Holiday
from izin.storage.documents import plain

HOLIDAYS = "/isi/kantor/holiday"


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """One day in the overview."""

    day: date
    name: str
    kind: str
    path: str
    item: StoredItem


def next_year_missing(house: House) -> int | None:
    """Give the year after this one when none of its holidays is known yet, else None."""
    office = house.office.office()
    following = house.clock().astimezone(office.zone).year + 1
    return None if following in house.office.calendar().loaded_years else following


def years(house: House, request: Request, wanted: str) -> Response:
    """Show a year of the calendar; ``tahun`` in the address chooses it."""
    lines = [_line(item) for item in house.content.items(content.HOLIDAY)]
    found = sorted({line.day.year for line in lines}, reverse=True)
    today = house.clock().astimezone(house.office.office().zone).date()
    chosen = request.query_params.get("tahun", "")
    year = int(chosen) if chosen.isdecimal() and len(chosen) == 4 else today.year
    search = wanted.strip().casefold()
    shown = [
        line
        for line in lines
        if (search in line.name.casefold() if search else line.day.year == year)
    ]
    shown.sort(key=lambda line: line.day)
    account = session_of(request).account
    waiting = [line for line in shown if _waits(line.item.open_version)]
    return house.pages.page(
        request, "isi/kantor/holidays.html", years=found, year=year, lines=shown,
        wanted=wanted.strip(), missing=next_year_missing(house), waiting=len(waiting),
        mine=sum(not _may_approve(house, line.item.open_version, account) for line in waiting),
        counts={kind: _count(shown, kind) for kind in HOLIDAY_KINDS},
    )  # fmt: skip


def paste_page(
    house: House, request: Request, year: str = "", *, text: str = "", kind: str = "",
    bad: Sequence[BadLine] = (), status: int = 200,
) -> Response:  # fmt: skip
    """Give the page on which a year is pasted."""
    return house.pages.page(
        request, "isi/kantor/paste.html", status, year=year, text=text,
        kind=kind or HOLIDAY_KINDS[0], bad=bad, alone=house.edit_content.single_editor,
    )  # fmt: skip


def pasted(house: House, request: Request, sent: Mapping[str, str]) -> Response:
    """Save every pasted day as a draft and hand them on, or nothing and say which line is bad."""
    text, kind = sent.get("text", ""), sent.get("kind", "")
    kind = kind if kind in HOLIDAY_KINDS else HOLIDAY_KINDS[0]
    holidays, bad = read_holidays(text, kind)
    stored = {item.item.key: item for item in house.content.items(content.HOLIDAY)}
    bad += [
        BadLine(0, f"{one.day.isoformat()} {one.name}", "open")
        for one in holidays
        if _is_taken(stored.get(one.day.isoformat()), one)
    ]
    if bad or not holidays:
        given = bad or [BadLine(1, "", "empty")]
        return paste_page(house, request, text=text, kind=kind, bad=given, status=422)
    account = session_of(request).account
    try:
        with house.one_commit():
            for holiday in holidays:
                _keep(house, stored.get(holiday.day.isoformat()), holiday, account)
    except (Conflict, Unpublishable):
        again = [BadLine(0, "", "meanwhile")]
        return paste_page(house, request, text=text, kind=kind, bad=again, status=409)
    return see_other(with_flash(f"{HOLIDAYS}?tahun={holidays[0].day.year}", "kinds_sent"))


def approved(house: House, request: Request, sent: Mapping[str, str]) -> Response:
    """Publish every day of a year that waits and was written by somebody else."""
    account, year = session_of(request).account, sent.get("tahun", "")
    with house.one_commit():
        for item in house.content.items(content.HOLIDAY):
            version = item.open_version
            if version is None or not item.item.key.startswith(f"{year}-"):
                continue
            if _waits(version) and _may_approve(house, version, account):
                house.edit_content.approve(version.id, version.edits, account)
                house.record(
                    account, "isi.terbitkan", item.item.kind, item.item.key,
                    version=version.number,
                )  # fmt: skip
    return see_other(with_flash(f"{HOLIDAYS}?tahun={year}", "kinds_approved"))


def _keep(house: House, item: StoredItem | None, holiday: Holiday, account: Account) -> None:
    document = plain(holiday)
    if item is not None and (_is_open(item, document) or (item.live and item.document == document)):
        return
    name = ItemName(content.HOLIDAY, holiday.day.isoformat())
    version = house.edit_content.begin(name, document, True, account)
    house.record(account, "isi.ubah", name.kind, name.key, version=version.number)
    saving.submitted(house, version, account)


def _is_taken(item: StoredItem | None, holiday: Holiday) -> bool:
    """Say whether somebody works on this day already, and on something else than the line."""
    opened = item is not None and item.open_version is not None
    return opened and item is not None and not _is_open(item, plain(holiday))


def _is_open(item: StoredItem, document: object) -> bool:
    version = item.open_version
    return version is not None and version.live and bool(version.document == document)


def _waits(version: ContentVersion | None) -> bool:
    return version is not None and version.state is VersionState.REVIEW


def _may_approve(house: House, version: ContentVersion | None, account: Account) -> bool:
    alone = house.edit_content.single_editor
    return version is not None and (alone or account.id not in version.authors)


def _count(lines: Sequence[HolidayLine], kind: str) -> int:
    return sum(line.kind == kind and line.item.live for line in lines)


def _line(item: StoredItem) -> HolidayLine:
    shown = (item.open_version or item).document
    day = date.fromisoformat(str(shown["day"]))
    return HolidayLine(day, str(shown["name"]), str(shown["kind"]), item_path(item.item), item)
