"""Invents years of an office's work: conversations, escalations, complaints, audit.

All is made inside PostgreSQL by ``INSERT … SELECT`` over numbered rows. What looks random is a
hash of the row's number, so equal sizes give equal worlds, apart from the moment they end at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from benchmarks.console import texts
from benchmarks.console.audit import fill_audit
from benchmarks.console.cases import fill_cases
from benchmarks.console.filling import Filler
from benchmarks.console.talks import fill_talks
from izin.complaints import TICKET_ALPHABET
from izin.storage.postgres.figures_refresh import refresh
from izin.storage.postgres.office import PostgresOfficeBook

SALT = 20_261_122
"""Goes into every hash."""

NOTE = "catatan"
UNITS = {
    "DINAS_PU": "Dinas PUPR", "DINKES": "Dinas Kesehatan", "DLH": "Dinas Lingkungan Hidup",
    "BAPENDA": "Bapenda", "SATPOL_PP": "Satpol PP", "KECAMATAN": "Kecamatan",
}  # fmt: skip

LONG_TURNS = 250
"""The longest conversation has as many messages, and as many answers."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is; the rest follows from it."""

    conversations: int
    days: int = 540
    """How far back they reach; each day's figures are counted by themselves."""

    @property
    def complaints(self) -> int:
        """Ordinary ones."""
        return self.conversations * 2 // 5

    @property
    def sealed(self) -> int:
        """Confidential and anonymous ones."""
        return self.conversations // 80

    @property
    def audit_entries(self) -> int:
        """Entries of the audit log."""
        return self.conversations * 4

    @property
    def answers(self) -> int:
        """Entries of the FAQ besides the release's own."""
        return self.conversations // 5

    @property
    def clusters(self) -> int:
        """Of unrecognised messages."""
        return self.conversations * 3 // 25

    @property
    def escalated(self) -> int:
        """Conversations that were opened to an officer."""
        return self.conversations * 3 // 10

    @property
    def waiting(self) -> int:
        """Of these, conversations that still wait or are being served."""
        return max(60, self.conversations // 100)


FULL, SMALL = Size(50_000), Size(500, days=60)

_TOOLS = (
    "create schema bench",
    f"""create function bench.pick(i bigint, salt int, n int) returns int
  language sql immutable parallel safe
  as $$ select abs(hashint8extended(i, {SALT} + salt) % n)::int $$""",
    """create function bench.id(kind text, i bigint) returns uuid
  language sql immutable parallel safe as $$ select md5(kind || i)::uuid $$""",
    f"""create function bench.ticket(i bigint) returns text language sql immutable parallel safe
  as $$ select 'ADU-' || string_agg(case when k = 5 then '-' else '' end || substr(
    '{TICKET_ALPHABET}', ((i * 7919 + 104729) / (1 << (5 * (k - 1))) % 32)::int + 1, 1),
    '' order by k) from generate_series(1, 6) k $$""",  # noqa: S608
    """create function bench.one(list text[], i bigint, salt int) returns text
  language sql immutable parallel safe
  as $$ select list[1 + bench.pick(i, salt, cardinality(list))] $$""",
)

_CHATS = """
create table bench.chats as
select i, bench.id('chat', i) as id, turns, escalated, waiting, handled, held,
  case when i % 5 < 2 then 'telegram' else 'whatsapp' end as channel,
  '62811' || lpad((10000000 + i * 37)::text, 8, '0') as phone,
  case when waiting and turns < :long then cast(:now as timestamptz)
        - make_interval(mins => 12 + bench.pick(i, 4, 7000))
       else (cast(:now as timestamptz)::date - (1 + bench.pick(i, 5, :days)))::timestamptz
        + make_interval(hours => (array[1,1,2,2,2,3,3,3,4,4,5,6,6,7,7,8,9,10,12,13,14])
            [1 + bench.pick(i, 6, 21)], mins => bench.pick(i, 7, 60)) end as began
from (
  select i, i <= :escalated as escalated, i <= :waiting as waiting,
    i <= :escalated and (i > :waiting or i % 4 < 2) as handled,
    i <= :waiting and i % 4 = 0 as held,
    case when i = 1 then :long else 4 + bench.pick(i, 1, 14) end as turns
  from generate_series(1, :conversations) i
) sized
"""

_TURNS = """
create table bench.turns as
select c.i, k, c.id as conversation_id, bench.id('turn', c.i * 1000 + k) as id,
  c.i * 1000 + k as n, c.channel, c.phone,
  case when c.handled and k > turns - 3 - turns / 8 then 'held'
       when bench.pick(c.i * 1000 + k, 9, 300) = 0 then 'failed' else 'answered' end as state,
  least(cast(:now as timestamptz) - interval '40 seconds',
    c.began + make_interval(
      days => (k - 1) / 5 * greatest(0, (cast(:now as timestamptz)::date - c.began::date)
        * 9 / 10 / (turns / 5 + 1)),
      secs => (k - 1) / 5 * (case when waiting then 60 else 600 end)
        + (k - 1) % 5 * 45 + bench.pick(c.i * 1000 + k, 10, 20))) as at
from bench.chats c, generate_series(1, c.turns) k
"""


def fill(
    engine: Engine, size: Size, now: datetime, officers: Sequence[str], audit_key: str
) -> dict[str, int]:
    """Fill a seeded database; gives the rows of each table.

    Args:
        engine: Of a superuser.
        size: How much.
        now: The world's latest moment.
        officers: Account ids; conversations and audit entries are theirs.
        audit_key: Seals the audit log.
    """
    values = {
        "now": now, "conversations": size.conversations, "days": size.days,
        "complaints": size.complaints, "sealed": size.sealed, "escalated": size.escalated,
        "waiting": size.waiting, "long": LONG_TURNS, "officers": list(officers),
        "stories": list(texts.STORIES), "places": list(texts.PLACES), "notes": list(texts.NOTES),
        "note": NOTE,
    }  # fmt: skip
    with engine.begin() as connection:
        filler = Filler(connection, values)
        for statement in _TOOLS:
            filler.run(statement)
        _sentences(filler)
        _some_units(filler)
        filler.run(_CHATS)
        filler.run(_TURNS)
        filler.run("create unique index on bench.turns (i, k)")
        filler.run("create unique index on bench.chats (i)")
        connection.exec_driver_sql("analyze bench.chats; analyze bench.turns")
        with filler.without_triggers():
            fill_talks(filler)
            fill_cases(filler)
            _visible_words(filler)
        filler.rows["audit_log"] = fill_audit(
            connection, audit_key, size.audit_entries, size.conversations, now, officers
        )
        connection.exec_driver_sql("drop schema bench cascade")
    refresh(engine, now, PostgresOfficeBook(engine).office().zone)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    return filler.rows


def _sentences(filler: Filler) -> None:
    """Lay out what citizens, the assistant and officers say, numbered from 0."""
    said = {"said": texts.citizens(), "answered": texts.answers(),
            "served": list(texts.OFFICER_ANSWERS)}  # fmt: skip
    for name, sentences in said.items():
        filler.run(
            f"create table bench.{name} as select n - 1 as n, text"  # noqa: S608
            " from unnest(cast(:sentences as text[])) with ordinality as u(text, n)",
            sentences=sentences,
        )
        filler.run(f"create unique index on bench.{name} (n)")


def _some_units(filler: Filler) -> None:
    """Give an office without units some, to pass work to."""
    for code, name in UNITS.items():
        filler.run(
            "insert into units (code, name) select :code, :name"
            " where (select count(*) from units where not desk) < 6 on conflict do nothing",
            code=code, name=name,
        )  # fmt: skip


def _visible_words(filler: Filler) -> None:
    """Let the search know what officers may see, which triggers do otherwise."""
    if filler.knows("desk_words"):
        filler.rows["desk_words"] = filler.run(
            "select tanya_desk_fill(id) from (select conversation_id as id from escalations union"
            " select conversation_id from complaints) visible where id is not null"
        )
