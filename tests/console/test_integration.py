"""Keys and webhooks are made once, shown once, and can be ended."""

from __future__ import annotations

import base64
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from izin.accounts import Role
from izin.audit import AuditFilter
from izin.integration import EVENTS, Outcome, secret_purpose
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of

URL = "https://kait.example/terima?tempat=<b>"


def fields(page: str, **more: object) -> dict[str, object]:
    """Give a form's hidden fields and what is typed."""
    return {"csrf": csrf_of(page), "once": re.findall(r'name="once" value="(\w+)"', page)[0],
            **more}  # fmt: skip


def shown(page: str) -> str:
    found = re.search(r'<code class="trail-secret">([^<]+)</code>', page)
    assert found
    return found[1]


def new_webhook(http: httpx.Client, url: str = URL, *events: str) -> tuple[str, str]:
    """Make a webhook; give its id and secret."""
    form = fields(http.get("/integrasi").text, url=url, events=list(events or EVENTS))
    page = http.post("/integrasi/kait", data=form).text
    return str(uuid.UUID(str(form["once"]))), shown(page)


def actions(console: RunningConsole, subject: str) -> list[str]:
    found = console.house.audit.entries(AuditFilter(subject=subject))
    return [item.entry.action for item in reversed(found)]


def test_a_key_is_shown_once_opens_and_is_revoked(console: RunningConsole) -> None:
    with console.client(Role.ADMIN) as http, console.client(Role.ADMIN) as other:
        form = fields(http.get("/integrasi").text, name="Portal <i>data</i>")
        key = shown(http.post("/integrasi/kunci", data=form).text)
        assert shown(http.post("/integrasi/kunci", data=form).text) == key  # sent twice
        stolen = {**form, "csrf": csrf_of(other.get("/integrasi").text)}
        assert other.post("/integrasi/kunci", data=stolen).status_code == 303
        page = http.get("/integrasi").text
        assert key not in page and "Portal &lt;i&gt;data&lt;/i&gt;" in page
        assert page.count("/cabut") == 1
        ask = {"api_key": key}
        assert http.get("/open311/v2/services.json", params=ask).status_code == 200
        key_id = str(uuid.UUID(str(form["once"])))
        for _ in range(2):
            http.post(f"/integrasi/kunci/{key_id}/cabut", data={"csrf": csrf_of(page)})
        assert http.get("/open311/v2/services.json", params=ask).status_code == 403
        assert "Dicabut" in http.get("/integrasi").text
    assert actions(console, key_id) == ["kunci.buat", "kunci.cabut"]
    stored = console.rows("SELECT * FROM api_keys WHERE id = :id", id=key_id)
    assert key not in str(stored)


def test_an_old_form_shows_no_key_again(console: RunningConsole) -> None:
    account = console.account(Role.ADMIN)
    with console.client(account=account) as http:
        form = fields(http.get("/integrasi").text, name="lama")
        http.post("/integrasi/kunci", data=form)
        console.at(datetime.now(UTC) + timedelta(minutes=11))
        assert http.post("/integrasi/kunci", data=form).status_code == 303
    console.at(None)


@pytest.mark.parametrize(("path", "typed", "said"), [
    ("kunci", {"name": " "}, "Isi nama"),
    ("kunci", {"name": "x" * 81}, "Isi nama"),
    ("kunci", {"name": "x", "once": "bukan"}, "kirim sekali lagi"),
    ("kait", {"url": "http://kait.example", "events": EVENTS}, "Alamat ini tidak bisa dipakai"),
    ("kait", {"url": "https://127.0.0.1/", "events": EVENTS}, "Alamat ini tidak bisa dipakai"),
    ("kait", {"url": URL, "events": []}, "Pilih paling sedikit satu"),
    ("kait", {"url": URL, "events": ["complaint.dihapus"]}, "Pilih paling sedikit satu"),
])  # fmt: skip
def test_what_cannot_be_used_is_said_beside_the_field_and_kept(
    console: RunningConsole, path: str, typed: dict[str, object], said: str
) -> None:
    with console.client(Role.ADMIN) as http:
        form = fields(http.get("/integrasi").text, **typed)
        answer = http.post(f"/integrasi/{path}", data=form)
        assert (answer.status_code, said in answer.text) == (422, True)
        kept = str(typed.get("url", typed.get("name"))).strip()
        assert f'value="{kept.replace("<", "&lt;").replace(">", "&gt;")}' in answer.text


def test_a_webhook_s_secret_is_shown_once_derived_and_made_anew(console: RunningConsole) -> None:
    with console.client(Role.ADMIN) as http:
        hook_id, secret = new_webhook(http)
        stored = console.house.webhooks.webhook(hook_id)
        raw = base64.b64decode(secret.removeprefix("whsec_"))
        assert raw == console.house.derived(secret_purpose(stored))
        path = f"/integrasi/kait/{hook_id}"
        page = http.get(path).text
        assert secret not in page and "tempat=&lt;b&gt;" in page
        form = {"csrf": csrf_of(page), "version": "1"}
        renewed = shown(http.post(f"{path}/rahasia", data=form).text)
        assert renewed != secret
        assert http.post(f"{path}/rahasia", data=form).status_code == 303  # sent twice: once
        assert console.house.webhooks.webhook(hook_id).secret_version == 2
    assert actions(console, hook_id) == ["kait.buat", "kait.rahasia"]
    assert secret not in str(console.rows("SELECT * FROM webhooks"))


def test_a_webhook_is_changed_and_switched_off(console: RunningConsole) -> None:
    with console.client(Role.ADMIN) as http:
        hook_id, _ = new_webhook(http)
        path = f"/integrasi/kait/{hook_id}"
        form = {"csrf": csrf_of(http.get(path).text), "url": "https://lain.example/",
                "events": [EVENTS[2]]}  # fmt: skip
        for _ in range(2):
            assert http.post(path, data=form).status_code == 303
        changed = console.house.webhooks.webhook(hook_id)
        assert (changed.url, changed.events, changed.active) == (
            "https://lain.example/", (EVENTS[2],), False,
        )  # fmt: skip
        refused = http.post(path, data={**form, "url": "https://10.0.0.1/"})
        assert (refused.status_code, "https://10.0.0.1/" in refused.text) == (422, True)
        for unknown in (str(uuid.uuid4()), "x"):
            assert http.get(f"/integrasi/kait/{unknown}").status_code == 404
            assert http.post(f"/integrasi/kait/{unknown}", data=form).status_code == 404
    assert actions(console, hook_id) == ["kait.buat", "kait.ubah"]


def test_a_test_is_queued_once_and_a_failed_delivery_is_sent_again(
    console: RunningConsole,
) -> None:
    webhooks = console.house.webhooks
    with console.client(Role.ADMIN) as http:
        hook_id, _ = new_webhook(http)
        path = f"/integrasi/kait/{hook_id}"
        form = fields(http.get(path).text)
        for _ in range(2):
            http.post(f"{path}/uji", data=form)
        [delivery] = webhooks.deliveries(hook_id)
        webhooks.answered(delivery, Outcome(410, "gone", final=True), datetime.now(UTC))
        page = http.get(path).text
        assert "sudah tidak dipakai (410)" in page
        again = f"{path}/ulangi/{delivery.id}"
        for _ in range(2):
            assert http.post(again, data={"csrf": csrf_of(page)}).status_code == 303
        assert webhooks.deliveries(hook_id)[0].state == "waiting"
        elsewhere = f"/integrasi/kait/{new_webhook(http)[0]}/ulangi/{delivery.id}"
        assert http.post(elsewhere, data={"csrf": csrf_of(page)}).status_code == 404
    assert actions(console, hook_id)[-1] == "kait.ulangi"


def test_every_failure_has_its_sentence(console: RunningConsole) -> None:
    with console.client(Role.ADMIN) as http:
        hook_id, _ = new_webhook(http)
        for error in ("address", "timeout", "name", "tls", "unreachable"):
            delivery = str(uuid.uuid4())
            console.house.webhooks.test(hook_id, delivery, datetime.now(UTC))
            console.rows(
                "UPDATE webhook_deliveries SET attempts = 1, error = :error WHERE id = :id",
                error=error, id=delivery,
            )  # fmt: skip
        answer = http.get(f"/integrasi/kait/{hook_id}")
        assert (answer.status_code, answer.text.count("Dicoba 1 kali")) == (200, 5)


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_the_pages_are_looked_at(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int], name: str
) -> None:
    account = console.account(Role.ADMIN)
    with console.client(account=account) as http:
        http.post("/integrasi/kunci", data=fields(http.get("/integrasi").text, name="Portal data"))
        hook_id, _ = new_webhook(http)
    webhooks = console.house.webhooks
    for outcome in (Outcome(200), Outcome(503, "status"), Outcome(410, "gone", final=True)):
        webhooks.test(hook_id, str(uuid.uuid4()), datetime.now(UTC))
        for _, delivery in webhooks.claim(datetime.now(UTC)):
            webhooks.answered(delivery, outcome, datetime.now(UTC))
    with console.page(browser, account=account, size=size) as page:
        for path, picture in (("/integrasi", "daftar"), (f"/integrasi/kait/{hook_id}", "kait")):
            page.goto(f"{console.url}{path}")
            page.screenshot(path=screenshots / f"integrasi-{picture}-{name}.png", full_page=True)
            found = Axe().run(page).response["violations"]
            assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
