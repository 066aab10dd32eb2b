"""The office's permit registry: read only, over documented views, in any SQL database."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from izin.ports import Clock
from izin.settings import Settings
from izin.storage.registry.sql import SqlRegistry

DEMO_SCHEMA = "demo_registry"
"""Schema of our own database that holds the demo registry."""


def open_registry(settings: Settings, clock: Clock, zone: ZoneInfo) -> SqlRegistry:
    """Give the registry the settings name; without one, the demo registry in our database.

    Raises:
        InvalidInput: ``PERMIT_DATABASE_URL`` is malformed or its driver is not installed.
    """
    if settings.permit_database_url:
        return SqlRegistry(settings.permit_database_url, clock, zone)
    return SqlRegistry(settings.database_url, clock, zone, schema=DEMO_SCHEMA)
