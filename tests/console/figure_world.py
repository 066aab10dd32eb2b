"""A month of an office's work, small enough to be counted by hand.

The office's zone is Asia/Jakarta; November 2026 has no holiday. `NOW` is Friday the 20th.
"""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.console.conftest import RunningConsole

ZONE = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 20, 14, 5, tzinfo=ZONE)
MONTH = "dari=2026-11-01&sampai=2026-11-30"


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11) -> datetime:
    """Give a moment of 2026 in the office's zone."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def chat(console: RunningConsole, channel: str = "telegram", namespace: str = "live") -> str:
    """Store a conversation; gives its id."""
    own = str(uuid.uuid4())
    console.rows(
        "insert into conversations (id, namespace, channel, chat)"
        " values (cast(:id as uuid), :ns, :ch, :chat)",
        id=own, ns=namespace, ch=channel, chat=own,
    )  # fmt: skip
    return own


def say(
    console: RunningConsole, conversation: str, moment: datetime, intent: str | None = None,
    permit: str | None = None,
) -> None:  # fmt: skip
    """Store a citizen's message."""
    read = {"intent": intent, "confidence": 0.9, "permit": permit} if intent else None
    kept = {name: value for name, value in (read or {}).items() if value is not None}
    console.rows(
        "insert into turns (id, conversation_id, namespace, channel, external_id, message,"
        " state, office_now, received_at, understood)"
        " select cast(:id as uuid), c.id, c.namespace, c.channel, :external,"
        " '{\"kind\": \"text\"}', 'answered', :at, :received, cast(:read as jsonb)"
        " from conversations c where c.id = cast(:chat as uuid)",
        id=str(uuid.uuid4()), external=str(uuid.uuid4()), chat=conversation, at=moment,
        received=NOW, read=json.dumps(kept) if read else None,
    )  # fmt: skip


def escalate(
    console: RunningConsole, conversation: str, opened: datetime, closed: datetime | None = None
) -> None:
    """Open a conversation to an officer."""
    console.rows(
        "insert into escalations (conversation_id, key, reason, opened_at, closed_at)"
        " values (:chat, :key, 'minta_petugas', :opened, :closed)",
        chat=conversation, key=str(uuid.uuid4()), opened=opened, closed=closed,
    )  # fmt: skip


def serve(
    console: RunningConsole, conversation: str, officer: str, claimed: datetime,
    said: datetime | None, ended: datetime | None,
) -> None:  # fmt: skip
    """Let an officer hold a conversation, and write once."""
    [[number]] = console.rows(
        "insert into officer_handlings (conversation_id, officer, role, claimed_at, lease_until,"
        " replied_at, ended_at, ended_by) values (:chat, :officer, 'Petugas', :claimed,"
        " :until, :said, :ended, :by) returning id",
        chat=conversation, officer=officer, claimed=claimed, until=claimed + timedelta(hours=1),
        said=said, ended=ended, by="petugas" if ended else None,
    )  # fmt: skip
    for what, moment in (("claimed", claimed), (uuid.uuid4().hex, said)):
        if moment is not None:
            console.rows(
                "insert into outbox (id, conversation_id, key, reply, created_at)"
                " values (:id, :chat, :key, '{}', :at)",
                id=str(uuid.uuid4()), chat=conversation, key=f"officer:{number}:{what}", at=moment,
            )  # fmt: skip


def complain(console: RunningConsole, filed: datetime, due: int, **columns: Any) -> str:
    """Store an ordinary complaint, to be answered by a day of November; gives its ticket."""
    ticket = f"ADU-{uuid.uuid4().hex[:6].upper()}"
    values: dict[str, Any] = {
        "ticket": ticket, "key": ticket, "conversation_id": chat(console, "whatsapp"),
        "category": "SARANA", "class_code": "TIDAK_BERKADAR", "story": "x", "place": "y",
        "confidentiality": "normal", "state": "diterima", "owner": "Sekretariat",
        "filed_at": filed, "unit": None,
        "first_response_due": _due(date(2026, 11, due)),
        "decision_due": _due(date(2026, 11, due) + timedelta(days=15)),
        **columns,
    }  # fmt: skip
    schema = values.pop("schema", "public")
    names = ", ".join(values)
    given = ", ".join(f":{name}" for name in values)
    console.rows(f"insert into {schema}.complaints ({names}) values ({given})", **values)
    return ticket


def _due(day: date) -> str:
    return json.dumps({"day": day.isoformat(), "provisional": False})


def a_month(console: RunningConsole, officer: str) -> None:
    """Fill November up to :data:`NOW`.

    Messages: 6 in 4 sessions, of which one came to an officer; 5 are judged, 1 was lost.
    Complaints (unit UJI_KESEHATAN but the last): answered after 1 and 4 working days (the second
    late), one closed after 5 working days with rating 4, one overdue, one new.
    """
    console.at(NOW)
    alone, helped, simulated = chat(console), chat(console), chat(console, namespace="simulator")
    say(console, alone, at(2, 9), "tanya_syarat", "PBG")
    say(console, alone, at(2, 9, 30), "nlu_fallback")
    say(console, alone, at(2, 20), "tanya_biaya", "PBG")
    say(console, alone, at(9, 9), "cek_status")
    say(console, helped, at(10, 10), "minta_petugas")
    say(console, helped, at(10, 10, 5))
    escalate(console, helped, at(10, 10), at(10, 10, 40))
    serve(console, helped, officer, at(10, 10, 10), at(10, 10, 20), at(10, 10, 40))
    say(console, simulated, at(10, 11), "tanya_syarat", "SLF")

    unit = {"unit": "UJI_KESEHATAN"}
    complain(
        console, at(2), 5, **unit, state="ditutup", first_response_at=at(3),
        responded_at=at(3), closed_at=at(9), closing_reason="selesai", rating=4,
    )  # fmt: skip
    complain(
        console, at(3), 6, **unit, state="ditindaklanjuti", first_response_at=at(9),
        responded_at=at(9), category="BIAYA",
    )  # fmt: skip
    complain(console, at(4), 9, **unit)
    complain(console, at(20, 8), 25)
    console.house.figures.figures.refresh(NOW, ZONE)
