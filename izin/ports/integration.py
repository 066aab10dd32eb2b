"""Keys of other programs, webhooks, and complaints as the public may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.integration import ApiKey, Delivery, Outcome, Webhook
from izin.public_complaints import PublicComplaint, PublicFilter


class ApiKeys(Protocol):
    """Keys to the read-only API, found by their hash."""

    def add(self, key: ApiKey, key_hash: str) -> ApiKey:
        """Store a new key; the same id and hash twice give what was stored first.

        Raises:
            Conflict: The id belongs to another key.
        """
        ...

    def all(self) -> Sequence[ApiKey]:
        """Give every key, newest first; revoked ones too."""
        ...

    def use(self, key_hash: str, now: datetime) -> ApiKey | None:
        """Give the key that opens with this hash and count the use; None if none does."""
        ...

    def revoke(self, key_id: str, now: datetime) -> bool:
        """End a key; False if it has ended already (NotFound if unknown)."""
        ...


class Webhooks(Protocol):
    """Addresses that are told of events, and what was told them."""

    def add(self, webhook: Webhook) -> Webhook:
        """Store a new webhook; the same id twice gives what was stored first."""
        ...

    def all(self) -> Sequence[Webhook]:
        """Give every webhook, oldest first."""
        ...

    def webhook(self, webhook_id: str) -> Webhook:
        """Give a webhook (NotFound if unknown)."""
        ...

    def change(self, webhook: Webhook) -> None:
        """Replace address, events, switch and version of the secret (NotFound if unknown)."""
        ...

    def deliveries(
        self, webhook_id: str, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> Sequence[Delivery]:
        """Give deliveries, newest first; ``before`` is moment and id of the last one seen."""
        ...

    def failing(self) -> Sequence[str]:
        """Give the ids of webhooks whose latest attempt failed."""
        ...

    def test(self, webhook_id: str, key: str, now: datetime) -> None:
        """Queue a delivery that says nothing; the same key (UUID) twice queues one."""
        ...

    def retry(self, webhook_id: str, delivery_id: str, now: datetime) -> bool:
        """Let a failed delivery be tried anew, now; False if it has not failed."""
        ...

    def claim(self, now: datetime, limit: int = 40) -> Sequence[tuple[Webhook, Delivery]]:
        """Take deliveries that are due, each for this caller alone for two minutes.

        Only of webhooks that are active; the attempt is counted.
        """
        ...

    def answered(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Store what an attempt came to."""
        ...

    def forget(self, now: datetime) -> int:
        """Delete deliveries ended long ago; gives how many."""
        ...


class PublicComplaints(Protocol):
    """Ordinary complaints without anything of their complainant."""

    def find(self, wanted: PublicFilter) -> Sequence[PublicComplaint]:
        """Give complaints, newest first."""
        ...
