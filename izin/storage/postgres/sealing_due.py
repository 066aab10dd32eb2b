"""What becomes due for sealed complaints: traces to remove, mailboxes and complaints to forget.

Every job may run again and again, also by two gateways at the same time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, String, cast, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.complaints import TICKET_ALPHABET, Confidentiality
from izin.storage.complaint_steps import is_sealed
from izin.storage.postgres import sealing
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.tightened_traces import LAST_TICKET
from izin.storage.sealed_history import neutral_reply
from izin.storage.tables.complaints import sealed_complaints
from izin.storage.tables.conversations import drafts, escalations, outbox
from izin.storage.tables.sealed import sealing_progress, sealing_turns
from izin.storage.vault import Vault

LOOKED_AT_ONCE = 20_000
"""Answers looked through in one commit: a tenth of a second."""

_LOOKED_AGAIN = 500
"""Answers looked through a second time: numbers are given before their rows can be seen."""

_SCAN_LOCK = 7_203_042
_PROGRESS = "outbox"
# Looked for at every place: in "Aduan ADU-…" the first ADU is a word, not the ticket.
_TICKET = re.compile(rf"(?=ADU[^A-Z0-9]{{0,3}}((?:[{TICKET_ALPHABET}][^A-Z0-9]{{0,3}}){{6}}))")


def seal_traces(engine: Engine, vault: Vault, now: datetime) -> int:
    """Seal what tells of sealed complaints; gives the number of turns that are done with.

    Looks for intakes that were told as confidential and dropped, and for answers that name a
    sealed ticket, then seals every noted turn that is finished.
    """
    with _scanning(engine) as connection:
        _note_dropped_intakes(connection)
    _note_mentions(engine)
    with _scanning(engine) as connection:
        _drop_escalations(connection)
        _drop_last_tickets(connection)
    with transaction(engine) as connection:
        noted = connection.execute(select(sealing_turns.c.conversation_id).distinct())
        waiting = [str(item) for item in noted.scalars()]
        before = _noted(connection)
    for conversation_id in waiting:
        with transaction(engine) as connection:
            sealing.seal_conversation(connection, conversation_id, vault)
    with transaction(engine) as connection:
        return max(0, before - _noted(connection))


def note_intakes(connection: Connection, documents: Iterable[dict[str, Any]]) -> None:
    """Remember the turns of intakes that were told as confidential and will not be filed."""
    for document in documents:
        state = document.get("now") or document.get("before") or {}
        level = state.get("confidentiality")
        if level and is_sealed(Confidentiality(level)):
            anonymous = level == Confidentiality.ANONYMOUS.value
            sealing.note_turns(connection, sealing.turns_of_draft(document), anonymous)


def _note_dropped_intakes(connection: Connection) -> None:
    documents = connection.execute(
        select(drafts.c.document).where(
            drafts.c.kind == sealing.INTAKE, drafts.c.document["now"] == {}
        )
    ).scalars()
    note_intakes(connection, documents)


@contextmanager
def _scanning(engine: Engine) -> Iterator[Connection]:
    """Give a transaction in which nobody else looks for traces."""
    with transaction(engine) as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _SCAN_LOCK})
        yield connection


def _note_mentions(engine: Engine) -> None:
    """Look through what was answered since last time, so much in a commit that none takes long."""
    done = newest = 0
    saved: int | None = None
    held: list[int] = []
    while saved is None or done < newest:
        with _scanning(engine) as connection:
            known = _looked_through(connection)
            if known != saved:  # it begins, or somebody else has moved or put back the mark
                done, held = known - _LOOKED_AGAIN, []
            newest = connection.execute(select(func.max(outbox.c.seq))).scalar() or 0
            upto = min(done + LOOKED_AT_ONCE, newest)
            held += _note_mentions_between(connection, done, upto)
            done, saved = upto, min([*held, upto])
            _remember(connection, saved)


def _note_mentions_between(connection: Connection, after: int, upto: int) -> list[int]:
    """Remember turns whose answer names a sealed ticket, and seal notices that do.

    Gives a place before each notice that is on its way: from there is looked again.
    """
    rows = connection.execute(
        select(outbox.c.id, outbox.c.seq, outbox.c.turn_id, outbox.c.state, outbox.c.reply)
        .where(
            outbox.c.seq > after, outbox.c.seq <= upto,
            cast(outbox.c.reply, String).ilike("%ADU%"),
        )
        .order_by(outbox.c.seq)
    ).all()  # fmt: skip
    named = {row.id: tickets_in(str(row.reply)) for row in rows}
    sealed = sealed_levels(connection, {item for found in named.values() for item in found})
    on_their_way = []
    for row in rows:
        levels = [sealed[item] for item in named[row.id] if item in sealed]
        if not levels:
            continue
        if row.turn_id:
            anonymous = Confidentiality.ANONYMOUS.value in levels
            sealing.note_turns(connection, [str(row.turn_id)], anonymous)
        elif row.state == "waiting":
            on_their_way.append(row.seq - 1)
        else:
            connection.execute(
                update(outbox).where(outbox.c.id == row.id).values(reply=neutral_reply())
            )
    return on_their_way


def _looked_through(connection: Connection) -> int:
    mark = select(sealing_progress.c.seq).where(sealing_progress.c.name == _PROGRESS)
    return connection.execute(mark).scalar() or 0


def _remember(connection: Connection, reached: int) -> None:
    statement = upsert(sealing_progress).values(name=_PROGRESS, seq=reached)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"seq": statement.excluded.seq}
        )
    )


def _drop_escalations(connection: Connection) -> None:
    """Drop openings of a chat that name a sealed ticket; the complaint desk lists it itself."""
    rows = connection.execute(
        select(escalations.c.id, escalations.c.key, escalations.c.note).where(
            (escalations.c.key + " " + escalations.c.note).ilike("%ADU%")
        )
    ).all()
    named = {row.id: tickets_in(f"{row.key} {row.note}") for row in rows}
    sealed = sealed_levels(connection, {item for found in named.values() for item in found})
    dropped = [key for key, found in named.items() if found & sealed.keys()]
    connection.execute(delete(escalations).where(escalations.c.id.in_(dropped)))


def _drop_last_tickets(connection: Connection) -> None:
    """Drop drafts that name a sealed ticket beside its chat; earlier releases wrote them."""
    tickets = select(sealed_complaints.c.ticket)
    connection.execute(
        delete(drafts).where(
            drafts.c.kind == LAST_TICKET, drafts.c.document["ticket"].astext.in_(tickets)
        )
    )


def tickets_in(document: str) -> set[str]:
    """Give every ticket a text names, however it is written."""
    found = set()
    for letters in _TICKET.findall(document.upper()):
        kept = re.sub(r"[^A-Z0-9]", "", letters)
        found.add(f"ADU-{kept[:4]}-{kept[4:]}")
    return found


def sealed_levels(connection: Connection, tickets: set[str]) -> dict[str, str]:
    """Give the confidentiality of those tickets that are sealed, by ticket."""
    if not tickets:
        return {}
    rows = connection.execute(
        select(sealed_complaints.c.ticket, sealed_complaints.c.confidentiality).where(
            sealed_complaints.c.ticket.in_(tickets)
        )
    )
    return {row.ticket: row.confidentiality for row in rows}


def _noted(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(sealing_turns)).scalar_one()


def bound_often(engine: Engine, vault: Vault) -> dict[str, Callable[[datetime], int]]:
    """Give the jobs that run every minute, by name."""
    return {"seal_traces": partial(seal_traces, engine, vault)}
