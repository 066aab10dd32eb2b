"""Gathers the evidence of a run: the platforms' notes and the house's own tables."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import Any

import psycopg
from psycopg.rows import dict_row

from benchmarks.chaos.evidence import Evidence, PartRow, TurnRow
from benchmarks.chaos.house import House
from benchmarks.chaos.ledger import Ledger
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

_TURNS = """
select t.id::text, t.channel || ':' || c.chat as chat, t.seq, t.external_id, t.state,
       t.merged_into::text
  from turns t join conversations c on c.id = t.conversation_id where t.namespace = 'live'
"""

_PARTS = """
select o.turn_id::text, c.channel || ':' || c.chat as chat, o.seq as outbox_seq,
       coalesce(p.part, 0) as part, o.state, p.external_id, coalesce(p.status, '') as status
  from outbox o join conversations c on c.id = o.conversation_id
  left join sent_parts p on p.outbox_id = o.id where c.namespace = 'live'
"""

_COMPLAINTS = """
select c.channel || ':' || c.chat as chat, k.ticket
  from complaints k join conversations c on c.id = k.conversation_id
"""

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
    complaints: dict[str, list[str]] = defaultdict(list)
    for row in _rows(house, _COMPLAINTS):
        complaints[row["chat"]].append(row["ticket"])
    turns = [TurnRow(**row) for row in _rows(house, _TURNS)]
    changes = _rows(house, "select external_id, was, became from chaos.statuses order by seq")
    review = _rows(house, "select payload from review_items")
    return Evidence(
        written=tuple(ledger.written),
        received=tuple(ledger.received()),
        turns=turns,
        parts=[PartRow(**row) for row in _rows(house, _PARTS)],
        shaken=tuple(ledger.shaken),
        complaints=complaints,
        transitions=[(row["external_id"], row["was"], row["became"]) for row in changes],
        receipts=dict(ledger.receipts),
        refusing=frozenset(ledger.refusing),
        silent=frozenset(ledger.silent),
        forged_ids=frozenset(ledger.forged),
        malformed=tuple(ledger.malformed),
        review=[bytes(row["payload"]).decode(errors="replace") for row in review],
        left=left_over,
        figures={
            **ledger.counts,
            **Counter(f"turns {turn.state}" for turn in turns),
            "seconds": round(ledger.now()),
            "starts that had to be tried again": house.late_starts,
        },
    )
