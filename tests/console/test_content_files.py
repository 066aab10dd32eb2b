"""Content goes out as files and comes back as drafts, all at once or not at all."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser

from izin.accounts import Account, Role
from izin.content import ItemName, VersionState
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of
from tests.console.looks import no_serious_findings

BASE = "/isi/berkas"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def editor(console: RunningConsole) -> Account:
    return console.account(Role.EDITOR, name="Ratna Penyunting")


@pytest.fixture
def client(console: RunningConsole, editor: Account) -> Iterator[httpx.Client]:
    with console.client(account=editor) as client:
        yield client


def book_of(client: httpx.Client, name: str = "semua") -> Any:
    answer = client.get(f"{BASE}/unduh/{name}.xlsx")
    assert answer.status_code == 200, answer.text
    return load_workbook(io.BytesIO(answer.content))


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(client: httpx.Client, content: bytes, name: str = "isi.xlsx") -> httpx.Response:
    token = csrf_of(client.get(BASE).text)
    return client.post(BASE, data={"csrf": token}, files={"file": (name, content, XLSX)})


def cell(book: Any, sheet: str, key: str, column: str) -> Any:
    """Give the cell of the first row of a sheet that begins with a key."""
    page = book[sheet]
    titles = [one.value for one in page[1]]
    for row in page.iter_rows(min_row=2):
        if row[0].value == key:
            return row[titles.index(column)]
    raise AssertionError(f"{key} is not on {sheet}")


def accepted(client: httpx.Client, content: bytes, name: str = "isi.xlsx") -> tuple[str, str]:
    """Upload a file; give the path of its preview and the page."""
    answer = upload(client, content, name)
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)
    path = answer.headers["location"]
    return path, client.get(path).text


def confirm(client: httpx.Client, path: str, page: str, **more: str) -> httpx.Response:
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen, "nothing to confirm"
    return client.post(path, data={"csrf": csrf_of(page), "seen": seen[1], **more})


def counts(page: str) -> dict[str, int]:
    found = re.findall(r'tampil=(\w+)"[^>]*><span class="files-count">([\d.]+)', page)
    return {state: int(number.replace(".", "")) for state, number in found}


@pytest.mark.parametrize("form", ["xlsx", "zip", "yaml"])
def test_what_was_downloaded_changes_nothing_when_it_comes_back(
    client: httpx.Client, form: str
) -> None:
    answer = client.get(f"{BASE}/unduh/semua.{form}")
    _, page = accepted(client, answer.content, f"isi.{form}")
    found = counts(page)
    assert (found["new"], found["changed"], found["missing"]) == (0, 0, 0)
    assert found["same"] > 500
    assert 'name="seen"' not in page


def test_the_first_sheet_explains_every_column(client: httpx.Client) -> None:
    book = book_of(client)
    assert book.sheetnames[0] == "Petunjuk"
    told = {(row[0], row[1]) for row in book["Petunjuk"].iter_rows(values_only=True)}
    for sheet in book.sheetnames[1:]:
        for one in book[sheet][1]:
            assert (sheet, one.value) in told
            assert not re.search(r"[._]", one.value), "a column without a title of its own"


def test_changes_become_drafts_that_a_second_person_approves_together(
    console: RunningConsole, client: httpx.Client
) -> None:
    book = book_of(client)
    cell(book, "Tanya jawab", "nib_unduh", "Jawaban").value = "Unduh di OSS.\nGratis."
    cell(book, "Izin", "PBG", "Hari kerja").value = "30"
    cell(book, "Tahapan", "PBG", "Lama (hari kerja)").value = 2
    book["Hari libur"].append(["5/10/2026", "Hari jadi kabupaten", "daerah", "ya"])
    path, page = accepted(client, saved(book))
    assert counts(page)["changed"] == 2 and counts(page)["new"] == 1
    assert "Hari jadi kabupaten" in page or "2026-10-05" in page
    before = console.house.content.item(ItemName("faq", "nib_unduh")).document["answer"]
    assert "Gratis." in client.get(f"{path}?tampil=changed").text

    answer = confirm(client, path, page, submit="1")
    assert answer.status_code == 303
    assert confirm(client, path, page, submit="1").status_code == 303  # a second click
    drafts = list(console.house.content.in_state(VersionState.REVIEW))
    assert sorted(v.item.key for v in drafts) == ["2026-10-05", "PBG", "nib_unduh"]
    room = console.house.content
    assert room.item(ItemName("faq", "nib_unduh")).document["answer"] == before
    done = client.get(path).text
    assert f"{path}/setujui" not in done  # not by whoever brought it
    client.post(f"{path}/setujui", data={"csrf": csrf_of(done)})
    assert room.item(ItemName("faq", "nib_unduh")).document["answer"] == before

    with console.client(Role.SUPERVISOR) as second:
        page = second.get(path).text
        assert second.post(f"{path}/setujui", data={"csrf": csrf_of(page)}).status_code == 303
    assert room.item(ItemName("faq", "nib_unduh")).document["answer"] == "Unduh di OSS.\nGratis."
    assert room.item(ItemName("permit", "PBG")).document["sla_working_days"] == 30
    assert room.item(ItemName("holiday", "2026-10-05")).live
    actions = [row[0] for row in console.rows("select action from audit_log where action like"
                                              " 'isi.impor%' order by 1")]  # fmt: skip
    assert "isi.impor_draf" in actions and "isi.impor_terbit" in actions


def test_an_item_that_somebody_opened_meanwhile_stops_the_whole_import(
    console: RunningConsole, client: httpx.Client
) -> None:
    book = book_of(client, "tanya-jawab")
    cell(book, "Tanya jawab", "nib_cabut", "Jawaban").value = "Jawaban satu."
    cell(book, "Tanya jawab", "nib_cabang", "Jawaban").value = "Jawaban dua."
    path, page = accepted(client, saved(book))
    room, now = console.house.content, console.house.clock()
    name = ItemName("faq", "nib_cabang")
    other = room.begin(name, room.item(name).document, True, "orang-lain", now)
    answer = confirm(client, path, page)
    assert answer.status_code == 409 and "sedang disunting" in answer.text
    assert room.item(ItemName("faq", "nib_cabut")).open_version is None
    assert f"/isi/versi/{other.id}" in answer.text
    assert confirm(client, path, answer.text, skip="1").status_code == 303
    opened = room.item(ItemName("faq", "nib_cabut")).open_version
    assert opened is not None and opened.document["answer"] == "Jawaban satu."


def test_what_changed_since_the_preview_is_shown_again_first(
    console: RunningConsole, client: httpx.Client
) -> None:
    book = book_of(client, "tanya-jawab")
    cell(book, "Tanya jawab", "kbli_apa", "Jawaban").value = "Dari berkas."
    path, page = accepted(client, saved(book))
    room, now = console.house.content, console.house.clock()
    name = ItemName("faq", "kbli_apa")
    draft = room.begin(name, {**room.item(name).document, "answer": "Lain."}, True, "a", now)
    room.publish(draft.id, draft.edits, "b", now)
    answer = confirm(client, path, page)
    assert answer.status_code == 409 and room.item(name).open_version is None
    assert confirm(client, path, answer.text).status_code == 303


def test_every_error_names_sheet_row_and_column_and_nothing_is_kept(
    console: RunningConsole, client: httpx.Client
) -> None:
    before = console.rows("select count(*) from content_imports")[0][0]
    book = book_of(client)
    faq = book["Tanya jawab"]
    cell(book, "Tanya jawab", "nib_unduh", "Jawaban").value = "=1+1"
    cell(book, "Tanya jawab", "nib_cabang", "Diperiksa pada").value = "kemarin"
    cell(book, "Tanya jawab", "nib_cabut", "Kode izin").value = "TIDAK_ADA"
    cell(book, "Tanya jawab", "kbli_apa", "Pertanyaan").value = None
    faq.append([one.value for one in faq[2]])
    faq.merge_cells("C5:C6")
    cell(book, "Izin", "PBG", "Jenis biaya").value = "murah"
    cell(book, "Persyaratan", "PBG", "Nomor urut").value = "satu"
    book.create_sheet("Lembar saya").append(["a", "b"])
    book["Nama tempat"]["C1"].value = "Sinonim"
    answer = upload(client, saved(book))
    assert answer.status_code == 422
    for said in (
        "berisi rumus", "&#34;kemarin&#34; bukan tanggal", "TIDAK_ADA", "Wajib diisi",
        "sudah ada di baris 2", "C5:C6", "&#34;murah&#34;", "&#34;satu&#34; bukan bilangan bulat",
        "Lembar saya", "Sinonim", "Tidak ada yang berubah",
    ):  # fmt: skip
        assert said in answer.text, said
    assert console.rows("select count(*) from content_imports")[0][0] == before


def test_only_the_first_errors_are_listed_and_the_rest_counted(client: httpx.Client) -> None:
    book = Workbook()
    page = book.active
    page.title = "Hari libur"
    page.append(["Tanggal", "Nama", "Jenis", "Tampil"])
    for _ in range(450):
        page.append(["bukan tanggal", "x", "daerah", "ya"])
    answer = upload(client, saved(book))
    assert answer.text.count("Tulis misalnya 30/11/2026") == 200
    assert "250 kesalahan lain" in answer.text


def test_a_single_csv_in_another_encoding_is_understood(
    console: RunningConsole, client: httpx.Client
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{BASE}/unduh/semua.zip").content))
    text = archive.read("Hari libur.csv").decode("utf-8-sig")
    for encoding in ("cp1252", "utf-16", "utf-8"):
        changed = text.replace("Natal", "Natal – Café", 1).replace(";", ",")
        path, page = accepted(client, changed.encode(encoding), "unduhan saya.csv")
        assert counts(page)["changed"] == 1, encoding
        assert "Café" in client.get(f"{path}?tampil=changed").text


def test_a_file_of_fifty_megabytes_is_refused_with_the_limit(client: httpx.Client) -> None:
    answer = upload(client, b"PK" + b"x" * (50 << 20))
    assert answer.status_code == 422 and "lebih besar dari 10 MB" in answer.text
    token = csrf_of(client.get(BASE).text)
    assert client.post(BASE, data={"csrf": token}).status_code == 422


def test_an_import_can_be_dropped_and_unknown_ones_are_not_found(client: httpx.Client) -> None:
    book = book_of(client, "kantor")
    cell(book, "Unit", "DLH", "Kontak").value = "x"
    path, page = accepted(client, saved(book))
    assert client.post(f"{path}/batal", data={"csrf": csrf_of(page)}).status_code == 303
    assert client.get(path).status_code == 404
    for wrong in ("bukan-id", "7f1d6c1e-0000-4000-8000-000000000009", "unduh/apa.xlsx"):
        assert client.get(f"{BASE}/{wrong}").status_code == 404


def test_an_import_expires_and_is_cleaned(console: RunningConsole, client: httpx.Client) -> None:
    from datetime import timedelta

    from izin.storage.postgres.content_imports import tidy_imports

    path, _ = accepted(client, client.get(f"{BASE}/unduh/kantor.xlsx").content)
    later = console.house.clock() + timedelta(hours=25)
    assert client.get(path).status_code == 200
    assert tidy_imports(console.engine, later) >= 1
    assert client.get(path).status_code == 404


def test_pages_look_right(
    console: RunningConsole, browser: Browser, client: httpx.Client, screenshots: Any
) -> None:
    book = book_of(client)
    cell(book, "Tanya jawab", "siup_tdp_lama", "Jawaban").value = "SIUP lama diganti NIB."
    cell(book, "Izin", "SLF", "Catatan hari kerja").value = "Sejak lengkap."
    path, _ = accepted(client, saved(book), "isi kabupaten 2026.xlsx")
    bad = book_of(client, "kantor")
    cell(bad, "Unit", "DLH", "Nama").value = "=A1"
    for size, name in ((DESKTOP, "desktop"), (PHONE, "phone")):
        with console.page(browser, Role.EDITOR, size=size, refusals=True) as page:
            page.goto(console.url + path + "?tampil=changed")
            no_serious_findings(page)
            page.screenshot(path=screenshots / f"berkas-pratinjau-{name}.png", full_page=True)
            page.goto(console.url + BASE)
            page.set_input_files(
                "#file", {"name": "kantor.xlsx", "mimeType": XLSX, "buffer": saved(bad)}
            )
            page.get_by_role("button", name="Periksa berkas").click()
            page.get_by_text("berisi rumus").wait_for()
            no_serious_findings(page)
            page.screenshot(path=screenshots / f"berkas-salah-{name}.png", full_page=True)
