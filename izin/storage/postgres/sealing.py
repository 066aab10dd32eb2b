"""Takes what belongs to a sealed complaint out of everything that can be read.

Filing seals what is finished by then, in its own transaction. What is still in flight (the
turn that files, its answer on the way, Rasa's own copy) is sealed by a due job: a turn is
done when it is answered, its answers are delivered or given up, and a later look finds
nothing of it in Rasa's store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, delete, func, insert, null, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import NotFound
from izin.officers import URGENT
from izin.storage.postgres.engine import is_id
from izin.storage.sealed_history import neutral_message, neutral_reply, neutral_tracker
from izin.storage.tables.conversations import (
    choices,
    conversations,
    drafts,
    escalations,
    media_files,
    outbox,
    rasa_trackers,
    turns,
)
from izin.storage.tables.sealed import sealed_media, sealing_turns
from izin.storage.vault import Vault

INTAKE = "pengaduan"
"""Kind of the draft that an intake keeps; it lists the turns the intake took."""

LOCKED = "terkunci"
"""Holds the encrypted entities of a button that follows a ticket."""

_LOCKED_TEXT = f"{LOCKED}:"
_HARMLESS = frozenset({"minta_petugas", "menu_bantuan"})


def take_evidence(connection: Connection, ticket: str, media_ids: Sequence[str]) -> None:
    """Move the records of files to the sealed side: nothing else finds them from now on.

    Whose they were and what their sender called them is not kept.
    """
    ids = [item for item in media_ids if is_id(item)]
    rows = connection.execute(
        delete(media_files).where(media_files.c.id.in_(ids)).returning(media_files)
    ).all()
    for row in rows:
        connection.execute(
            insert(sealed_media).values(
                id=row.id,
                ticket=ticket,
                kind=row.kind,
                mime_type=row.mime_type,
                size_bytes=row.size_bytes,
                sha256=row.sha256,
            )
        )


def intake_turns(connection: Connection, conversation_id: str) -> list[str]:
    """Give the turns an unfinished intake took so far.

    What came too fast to be answered meanwhile belongs to them. An intake that began with a
    tap answers a question of ours: the message before the tap told the story.
    """
    document = connection.execute(
        select(drafts.c.document).where(
            drafts.c.conversation_id == conversation_id, drafts.c.kind == INTAKE
        )
    ).scalar()
    listed = turns_of_draft(document or {})
    if not listed:
        return []
    first = connection.execute(
        select(turns.c.seq, turns.c.choice).where(turns.c.id == listed[0])
    ).first()
    if first is None:
        return listed
    here = turns.c.conversation_id == conversation_id
    unanswered = connection.execute(
        select(turns.c.id).where(here, turns.c.seq > first.seq, turns.c.state == "limited")
    ).scalars()
    listed += [str(item) for item in unanswered]
    if first.choice is None:
        return listed
    told = connection.execute(
        select(turns.c.id)
        .where(here, turns.c.seq < first.seq)
        .order_by(turns.c.seq.desc())
        .limit(1)
    ).scalar()
    return [str(told), *listed] if told else listed


def turns_about(connection: Connection, turn_id: str, ticket: str) -> list[str]:
    """Give a turn and those of every task in its chat that names the ticket."""
    if not is_id(turn_id):
        return []
    chat = select(turns.c.conversation_id).where(turns.c.id == turn_id).scalar_subquery()
    documents = connection.execute(
        select(drafts.c.document).where(
            drafts.c.conversation_id == chat,
            func.strpos(cast(drafts.c.document, Text), ticket) > 0,
        )
    ).scalars()
    return [turn_id, *(item for document in documents for item in turns_of_draft(document))]


def turns_of_draft(document: Mapping[str, Any]) -> list[str]:
    """Give the turns that a task's draft lists."""
    return [str(item) for item in document.get("turns", ()) if is_id(str(item))]


def note_turns(connection: Connection, turn_ids: Sequence[str], anonymous: bool) -> None:
    """Remember turns whose words have to be sealed; unknown ones are left out."""
    ids = [item for item in turn_ids if is_id(item)]
    found = connection.execute(
        select(turns.c.id, turns.c.conversation_id).where(turns.c.id.in_(ids))
    ).all()
    for row in found:
        statement = upsert(sealing_turns).values(
            turn_id=row.id, conversation_id=row.conversation_id, anonymous=anonymous
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["turn_id"],
                set_={"anonymous": sealing_turns.c.anonymous | statement.excluded.anonymous},
            )
        )


def drop_calls(connection: Connection, turn_ids: Sequence[str]) -> None:
    """Drop the openings of a chat that its urgent complaint made: the sealed desk has it now.

    Every officer sees an opened chat, and thereby who filed it. A wish for an officer stays.
    """
    keys = [f"turn:{item}" for item in turn_ids]
    connection.execute(
        delete(escalations).where(escalations.c.key.in_(keys), escalations.c.reason == URGENT)
    )


def seal_conversation(connection: Connection, conversation_id: str, vault: Vault) -> bool:
    """Seal what is finished of a conversation's noted turns; True when nothing is left."""
    noted = connection.execute(
        select(sealing_turns.c.turn_id, sealing_turns.c.anonymous, turns.c.state)
        .join(turns, turns.c.id == sealing_turns.c.turn_id)
        .where(sealing_turns.c.conversation_id == conversation_id)
        .with_for_update(of=sealing_turns)
    ).all()
    finished = True
    for row in noted:
        if row.state == "queued":  # it may still run again and needs its words
            finished = False
            continue
        finished = _seal_turn(connection, conversation_id, row, vault) and finished
    ids = [row.turn_id for row in noted]
    if _in_progress(connection, conversation_id):
        return False
    _drop_finished_draft(connection, conversation_id, ids)
    # Rasa may have read its copy before this transaction ends and write it back after it; a
    # turn that does so is still queued at the next look, or its copy is found unclean then.
    clean = not _seal_tracker(connection, conversation_id, ids)
    if finished and clean:
        connection.execute(delete(sealing_turns).where(sealing_turns.c.turn_id.in_(ids)))
        return True
    return False


def _seal_turn(connection: Connection, conversation_id: str, row: Row[Any], vault: Vault) -> bool:
    """Seal an answered turn and its delivered answers; False while one is on its way."""
    messages = connection.execute(
        select(turns.c.id, turns.c.message).where(
            (turns.c.id == row.turn_id) | (turns.c.merged_into == row.turn_id)
        )
    ).all()
    for item in messages:
        connection.execute(
            update(turns)
            .where(turns.c.id == item.id)
            .values(
                message=neutral_message(item.message),
                choice=None,
                media_ids=[],
                details={},
                understood=null(),
            )
        )
    if row.anonymous:  # an officer who opened the chat would see whose complaint it is
        connection.execute(delete(escalations).where(escalations.c.key == f"turn:{row.turn_id}"))
    answers = connection.execute(select(outbox).where(outbox.c.turn_id == row.turn_id)).all()
    for answer in answers:
        if answer.state == "waiting":
            continue
        _seal_choices(connection, answer.choice_ids, vault)
        said = str(answer.reply.get("text", ""))
        connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.last_text == said)
            .values(last_text=_LOCKED_TEXT + vault.lock(said))
        )
        connection.execute(
            update(outbox)
            .where(outbox.c.id == answer.id)
            .values(reply=neutral_reply(), choice_ids=[])
        )
    return all(answer.state != "waiting" for answer in answers)


def _seal_choices(connection: Connection, choice_ids: Sequence[str], vault: Vault) -> None:
    """Drop an intake's buttons; one that follows a ticket goes on working, unreadably."""
    rows = connection.execute(select(choices).where(choices.c.id.in_(list(choice_ids)))).all()
    for row in rows:
        here = choices.c.id == row.id
        if LOCKED in row.entities:
            continue
        if row.entities.get("tiket"):
            locked = {LOCKED: vault.lock(json.dumps(row.entities))}
            connection.execute(update(choices).where(here).values(title="", entities=locked))
        elif row.entities or row.intent not in _HARMLESS:
            connection.execute(delete(choices).where(here))


def _in_progress(connection: Connection, conversation_id: str) -> bool:
    queued = select(turns.c.id).where(
        turns.c.conversation_id == conversation_id, turns.c.state == "queued"
    )
    return connection.execute(queued.limit(1)).first() is not None


def _drop_finished_draft(
    connection: Connection, conversation_id: str, turn_ids: Sequence[str]
) -> None:
    connection.execute(
        delete(drafts).where(
            drafts.c.conversation_id == conversation_id,
            drafts.c.document["turn"].astext.in_(list(turn_ids)),
            drafts.c.document["now"] == {},
        )
    )


def _seal_tracker(connection: Connection, conversation_id: str, turn_ids: Sequence[str]) -> bool:
    """Seal Rasa's copy; True when something of these turns was still in it."""
    here = rasa_trackers.c.sender_id == conversation_id
    document = connection.execute(
        select(rasa_trackers.c.document).where(here).with_for_update()
    ).scalar()
    if document is None:
        return False
    neutral = neutral_tracker(document, frozenset(turn_ids))
    if neutral == document:
        return False
    connection.execute(update(rasa_trackers).where(here).values(document=neutral))
    return True


def opened_choice(entities: Mapping[str, Any], vault: Vault | None) -> dict[str, Any] | None:
    """Give a button's entities as they were before sealing; None when they cannot be opened."""
    if LOCKED not in entities:
        return dict(entities)
    if vault is None:
        return None
    try:
        return dict(json.loads(vault.unlock(str(entities[LOCKED]))))
    except NotFound:
        return None


def opened_text(last_text: str, vault: Vault | None) -> str:
    """Give a conversation's last answer, by which the same one is never sent twice in a row."""
    if not last_text.startswith(_LOCKED_TEXT):
        return last_text
    try:
        return vault.unlock(last_text.removeprefix(_LOCKED_TEXT)) if vault else ""
    except NotFound:
        return ""
