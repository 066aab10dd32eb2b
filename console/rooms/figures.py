"""The supervisors' dashboard."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.charts import heat
from console.door import session_of
from console.figure_tiles import tiles
from console.figure_view import FigureView
from console.figure_wants import CHANNELS
from console.house import House
from console.routes import Routes
from izin.accounts import Permission
from izin.figures import last_days, month


def router(house: House) -> APIRouter:
    """Serve ``/dasbor``."""
    routes = Routes()
    figures = FigureView(house)

    @routes.get("/dasbor", Permission.FIGURES)
    def dashboard(request: Request) -> Response:
        account = session_of(request).account
        asked = figures.ask(request, account)
        today = figures.today()
        choices = {
            "units": house.units.all(),
            "categories": house.catalogue.complaint_categories(),
            "channels": CHANNELS,
            "quick": {
                "seven": last_days(today, 7),
                "thirty": last_days(today),
                "ninety": last_days(today, 90),
                "month": month(today.year, today.month),
            },
        }
        if asked.wanted is None:
            return house.pages.page(
                request, "figures/dashboard.html", 422, asked=asked, view=None, **choices
            )
        view = figures.view(asked.wanted, account)
        grid = view.report.talks.grid()
        return house.pages.page(
            request,
            "figures/dashboard.html",
            asked=asked,
            view=view,
            tiles=tiles(view.report, house.wording, figures.shown),
            charts=figures.charts(view),
            shown=figures.shown,
            whole=request.query_params.get("tabel", ""),
            heat=lambda count: heat(count, max(grid.values(), default=0)),
            **choices,
        )

    return routes.router
