"""Gathers the evidence of a run: the platforms' notes and the house's own tables."""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import func, select

from benchmarks.chaos.evidence import Evidence, PartRow, TurnRow
from benchmarks.chaos.house import House
from benchmarks.chaos.ledger import Ledger
from izin.storage.keyring import VARIABLE, Keyring
from izin.storage.postgres import identifiers
from izin.storage.postgres.engine import create
from izin.storage.tables.complaints import complaints
from izin.storage.tables.conversations import (
    conversations,
    outbox,
    review_items,
    sent_parts,
    turns,
)
from ops.errors import OpsError

_WATCH = """
create schema if not exists chaos;
create table if not exists chaos.statuses (
    seq bigint generated always as identity, external_id text, was text, became text);
create or replace function chaos.note() returns trigger language plpgsql security definer as $$
begin
    insert into chaos.statuses (external_id, was, became)
    values (new.external_id, old.status, new.status);
    return null;
end $$;
drop trigger if exists chaos_note on sent_parts;
create trigger chaos_note after update of status on sent_parts for each row
    when (old.status is distinct from new.status) execute function chaos.note();
grant usage on schema chaos to public;
"""


_WHERE = conversations.c.namespace == "live"
_TURNS = (
    select(turns.c.id, conversations.c.channel, conversations.c.chat, turns.c.seq,
           turns.c.external_id, turns.c.state, turns.c.merged_into)
    .join(conversations, conversations.c.id == turns.c.conversation_id).where(_WHERE)
)  # fmt: skip
_PARTS = (
    select(outbox.c.turn_id, conversations.c.channel, conversations.c.chat,
           outbox.c.seq.label("outbox_seq"), func.coalesce(sent_parts.c.part, 0).label("part"),
           outbox.c.state, sent_parts.c.external_id,
           func.coalesce(sent_parts.c.status, "").label("status"))
    .select_from(outbox.join(conversations, conversations.c.id == outbox.c.conversation_id)
                 .outerjoin(sent_parts, sent_parts.c.outbox_id == outbox.c.id)).where(_WHERE)
)  # fmt: skip
_COMPLAINTS = (
    select(conversations.c.channel, conversations.c.chat, complaints.c.ticket)
    .join(conversations, conversations.c.id == complaints.c.conversation_id)
    .where(_WHERE)
)

_LEFT = """
select (select count(*) from turns where state = 'queued') as "turns",
       (select count(*) from outbox where state = 'waiting') as "deliveries",
       (select count(*) from procrastinate_jobs where status in ('todo', 'doing')) as "jobs",
       (select count(*) from procrastinate_jobs where status = 'failed') as "failed jobs"
"""


def _rows(house: House, statement: str) -> list[dict[str, Any]]:
    with psycopg.connect(house.trial.database_url, row_factory=dict_row) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[call-overload,no-any-return]


def watch_statuses(house: House) -> None:
    """Let the database note every change of a delivery status."""
    with psycopg.connect(house.trial.database_url) as connection:
        connection.execute(_WATCH)


def left(house: House) -> dict[str, int]:
    """Give what is still open in the house; ``unknown`` while its database is away."""
    try:
        [row] = _rows(house, _LEFT)
    except (psycopg.Error, OpsError):
        time.sleep(0.5)
        return {"unknown": 1}
    return {name: int(count) for name, count in row.items()}


def evidence(house: House, ledger: Ledger, left_over: dict[str, int]) -> Evidence:
    """Give everything a run left behind."""
    key = house.trial.environment[VARIABLE]
    os.environ[VARIABLE] = key  # addresses are encrypted, and we read them as the house does
    received = tuple(ledger.received())
    engine = create(house.trial.database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            plain = _Plain(Keyring(key), _known_ids(ledger))
            turns_found = [TurnRow(**plain.row(row)) for row in connection.execute(_TURNS)]
            parts = [PartRow(**plain.row(row)) for row in connection.execute(_PARTS)]
            filed: dict[str, list[str]] = defaultdict(list)
            for row in connection.execute(_COMPLAINTS):
                filed[f"{row.channel}:{row.chat}"].append(row.ticket)
            review = [bytes(row.payload) for row in connection.execute(select(review_items))]
    finally:
        engine.dispose()
    changes = _rows(house, "select external_id, was, became from chaos.statuses order by seq")
    return Evidence(
        written=tuple(ledger.written),
        received=received,
        turns=turns_found,
        parts=parts,
        shaken=tuple(ledger.shaken),
        complaints=filed,
        transitions=[(row["external_id"], row["was"], row["became"]) for row in changes],
        receipts=dict(ledger.receipts),
        refusing=frozenset(ledger.refusing),
        silent=frozenset(ledger.silent),
        forged_ids=frozenset(ledger.forged),
        malformed=tuple(ledger.malformed),
        review=[payload.decode(errors="replace") for payload in review],
        left=left_over,
        figures={
            **ledger.counts,
            **Counter(f"turns {turn.state}" for turn in turns_found),
            "seconds": round(ledger.now()),
            "starts that had to be tried again": house.late_starts,
        },
    )


def _known_ids(ledger: Ledger) -> list[str]:
    """Give every id of a platform that may be stored."""
    written = [item.external_id for item in ledger.written]
    return [*written, *ledger.forged, *(item.received.external_id for item in ledger.arrivals)]


class _Plain:
    """Reads the platforms' ids behind the marks that are stored in their place."""

    def __init__(self, ring: Keyring, ids: list[str]) -> None:
        self._id_of = {ring.mark(identifiers.PLATFORM_ID, known): known for known in ids}

    def row(self, row: Any) -> dict[str, Any]:
        """Give a row's columns with its chat as one word and its id as the platform knows it."""
        columns = dict(row._mapping)
        channel = columns.pop("channel")
        columns["chat"] = f"{channel}:{columns['chat']}"
        columns["external_id"] = self._id_of.get(columns["external_id"], columns["external_id"])
        return columns
