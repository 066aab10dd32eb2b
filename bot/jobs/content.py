"""What becomes due for content: versions approved for a moment, and what citizens call permits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Engine

from izin.content_checks import CHECKS
from izin.ports import AuditLog
from izin.storage.postgres import engine
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.content import PostgresContentRoom
from izin.storage.postgres.name_hints import PostgresNameHints
from izin.usecases.edit_content import EditContent
from izin.usecases.hear_names import HearNames
from izin.usecases.publish_content import PublishContent

PUBLISH = "publish_content"


def jobs(own: Engine, audit: AuditLog) -> dict[str, Callable[[datetime], int]]:
    """Give what runs every minute."""
    room = PostgresContentRoom(own)
    edit = EditContent(room, CHECKS, partial(datetime.now, UTC))
    return {
        PUBLISH: PublishContent(room, edit, audit, partial(engine.one_commit, own)).run,
        "hear_names": _names(own).run,
    }


def tidying(own: Engine) -> dict[str, Callable[[datetime], int]]:
    """Give what runs every hour."""
    return {"forget_name_hints": _names(own).forget}


def _names(own: Engine) -> HearNames:
    return HearNames(PostgresNameHints(own), PostgresCatalogue(own))
