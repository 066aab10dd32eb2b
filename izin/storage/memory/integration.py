"""API keys and webhooks in memory."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from izin.errors import Conflict, NotFound
from izin.integration import TEST_EVENT, ApiKey, Delivery, Outcome, Webhook, after

USED_TO_THE = timedelta(minutes=1)
CLAIMED_FOR = timedelta(minutes=2)
DELIVERIES_LIVE = timedelta(days=30)


class MemoryApiKeys:
    """``izin.ports.ApiKeys`` in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self._keys: dict[str, tuple[ApiKey, str]] = {}

    def add(self, key: ApiKey, key_hash: str) -> ApiKey:
        """Store a new key."""
        stored, known = self._keys.setdefault(key.id, (key, key_hash))
        if known != key_hash:
            raise Conflict(f"key {key.id} exists")
        return stored

    def all(self) -> Sequence[ApiKey]:
        """Give every key, newest first."""
        return sorted(
            (key for key, _ in self._keys.values()), key=lambda key: key.created_at, reverse=True
        )

    def use(self, key_hash: str, now: datetime) -> ApiKey | None:
        """Give the key that opens with this hash and count the use."""
        for key, known in self._keys.values():
            if known == key_hash and key.revoked_at is None:
                if key.last_used_at is None or key.last_used_at < now - USED_TO_THE:
                    self._keys[key.id] = (replace(key, last_used_at=now), known)
                return key
        return None

    def revoke(self, key_id: str, now: datetime) -> bool:
        """End a key."""
        if key_id not in self._keys:
            raise NotFound(f"key {key_id}")
        key, known = self._keys[key_id]
        if key.revoked_at is not None:
            return False
        self._keys[key_id] = (replace(key, revoked_at=now), known)
        return True


class MemoryWebhooks:
    """``izin.ports.Webhooks`` in memory; tests queue with :meth:`happened`."""

    def __init__(self) -> None:
        """Begin empty."""
        self._webhooks: dict[str, Webhook] = {}
        self._deliveries: dict[str, Delivery] = {}

    def happened(self, kind: str, payload: Mapping[str, Any], now: datetime) -> None:
        """Queue what happened to a complaint, as the database's trigger does."""
        event_id = str(uuid.uuid4())
        for webhook in self._webhooks.values():
            if webhook.active and kind in webhook.events:
                made = Delivery(
                    str(uuid.uuid4()), webhook.id, event_id, kind, payload, now, next_at=now
                )
                self._deliveries[made.id] = made

    def add(self, webhook: Webhook) -> Webhook:
        """Store a new webhook."""
        return self._webhooks.setdefault(webhook.id, webhook)

    def all(self) -> Sequence[Webhook]:
        """Give every webhook, oldest first."""
        return sorted(self._webhooks.values(), key=lambda item: (item.created_at, item.id))

    def webhook(self, webhook_id: str) -> Webhook:
        """Give a webhook."""
        if webhook_id not in self._webhooks:
            raise NotFound(f"webhook {webhook_id}")
        return self._webhooks[webhook_id]

    def change(self, webhook: Webhook) -> None:
        """Replace what may change of a webhook."""
        self._webhooks[webhook.id] = replace(
            self.webhook(webhook.id), url=webhook.url, events=webhook.events,
            active=webhook.active, secret_version=webhook.secret_version,
        )  # fmt: skip

    def deliveries(
        self, webhook_id: str, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> Sequence[Delivery]:
        """Give deliveries, newest first."""
        found = [
            item
            for item in self._deliveries.values()
            if item.webhook_id == webhook_id
            and (before is None or (item.created_at, item.id) < before)
        ]
        return sorted(found, key=lambda item: (item.created_at, item.id), reverse=True)[:limit]

    def failing(self) -> Sequence[str]:
        """Give the ids of webhooks whose latest attempt failed."""
        found = []
        for webhook_id in self._webhooks:
            tried = [item for item in self.deliveries(webhook_id) if item.attempts]
            if tried and tried[0].error:
                found.append(webhook_id)
        return found

    def test(self, webhook_id: str, key: str, now: datetime) -> None:
        """Queue a delivery that says nothing."""
        made = Delivery(key, webhook_id, key, TEST_EVENT, {}, now, next_at=now)
        self._deliveries.setdefault(key, made)

    def retry(self, webhook_id: str, delivery_id: str, now: datetime) -> bool:
        """Let a failed delivery be tried anew, now."""
        found = self._deliveries.get(delivery_id)
        if found is None or found.webhook_id != webhook_id:
            raise NotFound(f"delivery {delivery_id}")
        if found.state != "failed":
            return False
        self._deliveries[found.id] = replace(found, state="waiting", attempts=0, next_at=now)
        return True

    def claim(self, now: datetime, limit: int = 40) -> Sequence[tuple[Webhook, Delivery]]:
        """Take deliveries that are due."""
        due = [
            item
            for item in self._deliveries.values()
            if item.state == "waiting"
            and item.next_at is not None
            and item.next_at <= now
            and (self._webhooks[item.webhook_id].active or item.type == TEST_EVENT)
        ]
        taken = []
        for item in sorted(due, key=lambda item: (item.created_at, item.id))[:limit]:
            claimed = replace(item, attempts=item.attempts + 1, next_at=now + CLAIMED_FOR)
            self._deliveries[item.id] = claimed
            taken.append((self._webhooks[item.webhook_id], claimed))
        return taken

    def answered(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Store what an attempt came to."""
        known = self._deliveries.get(delivery.id)
        if known is None or known.state != "waiting":
            return
        state, next_at = after(delivery, outcome, now)
        self._deliveries[delivery.id] = replace(
            known, state=state, next_at=next_at, answered_at=now, status=outcome.status,
            error=outcome.error,
        )  # fmt: skip

    def forget(self, now: datetime) -> int:
        """Delete deliveries of more than 30 days ago."""
        old = [
            item.id for item in self._deliveries.values() if item.created_at < now - DELIVERIES_LIVE
        ]
        for delivery_id in old:
            del self._deliveries[delivery_id]
        return len(old)
