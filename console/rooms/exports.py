"""Figures as CSV and XLSX."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.door import session_of
from console.figure_view import FigureView
from console.house import House
from console.pages import with_headers
from console.routes import Routes
from console.sheet_files import CSV_TYPE, XLSX_TYPE, csv_file, xlsx_file
from console.sheets import Sheet
from izin.accounts import Permission
from izin.errors import InvalidInput, NotFound
from izin.usecases.report_figures import Report, Wanted

EVERYTHING = "semua"


def router(house: House) -> APIRouter:
    """Serve ``/unduh/angka/<table>.csv`` and ``.xlsx``; ``semua.xlsx`` holds every table."""
    routes = Routes("/unduh/angka")
    figures = FigureView(house)

    @routes.get("/{name}.{form}", Permission.EXPORTS)
    def download(request: Request, name: str, form: str) -> Response:
        account = session_of(request).account
        if not account.may(Permission.FIGURES) or form not in ("csv", "xlsx"):
            raise NotFound(f"{name}.{form}")
        asked = figures.ask(request, account)
        if asked.wanted is None:
            raise InvalidInput("the range cannot be used", field=", ".join(asked.errors))
        view = figures.view(asked.wanted, account)
        everything = name == EVERYTHING and form == "xlsx"
        sheets = list(view.sheets.values()) if everything else []
        if not everything and name in view.sheets:
            sheets = [view.sheets[name]]
        if not sheets:
            raise NotFound(f"sheet {name!r}")
        content = _file(house, form, sheets, view.report)
        period = asked.wanted.period
        filters = {key: asked.given[key] for key in ("unit", "kategori", "kanal")}
        with house.one_commit():
            house.record(
                account, "angka.unduh", "angka", name, format=form,
                dari=period.first.isoformat(), sampai=period.last.isoformat(),
                **{key: value for key, value in filters.items() if value},
            )  # fmt: skip
        filename = f"angka-{name}-{period.first.isoformat()}-{period.last.isoformat()}.{form}"
        answer = Response(content, media_type=CSV_TYPE if form == "csv" else XLSX_TYPE)
        answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
        return with_headers(answer)

    return routes.router


def _file(house: House, form: str, sheets: Sequence[Sheet], report: Report) -> bytes:
    zone = house.office.office().zone
    about = _about(house, report)
    if form == "xlsx":
        return xlsx_file(sheets, about, zone)
    title = (house.wording.say("figures.file.title"), sheets[0].title)
    return csv_file(sheets[0], (title, *about), zone)


def _about(house: House, report: Report) -> list[tuple[str, str]]:
    """Give what stands above the table: whose figures, of what, drawn when."""
    say, wanted = house.wording.say, report.wanted
    zone = house.office.office().zone
    rows = [
        (say("figures.file.office"), house.office.office().agency),
        (say("figures.file.period"), period_text(house, wanted)),
        (say("figures.file.source"), say("figures.source")),
        (
            say("figures.file.at"),
            f"{house.wording.date(report.at.astimezone(zone).date())}"
            f" {house.wording.time(report.at, zone)}",
        ),
    ]
    filters = (wanted.unit, wanted.category, wanted.channel)
    if any(filters):
        rows.append((say("figures.file.filter"), ", ".join(item for item in filters if item)))
    if len(report.namespaces) > 1:
        rows.append((say("figures.file.note"), say("figures.demo")))
    return rows


def period_text(house: House, wanted: Wanted) -> str:
    """Give ``1 November 2026 sampai 30 November 2026``."""
    first, last = (
        house.wording.date(day, weekday=False) for day in (wanted.period.first, wanted.period.last)
    )
    return house.wording.say("figures.period", first=first, last=last)
