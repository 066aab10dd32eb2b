"""Moves an ordinary complaint to the sealed shelf, with all that was said about it.

An ordinary complaint remembers the turns of its intake as steps, so that their words can be
taken out of the conversation when its citizen asks for secrecy later.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy import Connection, String, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.complaints import Complaint
from izin.storage.postgres import sealing
from izin.storage.postgres.complaint_rows import rewrite, write
from izin.storage.postgres.engine import is_id
from izin.storage.postgres.tightened_traces import take_along
from izin.storage.sealed_history import neutral_reply
from izin.storage.tables.complaints import OPEN_SHELF, SEALED_SHELF
from izin.storage.tables.conversations import choices, escalations, outbox, turns
from izin.storage.tables.following import notices
from izin.storage.tables.sealed import mail, sealing_progress
from izin.storage.tables.units import officer_chats
from izin.storage.vault import Vault

OFFICERS = "petugas/"
"""Begins the keys of officers' steps; they lead to no chat."""

_INTAKE = "intake"
_NOT_TOLD = ("waiting", "held", "unreachable")
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
    connection: Connection, before: Complaint, after: Complaint, turn_id: str, vault: Vault | None
) -> None:
    """Put ``after`` on the sealed shelf in place of ``before``, and seal what told of it.

    Without the vault's key (the console has none) the citizen's steps are not remembered, and
    what lies in the chat is sealed by the job ``seal_traces``.
    """
    ticket, here = before.ticket, before.conversation_id or ""
    table, steps = _OPEN.complaints, _OPEN.steps
    filing = connection.execute(select(table.c.key).where(table.c.ticket == ticket)).scalar_one()
    keys = connection.execute(select(steps.c.key).where(steps.c.ticket == ticket)).scalars().all()
    mark = vault.mark("owner", ticket, here) if vault else ""
    key = _sealed_key(filing, vault) or f"{OFFICERS}{uuid.uuid4().hex}"
    write(connection, _SEALED, after, key=key, owner_mark=mark)
    rewrite(connection, _SEALED, replace(after, additions=()), after)
    for step in keys:
        if kept := _sealed_key(step, vault):
            connection.execute(insert(_SEALED.steps).values(key=kept, ticket=ticket))
    _move_work(connection, ticket)
    connection.execute(delete(table).where(table.c.ticket == ticket))
    added = (media_id for item in after.additions for media_id in item.media_ids)
    sealing.take_evidence(connection, ticket, [*after.media_ids, *added])
    seal_notices(connection, ticket, here)
    take_along(connection, ticket, before.conversation_id)
    if before.conversation_id is None:
        return
    told = [step.rsplit(":", 1)[0] for step in (filing, *keys)]
    told += _turns_naming(connection, here, ticket)
    told += sealing.turns_about(connection, turn_id, ticket)
    sealing.note_turns(connection, told, anonymous=False)
    sealing.drop_calls(connection, told)
    connection.execute(
        delete(escalations).where(
            escalations.c.conversation_id == here, escalations.c.key.contains(ticket)
        )
    )
    if vault is not None:
        sealing.seal_conversation(connection, here, vault)


def seal_notices(connection: Connection, ticket: str, conversation_id: str) -> None:
    """Take out of chats what the office told there about a complaint, officers' chats too.

    What still waits for its citizen goes by ticket from now on; what is just being delivered is
    sealed by ``seal_traces`` afterwards, which looks through those messages again.
    """
    chats = [*connection.execute(select(officer_chats.c.conversation_id)).scalars()]
    chats += [conversation_id] if is_id(conversation_id) else []
    naming = cast(notices.c.reply, String).contains(ticket) | notices.c.template_values.contains(
        [ticket]
    )
    kept = connection.execute(
        delete(notices).where(notices.c.conversation_id.in_(chats), naming).returning(notices)
    ).all()
    for row in kept:
        if row.conversation_id == conversation_id and row.state in _NOT_TOLD:
            reply = {"text": row.reply.get("text", "")}
            connection.execute(
                insert(mail).values(
                    id=str(uuid.uuid4()), ticket=ticket, key=f"moved:{row.key}", reply=reply,
                    state="held", queued_at=row.created_at,
                )
            )  # fmt: skip
    said = connection.execute(
        select(outbox.c.id, outbox.c.seq, outbox.c.state, outbox.c.choice_ids).where(
            outbox.c.conversation_id.in_(chats),
            outbox.c.turn_id.is_(None),
            cast(outbox.c.reply, String).contains(ticket),
        )
    ).all()
    for row in said:
        connection.execute(delete(choices).where(choices.c.id.in_(list(row.choice_ids))))
        if row.state != "waiting":
            connection.execute(
                update(outbox)
                .where(outbox.c.id == row.id)
                .values(reply=neutral_reply(), choice_ids=[])
            )
    waiting = [row.seq for row in said if row.state == "waiting"]
    if waiting:
        connection.execute(
            update(sealing_progress).values(
                seq=func.least(sealing_progress.c.seq, min(waiting) - 1)
            )
        )


def _move_work(connection: Connection, ticket: str) -> None:
    for source, target in ((_OPEN.notes, _SEALED.notes), (_OPEN.alarms, _SEALED.alarms)):
        names = [column.name for column in source.c if column.name != "id"]
        columns = select(*(source.c[name] for name in names)).where(source.c.ticket == ticket)
        rows = connection.execute(columns.order_by(source.c.id)).mappings().all()
        if rows:  # not within the database: on the sealed side words are encrypted
            connection.execute(insert(target), [dict(row) for row in rows])


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


def _sealed_key(key: str, vault: Vault | None) -> str | None:
    """Give a step's key as the sealed shelf may hold it: it must not name the chat's turn."""
    if key.startswith(OFFICERS):
        return key
    turn_id, _, step = key.rpartition(":")
    return vault.mark("step", turn_id, step) if vault else None
