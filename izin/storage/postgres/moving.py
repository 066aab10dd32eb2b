"""Subscriptions and notices of conversations that turn out to be one citizen's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from izin.storage.tables.following import notices, subscriptions


def move_following(connection: Connection, older: str, younger: Sequence[str]) -> None:
    """Let the older of two merged conversations go on with what the younger ones follow.

    What both follow stays with the older one, so that nobody is told twice.
    """
    owner = subscriptions.c.conversation_id
    for conversation_id in younger:
        coming = connection.execute(
            select(subscriptions.c.number).where(
                owner == conversation_id, subscriptions.c.stopped_at.is_(None)
            )
        ).scalars()
        kept = connection.execute(
            select(subscriptions.c.number).where(
                owner == older, subscriptions.c.stopped_at.is_(None)
            )
        ).scalars()
        moving = set(coming) - set(kept)
        replaced = delete(subscriptions).where(
            owner == older, subscriptions.c.number.in_(sorted(moving))
        )
        connection.execute(replaced)
        connection.execute(
            update(subscriptions)
            .where(owner == conversation_id, subscriptions.c.number.in_(sorted(moving)))
            .values(conversation_id=older)
        )
        connection.execute(delete(subscriptions).where(owner == conversation_id))
    connection.execute(
        update(notices).where(notices.c.conversation_id.in_(younger)).values(conversation_id=older)
    )
