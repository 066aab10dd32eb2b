"""Notes how a turn was answered, while the drafts that tell of it are still there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from izin.storage.tables.conversations import drafts

LOST = "tersesat"
"""Draft that counts turns in which the assistant was lost."""

QUIET_DRAFTS = frozenset({"topik", LOST, "kasar", "aduan_terakhir"})
"""Drafts that are notes of a chat, no open dialogue."""


def with_marks(
    connection: Connection, conversation_id: str, turn_id: str, understood: Mapping[str, Any]
) -> dict[str, Any]:
    """Give what was understood with ``task`` and, where the assistant was lost, ``lost``.

    ``task`` says that a dialogue (a complaint, a request on one's data, a calculation …) was
    open before the turn or after it: such words are no material for anybody else.
    """
    rows = connection.execute(
        select(drafts.c.kind, drafts.c.document).where(drafts.c.conversation_id == conversation_id)
    )
    return {**understood, **marks_of({row.kind: row.document for row in rows}, turn_id)}


def marks_of(found: Mapping[str, Mapping[str, Any]], turn_id: str) -> dict[str, Any]:
    """Give the marks that a chat's drafts, by kind, tell of a turn; see :func:`with_marks`."""
    task, confused = False, 0
    for kind, document in found.items():
        if kind == LOST and document.get("turn_id") == turn_id:
            confused = int(document.get("count", 1))
        elif kind not in QUIET_DRAFTS:
            task = task or bool(document.get("now")) or document.get("turn") == turn_id
    return {"task": task, **({"lost": confused} if confused else {})}
