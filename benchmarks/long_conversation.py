"""One citizen who goes on for hundreds of turns: what turn 5, turn 50 and turn 500 cost.

The same seven messages are measured at each of them, in the same order: a follow-up, a
complaint that opens a form, two questions that interrupt it, its end, a status and its proof.
"""

from __future__ import annotations

import statistics
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import bindparam, or_, select, text

from benchmarks.processes import cpu_ms
from izin.storage.keyring import Keyring
from izin.storage.postgres.engine import create
from izin.storage.postgres.identifiers import has_chat
from izin.storage.tables.conversations import conversations
from izin.storage.tables.encrypted import give_keys
from ops.trial import Trial

TALK = (
    "syarat bikin imb rumah apa aja ya",
    "kalau biayanya?",
    "saya mau lapor, petugas loketnya lambat sekali",
    "eh kalau slf syaratnya apa",
    "kantor buka jam berapa",
    "batal",
    "cek status 503/0123/PBG/2026",
    "0101",
    "makasih ya",
)
"""Nine messages, repeated: 5, 50 and 500 then meet the same ones, as 45 is a multiple of nine."""

AROUND = (5, 50, 500)
REACH = 3
"""Turns measured before and after each of them: one turn alone is too short for /proc's ticks."""

CITIZENS = 3
APART = timedelta(seconds=20)
"""By the office's clock, as a citizen types; no pause ends the session."""

MOST_TIMES = 1.2
"""How much the last may cost of the first."""


@dataclass(slots=True)
class Cost:
    """What a turn cost around one place of the conversation.

    Attributes:
        turn: The place.
        turns: How many turns were measured.
        cpu_ms: CPU time of the whole stack for a turn.
        cpu_ms_by_part: The same by process.
        wall_ms: Median time from arrival to delivery.
        tracker_bytes: Mean size of the stored trackers afterwards.
    """

    turn: int
    turns: int
    cpu_ms: float
    cpu_ms_by_part: dict[str, float]
    wall_ms: float
    tracker_bytes: float


@dataclass(slots=True)
class Pair:
    """The cost of a turn, and at the same moment that of new citizens at the first place."""

    long: Cost
    new: Cost

    @property
    def cpu_times(self) -> float:
        """Give how many times the CPU time of a short conversation it is."""
        return self.long.cpu_ms / self.new.cpu_ms

    @property
    def wall_times(self) -> float:
        """Give how many times the wall time of a short conversation it is."""
        return self.long.wall_ms / self.new.wall_ms


def pair_from(document: Mapping[str, Any]) -> Pair:
    """Read what ``asdict`` gave of a pair."""
    return Pair(Cost(**document["long"]), Cost(**document["new"]))


@dataclass(slots=True)
class Citizen:
    """One chat that goes on and on."""

    http: httpx.Client
    channel: str
    began: datetime
    chat: str = field(default_factory=lambda: f"bench-long-{uuid.uuid4().hex[:12]}")
    said: int = 0

    @property
    def now(self) -> datetime:
        """Give the citizen's moment by the office's clock."""
        return self.began + self.said * APART

    def say_next(self) -> float:
        """Say the next thing; gives the turn's milliseconds.

        Raises:
            RuntimeError: It was not answered.
        """
        message = TALK[self.said % len(TALK)]
        self.said += 1
        body = {
            "channel": self.channel, "chat": self.chat, "text": message,
            "at": self.now.isoformat(),
        }  # fmt: skip
        response = self.http.post("/simulator/api/turns", json=body)
        document = response.json()
        if response.status_code != 200 or not document["replies"]:
            raise RuntimeError(f"no answer to {message!r}: {response.status_code}")
        return float(document["turn_ms"])


def measure_long_conversation(
    trial: Trial, began: datetime, around: Sequence[int] = AROUND, citizens: int = CITIZENS
) -> list[Pair]:
    """Let citizens talk past the last of ``around``; gives the cost at each of these turns."""
    with httpx.Client(base_url=trial.gateway_url, timeout=60, trust_env=False) as http:
        chats = [
            Citizen(http, ("telegram", "whatsapp")[number % 2], began) for number in range(citizens)
        ]
        pairs = []
        for turn in around:
            _go_on(chats, turn)
            # New citizens at the same moment: a machine's load changes within minutes.
            new = [Citizen(http, chat.channel, chat.now) for chat in chats]
            _go_on(new, around[0])
            pairs.append(Pair(_cost(trial, chats, turn), _cost(trial, new, around[0])))
        return pairs


def _go_on(chats: Sequence[Citizen], turn: int) -> None:
    for chat in chats:
        while chat.said < turn - REACH - 1:
            chat.say_next()


def _cost(trial: Trial, chats: Sequence[Citizen], turn: int) -> Cost:
    before = cpu_ms(trial.pid)
    wall = [chat.say_next() for _ in range(2 * REACH + 1) for chat in chats]
    after = cpu_ms(trial.pid)
    used = {part: (after[part] - before.get(part, 0.0)) / len(wall) for part in sorted(after)}
    return Cost(
        turn=turn,
        turns=len(wall),
        cpu_ms=sum(used.values()),
        cpu_ms_by_part=used,
        wall_ms=statistics.median(wall),
        tracker_bytes=_tracker_bytes(trial, [chat.chat for chat in chats]),
    )


def _tracker_bytes(trial: Trial, chats: Sequence[str]) -> float:
    statement = text(
        "select avg(length(document::text)) from rasa_trackers where sender_id in :conversations"
    ).bindparams(bindparam("conversations", expanding=True))
    engine = create(trial.database_url, pool_size=1)
    give_keys(engine, Keyring(trial.data_key))
    try:
        with engine.connect() as connection:
            theirs = or_(*(has_chat(connection, chat) for chat in chats))
            found = connection.scalars(select(conversations.c.id).where(theirs)).all()
            return float(connection.execute(statement, {"conversations": found}).scalar() or 0.0)
    finally:
        engine.dispose()


def times(pairs: Sequence[Pair]) -> float:
    """Give how many times the CPU time of a short conversation the last turn takes."""
    return pairs[-1].cpu_times


def markdown(pairs: Sequence[Pair]) -> str:
    """Give the table of one run."""
    costs = [pair.long for pair in pairs]
    parts = sorted({part for cost in costs for part in cost.cpu_ms_by_part})
    shown = [part for part in parts if any(c.cpu_ms_by_part.get(part, 0) >= 0.05 for c in costs)]
    first = costs[0].turn
    lines = [
        f"| turn | CPU ms | {' | '.join(shown)} | wall p50 ms | tracker kB |"
        f" turn {first} of a new citizen just then: CPU ms | wall ms | times CPU | times wall |",
        "|--:" * (len(shown) + 8) + "|",
    ]
    for pair in pairs:
        cost = pair.long
        by_part = " | ".join(f"{cost.cpu_ms_by_part.get(part, 0.0):.1f}" for part in shown)
        lines.append(
            f"| {cost.turn} | {cost.cpu_ms:.1f} | {by_part} | {cost.wall_ms:.0f} |"
            f" {cost.tracker_bytes / 1024:.1f} | {pair.new.cpu_ms:.1f} | {pair.new.wall_ms:.0f} |"
            f" {pair.cpu_times:.2f} | {pair.wall_times:.2f} |"
        )
    last = pairs[-1]
    lines += [
        "",
        f"Turn {last.long.turn} takes {last.cpu_times:.2f} times the CPU time (at most"
        f" {MOST_TIMES}) and {last.wall_times:.2f} times the wall time of turn {first} of a new"
        f" citizen at the same moment; {last.long.turns} turns measured at each place.",
    ]
    return "\n".join(lines)
