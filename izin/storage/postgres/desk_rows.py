"""Lines of the inbox: what is read of each conversation on a page, and what a search met.

Officers see what citizen and officers said. What may still become a sealed complaint, what is
noted to be sealed, and numbers of tickets that are no ordinary complaint's stay unread.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from izin.complaints import TICKET_ALPHABET
from izin.desk import DeskRow, LastWords, Seat
from izin.desk_search import Wanted, words
from izin.storage.postgres.desk_sql import OF_UNIT, quoted
from izin.storage.postgres.identifiers import phone_end_marks
from izin.storage.tables.encrypted import opened

CONCEALED = "[…]"
_TICKET = re.compile(rf"ADU(?:[^A-Z0-9]{{0,3}}[{TICKET_ALPHABET}]){{6}}", re.IGNORECASE)

_SHOWN = """(
    NOT EXISTS (SELECT 1 FROM sealed.sealing_turns
                 WHERE turn_id IN (turns.id, turns.merged_into))
    AND (turns.state = 'held'
         OR hidden.first IS NULL OR turns.seq < hidden.first
         OR EXISTS (SELECT 1 FROM escalation_messages WHERE turn_id = turns.id))
)"""
_TURN_TEXT = "coalesce(turns.choice->>'title', turns.message->>'text', '')"

_LINES = f"""
    SELECT turns.received_at AS at, 'citizen' AS by, {_TURN_TEXT} AS said,
           turns.message->>'kind' AS kind
      FROM turns WHERE turns.conversation_id = wanted.id AND {_SHOWN} {{turn_rule}}
     ORDER BY turns.seq DESC LIMIT 1
"""  # noqa: S608
# What is said of holds ("sudah bergabung") is no officer's word.
_OFFICER_LINES = """
    SELECT created_at, 'officer', coalesce(reply->>'text', ''), 'text'
      FROM outbox
     WHERE conversation_id = wanted.id
       AND (key LIKE 'scheduled:%'
            OR key LIKE 'officer:%' AND key !~ ':(claimed|released|expired)$')
       {outbox_rule}
     ORDER BY seq DESC LIMIT 1
"""
_BOT_LINES = f"""
    SELECT outbox.created_at, 'bot', coalesce(outbox.reply->>'text', ''), 'text'
      FROM outbox JOIN turns ON turns.id = outbox.turn_id
     WHERE outbox.conversation_id = wanted.id AND outbox.key NOT LIKE 'officer:%'
       AND {_SHOWN} {{outbox_rule}}
     ORDER BY outbox.seq DESC LIMIT 1
"""  # noqa: S608
_LATEST = """
LEFT JOIN LATERAL (SELECT tanya_hidden_from(wanted.id) AS first) AS hidden ON true
LEFT JOIN LATERAL (
    SELECT * FROM ({lines}) AS lines ORDER BY at DESC LIMIT 1
) AS line ON true
"""

_LAST = _LATEST.format(
    lines=f"({_LINES.format(turn_rule='')}) UNION ALL ({_OFFICER_LINES.format(outbox_rule='')})"
)
_MATCHING_TURN = f"AND {_TURN_TEXT} ~* :pattern"
_MATCHING_ANSWER = "AND outbox.reply->>'text' ~* :pattern"
_MATCHED = _LATEST.format(
    lines=" UNION ALL ".join(
        f"({lines})"
        for lines in (
            _LINES.format(turn_rule=_MATCHING_TURN),
            _OFFICER_LINES.format(outbox_rule=_MATCHING_ANSWER),
            _BOT_LINES.format(outbox_rule=_MATCHING_ANSWER),
        )
    )
)

_ROWS = text(
    f"""
SELECT wanted.id::text AS chat_id, conversations.namespace, conversations.channel,
       conversations.verified_phone AS locked_phone,
       open.reasons, open.urgent, open.opened_at, open.respond_by, open.units,
       earlier.reasons AS earlier_reasons, earlier.closed_at, earlier.units AS earlier_units,
       held.officer, held.claimed_at,
       coalesce(held.replied_at, (
           SELECT max(replied_at) FROM officer_handlings WHERE conversation_id = wanted.id
       )) > coalesce(conversations.last_inbound_at, '-infinity') AS answered,
       conversations.last_inbound_at > coalesce(desk_seen.seen_at, '-infinity') AS unread,
       (SELECT array_agg(ticket ORDER BY filed_at) FROM complaints
         WHERE conversation_id = wanted.id) AS tickets,
       line.at AS line_at, line.by AS line_by, line.said AS line_said, line.kind AS line_kind
  FROM unnest(cast(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, place)
  JOIN conversations ON conversations.id = wanted.id
  LEFT JOIN LATERAL (
      SELECT array_agg(reason ORDER BY id) AS reasons, bool_or(reason = 'urgent') AS urgent,
             min(opened_at) AS opened_at, min(respond_by) AS respond_by,
             array_remove(array_agg(DISTINCT unit), NULL) AS units
        FROM escalations WHERE conversation_id = wanted.id AND closed_at IS NULL
      HAVING count(*) > 0
  ) AS open ON true
  LEFT JOIN LATERAL (
      SELECT array_agg(reason ORDER BY id) AS reasons, max(closed_at) AS closed_at,
             array_remove(array_agg(DISTINCT unit), NULL) AS units
        FROM escalations WHERE conversation_id = wanted.id AND closed_at IS NOT NULL
      HAVING count(*) > 0
  ) AS earlier ON true
  LEFT JOIN officer_handlings AS held
         ON held.conversation_id = wanted.id AND held.ended_at IS NULL
  LEFT JOIN desk_seen
         ON desk_seen.conversation_id = wanted.id AND desk_seen.account_id = cast(:account AS uuid)
  {_LAST}
 ORDER BY wanted.place
"""  # noqa: S608
)

_SEARCH = """
SELECT found.id::text AS chat_id, desk_words.words @@ cast(:ids_query AS tsquery) AS by_id
  FROM (
      SELECT conversations.id, conversations.last_inbound_at
        FROM tanya_desk_met(cast(:query AS tsquery)) AS met (id)
        JOIN conversations ON conversations.id = met.id
       WHERE {sight}
       ORDER BY conversations.last_inbound_at DESC NULLS LAST LIMIT :limit
  ) AS found
  JOIN desk_words ON desk_words.conversation_id = found.id
 ORDER BY found.last_inbound_at DESC NULLS LAST
"""

_MATCHING = text(
    f"""
SELECT wanted.id::text AS chat_id, line.at AS line_at, line.by AS line_by, line.said AS line_said,
       line.kind AS line_kind,
       (SELECT array_agg(ticket) FROM complaints WHERE conversation_id = wanted.id) AS tickets
  FROM unnest(cast(:ids AS uuid[])) AS wanted (id)
  {_MATCHED}
 WHERE line.at IS NOT NULL
"""  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Ids:
    """Conversations in order; ``by_words`` are those a search met by words alone."""

    all: list[str]
    by_words: list[str] = field(default_factory=list)


def rows(connection: Connection, ids: Ids, seat: Seat) -> list[DeskRow]:
    """Give the lines of these conversations, in their order."""
    if not ids.all:
        return []
    found = connection.execute(_ROWS, {"ids": ids.all, "account": seat.account}).all()
    return [_row(connection, row) for row in found]


def matching(connection: Connection, seat: Seat, wanted: Wanted, limit: int) -> Ids:
    """Give the conversations a search meets, the one last heard of first."""
    by_words = " & ".join(f"{quoted(word)}:*" for word in wanted.words)
    marks = [f"={wanted.number}"] if wanted.number else []
    if wanted.phone_end:
        marks += [f"#{end}" for end in phone_end_marks(connection, wanted.phone_end)]
    by_id = " | ".join(quoted(mark) for mark in marks)
    sight = OF_UNIT.format(id="conversations.id") if seat.unit else "true"
    values: dict[str, Any] = {
        "query": f"({by_words}) | {by_id}" if by_id else by_words,
        "ids_query": by_id,
        "limit": limit,
    }
    if seat.unit:
        values["seat_unit"] = seat.unit
    found = connection.execute(text(_SEARCH.format(sight=sight)), values).all()
    return Ids([row.chat_id for row in found], [row.chat_id for row in found if not row.by_id])


def matching_lines(connection: Connection, ids: Ids, wanted: Wanted) -> dict[str, LastWords]:
    """Give the latest visible message of each conversation that holds a wanted word."""
    if not ids.all:
        return {}
    pattern = "(^|[^a-z0-9\u0080-\uffff])(" + "|".join(map(re.escape, wanted.words)) + ")"
    found = connection.execute(_MATCHING, {"ids": ids.all, "pattern": pattern}).all()
    lines = {row.chat_id: _line(row, row.tickets or ()) for row in found}
    return {
        key: line
        for key, line in lines.items()
        if line and any(w.startswith(wanted.words) for w in words(line.text))
    }


def _row(connection: Connection, row: Any) -> DeskRow:
    phone = opened(connection, "conversations/verified_phone", row.locked_phone)
    ended = row.opened_at is None and row.officer is None
    return DeskRow(
        conversation_id=row.chat_id,
        namespace=row.namespace,
        channel=row.channel,
        phone_end=phone[-4:] if phone else None,
        reasons=tuple(dict.fromkeys(row.reasons or row.earlier_reasons or ())),
        urgent=bool(row.urgent),
        opened_at=row.opened_at or row.claimed_at or row.closed_at or row.line_at,
        respond_by=row.respond_by,
        held_by=row.officer,
        waits_for_citizen=bool(row.answered),
        unread=bool(row.unread),
        units=tuple(row.units or row.earlier_units or ()),
        tickets=tuple(row.tickets or ()),
        last=_line(row, row.tickets or ()),
        ended=ended,
    )


def _line(row: Any, tickets: Collection[str]) -> LastWords | None:
    if row.line_at is None:
        return None
    return LastWords(row.line_at, row.line_by, concealed(row.line_said, tickets), row.line_kind)


def concealed(said: str, tickets: Collection[str]) -> str:
    """Give a text without the numbers of tickets that are not among ``tickets``."""
    known = {re.sub(r"[^A-Z0-9]", "", ticket) for ticket in tickets}

    def replaced(found: re.Match[str]) -> str:
        kept = re.sub(r"[^A-Z0-9]", "", found.group().upper())
        return found.group() if kept in known else CONCEALED

    return _TICKET.sub(replaced, said)
