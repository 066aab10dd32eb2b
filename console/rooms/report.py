"""The monthly report, to print or save."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.door import session_of
from console.figure_sheets import month_name
from console.figure_view import FigureView
from console.figure_wants import read_month
from console.house import House
from console.report_text import summary
from console.routes import Routes
from izin.accounts import Permission
from izin.usecases.report_figures import Wanted

MONTHS_LISTED = 13


def router(house: House) -> APIRouter:
    """Serve ``/laporan``."""
    routes = Routes()
    figures = FigureView(house)

    @routes.get("/laporan", Permission.FIGURES)
    def report(request: Request, bulan: str = "") -> Response:
        account, today = session_of(request).account, figures.today()
        period = read_month(bulan, today)
        wanted = Wanted(period, account.unit)
        view = figures.view(wanted, account)
        total = view.report.complaints.total
        balance = house.figures.balance(period, total, account.unit)
        name = month_name(house.wording, period.first.year, period.first.month)
        return house.pages.page(
            request,
            "report/report.html",
            office=house.office.office(),
            period=period,
            month=name,
            running=period.covers(today),
            months=_months(house, today),
            view=view,
            balance=balance,
            paragraphs=summary(view.report, balance, name, figures, house.wording),
            charts=figures.charts(view),
            shown=figures.shown,
            today=today,
        )

    return routes.router


def _months(house: House, today: date) -> list[tuple[str, str]]:
    """Give the months that can be chosen, the newest first, as (address, name)."""
    newest = today.year * 12 + today.month - 1
    found = []
    for number in range(newest, newest - MONTHS_LISTED, -1):
        year, place = number // 12, number % 12 + 1
        found.append((f"{year}-{place:02d}", month_name(house.wording, year, place)))
    return found
