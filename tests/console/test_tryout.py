"""An editor tries a draft in a real sandbox: answers, reasons, a kept test, and its sudden end."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from console.pages import csrf_field
from izin.accounts import Account, Role
from izin.content import FAQ, ContentVersion, ItemName
from izin.storage.content_kinds import CONTENT_KINDS
from ops.sandbox_handle import SandboxHandle
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]

START_MS = 200_000
"""A busy machine may take long; nothing waits longer than it must."""

KEY = ItemName(FAQ, "beda_pbg_imb")
ASKED = "apa beda pbg dan imb"


@pytest.fixture(scope="module")
def editor(console: RunningConsole) -> Account:
    return console.account(Role.EDITOR)


@pytest.fixture(scope="module")
def draft(console: RunningConsole, editor: Account) -> ContentVersion:
    """A draft that answers otherwise than what is published."""
    item = console.house.content.item(KEY)
    document = {**item.document, "answer": "Jawaban kelapa: IMB diganti PBG."}
    return console.house.content.begin(KEY, document, True, editor.id, console.house.clock())


@pytest.fixture(scope="module")
def sandbox(console: RunningConsole) -> Iterator[Any]:
    """The console's own sandbox, a real one."""
    shared = console.house.sandbox
    shared.make = SandboxHandle
    yield shared
    shared.stop()
    console.house.programs.stop_all()


def sound(page: Page, name: str, screenshots: Path) -> None:
    """Picture a page at both sizes; axe finds nothing serious, nothing is too wide."""
    for size, word in ((DESKTOP, "desktop"), (PHONE, "phone")):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.screenshot(path=screenshots / f"coba-{name}-{word}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), word
    found = Axe().run(page).response["violations"]
    assert [item for item in found if item["impact"] in ("serious", "critical")] == []
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})


def ask(page: Page, text: str, answer: str) -> None:
    page.get_by_label("Pesan warga").fill(text)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator(".bubble.mine").last).to_contain_text(text, timeout=30_000)
    expect(page.locator(".tryout-turns > li:has(.mine)").last).to_contain_text(answer)


def test_a_draft_is_tried_kept_as_a_test_and_outlives_its_sandbox(
    console: RunningConsole,
    browser: Browser,
    editor: Account,
    draft: ContentVersion,
    sandbox: Any,
    screenshots: Path,
) -> None:
    with console.page(browser, account=editor, refusals=True) as page:
        begin(page, console, draft, screenshots)

        ask(page, ASKED, "Jawaban kelapa")
        reading = page.locator(".reading").last
        reading.locator("summary").click()
        expect(reading).to_contain_text("Tanya jawab terdekat")
        expect(reading).to_contain_text("Apa beda PBG dan IMB?")
        expect(reading).to_contain_text("karena potongan kata")

        saved_again(console, draft, editor, "Jawaban nangka: IMB diganti PBG.")
        ask(page, "bedanya pbg sama imb apa sih", "Jawaban nangka")
        page.locator(".choices button").last.click()
        expect(page.locator(".bubble.mine")).to_have_count(3)
        sound(page, "percakapan", screenshots)
        not_live(console)
        without_script(console, editor, draft)
        keep(page, screenshots)
        play(page, screenshots)
        beside(page, console, draft)
        killed(page, console, sandbox)


def begin(page: Page, console: RunningConsole, draft: ContentVersion, screenshots: Path) -> None:
    """Open the chat about a draft, and wait until somebody answers there."""
    page.goto(f"{console.url}/isi/coba?versi={draft.id}")
    sound(page, "mulai", screenshots)
    page.get_by_label("Telegram").check()
    page.get_by_role("button", name="Mulai bercakap").click()
    expect(page.locator("[data-tryout-state]")).to_contain_text("sedang disiapkan")
    page.get_by_label("Pesan warga").fill("tetap ada")
    expect(page.locator("[data-tryout-state=ready]")).to_be_visible(timeout=START_MS)
    expect(page.get_by_label("Pesan warga")).to_have_value("tetap ada")


def saved_again(
    console: RunningConsole, draft: ContentVersion, editor: Account, answer: str
) -> None:
    content = console.house.content
    now = content.version(draft.id)
    document = {**now.document, "answer": answer}
    content.save(draft.id, now.edits, document, True, editor.id, console.house.clock())


def not_live(console: RunningConsole) -> None:
    """What citizens are answered from still says the old."""
    with console.engine.connect() as connection:
        document, _ = CONTENT_KINDS[FAQ].read(connection)[KEY.key]
    assert "Jawaban" not in document["answer"]
    assert console.rows("select count(*) as turns from turns")[0].turns == 0


def without_script(console: RunningConsole, editor: Account, draft: ContentVersion) -> None:
    """The same by forms alone, on the other channel and without drafts."""
    with console.client(account=editor) as http:
        token = csrf_of(http.get("/isi/coba").text)
        begun = http.post(
            "/isi/coba/percakapan",
            data={"csrf": token, "kanal": "whatsapp", "versi": draft.id, "cakupan": "none"},
        )
        path = begun.headers["location"]
        http.post(f"{path}/kirim", data={"csrf": token, "text": ASKED})
        shown = http.get(path).text
        assert "PP 16/2021" in shown
        assert "Jawaban" not in shown
        choice = re.findall(r'name="choice" value="([^"]+)"', shown)[-1]
        sent = http.post(f"{path}/kirim", data={"csrf": token, "choice": choice})
        assert sent.headers["location"] == f"{path}#akhir"


def beside(page: Page, console: RunningConsole, draft: ContentVersion) -> None:
    """The panel beside a draft chats in place."""
    token = csrf_of(page.content())
    panel = console.house.pages._templates.get_template("isi/coba/panel.html")
    shown = panel.render(coba_version=draft.id, csrf_field=lambda: csrf_field(token))
    body = f'<!doctype html><html lang="id"><title>Draf</title><main><h1>Draf</h1>{shown}</main>'
    page.route("**/uji-panel", lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(f"{console.url}/uji-panel")
    page.get_by_role("button", name="Coba di WhatsApp").click()
    ask(page, ASKED, "Jawaban nangka")
    assert page.url.endswith("/uji-panel")


def keep(page: Page, screenshots: Path) -> None:
    page.get_by_role("link", name="Simpan sebagai uji").click()
    sound(page, "simpan", screenshots)
    boxes = page.locator("textarea")
    boxes.nth(0).fill("Jawaban nangka")  # what the draft says by now
    boxes.nth(1).fill("IMB diganti PBG")
    boxes.nth(2).fill("")
    page.get_by_role("button", name="Simpan uji").click()
    expect(page.locator("#name")).to_be_focused()  # the browser asks for a name
    page.get_by_label("Nama").fill("Warga bertanya beda PBG dan IMB")
    page.get_by_role("button", name="Simpan uji").click()
    expect(page.locator("[data-flash]")).to_contain_text("disimpan sebagai uji")
    page.get_by_role("link", name="Warga bertanya beda PBG dan IMB").click()
    expect(page.locator("pre").last).to_contain_text("warga: apa beda pbg dan imb")
    sound(page, "uji", screenshots)


def play(page: Page, screenshots: Path) -> None:
    page.get_by_role("button", name="Jalankan").click()
    expect(page.get_by_text("Semua berhasil")).to_be_visible(timeout=60_000)
    expect(page.locator("tbody")).to_contain_text("berhasil")
    sound(page, "perjalanan", screenshots)


def killed(page: Page, console: RunningConsole, sandbox: Any) -> None:
    """Kill it in the middle of a conversation: everything of it goes, the words stay."""
    page.goto(f"{console.url}/isi/coba")
    page.get_by_role("button", name="Mulai bercakap").click()
    ask(page, "biaya slf", "Rp0")
    pid = sandbox._handle._pid
    family = psutil.Process(pid).children(recursive=True)
    assert len(family) > 4
    os.kill(pid, signal.SIGKILL)
    page.get_by_label("Pesan warga").fill("biaya pbg")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Tulisan Anda tetap ada")
    expect(page.get_by_label("Pesan warga")).to_have_value("biaya pbg")
    expect(page.locator("[data-tryout-state]")).to_contain_text(re.compile("berhenti|dimatikan"))
    expect(page.get_by_role("button", name="Nyalakan ruang coba")).to_be_visible()
    deadline = time.monotonic() + 60
    while any(child.is_running() and child.status() != "zombie" for child in family):
        assert time.monotonic() < deadline, [child.name() for child in family]
        time.sleep(0.1)
