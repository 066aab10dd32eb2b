"""What officers do not read yet: a complaint that is still being told may become a sealed one."""

from __future__ import annotations

from sqlalchemy import Connection, select

from izin.complaints import Confidentiality
from izin.storage.complaint_steps import is_sealed
from izin.storage.postgres.sealing import INTAKE, intake_turns
from izin.storage.tables.conversations import drafts, turns
from izin.storage.tables.sealed import sealing_turns


def hidden_turns(connection: Connection, conversation_id: str) -> frozenset[str]:
    """Give the turns of a conversation that nobody reads now.

    Those of an intake under way with what has just come in, those of one dropped after it was
    told as confidential, and those noted to be sealed as soon as they are finished.
    """
    noted = connection.execute(
        select(sealing_turns.c.turn_id).where(sealing_turns.c.conversation_id == conversation_id)
    ).scalars()
    hidden = {str(item) for item in noted}
    document = connection.execute(
        select(drafts.c.document).where(
            drafts.c.conversation_id == conversation_id, drafts.c.kind == INTAKE
        )
    ).scalar()
    if document:
        before = str((document.get("before") or {}).get("confidentiality") or "")
        dropped_sealed = bool(before) and is_sealed(Confidentiality(before))
        if document.get("now") or dropped_sealed:
            hidden.update(intake_turns(connection, conversation_id))
            coming = connection.execute(
                select(turns.c.id).where(
                    turns.c.conversation_id == conversation_id, turns.c.state == "queued"
                )
            ).scalars()
            hidden.update(str(item) for item in coming)
    return frozenset(hidden)
