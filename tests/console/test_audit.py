"""The audit log's page: what it shows to whom, and what it gives away."""

from __future__ import annotations

import ast
import csv
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Browser

from console.main import join
from izin.accounts import Role
from izin.audit import SYSTEM, AuditEntry, AuditFilter
from izin.errors import InvalidInput
from izin.wording import Wording
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of

ROOT = Path(__file__).parents[2]
WORDING = Wording()
SEALED, ORDINARY = "ADU-SEAL-ED", "ADU-TERB-KA"


def entry(console: RunningConsole, **changes: object) -> str:
    """Record something about a subject of its own and give the subject's id."""
    subject = str(changes.setdefault("subject", str(uuid.uuid4())))
    values = {"at": datetime.now(UTC), "actor": SYSTEM, "action": "jejak.periksa",
              "subject_kind": "percakapan", **changes}  # fmt: skip
    console.house.audit.record(AuditEntry(**values))  # type: ignore[arg-type]
    return subject


@pytest.fixture(scope="module", autouse=True)
def complaint_on_the_open_shelf(console: RunningConsole) -> None:
    console.rows(
        "INSERT INTO complaints (ticket, key, category, class_code, story, place,"
        " confidentiality, state, owner, filed_at, first_response_due, decision_due)"
        " VALUES (:t, :t, 'SARANA', 'TIDAK_BERKADAR', 'x', 'x', 'normal', 'diterima', 'x', now(),"
        ' \'{"day": "2026-11-25"}\', \'{"day": "2026-12-10"}\')',
        t=ORDINARY,
    )


def test_an_entry_reads_as_a_sentence_with_the_actor_s_present_name(
    console: RunningConsole,
) -> None:
    actor = console.account(Role.OFFICER, name="Sari <b>Uji</b>")
    subject = entry(console, actor=actor.id, details={"alasan": "pelayanan"})
    with console.client(Role.SUPERVISOR) as http:
        page = http.get("/jejak", params={"id": subject}).text
    assert "Sari &lt;b&gt;Uji&lt;/b&gt;" in page
    assert "Memeriksa keutuhan jejak audit" in page
    assert f'href="/percakapan/{subject}"' in page
    assert "alasan: pelayanan" in page


def test_an_action_nobody_worded_is_shown_by_its_code(console: RunningConsole) -> None:
    subject = entry(console, action="belum.ada", subject_kind="entah")
    with console.client(Role.ADMIN) as http:
        page = http.get("/jejak", params={"id": subject}).text
    assert "belum.ada" in page
    assert f'href="/percakapan/{subject}"' not in page


def test_the_filter_narrows_by_day_actor_and_action(console: RunningConsole) -> None:
    actor = console.account(Role.OFFICER)
    old = entry(console, actor=actor.id, at=datetime(2026, 3, 1, 16, 59, tzinfo=UTC))
    new = entry(console, actor=actor.id, at=datetime(2026, 3, 1, 17, 1, tzinfo=UTC))
    with console.client(Role.SUPERVISOR) as http:

        def found(**params: str) -> set[str]:
            page = http.get("/jejak", params={"pelaku": actor.id, **params}).text
            return {subject for subject in (old, new) if f"/percakapan/{subject}" in page}

        assert found() == {old, new}
        assert found(dari="2026-03-02") == {new}  # the office's day begins at 17.00 UTC
        assert found(sampai="2026-03-01") == {old}
        assert found(tindakan="jejak.unduh") == set()
        wrong = http.get("/jejak", params={"dari": "kemarin", "id": "tetap-ada"})
        assert (wrong.status_code, "tetap-ada" in wrong.text) == (422, True)
        assert "Tulis tanggal seperti" in wrong.text
        assert http.get("/jejak?dari=2026-03-02&sampai=2026-03-01").status_code == 422
        far = "9999-12-31T23:59:59Z_99999999999999999999"
        for odd in ("dari=0001-01-01", "sampai=9999-12-31", "id=%00", "sebelum=x_y",
                    "sebelum=2026-01-01_1", f"sebelum={far}"):  # fmt: skip
            assert http.get(f"/jejak?{odd}").status_code == 200, odd


def test_older_entries_follow_page_by_page_without_gap_or_repetition(
    console: RunningConsole,
) -> None:
    actor = console.account(Role.OFFICER)
    at = datetime(2026, 4, 1, tzinfo=UTC)
    subjects = [entry(console, actor=actor.id, at=at + timedelta(seconds=n // 3))
                for n in range(120)]  # fmt: skip
    seen: list[str] = []
    with console.client(Role.SUPERVISOR) as http:
        path: str | None = f"/jejak?pelaku={actor.id}"
        while path:
            page = http.get(path).text
            seen += re.findall(r'href="/percakapan/([0-9a-f-]{36})"', page)
            older = re.search(r'href="(/jejak\?[^"]*sebelum=[^"]*)"', page)
            path = older[1].replace("&amp;", "&") if older else None
    assert sorted(seen) == sorted(subjects)


def test_a_sealed_complaint_s_ticket_is_shown_to_its_readers_alone(
    console: RunningConsole,
) -> None:
    actor = console.account(Role.OFFICER)
    chat = str(uuid.uuid4())
    entry(console, actor=actor.id, subject_kind="pengaduan_tertutup", subject=SEALED)
    entry(console, actor=actor.id, subject_kind="pengaduan", subject=SEALED)
    entry(console, actor=actor.id, subject=chat, details={"tiket": SEALED.lower()})
    entry(console, actor=actor.id, subject_kind="pengaduan", subject=ORDINARY)
    asked = {"pelaku": actor.id}
    with console.client(Role.SUPERVISOR) as http:
        page = http.get("/jejak", params=asked).text
        assert SEALED not in page.upper() and chat not in page
        assert len(re.findall(r"Pengaduan tertutup\s*</span>", page)) == 3
        assert f'href="/pengaduan/{ORDINARY}"' in page
        searched = http.get("/jejak", params={"id": SEALED}).text
        assert "Tidak ada catatan yang cocok" in searched
        for kind in ("csv", "xlsx"):
            file = http.get(f"/jejak/unduh.{kind}", params=asked)
            text = cells(file.content) if kind == "xlsx" else file.text
            assert SEALED not in text.upper() and chat not in text
            assert ORDINARY in text
    with console.client(Role.SUPERVISOR, Role.SEALED_OFFICER) as http:
        page = http.get("/jejak", params=asked).text
        assert page.upper().count(SEALED) >= 3
        assert f'href="/pengaduan-tertutup/{SEALED}"' in page


def cells(content: bytes) -> str:
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def test_a_download_follows_the_filter_and_is_recorded_itself(console: RunningConsole) -> None:
    reader = console.account(Role.SUPERVISOR)
    name = "=HYPERLINK(1)"
    actor = console.account(Role.OFFICER, name=name)
    subject = entry(console, actor=actor.id)
    entry(console)
    with console.client(account=reader) as http:
        file = http.get("/jejak/unduh.csv", params={"pelaku": actor.id})
        assert http.get("/jejak/unduh.pdf").status_code == 404
    assert "attachment" in file.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(file.text), delimiter=";"))
    assert next(row for row in rows if subject in row)[2] == f"'{name}"
    recorded = console.house.audit.entries(AuditFilter(actor=reader.id, action="jejak.unduh"))
    assert [item.entry.details["baris"] for item in recorded] == [1]


def test_the_check_says_that_the_log_is_as_written_and_when_it_is_not(
    console: RunningConsole,
) -> None:
    subject = entry(console)
    day = datetime.now(UTC).date() + timedelta(days=1)
    head = console.house.audit.note_head(day, datetime.now(UTC) + timedelta(days=2))
    assert head
    with console.client(Role.ADMIN) as http:
        page = http.get("/jejak/keutuhan").text
        assert head.mac in page and "audit_day_head" in page
        checked = http.post("/jejak/keutuhan", data={"csrf": csrf_of(page)}).text
        assert "Utuh:" in checked
        tamper = (
            "SET LOCAL session_replication_role = replica;"
            " UPDATE audit_log SET actor = '{}' WHERE subject = '{}'"
        )
        console.rows(tamper.format("x", subject))
        broken = http.post("/jejak/keutuhan", data={"csrf": csrf_of(page)}).text
        assert "Jejak audit diubah: catatan nomor" in broken
        console.rows(tamper.format(SYSTEM, subject))
        assert "Utuh:" in http.post("/jejak/keutuhan", data={"csrf": csrf_of(page)}).text


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_the_pages_are_looked_at(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int], name: str
) -> None:
    sari = console.account(Role.OFFICER, name="Sari Uji")
    for action, kind, subject in (
        ("percakapan.ambil", "percakapan", str(uuid.uuid4())),
        ("pengaduan_tertutup.lihat", "pengaduan_tertutup", SEALED),
        ("akun.masuk", "akun", sari.id),
    ):
        entry(console, actor=sari.id, action=action, subject_kind=kind, subject=subject)
    with console.page(browser, Role.SUPERVISOR, size=size) as page:
        for path, picture in (("/jejak", "daftar"), ("/jejak/keutuhan", "keutuhan")):
            page.goto(f"{console.url}{path}")
            page.screenshot(path=screenshots / f"jejak-{picture}-{name}.png", full_page=True)
            found = Axe().run(page).response["violations"]
            assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []


def test_the_console_does_not_start_without_a_usable_key(console: RunningConsole) -> None:
    settings = replace(console.house.settings, audit_key="k" * 31)
    with pytest.raises(InvalidInput, match="TANYA_AUDIT_KEY must be set"):
        join(settings, console.engine)


def recorded() -> Iterator[tuple[str, str]]:
    """Give file and pattern of every action that the source records."""
    for folder in ("console", "izin", "bot", "ops", "actions"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                called = ast.unparse(node.func)
                place = 2 if called == "AuditEntry" else 1 if "house.record" in called else None
                if place is None or len(node.args) <= place:
                    continue
                for pattern in patterns(node.args[place]):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", pattern


def patterns(action: ast.expr) -> Iterator[str]:
    if isinstance(action, ast.Constant) and isinstance(action.value, str):
        yield re.escape(action.value)
    elif isinstance(action, ast.IfExp):
        yield from patterns(action.body)
        yield from patterns(action.orelse)
    elif isinstance(action, ast.JoinedStr):
        yield "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z_.]+"
            for part in action.values
        )


def test_every_action_that_is_recorded_anywhere_has_a_sentence() -> None:
    prefix = "audit.action."
    worded = [key.removeprefix(prefix) for key in WORDING.keys() if key.startswith(prefix)]  # noqa: SIM118
    found = list(recorded())
    assert len(found) > 10
    missing = [
        f"{place} {pattern}"
        for place, pattern in found
        if not any(re.fullmatch(pattern, action) for action in worded)
    ]
    assert missing == []
