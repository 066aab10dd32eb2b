"""What `tanya doctor` finds in the console's accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sqlalchemy.exc import ProgrammingError

from izin.errors import StorageUnavailable
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.engine import create
from ops.http_probe import http_get
from ops.settings import OpsSettings

Row = tuple[Literal["ok", "warn", "fail"], str, dict[str, object]]


def examine(settings: OpsSettings, url: str) -> Iterator[Row]:
    """Level, sentence part and parameters of each finding on accounts."""
    engine = create(url, pool_size=1)
    try:
        active = [account for account in PostgresAccounts(engine).all() if account.active]
    except (StorageUnavailable, ProgrammingError):
        return  # the findings on the database say it: away, or of an older schema
    finally:
        engine.dispose()
    tried_out = sum(account.demo for account in active)
    if any(account.is_admin for account in active):
        yield ("ok", "accounts.ok", {"count": len(active)})
    else:
        yield ("warn", "accounts.no_admin", {})
    if tried_out and not _runs_a_demo(settings):
        yield ("warn", "accounts.demo", {"count": tried_out})


def _runs_a_demo(settings: OpsSettings) -> bool:
    """Only a demo serves the simulator."""
    status, _ = http_get(settings.gateway_connect_host, settings.gateway_port, "/simulator")
    return status == 200
