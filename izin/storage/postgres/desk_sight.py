"""Which conversations and complaints officers may see, and of which units they are."""

from __future__ import annotations

from sqlalchemy import Connection, select, union

from izin.desk import Sight
from izin.storage.postgres.engine import is_id
from izin.storage.tables.complaints import complaints
from izin.storage.tables.conversations import escalations


def of_conversation(connection: Connection, conversation_id: str) -> Sight:
    """Give whether a conversation is visible to officers, and to which units."""
    if not is_id(conversation_id):
        return Sight(False)
    opened = select(escalations.c.unit).where(escalations.c.conversation_id == conversation_id)
    told = select(complaints.c.unit).where(complaints.c.conversation_id == conversation_id)
    units = connection.execute(union(opened, told)).scalars().all()
    return Sight(bool(units), frozenset(unit for unit in units if unit))


def of_complaint(connection: Connection, ticket: str) -> Sight:
    """Give whether there is an ordinary complaint of this ticket, and its unit."""
    found = select(complaints.c.unit).where(complaints.c.ticket == ticket)
    units = connection.execute(found).scalars().all()
    return Sight(bool(units), frozenset(unit for unit in units if unit))
