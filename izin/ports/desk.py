"""What the console's inbox and open pages ask about conversations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from izin.desk import Days, DeskPage, Filters, Found, Queue, Seat, Sight
from izin.desk_search import Wanted


class Desk(Protocol):
    """Who may see what. Officers see conversations that were opened to them at some
    time, or of which an ordinary complaint came; all others do not exist here.
    """

    def may_see(self, conversation_id: str, unit: str | None) -> bool:
        """Say whether a person of ``unit`` (None: the permit office's desk) may see it."""
        ...

    def sight(self, conversation_id: str) -> Sight:
        """Give whether a conversation is visible, and to which units."""
        ...

    def complaint_sight(self, ticket: str) -> Sight:
        """Give whether a complaint is an ordinary one, and to which unit it belongs."""
        ...

    def forward(self, conversation_id: str, unit: str | None) -> bool:
        """Give what is open in a conversation to a unit (None: back to the permit office).

        False when nothing is open.
        """
        ...

    def see(self, conversation_id: str, account: str, at: datetime) -> None:
        """Note that an account has looked at a conversation; what comes later is unread."""
        ...

    def seen(self, account: str, conversation_ids: Collection[str]) -> Mapping[str, datetime]:
        """Give when an account last looked at these; those it never did are left out."""
        ...

    def viewers(self, conversation_id: str, now: datetime) -> Sequence[str]:
        """Give the ids of the accounts that have the conversation open now."""
        ...


class DeskQueues(Protocol):
    """The inbox: its queues, and the search over what an officer may see."""

    def page(
        self, queue: Queue, seat: Seat, days: Days, filters: Filters, after: str | None = None
    ) -> DeskPage:
        """Give a page of a queue, in the order of ``izin.desk.place``.

        :attr:`Queue.CLOSED` gives the latest ended one first. An ``after`` that is not one of
        ours begins at the first page.
        """
        ...

    def counts(self, seat: Seat, days: Days) -> Mapping[Queue, int]:
        """Give the length of every queue; the ended ones up to ``izin.desk.MOST_COUNTED``."""
        ...

    def search(self, seat: Seat, wanted: Wanted, limit: int = 30) -> Sequence[Found]:
        """Give the conversations that match, the one last heard of first."""
        ...


class Presence(Protocol):
    """Who has pages open, of what, and whether they serve."""

    def look(self, conversation_id: str, account: str, page: str, until: datetime) -> None:
        """Note that an account's ``page`` shows a conversation until ``until``."""
        ...

    def look_away(self, page: str) -> None:
        """Note that a page is closed."""
        ...

    def forget(self, now: datetime) -> None:
        """Drop the pages that were not heard of in time."""
        ...

    def serving(self, session_id: str) -> bool | None:
        """Say whether a session serves (True) or rests; None when nobody chose."""
        ...

    def serve(self, session_id: str, serving: bool) -> None:
        """Choose whether a session serves or rests."""
        ...

    def going_on(
        self, session_ids: Collection[str], now: datetime
    ) -> Mapping[str, tuple[frozenset[str], str | None]]:
        """Give roles and unit of the sessions that are not over; asking is no use of them."""
        ...
