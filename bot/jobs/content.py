"""What becomes due for content: versions approved for a moment that has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Engine

from izin.content_checks import CHECKS
from izin.ports import AuditLog
from izin.storage.postgres import engine
from izin.storage.postgres.content import PostgresContentRoom
from izin.usecases.edit_content import EditContent
from izin.usecases.publish_content import PublishContent

PUBLISH = "publish_content"


def jobs(own: Engine, audit: AuditLog) -> dict[str, Callable[[datetime], int]]:
    """Give the job that publishes."""
    room = PostgresContentRoom(own)
    edit = EditContent(room, CHECKS, partial(datetime.now, UTC))
    return {PUBLISH: PublishContent(room, edit, audit, partial(engine.one_commit, own)).run}
