"""What citizens think of the service, as stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.conversations import Namespace
from izin.satisfaction import Rating, SurveyResponse


class Ratings(Protocol):
    """One-tap ratings."""

    def rate(self, rating: Rating, turn_id: str) -> None:
        """Store a rating, once per turn."""
        ...

    def change(
        self,
        conversation_id: str,
        rated_in: str,
        *,
        score: int | None = None,
        comment: str | None = None,
    ) -> None:
        """Put the citizen's reason, or a corrected score, to what the turn ``rated_in`` gave."""
        ...

    def may_offer(self, conversation_id: str, turn_id: str, now: datetime) -> bool:
        """Say whether a rating may be asked for by itself, and remember that it was.

        At most once in ``izin.satisfaction.OFFER_EVERY``, counted from the last rating too.
        The same turn gets the same answer again.
        """
        ...

    def between(
        self, since: datetime, until: datetime, namespace: Namespace = "live"
    ) -> Sequence[Rating]:
        """Give the ratings from ``since`` to before ``until``, oldest first."""
        ...


class Surveys(Protocol):
    """Finished satisfaction surveys."""

    def answered(self, conversation_id: str, period: str, but_for_turn: str) -> bool:
        """Say whether this citizen has answered in the period.

        A citizen is the chat and every chat that proved the same phone. A survey stored by
        the turn ``but_for_turn`` does not count: that turn is running again.
        """
        ...

    def store(self, response: SurveyResponse, turn_id: str) -> None:
        """Store a survey once per conversation and period; the first one stays."""
        ...

    def between(
        self, since: datetime, until: datetime, namespace: Namespace = "live"
    ) -> Sequence[SurveyResponse]:
        """Give the surveys from ``since`` to before ``until``, oldest first."""
        ...
