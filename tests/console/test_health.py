"""The house's health: red when something fails, also when nobody watches any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from izin.accounts import Role
from izin.alarms import advance
from izin.health import GATEWAY, SUPERVISOR, WATCH, Check, Reading, Sign, State
from izin.storage.postgres.alarm_book import PostgresAlarmBook
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of
from tests.console.filed import audited
from tests.console.looks import no_serious_findings

HERE = "/kesehatan"
AT_ONCE = timedelta(0)


@pytest.fixture
def book(console: RunningConsole) -> Iterator[PostgresAlarmBook]:
    """The console's own book, empty again afterwards."""
    yield PostgresAlarmBook(console.engine)
    for table in ("health_checks", "health_alarms", "health_signs", "health_counts"):
        console.rows(f"delete from {table}")
    console.house.health.fresh_sign()


def watched(book: PostgresAlarmBook, *bad: Reading, ago: timedelta = AT_ONCE) -> None:
    """Let a watch have looked, and found these bad."""
    now = datetime.now(UTC) - ago
    good = {check: Reading(check, State.GOOD) for check in Check}
    found = {**good, Check.BACKUP: Reading(Check.BACKUP, State.OFF, "off")}
    found |= {reading.check: reading for reading in bad}
    before = book.standings()
    book.keep([advance(before.get(check), found[check], now) for check in Check], now)
    book.beat(Sign(WATCH, WATCH, now, now))
    began = now - timedelta(hours=5)
    book.beat(Sign("gateway:mesin-1:8080", GATEWAY, now, began, {"role": "all"}))
    rasa = {"times": 3, "died": [(now - timedelta(minutes=m)).isoformat() for m in (1, 2, 3)]}
    children = {"rasa": rasa, "gateway": {"times": 0, "died": []}}
    book.beat(Sign("supervisor:mesin-1", SUPERVISOR, now, began, {"children": children}))


def failing(check: Check = Check.TELEGRAM, code: str = "refused") -> Reading:
    return Reading(check, State.FAILED, code, patience=AT_ONCE)


LOW = Reading(
    Check.DISK, State.ATTENTION, "low", {"place": "/var", "free_mb": 900, "percent": 4}, AT_ONCE
)


def test_what_fails_stands_first_with_what_to_do(
    console: RunningConsole, book: PostgresAlarmBook
) -> None:
    watched(book, failing(), LOW)
    with console.client(Role.ADMIN) as admin:
        page = admin.get(HERE).text
    assert "<title>(!) Gagal" in page
    assert "icon-gagal.svg" in page
    order = [page.index(f'id="alarm-{name}"') for name in ("telegram", "disk", "worker")]
    assert order == sorted(order)
    assert "@BotFather" in page
    assert "Tinggal 900 MB (4%) di /var" in page
    assert "mati 3 kali" in page
    assert "Belum ada admin yang menautkan Telegram" in page


def test_what_fails_but_does_not_ring_yet_is_not_called_all_well(
    console: RunningConsole, book: PostgresAlarmBook
) -> None:
    young = Reading(Check.RASA, State.FAILED, "away", patience=timedelta(minutes=2))
    watched(book, young)
    with console.client(Role.ADMIN) as admin:
        page = admin.get(HERE).text
    assert 'data-level="perhatian"' in page
    assert "Semua berjalan" not in page
    assert "health-sign-" not in page


def test_when_nobody_watches_any_more_the_page_says_since_when(
    console: RunningConsole, book: PostgresAlarmBook
) -> None:
    watched(book, ago=timedelta(minutes=20))
    with console.client(Role.SUPERVISOR) as supervisor:
        page = supervisor.get(HERE).text
        assert "Pengawas terakhir terdengar" in page
        assert "Tidak diketahui" in page
        assert "Tidak terdengar" in page
        assert "(!) Gagal" in page
        assert "1 gangguan" in supervisor.get("/akun-saya").text


def test_a_house_in_order_shows_no_sign_and_an_empty_book_none_either(
    console: RunningConsole, book: PostgresAlarmBook
) -> None:
    with console.client(Role.ADMIN) as admin:
        assert "Belum ada yang memeriksa" in admin.get(HERE).text
        watched(book)
        page = admin.get(HERE).text
        assert "Semua berjalan" in page
        assert "health-sign-" not in page


@pytest.mark.parametrize(("role", "status"), [(Role.OFFICER, 403), (Role.EDITOR, 403)])
def test_others_see_neither_page_nor_sign(
    console: RunningConsole, book: PostgresAlarmBook, role: Role, status: int
) -> None:
    watched(book, failing())
    with console.client(role) as other:
        assert other.get(HERE).status_code == status
        assert "health-sign" not in other.get("/akun-saya").text


def test_an_alarm_is_muted_for_some_hours_and_that_is_recorded(
    console: RunningConsole, book: PostgresAlarmBook
) -> None:
    watched(book, failing())
    account = console.account(Role.ADMIN, name="Budi Santoso")
    with console.client(account=account) as admin:
        token = {"csrf": csrf_of(admin.get(HERE).text)}
        sent = admin.post(f"{HERE}/telegram/bisukan", data={**token, "jam": "24"})
        assert sent.status_code == 303
        page = admin.get(sent.headers["location"]).text
        assert "Dibisukan sampai" in page
        assert "Budi Santoso" in page
        assert "health-sign-" not in page
        kept = book.standings()[Check.TELEGRAM]
        assert kept.muted_until is not None
        assert timedelta(hours=23) < kept.muted_until - datetime.now(UTC) < timedelta(hours=25)
        admin.post(f"{HERE}/telegram/bunyikan", data=token)
        assert book.standings()[Check.TELEGRAM].muted_until is None
        over = admin.post(f"{HERE}/worker/bisukan", data=token)
        assert "health_over" in over.headers["location"]
        assert admin.post(f"{HERE}/lain/bisukan", data=token).status_code == 404
        odd = admin.post(f"{HERE}/telegram/bisukan", data={**token, "jam": "99999"})
        assert odd.status_code == 303
    assert audited(console, "telegram") == [
        "kesehatan.bisukan", "kesehatan.bunyikan", "kesehatan.bisukan",
    ]  # fmt: skip


@pytest.mark.needs_chromium
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_turns_red_by_itself_and_green_again(
    console: RunningConsole,
    book: PostgresAlarmBook,
    browser: Browser,
    screenshots: Path,
    size: tuple[int, int],
) -> None:
    watched(book)
    account = console.account(Role.ADMIN, Role.SUPERVISOR, name="Sri Wahyuni")
    with console.page(browser, account=account, size=size) as page:
        page.goto(console.url + HERE)
        expect(page.locator("[data-level=baik]")).to_be_visible()
        expect(page.locator("#garis-langsung")).to_have_attribute("data-state", "connected")
        watched(book, failing(), LOW)
        expect(page.locator("[data-level=gagal]")).to_be_visible()
        expect(page).to_have_title("(!) Gagal · Kesehatan sistem · Tanya Izin")
        expect(page.locator(".health-sign-gagal")).to_have_text("⚠ 2 gangguan")
        assert "icon-gagal" in str(page.locator("link[rel=icon]").get_attribute("href"))
        no_serious_findings(page)
        page.screenshot(path=screenshots / f"health-red-{size[0]}.png", full_page=True)
        page.goto(console.url + "/akun-saya")
        expect(page.locator(".health-sign-gagal")).to_be_visible()
        page.screenshot(path=screenshots / f"health-sign-{size[0]}.png")
        page.goto(console.url + HERE)
        page.locator("#alarm-telegram button").click()
        expect(page.get_by_text("Dibisukan sampai")).to_be_visible()
        expect(page.locator("[data-level=perhatian]")).to_be_visible()
        no_serious_findings(page)
        page.screenshot(path=screenshots / f"health-muted-{size[0]}.png", full_page=True)


@pytest.mark.needs_chromium
def test_without_script_the_page_says_the_same(
    console: RunningConsole, book: PostgresAlarmBook, browser: Browser, screenshots: Path
) -> None:
    watched(book, failing(), ago=timedelta(minutes=9))
    with console.page(browser, Role.ADMIN, size=PHONE, script=False) as page:
        page.goto(console.url + HERE)
        expect(page.locator("[data-level=gagal]")).to_be_visible()
        assert page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count()
        page.screenshot(path=screenshots / "health-lost-360.png", full_page=True)
