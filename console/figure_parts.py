"""What the figures' rooms work with, over one engine."""

from __future__ import annotations

from sqlalchemy import Engine

from izin.ports import Catalogue, OfficeBook, Officers
from izin.ports.figures import RegistryFigures
from izin.settings import Settings
from izin.storage.postgres.figures import PostgresFigures
from izin.storage.postgres.satisfaction import PostgresRatings, PostgresSurveys
from izin.usecases.report_figures import ReportFigures
from izin.usecases.report_permits import ReportPermits
from izin.usecases.report_satisfaction import ReportSatisfaction


def report_figures(
    settings: Settings,
    engine: Engine,
    office: OfficeBook,
    officers: Officers,
    registry: RegistryFigures,
    catalogue: Catalogue,
) -> ReportFigures:
    """Give the use case; simulated citizens are counted in the demo only."""
    return ReportFigures(
        figures=PostgresFigures(engine),
        satisfaction=ReportSatisfaction(PostgresRatings(engine), PostgresSurveys(engine), office),
        officers=officers,
        office=office,
        permits=ReportPermits(registry, catalogue),
        namespaces=("live", "simulator") if settings.demo else ("live",),
    )
