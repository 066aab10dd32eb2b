"""Citizens who ask one thing after the other through the simulator, alone or many at once."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

TALK = (
    "syarat bikin imb rumah apa aja ya",
    "kalau biayanya?",
    "brp lama?",
    "klo slf?",
    "mau buka apotek izinnya apa",
    "syarat sama biaya slf apa",
    "kantor buka jam brp?",
    "cek status 503/0123/PBG/2026",
    "0101",
    "lupa password oss gimana",
    "cara bikin SIM gimana",
    "makasih ya",
)
"""What citizens ask about most, a status with its proof and small talk; repeated in turn."""

APART = timedelta(seconds=5)
"""By the office's clock; nobody asks so fast that the limit of messages is met."""


@dataclass(frozen=True, slots=True)
class Load:
    """How one load was answered.

    Attributes:
        conversations: how many citizens asked at once.
        seconds: wall time of the whole load.
        turn_ms: each turn's time from its arrival until its answer was delivered, sorted.
        turn_ids: the turns, for reading their parts from the database.
    """

    conversations: int
    seconds: float
    turn_ms: tuple[float, ...]
    turn_ids: tuple[str, ...]

    @property
    def turns_per_s(self) -> float:
        """Answered turns a second."""
        return len(self.turn_ms) / self.seconds


def percentile(ordered: tuple[float, ...] | list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the ordered values lie."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run_load(base_url: str, conversations: int, turns: int) -> Load:
    """Let `conversations` citizens at once ask `turns` things in all.

    Raises:
        RuntimeError: a message was not answered.
    """
    each = max(1, turns // conversations)
    with (
        httpx.Client(
            base_url=base_url,
            timeout=60,
            trust_env=False,
            limits=httpx.Limits(max_connections=conversations),
        ) as http,
        ThreadPoolExecutor(conversations) as pool,
    ):
        began = time.perf_counter()
        talks = list(pool.map(lambda number: _talk(http, number, each), range(conversations)))
        seconds = time.perf_counter() - began
    answered = [turn for talk in talks for turn in talk]
    return Load(
        conversations,
        seconds,
        tuple(sorted(ms for ms, _ in answered)),
        tuple(turn_id for _, turn_id in answered),
    )


def _talk(http: httpx.Client, number: int, turns: int) -> list[tuple[float, str]]:
    channel = ("telegram", "whatsapp")[number % 2]
    chat = f"bench-{uuid.uuid4().hex[:12]}"
    answered, began = [], datetime.now(UTC)
    for turn in range(turns):
        text = TALK[(number + turn) % len(TALK)]
        at = began + turn * APART
        body = {"channel": channel, "chat": chat, "text": text, "at": at.isoformat()}
        response = http.post("/simulator/api/turns", json=body)
        document = response.json()
        if response.status_code != 200 or not document["replies"]:
            raise RuntimeError(f"no answer to {text!r}: {response.status_code}")
        answered.append((float(document["turn_ms"]), str(document["turn_id"])))
    return answered
