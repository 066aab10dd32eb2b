"""API keys and webhooks."""

from __future__ import annotations

import base64
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.door import secret_hash, session_of
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import InvalidInput
from izin.integration import (
    EVENTS,
    KEY_PREFIX,
    LONGEST_NAME,
    LONGEST_URL,
    ApiKey,
    Webhook,
    checked_events,
    checked_name,
    checked_url,
    secret_purpose,
    secret_text,
)

HERE = "/integrasi"
PAGE = 50
SHOWN_AGAIN = timedelta(minutes=10)
"""So long a form that was sent twice shows the secret again, to whoever sent it first."""

Words = Annotated[str, Form()]
Chosen = Annotated[list[str] | None, Form()]


def router(house: House) -> APIRouter:
    """Serve ``/integrasi``."""
    routes = Routes(HERE)
    room = _Room(house)
    permission = Permission.INTEGRATION

    @routes.get("", permission)
    def overview(request: Request) -> Response:
        return room.overview(request)

    @routes.post("/kunci", permission)
    def new_key(request: Request, name: Words = "", once: Words = "") -> Response:
        return room.new_key(request, name, once)

    @routes.post("/kunci/{key_id}/cabut", permission)
    def revoke_key(request: Request, key_id: str) -> Response:
        with house.one_commit():
            if house.api_keys.revoke(key_id, house.clock()):
                house.record(session_of(request).account, "kunci.cabut", "kunci", key_id)
        return see_other(HERE)

    @routes.post("/kait", permission)
    def new_webhook(
        request: Request, url: Words = "", events: Chosen = None, once: Words = ""
    ) -> Response:
        return room.new_webhook(request, url, events or [], once)

    @routes.get("/kait/{webhook_id}", permission)
    def webhook(request: Request, webhook_id: str, sebelum: str = "") -> Response:
        return room.webhook(request, webhook_id, before=_cursor(sebelum))

    @routes.post("/kait/{webhook_id}", permission)
    def change(
        request: Request,
        webhook_id: str,
        url: Words = "",
        events: Chosen = None,
        active: Words = "",
    ) -> Response:
        return room.change(request, webhook_id, url, events or [], bool(active))

    @routes.post("/kait/{webhook_id}/rahasia", permission)
    def new_secret(request: Request, webhook_id: str, version: Words = "") -> Response:
        return room.new_secret(request, webhook_id, version)

    @routes.post("/kait/{webhook_id}/uji", permission)
    def test(request: Request, webhook_id: str, once: Words = "") -> Response:
        key = _once(once)
        with house.one_commit():
            known = house.webhooks.webhook(webhook_id)
            house.webhooks.test(known.id, key, house.clock())
            house.record(session_of(request).account, "kait.uji", "kait", known.id)
        return see_other(f"{HERE}/kait/{known.id}")

    @routes.post("/kait/{webhook_id}/ulangi/{delivery_id}", permission)
    def retry(request: Request, webhook_id: str, delivery_id: str) -> Response:
        with house.one_commit():
            known = house.webhooks.webhook(webhook_id)
            if house.webhooks.retry(known.id, delivery_id, house.clock()):
                house.record(
                    session_of(request).account, "kait.ulangi", "kait", known.id,
                    kiriman=delivery_id,
                )  # fmt: skip
        return see_other(f"{HERE}/kait/{known.id}")

    return routes.router


class _Room:
    """The pages of keys and webhooks."""

    def __init__(self, house: House) -> None:
        self._house = house

    def overview(self, request: Request, status: int = 200, **more: Any) -> Response:
        """Give the list of keys and webhooks, with what was typed and why it was refused."""
        house = self._house
        typed = {"name": "", "url": "", "events": list(EVENTS), "wrong": "", **more}
        base = house.settings.console_url or str(request.base_url).rstrip("/")
        return house.pages.page(
            request,
            "integration/list.html",
            status,
            keys=house.api_keys.all(),
            webhooks=house.webhooks.all(),
            failing=set(house.webhooks.failing()),
            names={account.id: account.name for account in house.accounts.all()},
            every_event=EVENTS,
            base=base,
            longest_name=LONGEST_NAME,
            longest_url=LONGEST_URL,
            once=uuid.uuid4().hex,
            **typed,
        )

    def new_key(self, request: Request, name: str, once: str) -> Response:
        """Make a key and show it, this once."""
        house, account = self._house, session_of(request).account
        try:
            key_id, name = _once(once), checked_name(name)
        except InvalidInput as error:
            return self.overview(request, 422, name=name, wrong=error.field)
        raw = base64.urlsafe_b64encode(house.derived(f"api-key:{key_id}")).decode().rstrip("=")
        secret = KEY_PREFIX + raw
        made = ApiKey(key_id, name, house.clock(), account.id)
        with house.one_commit():
            stored = house.api_keys.add(made, secret_hash(secret))
            if stored == made:
                house.record(account, "kunci.buat", "kunci", key_id)
        return self._secret(request, stored, secret, "kunci")

    def _secret(
        self, request: Request, stored: ApiKey | Webhook, secret: str, kind: str
    ) -> Response:
        account, now = session_of(request).account, self._house.clock()
        back = HERE if kind == "kunci" else f"{HERE}/kait/{stored.id}"
        if stored.created_by != account.id or stored.created_at < now - SHOWN_AGAIN:
            return see_other(back)
        return self._shown(request, secret, kind, back)

    def _shown(self, request: Request, secret: str, kind: str, back: str) -> Response:
        return self._house.pages.page(
            request, "integration/secret.html", secret=secret, kind=kind, back=back
        )

    def new_webhook(self, request: Request, url: str, events: list[str], once: str) -> Response:
        """Make a webhook and show its secret, this once."""
        house, account = self._house, session_of(request).account
        try:
            webhook_id, address = _once(once), checked_url(url)
            chosen = checked_events(tuple(events))
        except InvalidInput as error:
            return self.overview(request, 422, url=url, events=events, wrong=error.field)
        made = Webhook(webhook_id, address, chosen, house.clock(), account.id)
        with house.one_commit():
            stored = house.webhooks.add(made)
            if stored == made:
                house.record(account, "kait.buat", "kait", webhook_id)
        return self._secret(request, stored, self._secret_of(stored), "kait")

    def _secret_of(self, webhook: Webhook) -> str:
        return secret_text(self._house.derived(secret_purpose(webhook)))

    def webhook(
        self,
        request: Request,
        webhook_id: str,
        status: int = 200,
        before: tuple[datetime, str] | None = None,
        **typed: Any,
    ) -> Response:
        """Give a webhook's page with its deliveries."""
        house = self._house
        known = house.webhooks.webhook(webhook_id)
        found = house.webhooks.deliveries(known.id, before, PAGE + 1)
        older = ""
        if len(found) > PAGE:
            last = found[PAGE - 1]
            cursor = f"{last.created_at.astimezone(UTC).isoformat()}_{last.id}"
            older = f"{HERE}/kait/{known.id}?{urlencode({'sebelum': cursor})}"
        shown = {"url": known.url, "events": list(known.events), "active": known.active,
                 "wrong": "", **typed}  # fmt: skip
        return house.pages.page(
            request, "integration/webhook.html", status, webhook=known, deliveries=found[:PAGE],
            older=older, every_event=EVENTS, longest_url=LONGEST_URL, once=uuid.uuid4().hex,
            **shown,
        )  # fmt: skip

    def change(
        self, request: Request, webhook_id: str, url: str, events: list[str], active: bool
    ) -> Response:
        """Store what was changed of a webhook."""
        house, known = self._house, self._house.webhooks.webhook(webhook_id)
        try:
            changed = replace(
                known, url=checked_url(url), events=checked_events(tuple(events)), active=active
            )
        except InvalidInput as error:
            return self.webhook(
                request, webhook_id, 422, url=url, events=events, active=active,
                wrong=error.field,
            )  # fmt: skip
        if changed != known:
            with house.one_commit():
                house.webhooks.change(changed)
                house.record(
                    session_of(request).account, "kait.ubah", "kait", known.id, aktif=active
                )
        return see_other(f"{HERE}/kait/{known.id}")

    def new_secret(self, request: Request, webhook_id: str, version: str) -> Response:
        """Make a webhook's secret anew; a form sent twice makes one."""
        house, known = self._house, self._house.webhooks.webhook(webhook_id)
        if version == str(known.secret_version):
            known = replace(known, secret_version=known.secret_version + 1)
            with house.one_commit():
                house.webhooks.change(known)
                house.record(
                    session_of(request).account, "kait.rahasia", "kait", known.id,
                    versi=known.secret_version,
                )  # fmt: skip
            return self._shown(request, self._secret_of(known), "kait", f"{HERE}/kait/{known.id}")
        return see_other(f"{HERE}/kait/{known.id}")


def _once(once: str) -> str:
    try:
        return str(uuid.UUID(once))
    except ValueError:
        raise InvalidInput("form without its key", field="once") from None


def _cursor(typed: str) -> tuple[datetime, str] | None:
    moment, _, last = typed.rpartition("_")
    try:
        at, place = datetime.fromisoformat(moment), str(uuid.UUID(last))
    except ValueError:
        return None
    return (at, place) if at.tzinfo else None
