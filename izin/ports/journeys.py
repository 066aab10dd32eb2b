"""Conversations kept as tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.saved_journeys import SavedJourney


class SavedJourneys(Protocol):
    """The office's own journeys. Every call raises StorageUnavailable when the database is down."""

    def journeys(self, *, active_only: bool = False) -> Sequence[SavedJourney]:
        """Give them by name."""
        ...

    def journey(self, journey_id: str) -> SavedJourney:
        """Give one.

        Raises:
            NotFound: There is none.
        """
        ...

    def add(self, name: str, text: str, account_id: str, key: str, now: datetime) -> str:
        """Keep a new one, once per key; gives its id."""
        ...

    def switch(self, journey_id: str, active: bool) -> None:
        """Let it be played before a model is published, or not.

        Raises:
            NotFound: There is none.
        """
        ...

    def note_run(self, journey_id: str, passed: bool, why: str, now: datetime) -> None:
        """Remember how playing it went; one that is gone is nothing to note."""
        ...
