"""The dashboard: figures counted by hand, filters, what is left out, and how it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from izin.accounts import Account, Role
from izin.figures import Period
from izin.storage.migrate import sqlalchemy_url
from izin.units import Unit
from izin.usecases.report_figures import Report, Wanted
from ops import demo
from tests.console.conftest import DESKTOP, PHONE, RunningConsole
from tests.console.figure_world import MONTH, NOW, a_month, at, chat, complain, say

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture(scope="module")
def officer(console: RunningConsole) -> Account:
    """Somebody who served a citizen in a month that is filled for all tests of the module."""
    found = console.account(Role.OFFICER, name="Petugas <b>Uji</b>")
    console.house.units.add(Unit("UJI_KESEHATAN", "Dinas Kesehatan"))
    console.house.units.add(Unit("UJI_BANGUNAN", "Dinas Pekerjaan Umum"))
    a_month(console, found.id)
    return found


@pytest.fixture
def month(console: RunningConsole, officer: Account) -> Iterator[RunningConsole]:
    """The console at a Friday afternoon of that month."""
    console.at(NOW)
    yield console
    console.at(None)


def report(console: RunningConsole, period: Period = NOVEMBER, **filters: str) -> Report:
    real = replace(console.house.figures, namespaces=("live",))
    return real.within(Wanted(period, **filters), NOW.astimezone(UTC))


def tile(page: str, label: str) -> str:
    found = re.search(rf"<dt>{re.escape(label)}</dt>\s*<dd><strong>([^<]*)</strong>", page)
    assert found, label
    return found[1]


def test_complaints_are_counted_as_by_hand(month: RunningConsole) -> None:
    own = report(month).complaints.total
    assert (own.filed, own.closed, own.open, own.overdue, own.due_soon) == (4, 1, 3, 1, 1)
    assert (own.response_days.count, own.response_days.middle, own.response_days.high) == (
        2,
        2.5,
        4,
    )
    # 6 open hours from Monday to Tuesday, 21 from Tuesday over the weekend to Monday.
    assert (own.response_hours.middle, own.response_hours.high) == (13.5, 21)
    assert (own.answered_in_time.part, own.answered_in_time.whole) == (1, 3)
    assert (own.decision_days.middle, own.decided_in_time.part) == (5, 1)
    assert (own.reopened.part, own.reopened.whole, own.rating.value) == (0, 1, 4)
    units = report(month).complaints.by_unit
    assert {code: item.filed for code, item in units.items()} == {"UJI_KESEHATAN": 3, "": 1}


def test_a_long_table_shows_its_first_rows_and_the_rest_when_asked(month: RunningConsole) -> None:
    with month.client(Role.SUPERVISOR) as http:
        first = http.get("/dasbor?dari=2026-01-01&sampai=2026-12-31").text
        told = re.search(r'href="([^"]*)#t-aduan_harian">Tampilkan semua 365 baris<', first)
        assert told
        rest = http.get(told[1].replace("&amp;", "&")).text
    for page, rows in ((first, 31), (rest, 365)):
        table = page.split('id="t-aduan_harian"')[1].split("</table>")[0]
        assert table.count("<tr>") == rows + 1  # and the heading
    assert "Tampilkan semua 365 baris" not in rest


def test_conversations_are_counted_as_by_hand_and_without_simulated_ones(
    month: RunningConsole,
) -> None:
    talks = report(month).talks
    assert sum(day.sessions for day in talks.days) == 4
    assert sum(day.opened for day in talks.days) == 1
    assert (sum(day.judged for day in talks.days), sum(day.lost for day in talks.days)) == (5, 1)
    # Monday the 2nd at 9 twice and at 20, Monday the 9th at 9, Tuesday the 10th at 10 twice.
    assert talks.grid() == {(0, 9): 3, (0, 20): 1, (1, 10): 2}
    assert [(item.code, item.messages) for item in talks.asked if item.kind == "permit"] == [
        ("PBG", 2)
    ]


def test_officers_answers_are_measured_from_opening_to_the_first_words(
    month: RunningConsole, officer: Account
) -> None:
    own = report(month).officers
    assert (own.opened, own.answered) == (1, 1)
    assert own.wait_minutes.middle == 20
    assert own.wait_hours.middle == pytest.approx(1 / 3)
    assert own.serving_minutes.middle == 30
    assert [(load.officer, load.served) for load in own.workload] == [(officer.id, 1)]


def test_a_month_ends_at_the_office_s_midnight(month: RunningConsole) -> None:
    here = chat(month)
    say(month, here, at(30, 23, 59, month=9), "tanya_faq")
    say(month, here, at(1, 0, 0, month=10), "tanya_faq")
    complain(month, at(30, 23, 59, month=9), 30, state="ditutup", closed_at=at(1, month=10))
    month.house.figures.figures.refresh(NOW, month.house.office.office().zone)
    september = report(month, Period(date(2026, 9, 1), date(2026, 9, 30)))
    october = report(month, Period(date(2026, 10, 1), date(2026, 10, 31)))
    assert [sum(d.messages for d in r.talks.days) for r in (september, october)] == [1, 1]
    assert [sum(d.sessions for d in r.talks.days) for r in (september, october)] == [1, 0]
    assert [r.complaints.total.filed for r in (september, october)] == [1, 0]
    assert [r.complaints.total.closed for r in (september, october)] == [0, 1]


def test_the_page_shows_the_figures_and_says_that_it_is_a_demo(month: RunningConsole) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        page = supervisor.get(f"/dasbor?{MONTH}").text
    assert tile(page, "Masuk") == "4"
    assert tile(page, "Lewat tenggat") == "1"
    assert tile(page, "Ditanggapi tepat waktu") == "33,3%"
    assert tile(page, "Tanggapan pertama (hari kerja)") == "2,5"
    assert tile(page, "Sesi percakapan") == "5"  # one of a simulated citizen
    assert tile(page, "Selesai oleh bot") == "80%"
    assert tile(page, "Nilai IKM (25 sampai 100)") == "–"
    assert "percakapan simulasi ikut dihitung" in page
    assert "per 14.05" in page
    assert "Petugas &lt;b&gt;Uji&lt;/b&gt;" in page
    assert "Basis data perizinan sedang tidak dapat dihubungi" in page


def test_filters_leave_out_and_an_empty_range_divides_by_nothing(month: RunningConsole) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        one = supervisor.get(f"/dasbor?{MONTH}&unit=UJI_KESEHATAN&kategori=BIAYA").text
        assert tile(one, "Masuk") == "1"
        assert "rahasia dan anonim tidak disebut" not in one
        telegram = supervisor.get(f"/dasbor?{MONTH}&kanal=telegram").text
        assert tile(telegram, "Masuk") == "0"
        empty = supervisor.get("/dasbor?dari=2025-01-01&sampai=2025-01-31").text
    for label in ("Ditanggapi tepat waktu", "Selesai oleh bot", "Tidak dipahami"):
        assert tile(empty, label) == "–"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("dari=2026-12-01&sampai=2026-11-01", "Tanggal awal harus sebelum"),
        ("dari=2020-01-01&sampai=2026-11-01", "paling panjang satu tahun"),
        ("dari=kemarin", "Isilah dengan tanggal"),
        ("dari=0001-01-01", "Isilah dengan tanggal"),
        ("unit=TIDAK_ADA", "Pilihan ini tidak dikenal"),
        ("kanal=%27%20or%201", "Pilihan ini tidak dikenal"),
    ],
)
def test_a_range_that_cannot_be_used_is_said_beside_its_field(
    month: RunningConsole, query: str, said: str
) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        answer = supervisor.get(f"/dasbor?{query}")
    assert answer.status_code == 422
    assert said in answer.text


def test_a_unit_s_supervisor_sees_its_complaints_alone(month: RunningConsole) -> None:
    account = month.account(Role.SUPERVISOR, unit="UJI_BANGUNAN")
    with month.client(account=account) as supervisor:
        page = supervisor.get(f"/dasbor?{MONTH}&unit=UJI_KESEHATAN").text
        assert tile(page, "Masuk") == "0"
        assert "Petugas &lt;b&gt;" not in page
        assert supervisor.get(f"/unduh/angka/petugas_beban.csv?{MONTH}").status_code == 404


def test_sealed_complaints_are_one_number_and_only_when_there_are_enough(
    month: RunningConsole,
) -> None:
    period = "dari=2026-07-01&sampai=2026-08-31"

    def seal(day: int, number: int) -> None:
        complain(
            month, at(day, month=number), 5, schema="sealed", conversation_id=None,
            owner_mark="x", confidentiality="rahasia", category="PUNGLI", class_code="BERKADAR",
        )  # fmt: skip

    for day in range(1, 5):
        seal(day, 7)
    seal(2, 8)
    with month.client(Role.SUPERVISOR) as supervisor:
        few = supervisor.get(f"/dasbor?{period}").text
        assert "kurang dari lima" in few
        assert tile(few, "Masuk") == "0"
        assert "Pungli" not in few.split("</form>")[-1]
        seal(5, 7)
        enough = supervisor.get(f"/dasbor?{period}").text
        narrowed = supervisor.get(f"/dasbor?{period}&kategori=PUNGLI").text
    assert "ada 5 pengaduan rahasia atau anonim" in enough  # not the one of August
    assert "Bulan dengan kurang dari lima tidak ikut" in enough
    assert "rahasia atau anonim pada" not in narrowed


def test_a_unit_that_is_gone_is_shown_by_its_code(month: RunningConsole) -> None:
    complain(month, at(3, month=6), 10, unit="LAMA", state="ditutup", closed_at=at(4, month=6))
    with month.client(Role.SUPERVISOR) as supervisor:
        page = supervisor.get("/dasbor?dari=2026-06-01&sampai=2026-06-30").text
    assert "LAMA" in page


@pytest.fixture(scope="module")
def registry(console: RunningConsole, module_database_url: str) -> None:
    """The demo registry, which the tests before did without."""
    demo.load(module_database_url, date(2026, 11, 20))
    assert sqlalchemy_url(module_database_url)


def looked_at(page: Page) -> list[object]:
    found = Axe().run(page).response["violations"]
    return [(item["id"], item["nodes"][0]["html"]) for item in found
            if item["impact"] in ("serious", "critical")]  # fmt: skip


@pytest.mark.needs_chromium
@pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_the_dashboard_is_readable_by_everybody(
    month: RunningConsole, registry: None, browser: Browser, screenshots: Path,
    name: str, size: tuple[int, int],
) -> None:  # fmt: skip
    month.at(NOW + timedelta(hours=1))  # the registry's failure is long past
    month.house.figures.permits._rests_until = 0.0
    with month.page(browser, Role.SUPERVISOR, size=size) as page:
        page.goto(f"{month.url}/dasbor?{MONTH}")
        assert page.get_by_text("Tahap tempat permohonan menunggu").first.is_visible()
        page.screenshot(path=screenshots / f"angka-dasbor-{name}.png", full_page=True)
        assert looked_at(page) == []
        page.evaluate("document.querySelectorAll('.figure-details').forEach(d => d.open = true)")
        assert looked_at(page) == []
        page.screenshot(path=screenshots / f"angka-dasbor-tabel-{name}.png", full_page=True)
