"""Editors see what waits, compare versions, and a second person publishes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from console.main import PostgresContentOverview
from izin.accounts import Account, Role
from izin.content import ContentVersion, ItemName, VersionState
from izin.content_overview import Pile
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(console: RunningConsole) -> Iterator[None]:
    console.at(MONDAY)
    yield
    console.at(None)


@pytest.fixture(scope="module")
def author(console: RunningConsole) -> Account:
    return console.account(Role.EDITOR, name="Sari Penulis")


@pytest.fixture(scope="module")
def second(console: RunningConsole) -> Account:
    return console.account(Role.EDITOR, name="Budi Pemeriksa")


def draft_of(
    console: RunningConsole, author: Account, place: int, **changed: Any
) -> ContentVersion:
    item = console.house.content.items("faq")[place]
    document = {**item.document, **changed}
    return console.house.edit_content.begin(item.item, document, True, author)


def post(client: httpx.Client, version: str, step: str, **form: str) -> httpx.Response:
    page = client.get(f"/isi/versi/{version}").text
    edits = page.split('name="edits" value="', 1)[1].split('"', 1)[0] if "edits" in page else "0"
    data = {"csrf": csrf_of(page), "edits": edits, **form}
    return client.post(f"/isi/versi/{version}/{step}", data=data)


def test_a_draft_is_submitted_published_by_another_and_rolled_back(
    console: RunningConsole, author: Account, second: Account
) -> None:
    room = console.house.content
    draft = draft_of(console, author, 0, answer="Jawaban yang diperbarui <b>.")
    before = room.versions(draft.item)[-1]
    with console.client(account=author) as mine, console.client(account=second) as theirs:
        assert draft.document["question"] in mine.get("/isi").text
        assert post(mine, draft.id, "ajukan", catatan="Angka baru").status_code == 303
        page = theirs.get(f"/isi/versi/{draft.id}").text
        assert "diperbarui</ins>" in page or "diperbarui" in page
        assert "&lt;b&gt;" in page and "Angka baru" in page and "Sari Penulis" in page
        refused = post(mine, draft.id, "terbitkan")
        assert refused.status_code == 403 and room.version(draft.id).state == "review"
        assert post(theirs, draft.id, "kembalikan").status_code == 422
        assert post(theirs, draft.id, "terbitkan").status_code == 303
        assert room.item(draft.item).document["answer"] == "Jawaban yang diperbarui <b>."
        assert post(mine, before.id, "pulihkan").status_code == 303
        assert room.item(draft.item).document == before.document
    done = console.rows("select action from audit_log where action like 'isi.%' order by id")
    assert [row.action for row in done] == ["isi.ajukan", "isi.terbitkan", "isi.pulihkan"]


def test_a_version_is_sent_back_with_a_note_and_discarded(
    console: RunningConsole, author: Account, second: Account
) -> None:
    draft = draft_of(console, author, 1, answer="Belum lengkap.")
    with console.client(account=author) as mine, console.client(account=second) as theirs:
        post(mine, draft.id, "ajukan")
        assert post(theirs, draft.id, "kembalikan", catatan="Tambah biayanya").status_code == 303
        page = mine.get("/isi").text
        assert "dikembalikan" in page
        assert "Tambah biayanya" in mine.get(f"/isi/versi/{draft.id}").text
        assert post(mine, draft.id, "batalkan").status_code == 303
    assert console.house.content.version(draft.id).state is VersionState.DISCARDED


def test_a_version_is_scheduled_in_the_offices_time(
    console: RunningConsole, author: Account, second: Account
) -> None:
    room, draft = console.house.content, draft_of(console, author, 2, answer="Nanti.")
    with console.client(account=author) as mine, console.client(account=second) as theirs:
        post(mine, draft.id, "ajukan")
        past = post(theirs, draft.id, "jadwalkan", tanggal="2026-11-22", jam="07:00")
        assert past.status_code == 422 and "2026-11-22" in past.text
        assert post(theirs, draft.id, "jadwalkan", tanggal="x", jam="07:00").status_code == 422
        soon = post(theirs, draft.id, "jadwalkan", tanggal="2026-11-24", jam="07:00")
        assert soon.status_code == 303
        assert "24 November 2026 07.00" in theirs.get("/isi").text
    assert room.version(draft.id).publish_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert room.publish_due(MONDAY) == []
    assert [done.item for done in room.publish_due(MONDAY + timedelta(days=1))] == [draft.item]


def test_whoever_comes_second_is_told_and_nothing_happens(
    console: RunningConsole, author: Account, second: Account
) -> None:
    edit, draft = console.house.edit_content, draft_of(console, author, 3, answer="Satu.")
    with console.client(account=second) as theirs:
        page = theirs.get(f"/isi/versi/{draft.id}").text
        edit.save(draft.id, 0, {**draft.document, "answer": "Dua."}, True, author)
        form = {"csrf": csrf_of(page), "edits": "0"}
        late = theirs.post(f"/isi/versi/{draft.id}/ajukan", data=form)
        assert late.status_code == 409 and "Dua" in late.text
    assert console.house.content.version(draft.id).state is VersionState.DRAFT


def test_what_a_release_offers_becomes_a_draft_or_is_left(
    console: RunningConsole, author: Account
) -> None:
    names = [item.item for item in console.house.content.items("faq")[4:6]]
    for name in names:
        offered = {**console.house.content.item(name).document, "answer": "Dari rilis."}
        console.rows(
            "update seed_items set offered = cast(:o as jsonb) where kind = 'faq' and key = :k",
            o=httpx.Request("POST", "http://x", json=offered).content.decode(), k=name.key,
        )  # fmt: skip
    console.rows("update permits set published = false where code = 'NIB'")
    with console.client(account=author) as client:
        page = client.get("/isi").text
        assert names[0].key in page and "kunci=NIB" in page
        for name, step in zip(names, ("pakai", "pertahankan"), strict=True):
            shown = client.get("/isi/tawaran", params={"jenis": "faq", "kunci": name.key}).text
            assert "Dari rilis." in shown
            form = {"csrf": csrf_of(shown), "jenis": "faq", "kunci": name.key}
            assert client.post(f"/isi/tawaran/{step}", data=form).status_code == 303
        assert console.house.content.item(names[0]).open_version is not None
        assert console.house.content.item(names[1]).offered is None
        form = {"csrf": csrf_of(page), "jenis": "permit", "kunci": "NIB"}
        assert client.post("/isi/tawaran/pertahankan", data=form).status_code == 303
        assert "kunci=NIB" not in client.get("/isi").text
        assert client.get("/isi/tawaran?jenis=faq&kunci=x").status_code == 404
    console.rows("update permits set published = true where code = 'NIB'")


def test_facts_nobody_checked_for_long_are_listed_oldest_first(console: RunningConsole) -> None:
    console.rows("update faq_entries set checked_on = '2020-05-06' where key = 'oss_daftar_akun'")
    console.rows("update permits set checked_on = '2019-05-06' where code = 'PBG'")
    overview = PostgresContentOverview(console.engine)
    found, total = overview.growing_old(MONDAY.date() - timedelta(days=180), 1)
    assert total == 2 and [item.item for item in found] == [ItemName("permit", "PBG")]
    with console.client(Role.SUPERVISOR) as client:
        assert "6 Mei 2020" in client.get("/isi").text
        assert "6 Mei 2019" in client.get("/isi/usang").text
        assert client.get("/isi/usang?mulai=50").status_code == 200


def test_the_overview_counts_everything_and_its_lists_show_the_rest(
    console: RunningConsole, author: Account, second: Account
) -> None:
    overview = PostgresContentOverview(console.engine)
    before = overview.open_versions(Pile.MINE, second.id, 1)[1]
    drafts = [draft_of(console, second, place, answer="Antre.") for place in range(30, 42)]
    first, total = overview.open_versions(Pile.MINE, second.id, 10)
    rest, _ = overview.open_versions(Pile.MINE, second.id, 50, 10)
    assert total == before + 12 and len(first) == 10
    assert {one.id for one in drafts} <= {one.id for one in [*first, *rest]}
    with console.client(account=second) as theirs, console.client(account=author) as mine:
        assert f"<strong>{total}</strong>" in theirs.get("/isi").text
        assert "/isi/daftar?isi=draf-lain" in mine.get("/isi").text
        listed = mine.get("/isi/daftar?isi=draf-lain").text
        assert all(f"/isi/versi/{one.id}" in listed for one in drafts)
        assert drafts[0].id not in mine.get("/isi/daftar?isi=draf-lain&mulai=50").text
        assert mine.get("/isi/daftar?isi=apa").status_code == 303
    for draft in drafts:
        console.house.edit_content.discard(draft.id, draft.edits, second)


def test_a_list_holds_every_offer(console: RunningConsole) -> None:
    keys = [item.item.key for item in console.house.content.items("faq")[50:62]]
    hide = "update faq_entries set published = {} where key in ('" + "', '".join(keys) + "')"
    console.rows(hide.format("false"))
    with console.client(Role.EDITOR) as client:
        shown = client.get("/isi").text
        assert shown.count("kunci=") < 12 and "/isi/tawaran" in shown
        assert all(f"kunci={key}" in client.get("/isi/tawaran").text for key in keys)
        assert "kunci=" not in client.get("/isi/tawaran?mulai=50").text
        assert "kunci=" not in client.get("/isi/tawaran?belum=ya").text
    console.rows(hide.format("true"))


def test_others_do_not_come_in_and_what_is_unknown_is_not_found(console: RunningConsole) -> None:
    with console.client(Role.OFFICER) as client:
        assert client.get("/isi").status_code == 403
    with console.client(Role.EDITOR) as client:
        assert client.get("/isi/versi/x").status_code == 404


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_the_pages_look_right(
    console: RunningConsole, browser: Browser, author: Account, screenshots: Any,
    size: tuple[int, int], name: str,
) -> None:  # fmt: skip
    item = console.house.content.item(ItemName("permit", "SIP_DOKTER"))
    if item.open_version is None:
        first, *others = item.document["requirements"]
        kept = [{**first, "text": f"{first['text']}, ditandatangani"}, *others]
        document = {**item.document, "requirements": kept,
                    "validity": f"{item.document['validity']}, sejak diterbitkan",
                    "synonyms": [*item.document["synonyms"], "izin buka praktik"]}  # fmt: skip
        draft = console.house.edit_content.begin(item.item, document, True, author)
        console.house.edit_content.submit(draft.id, 0, author, "Menyesuaikan aturan baru.")
    opened = console.house.content.item(item.item).open_version
    assert opened is not None
    with console.page(browser, Role.EDITOR, size=size) as page:
        for way, called in (("/isi", "isi-ringkasan"), (f"/isi/versi/{opened.id}", "isi-versi")):
            page.goto(f"{console.url}{way}")
            page.screenshot(path=screenshots / f"{called}-{name}.png", full_page=True)
            serious = [
                found for found in Axe().run(page).response["violations"]
                if found["impact"] in ("serious", "critical")
            ]  # fmt: skip
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious] == []
        page.get_by_text("Setujui dan terbitkan").click()
        page.get_by_role("button", name="Terbitkan sekarang").wait_for()


def test_an_example_is_confirmed_in_one_step_and_only_while_it_waits(
    console: RunningConsole, author: Account
) -> None:
    name = console.house.content.items("faq")[7].item
    key = {"k": name.key}
    document = {**console.house.content.item(name).document, "inferred": True}
    console.rows("update faq_entries set published = false, inferred = true where key = :k", **key)
    console.rows("update seed_items set unconfirmed = true where kind = 'faq' and key = :k", **key)
    with console.client(account=author) as client:
        page = client.get("/isi").text
        assert "Belum dikonfirmasi" in page and name.key in page
        shown = client.get("/isi/tawaran", params={"jenis": "faq", "kunci": name.key}).text
        form = {"csrf": csrf_of(shown), "jenis": "faq", "kunci": name.key}
        assert client.post("/isi/tawaran/benarkan", data=form).status_code == 303
        found = console.house.content.item(name)
        assert found.live and found.document["inferred"] is False
        assert found.document["answer"] == document["answer"]
        assert name.key not in client.get("/isi").text.partition("Perlu diperiksa ulang")[0]
        assert client.post("/isi/tawaran/benarkan", data=form).status_code == 404
    other = console.house.content.items("faq")[8].item
    console.rows("update faq_entries set published = false where key = :k", k=other.key)
    with console.client(account=author) as client:
        shown = client.get("/isi/tawaran", params={"jenis": "faq", "kunci": other.key}).text
        assert "benarkan" not in shown
        form = {"csrf": csrf_of(shown), "jenis": "faq", "kunci": other.key}
        client.post("/isi/tawaran/benarkan", data=form)
        assert not console.house.content.item(other).live  # offers of a release take two people
    console.rows("update faq_entries set published = true where key = :k", k=other.key)
