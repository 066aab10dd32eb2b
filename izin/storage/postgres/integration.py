"""API keys and webhooks on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.integration import TEST_EVENT, ApiKey, Delivery, Outcome, Webhook, after
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.integration import api_keys, webhook_deliveries, webhooks
from izin.storage.text import storable

USED_TO_THE = timedelta(minutes=1)
CLAIMED_FOR = timedelta(minutes=2)
DELIVERIES_LIVE = timedelta(days=30)

_key = api_keys.c
_delivery = webhook_deliveries.c


class PostgresApiKeys:
    """``izin.ports.ApiKeys`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def add(self, key: ApiKey, key_hash: str) -> ApiKey:
        """Store a new key."""
        values = {
            "id": key.id,
            "name": storable(key.name),
            "key_hash": key_hash,
            "created_at": key.created_at,
            "created_by": key.created_by,
        }
        with transaction(self._engine) as connection:
            connection.execute(upsert(api_keys).values(values).on_conflict_do_nothing())
            row = connection.execute(select(api_keys).where(_key.id == key.id)).first()
        if row is None or row.key_hash != key_hash:
            raise Conflict(f"key {key.id} exists")
        return _api_key(row)

    def all(self) -> Sequence[ApiKey]:
        """Give every key, newest first."""
        query = select(api_keys).order_by(_key.created_at.desc(), _key.id)
        with transaction(self._engine) as connection:
            return [_api_key(row) for row in connection.execute(query)]

    def use(self, key_hash: str, now: datetime) -> ApiKey | None:
        """Give the key that opens with this hash and count the use."""
        with transaction(self._engine) as connection:
            found = select(api_keys).where(_key.key_hash == key_hash, _key.revoked_at.is_(None))
            row = connection.execute(found).first()
            if row is None:
                return None
            # To the minute, so that reading does not write each time.
            if row.last_used_at is None or row.last_used_at < now - USED_TO_THE:
                connection.execute(
                    update(api_keys).where(_key.id == row.id).values(last_used_at=now)
                )
            return _api_key(row)

    def revoke(self, key_id: str, now: datetime) -> bool:
        """End a key."""
        if not is_id(key_id):
            raise NotFound(f"key {key_id!r}")
        with transaction(self._engine) as connection:
            ended = connection.execute(
                update(api_keys)
                .where(_key.id == key_id, _key.revoked_at.is_(None))
                .values(revoked_at=now)
            ).rowcount
            known = connection.execute(select(_key.id).where(_key.id == key_id)).first()
        if known is None:
            raise NotFound(f"key {key_id}")
        return ended > 0


class PostgresWebhooks:
    """``izin.ports.Webhooks`` on our own PostgreSQL; a trigger queues the deliveries."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def add(self, webhook: Webhook) -> Webhook:
        """Store a new webhook."""
        values = {**_values(webhook), "id": webhook.id, "created_at": webhook.created_at,
                  "created_by": webhook.created_by}  # fmt: skip
        with transaction(self._engine) as connection:
            connection.execute(upsert(webhooks).values(values).on_conflict_do_nothing())
            return _webhook(
                connection.execute(select(webhooks).where(webhooks.c.id == webhook.id)).one()
            )

    def all(self) -> Sequence[Webhook]:
        """Give every webhook, oldest first."""
        query = select(webhooks).order_by(webhooks.c.created_at, webhooks.c.id)
        with transaction(self._engine) as connection:
            return [_webhook(row) for row in connection.execute(query)]

    def webhook(self, webhook_id: str) -> Webhook:
        """Give a webhook."""
        if not is_id(webhook_id):
            raise NotFound(f"webhook {webhook_id!r}")
        with transaction(self._engine) as connection:
            row = connection.execute(select(webhooks).where(webhooks.c.id == webhook_id)).first()
        if row is None:
            raise NotFound(f"webhook {webhook_id}")
        return _webhook(row)

    def change(self, webhook: Webhook) -> None:
        """Replace what may change of a webhook."""
        changed = update(webhooks).where(webhooks.c.id == webhook.id).values(**_values(webhook))
        with transaction(self._engine) as connection:
            if not connection.execute(changed).rowcount:
                raise NotFound(f"webhook {webhook.id}")

    def deliveries(
        self, webhook_id: str, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> Sequence[Delivery]:
        """Give deliveries, newest first."""
        query = (
            select(webhook_deliveries)
            .where(_delivery.webhook_id == webhook_id)
            .order_by(_delivery.created_at.desc(), _delivery.id.desc())
            .limit(limit)
        )
        if before:
            query = query.where(tuple_(_delivery.created_at, _delivery.id) < before)
        with transaction(self._engine) as connection:
            return [_of_row(row) for row in connection.execute(query)]

    def failing(self) -> Sequence[str]:
        """Give the ids of webhooks whose latest attempt failed."""
        latest = (
            select(_delivery.error)
            .where(_delivery.webhook_id == webhooks.c.id, _delivery.attempts > 0)
            .order_by(_delivery.created_at.desc(), _delivery.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        with transaction(self._engine) as connection:
            return list(connection.execute(select(webhooks.c.id).where(latest != "")).scalars())

    def test(self, webhook_id: str, key: str, now: datetime) -> None:
        """Queue a delivery that says nothing."""
        values = {"id": key, "webhook_id": webhook_id, "event_id": key, "type": TEST_EVENT,
                  "payload": {}, "created_at": now, "next_at": now}  # fmt: skip
        with transaction(self._engine) as connection:
            connection.execute(upsert(webhook_deliveries).values(values).on_conflict_do_nothing())

    def retry(self, webhook_id: str, delivery_id: str, now: datetime) -> bool:
        """Let a failed delivery be tried anew, now."""
        if not is_id(delivery_id):
            raise NotFound(f"delivery {delivery_id!r}")
        of = (_delivery.id == delivery_id) & (_delivery.webhook_id == webhook_id)
        with transaction(self._engine) as connection:
            if connection.execute(select(_delivery.id).where(of)).first() is None:
                raise NotFound(f"delivery {delivery_id}")
            again = update(webhook_deliveries).where(of, _delivery.state == "failed")
            return bool(
                connection.execute(again.values(state="waiting", attempts=0, next_at=now)).rowcount
            )

    def claim(self, now: datetime, limit: int = 40) -> Sequence[tuple[Webhook, Delivery]]:
        """Take deliveries that are due."""
        due = (
            select(_delivery.id)
            .join(webhooks, webhooks.c.id == _delivery.webhook_id)
            .where(
                _delivery.state == "waiting",
                _delivery.next_at <= now,
                or_(webhooks.c.active, _delivery.type == TEST_EVENT),
            )
            .order_by(_delivery.next_at)
            .limit(limit)
            .with_for_update(of=webhook_deliveries, skip_locked=True)
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(
                update(webhook_deliveries)
                .where(_delivery.id.in_(due.scalar_subquery()))
                .values(attempts=_delivery.attempts + 1, next_at=now + CLAIMED_FOR)
                .returning(webhook_deliveries)
            ).all()
            ids = {row.webhook_id for row in rows}
            found = connection.execute(select(webhooks).where(webhooks.c.id.in_(ids)))
            owners = {row.id: _webhook(row) for row in found}
        taken = [(owners[row.webhook_id], _of_row(row)) for row in rows]
        return sorted(taken, key=lambda pair: (pair[1].created_at, pair[1].id))

    def answered(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Store what an attempt came to."""
        state, next_at = after(delivery, outcome, now)
        # An attempt that outlived its claim must not undo what a later one achieved.
        mine = (_delivery.id == delivery.id) & (_delivery.state == "waiting")
        with transaction(self._engine) as connection:
            connection.execute(
                update(webhook_deliveries)
                .where(mine)
                .values(
                    state=state,
                    next_at=next_at,
                    answered_at=now,
                    status=outcome.status,
                    error=outcome.error,
                )
            )

    def forget(self, now: datetime) -> int:
        """Delete deliveries of more than 30 days ago; what still waits then waits in vain."""
        old = delete(webhook_deliveries).where(_delivery.created_at < now - DELIVERIES_LIVE)
        with transaction(self._engine) as connection:
            return connection.execute(old).rowcount


def _values(webhook: Webhook) -> dict[str, Any]:
    return {
        "url": webhook.url,
        "events": list(webhook.events),
        "active": webhook.active,
        "secret_version": webhook.secret_version,
    }


def _api_key(row: Any) -> ApiKey:
    return ApiKey(
        row.id, row.name, row.created_at, row.created_by, row.last_used_at, row.revoked_at
    )


def _webhook(row: Any) -> Webhook:
    return Webhook(
        row.id, row.url, tuple(row.events), row.created_at, row.created_by, row.active,
        row.secret_version,
    )  # fmt: skip


def _of_row(row: Any) -> Delivery:
    return Delivery(
        row.id, row.webhook_id, row.event_id, row.type, row.payload, row.created_at, row.state,
        row.attempts, row.next_at, row.answered_at, row.status, row.error,
    )  # fmt: skip
