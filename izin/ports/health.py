"""Where the house's health is measured and kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from izin.alarms import Standing
from izin.conversations import ChatAddress
from izin.health import Check, Sign, State, Values
from izin.health_facts import HouseFacts, OutsideFacts


@dataclass(frozen=True, slots=True)
class PastAlarm:
    """An alarm that was or is.

    Attributes:
        state: Its worst state.
        code: The sentence it opened with, or became worse with.
        told_at: When people were first told; None if nobody was.
        closed_at: None while it goes on.
    """

    check: Check
    opened_at: datetime
    state: State
    code: str
    values: Values
    told_at: datetime | None = None
    closed_at: datetime | None = None


class AlarmBook(Protocol):
    """How every check stands, and what processes said of themselves.

    Any call raises ``StorageUnavailable`` when the database is away.
    """

    def watching(self) -> AbstractContextManager[bool]:
        """Give whether this process alone may watch now; no transaction is held meanwhile."""
        ...

    def standings(self) -> Mapping[Check, Standing]:
        """Give how every check stands that was ever looked at."""
        ...

    def keep(self, standings: Collection[Standing], now: datetime) -> None:
        """Store how checks stand after a look; what a person muted meanwhile stays muted."""
        ...

    def mute(self, check: Check, until: datetime | None, account_id: str) -> None:
        """Let nobody be told of an open alarm until then, or again at once with None.

        Raises:
            NotFound: There is no such alarm.
        """
        ...

    def history(self, limit: int = 50) -> Sequence[PastAlarm]:
        """Give alarms, the newest first."""
        ...

    def beat(self, sign: Sign) -> None:
        """Store what a process says of itself, in place of what it said before."""
        ...

    def signs(self) -> Sequence[Sign]:
        """Give what every process last said, by source."""
        ...

    def count(self, name: str, amount: int, now: datetime) -> None:
        """Add to a count of this minute."""
        ...

    def counted(self, name: str, since: datetime) -> int:
        """Give a count since then."""
        ...

    def forget(self, now: datetime) -> int:
        """Forget alarms over for 90 days, signs older than a week, counts older than a day."""
        ...


class MeasuredHouse(Protocol):
    """Measures what our own database knows."""

    def measure(self, now: datetime) -> HouseFacts:
        """Give it.

        Raises:
            StorageUnavailable: The database is away.
        """
        ...


class Outside(Protocol):
    """Asks platforms, parts and addresses."""

    def look(self, now: datetime) -> OutsideFacts:
        """Give what they say; never raises, waits a few seconds at most."""
        ...


class ChatAddresses(Protocol):
    """Where linked chats lie, for telling without the queue."""

    def addresses(self, conversation_ids: Collection[str]) -> Sequence[ChatAddress]:
        """Give the addresses of conversations."""
        ...
