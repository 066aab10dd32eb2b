"""The inbox: queues, counts, filters, search, taking the next one, shortcuts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from izin.accounts import Role
from izin.officers import LEASE
from izin.storage.postgres.escalations import PostgresEscalations
from izin.storage.postgres.inbox import PostgresInbox
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of
from tests.contracts.conversation_ports import fresh, fresh_phone, message

DAY = timedelta(days=1)


def waiting(
    console: RunningConsole, said: str = "Izin toko saya bagaimana?", reason: str = "minta_petugas",
    due: date | None = None, ago: timedelta = timedelta(minutes=5), **changes: Any,
) -> str:  # fmt: skip
    """Give a conversation that waits for an officer."""
    now = datetime.now(UTC)
    here = PostgresInbox(console.engine).receive(message(text=said, **changes), now - ago)
    PostgresEscalations(console.engine).open(
        here.conversation_id, reason, now - ago, fresh("key"), respond_by=due
    )
    return here.conversation_id


def office_day(console: RunningConsole) -> date:
    return datetime.now(console.house.office.office().zone).date()


def serious(page: Page) -> list[str]:
    """Give what axe finds serious on a page."""
    found = Axe().run(page).response["violations"]
    return [item["id"] for item in found if item["impact"] in ("serious", "critical")]


def test_the_inbox_shows_who_waits_why_and_until_when(console: RunningConsole) -> None:
    phone, today = fresh_phone(), office_day(console)
    here = waiting(console, "Kapan <b>IMB</b> saya selesai?", phone=phone, due=today - 2 * DAY,
                   channel="whatsapp")  # fmt: skip
    simulated = waiting(console, "halo", namespace="simulator", due=today)
    with console.client(Role.OFFICER) as officer:
        page = officer.get("/percakapan?antrean=lewat").text
        row = page.split(f"/percakapan/{here}", 1)[1].split("</li>", 1)[0]
        assert f"•••• {phone[-4:]}" in row
        assert phone not in page
        assert "Kapan &lt;b&gt;IMB&lt;/b&gt; saya selesai?" in row
        for words in ("WhatsApp", "Minta petugas", "Lewat 2 hari", "Belum ada petugas", "5 menit"):
            assert words in row
        assert simulated not in page
        soon = officer.get("/percakapan?antrean=segera").text
        assert "simulasi" in soon.split(simulated, 1)[1].split("</li>", 1)[0]
        assert "Jawab hari ini" in soon
        assert here not in officer.get("/percakapan?antrean=lewat&kanal=telegram").text
        assert here in officer.get(f"/percakapan?antrean=lewat&sejak={today}").text
        assert here in officer.get("/percakapan?antrean=tidak-ada&sejak=kemarin&setelah=x").text
    recorded = console.rows("select details from audit_log where action = 'percakapan.daftar'")
    assert recorded
    assert "IMB" not in str(recorded)


def test_a_unit_finds_and_lists_its_own_conversations_alone(console: RunningConsole) -> None:
    word = fresh("kata").replace("-", "")
    theirs, others = waiting(console, f"satu {word}"), waiting(console, f"dua {word}")
    console.house.desk.forward(theirs, "DPUPR")
    account = console.account(Role.OFFICER, unit="DPUPR")
    with console.client(account=account) as officer:
        for path in ("/percakapan?antrean=tanpa_petugas", f"/percakapan/cari?q={word}"):
            page = officer.get(path).text
            assert f"/percakapan/{theirs}" in page
            assert f"/percakapan/{others}" not in page
        csrf = csrf_of(officer.get("/percakapan").text)
        taken = officer.post("/percakapan/ambil", data={"csrf": csrf})
        assert taken.headers["location"] == f"/percakapan/{theirs}?pesan=taken#tulis"
        again = officer.post("/percakapan/ambil", data={"csrf": csrf})
        assert "nobody_waits" in again.headers["location"]
        assert "Tidak ada warga yang menunggu" in officer.get(again.headers["location"]).text


def test_search_marks_what_was_looked_for_and_records_no_word(console: RunningConsole) -> None:
    word = fresh("kata").replace("-", "")
    here = waiting(console, f"<script>alert(1)</script> soal {word}, mohon dibantu")
    with console.client(Role.OFFICER) as officer:
        page = officer.get("/percakapan/cari", params={"q": f"{word[:8]} <script>"}).text
        assert f"<mark>{word}</mark>" in page
        assert "<script>alert" not in page
        assert "Ketik sedikitnya dua huruf" in officer.get("/percakapan/cari?q=a").text
        assert "Tidak ada percakapan yang cocok" in officer.get(f"/percakapan/cari?q={word}zz").text
        assert officer.get("/percakapan/cari", params={"q": "x" * 9000}).status_code == 200
    recorded = console.rows(
        "select subject, details from audit_log where action = 'percakapan.cari'"
        " order by id desc limit 3"
    )
    assert [row.subject for row in recorded] == ["-", "-", "-"]
    assert word not in str(recorded)
    assert here not in str(recorded)


def test_the_next_one_is_taken_once_and_held(console: RunningConsole) -> None:
    console.rows("update escalations set closed_at = now() where closed_at is null")
    first, second = waiting(console, ago=DAY), waiting(console)
    account = console.account(Role.OFFICER)
    with console.client(account=account) as officer:
        csrf = csrf_of(officer.get("/percakapan").text)
        taken = officer.post("/percakapan/ambil", data={"csrf": csrf})
        assert taken.headers["location"].startswith(f"/percakapan/{first}?")
        held = console.house.officers.handling(first)
        assert held is not None
        assert held.officer == account.id
        assert held.lease_until > datetime.now(UTC) + LEASE / 2
        page = officer.get("/percakapan?antrean=saya").text
        assert f"/percakapan/{first}" in page
        assert "Anda layani" in page
        assert f"/percakapan/{second}" in officer.get("/percakapan?antrean=tanpa_petugas").text
    assert console.rows(
        "select 1 from audit_log where action = 'percakapan.ambil' and subject = :id", id=first
    )


def test_who_rests_is_not_counted_as_present(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER)

    def present() -> bool:
        now = datetime.now(UTC)
        return account.id in {item.officer for item in console.house.officers.present(now)}

    with console.client(account=account) as officer:
        page = officer.get("/percakapan")
        assert "Siap melayani" in page.text
        assert present()
        given = {
            "csrf": csrf_of(page.text),
            "serving": "false",
            "kembali": "/percakapan?antrean=saya",
        }
        rested = officer.post("/percakapan/kehadiran", data=given)
        assert rested.headers["location"] == "/percakapan?antrean=saya&pesan=resting"
        assert not present()
        page = officer.get(rested.headers["location"])
        assert "Anda sedang istirahat" in page.text
        assert not present()
        officer.post(
            "/percakapan/kehadiran", data={**given, "serving": "true", "kembali": "//x.id"}
        )
        assert present()
    with console.client(Role.SUPERVISOR) as supervisor:
        assert "Istirahat" in supervisor.get("/percakapan").text


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_the_inbox_looks_right(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int], name: str
) -> None:
    today = office_day(console)
    waiting(console, "Ada orang terjatuh dari bangunan di Jalan Merdeka, mohon dibantu segera",
            "urgent", due=today, phone=fresh_phone(), channel="whatsapp")  # fmt: skip
    waiting(console, "Saya mau tanya izin reklame untuk toko saya di pasar. " * 6, due=today + DAY)
    waiting(console, "Berkas saya dikembalikan dua kali, kenapa?", due=today - 2 * DAY, ago=3 * DAY)
    account = console.account(Role.OFFICER, Role.SUPERVISOR, name="Siti Rahmawati Kusumaningrum")
    with console.page(browser, account=account, size=size) as page:
        page.goto(f"{console.url}/percakapan?antrean=tanpa_petugas")
        expect(page.locator("#garis-langsung")).to_have_text("Tersambung")
        assert page.title().startswith("(")
        page.screenshot(path=screenshots / f"inbox-daftar-{name}.png", full_page=True)
        assert serious(page) == []
        page.goto(f"{console.url}/percakapan/cari?q=reklame")
        assert serious(page) == []
        page.screenshot(path=screenshots / f"inbox-cari-{name}.png", full_page=True)
        page.goto(f"{console.url}/percakapan/pintasan")
        page.screenshot(path=screenshots / f"inbox-pintasan-{name}.png", full_page=True)


def test_shortcuts_walk_through_the_inbox_but_never_while_typing(
    console: RunningConsole, browser: Browser
) -> None:
    for _ in range(2):
        waiting(console)
    with console.page(browser, Role.OFFICER) as page:
        page.goto(f"{console.url}/percakapan?antrean=tanpa_petugas")
        links = page.locator(".ib-link")
        page.keyboard.press("j")
        expect(links.nth(0)).to_be_focused()
        page.keyboard.press("j")
        expect(links.nth(1)).to_be_focused()
        page.keyboard.press("k")
        expect(links.nth(0)).to_be_focused()
        page.keyboard.press("/")
        expect(page.locator("#cari")).to_be_focused()
        page.keyboard.type("jk?gs")
        expect(page.locator("#cari")).to_have_value("jk?gs")
        page.locator("#cari").fill("")
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(page.locator("#pintasan")).to_be_visible()
        page.locator("#pintasan-menyala").uncheck()
        page.keyboard.press("Escape")
        page.locator("h1").click()
        page.keyboard.press("?")
        expect(page.locator("#pintasan")).to_be_hidden()
        page.locator("#buka-pintasan").click()
        page.locator("#pintasan-menyala").check()
        page.keyboard.press("Escape")
        page.locator("h1").click()
        page.keyboard.press("g")
        page.keyboard.press("l")
        page.wait_for_url("**/percakapan?antrean=lewat")


def test_the_inbox_works_without_script(console: RunningConsole, browser: Browser) -> None:
    here = waiting(console)
    with console.page(browser, Role.OFFICER, size=PHONE, script=False) as page:
        page.goto(f"{console.url}/percakapan?antrean=tanpa_petugas")
        expect(page.locator("nav[aria-label=Menu]")).to_be_hidden()
        page.locator("#menu summary").click()
        expect(page.locator("nav[aria-label=Menu] a[aria-current]")).to_have_text("Percakapan")
        assert page.locator(f'a[href="/percakapan/{here}"]').count() == 1
        page.locator("#buka-pintasan").click()
        expect(page.locator("h1")).to_have_text("Pintasan papan ketik")
