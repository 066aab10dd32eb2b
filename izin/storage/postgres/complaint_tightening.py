"""Moves an ordinary complaint to the sealed shelf, with all that was said about it.

An ordinary complaint remembers the turns of its intake as steps, so that their words can be
taken out of the conversation when its citizen asks for secrecy later.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, String, cast, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.complaints import Complaint
from izin.storage.postgres import sealing
from izin.storage.postgres.complaint_rows import rewrite, write
from izin.storage.tables.complaints import OPEN_SHELF, SEALED_SHELF
from izin.storage.tables.conversations import escalations, outbox, turns
from izin.storage.vault import Vault

_INTAKE = "intake"
_OPEN, _SEALED = OPEN_SHELF, SEALED_SHELF


def remember_intake(connection: Connection, complaint: Complaint, turn_id: str) -> None:
    """Remember with an ordinary complaint which turns told it."""
    if complaint.conversation_id is None:
        return
    told = [*sealing.intake_turns(connection, complaint.conversation_id), turn_id]
    for one in dict.fromkeys(told):
        connection.execute(
            upsert(_OPEN.steps)
            .values(key=f"{one}:{_INTAKE}", ticket=complaint.ticket)
            .on_conflict_do_nothing()
        )


def move_to_sealed(
    connection: Connection, before: Complaint, after: Complaint, turn_id: str, vault: Vault
) -> None:
    """Put ``after`` on the sealed shelf in place of ``before``, and seal what told of it."""
    ticket, here = before.ticket, before.conversation_id or ""
    table, steps = _OPEN.complaints, _OPEN.steps
    filing = connection.execute(select(table.c.key).where(table.c.ticket == ticket)).scalar_one()
    keys = connection.execute(select(steps.c.key).where(steps.c.ticket == ticket)).scalars().all()
    mark = vault.mark("owner", ticket, here)
    write(connection, _SEALED, after, key=_sealed_key(filing, vault), owner_mark=mark)
    rewrite(connection, _SEALED, replace(after, additions=()), after)
    for key in keys:
        connection.execute(insert(_SEALED.steps).values(key=_sealed_key(key, vault), ticket=ticket))
    connection.execute(delete(table).where(table.c.ticket == ticket))
    added = (media_id for item in after.additions for media_id in item.media_ids)
    sealing.take_evidence(connection, ticket, [*after.media_ids, *added])
    if before.conversation_id is None:
        return
    told = [key.rsplit(":", 1)[0] for key in (filing, *keys)]
    told += _turns_naming(connection, here, ticket)
    told += sealing.turns_about(connection, turn_id, ticket)
    sealing.note_turns(connection, told, anonymous=False)
    connection.execute(
        delete(escalations).where(
            escalations.c.conversation_id == here, escalations.c.key.contains(ticket)
        )
    )
    sealing.seal_conversation(connection, here, vault)


def _turns_naming(connection: Connection, conversation_id: str, ticket: str) -> list[str]:
    """Give the turns of a chat that name the ticket, or whose answer does."""
    said = select(turns.c.id).where(
        turns.c.conversation_id == conversation_id,
        cast(turns.c.message, String).ilike(f"%{ticket}%"),
    )
    answered = select(outbox.c.turn_id).where(
        outbox.c.conversation_id == conversation_id,
        outbox.c.turn_id.is_not(None),
        cast(outbox.c.reply, String).contains(ticket),
    )
    return [str(item) for query in (said, answered) for item in connection.execute(query).scalars()]


def _sealed_key(key: str, vault: Vault) -> str:
    turn_id, _, step = key.rpartition(":")
    return vault.mark("step", turn_id, step)
