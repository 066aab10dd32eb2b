"""What `tanya doctor` finds in the audit log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from izin.audit_chain import AuditReport
from izin.errors import TanyaError
from izin.storage.postgres.engine import create
from ops.audit_log import AUDIT_KEY, audit_log
from ops.settings import OpsSettings

Row = tuple[Literal["ok", "warn", "fail"], str, dict[str, object]]
SHOWN_MAC = 16

_PROBLEMS = {
    "changed": "audit.changed",
    "missing": "audit.missing",
    "checkpoint": "audit.checkpoint",
    "month_missing": "audit.month_missing",
    "tail_missing": "audit.tail_missing",
    "head": "audit.head",
}


def examine(
    settings: OpsSettings, url: str, environment: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """Level, sentence part and parameters of each finding on the audit log."""
    env = os.environ if environment is None else environment
    if not env.get(AUDIT_KEY) and not (settings.var / "secrets" / "audit-key").exists():
        yield ("warn", "audit.no_key", {})
        return
    engine = create(url, pool_size=1)
    try:
        report = audit_log(settings, engine, env).verify(datetime.now(UTC))
    except SQLAlchemyError:
        return  # an older schema, or a database that is away: others say so
    except TanyaError as error:
        yield ("fail", "audit.unusable", {"detail": str(error)})
        return
    finally:
        engine.dispose()
    yield from _said(report)


def _said(report: AuditReport) -> Iterator[Row]:
    if report.sound:
        yield ("ok", "audit.ok", {"entries": report.entries, "head": report.mac[:SHOWN_MAC] or "-"})
    for problem in report.problems:
        yield ("fail", _PROBLEMS[problem.kind], {"where": problem.where})
