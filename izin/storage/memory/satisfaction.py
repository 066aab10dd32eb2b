"""Ratings and satisfaction surveys, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from izin.conversations import Namespace
from izin.satisfaction import OFFER_EVERY, Rating, SurveyResponse
from izin.storage.memory.conversations import ConversationData
from izin.storage.text import storable


class MemoryRatings:
    """The port ``Ratings``."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def rate(self, rating: Rating, turn_id: str) -> None:
        """Store a rating, once per turn."""
        with self.data.lock:
            kept = replace(rating, comment=storable(rating.comment))
            self.data.ratings.setdefault(turn_id, kept)

    def change(
        self,
        conversation_id: str,
        rated_in: str,
        *,
        score: int | None = None,
        comment: str | None = None,
    ) -> None:
        """Put the citizen's reason, or a corrected score, to a rating."""
        with self.data.lock:
            rating = self.data.ratings.get(rated_in)
            if rating is not None and rating.conversation_id == conversation_id:
                self.data.ratings[rated_in] = replace(
                    rating,
                    score=rating.score if score is None else score,
                    comment=rating.comment if comment is None else storable(comment),
                )

    def may_offer(self, conversation_id: str, turn_id: str, now: datetime) -> bool:
        """Say whether a rating may be asked for, and remember that it was."""
        long_ago = now - OFFER_EVERY
        with self.data.lock:
            if any(
                item.conversation_id == conversation_id and item.at > long_ago
                for item in self.data.ratings.values()
            ):
                return False
            offered = self.data.rating_offers.get(conversation_id)
            if offered and offered[0] > long_ago and offered[1] != turn_id:
                return False
            self.data.rating_offers[conversation_id] = (now, turn_id)
            return True

    def between(
        self, since: datetime, until: datetime, namespace: Namespace = "live"
    ) -> Sequence[Rating]:
        """Give the ratings of a period."""
        with self.data.lock:
            found = [
                item
                for item in self.data.ratings.values()
                if since <= item.at < until and _of(self.data, item, namespace)
            ]
        return sorted(found, key=lambda item: item.at)


class MemorySurveys:
    """The port ``Surveys``."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def answered(self, conversation_id: str, period: str, but_for_turn: str) -> bool:
        """Say whether this citizen has answered in the period, in any chat of their phone."""
        with self.data.lock:
            phone = self._phone(conversation_id)
            return any(
                turn_id != but_for_turn
                for (owner, when), (turn_id, _) in self.data.surveys.items()
                if when == period
                and (
                    owner == conversation_id or (phone is not None and self._phone(owner) == phone)
                )
            )

    def _phone(self, conversation_id: str | None) -> str | None:
        owner = self.data.conversations.get(conversation_id or "")
        return owner.verified_phone if owner else None

    def store(self, response: SurveyResponse, turn_id: str) -> None:
        """Store a survey; the first one of a period stays."""
        with self.data.lock:
            kept = replace(response, remark=storable(response.remark))
            key = (response.conversation_id, response.period)
            self.data.surveys.setdefault(key, (turn_id, kept))

    def between(
        self, since: datetime, until: datetime, namespace: Namespace = "live"
    ) -> Sequence[SurveyResponse]:
        """Give the surveys of a period."""
        with self.data.lock:
            found = [
                item
                for _, item in self.data.surveys.values()
                if since <= item.at < until and _of(self.data, item, namespace)
            ]
        return sorted(found, key=lambda item: item.at)


def _of(data: ConversationData, item: Rating | SurveyResponse, namespace: Namespace) -> bool:
    owner = data.conversations.get(item.conversation_id or "")
    return owner is not None and owner.address.namespace == namespace
