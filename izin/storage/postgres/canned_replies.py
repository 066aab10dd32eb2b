"""Replies kept ready, on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Engine, Row, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.canned_replies import CannedReply, checked
from izin.errors import InvalidInput, NotFound
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.serving import canned_replies
from izin.storage.text import storable

CANNED_FILE = "canned.yml"


class PostgresCannedReplies:
    """``izin.ports.CannedReplies`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def replies(self, *, active_only: bool = True) -> Sequence[CannedReply]:
        """Give the replies by category and title."""
        query = select(canned_replies).order_by(canned_replies.c.category, canned_replies.c.title)
        if active_only:
            query = query.where(canned_replies.c.active)
        with transaction(self._engine) as connection:
            return [_read(row) for row in connection.execute(query).all()]

    def reply(self, reply_id: str) -> CannedReply:
        """Give one."""
        if is_id(reply_id):
            with transaction(self._engine) as connection:
                row = connection.execute(
                    select(canned_replies).where(canned_replies.c.id == reply_id)
                ).first()
            if row is not None:
                return _read(row)
        raise NotFound(f"canned reply {reply_id!r}")

    def add(self, reply: CannedReply, key: str) -> str:
        """Store a new reply once per key."""
        with transaction(self._engine) as connection:
            return _store(connection, reply, key)

    def change(self, reply: CannedReply) -> None:
        """Replace a reply's words."""
        if not is_id(reply.id):
            raise NotFound(f"canned reply {reply.id!r}")
        with transaction(self._engine) as connection:
            changed = connection.execute(
                update(canned_replies)
                .where(canned_replies.c.id == reply.id)
                .values(**_values(reply), changed_at=func.now())
            )
        if not changed.rowcount:
            raise NotFound(f"canned reply {reply.id!r}")


def seed_canned(connection: Connection, data_folder: Path) -> int:
    """Fill an empty list from ``canned.yml``; gives how many were added.

    Raises:
        InvalidInput: The file is malformed, or a reply is not fit to be stored.
    """
    path = data_folder / CANNED_FILE
    if not path.exists() or connection.execute(select(exists(select(canned_replies)))).scalar():
        return 0
    try:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))["replies"]
        offered = [
            CannedReply(
                "",
                str(item["title"]),
                str(item["category"]),
                str(item["text"]),
                bool(item.get("published", True)),
            )
            for item in items
        ]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise InvalidInput(f"{CANNED_FILE}: {error}", field=CANNED_FILE) from error
    for number, reply in enumerate(offered):
        _store(connection, checked(reply), f"seed:{number}")
    return len(offered)


def _store(connection: Connection, reply: CannedReply, key: str) -> str:
    stored = connection.execute(
        upsert(canned_replies)
        .values(id=str(uuid.uuid4()), key=key, **_values(reply))
        .on_conflict_do_nothing()
        .returning(canned_replies.c.id)
    ).scalar()
    if stored is None:
        known = select(canned_replies.c.id).where(canned_replies.c.key == key)
        stored = connection.execute(known).scalar_one()
    return str(stored)


def _values(reply: CannedReply) -> dict[str, Any]:
    return {
        "title": storable(reply.title),
        "category": storable(reply.category),
        "text": storable(reply.text),
        "active": reply.active,
    }


def _read(row: Row[Any]) -> CannedReply:
    return CannedReply(row.id, row.title, row.category, row.text, row.active)
