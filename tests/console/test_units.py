"""Units: listed, added, edited, switched off."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from izin import content
from izin.accounts import Role
from izin.content import ItemName
from izin.errors import NotFound, OwnWork
from izin.units import Unit
from tests.console.conftest import PHONE, RunningConsole, csrf_of
from tests.console.filed import audited
from tests.console.looks import no_serious_findings


def approve(console: RunningConsole, code: str) -> None:
    version = console.house.content.item(ItemName(content.UNIT, code)).open_version
    assert version is not None
    second = console.account(Role.SUPERVISOR)
    console.house.edit_content.approve(version.id, version.edits, second)


def test_a_unit_is_added_once_changed_and_switched_off_by_two_people(
    console: RunningConsole,
) -> None:
    with console.client(Role.ADMIN) as admin:
        form = {"csrf": csrf_of(admin.get("/unit").text), "code": "dpuji",
                "name": "Dinas <b>Uji</b>", "contact": "0285-1"}  # fmt: skip
        for _again in range(2):
            assert admin.post("/unit", data=form).status_code == 303
        assert "Dinas &lt;b&gt;Uji&lt;/b&gt;" in admin.get("/unit").text
        with pytest.raises(NotFound):
            console.house.units.unit("DPUJI")
        approve(console, "DPUJI")
        assert console.house.units.unit("DPUJI").active
        taken = admin.post("/unit", data={**form, "name": "Nama lain"})
        assert taken.status_code == 409
        assert "Nama lain" in taken.text
        assert admin.post("/unit/DPUJI", data={**form, "name": "Dinas Uji"}).status_code == 303
        assert "Menunggu persetujuan" in admin.get("/unit").text
        later = admin.post("/unit/DPUJI", data={**form, "name": "Dinas Ketikan Lain"})
        assert later.status_code == 409
        assert "Dinas Ketikan Lain" in later.text
        approve(console, "DPUJI")
    assert console.house.units.unit("DPUJI") == Unit(
        "DPUJI", "Dinas Uji", active=False, contact="0285-1"
    )
    assert audited(console, "DPUJI") == ["isi.ubah", "isi.ajukan"] * 2


def test_the_author_of_a_unit_does_not_approve_it_himself(console: RunningConsole) -> None:
    supervisor = console.account(Role.SUPERVISOR)
    with console.client(account=supervisor) as http:
        token = csrf_of(http.get("/unit").text)
        http.post("/unit", data={"csrf": token, "code": "SENDIRI", "name": "Dinas Sendiri"})
        assert "/isi/versi/" in http.get("/unit").text
    version = console.house.content.item(ItemName(content.UNIT, "SENDIRI")).open_version
    assert version is not None
    with pytest.raises(OwnWork):
        console.house.edit_content.approve(version.id, version.edits, supervisor)


def test_bad_units_are_refused_and_what_was_typed_stays(console: RunningConsole) -> None:
    with console.client(Role.ADMIN) as admin:
        token = csrf_of(admin.get("/unit").text)
        bad = admin.post("/unit", data={"csrf": token, "code": "x!", "name": "Dinas Ketik"})
        assert bad.status_code == 422
        assert "Dinas Ketik" in bad.text
        assert "Kode perlu" in bad.text
        empty = admin.post("/unit", data={"csrf": token, "code": "ABC", "name": " "})
        assert "Nama unit perlu diisi" in empty.text
        assert admin.post("/unit/TIDAK", data={"csrf": token, "name": "x"}).status_code == 404


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_units_look_right(
    console: RunningConsole, browser: Browser, screenshots: Path, size: str
) -> None:
    given = {"size": PHONE} if size == "phone" else {}
    with console.page(browser, Role.ADMIN, **given) as page:
        page.goto(f"{console.url}/unit")
        page.get_by_label("Kode").fill("OPD" + size[:1].upper())
        page.get_by_label("Nama", exact=True).last.fill("Dinas Pekerjaan Umum")
        page.get_by_role("button", name="Tambah unit").click()
        page.locator(f"#unit-OPD{size[:1].upper()}").wait_for()
        no_serious_findings(page)
        page.screenshot(path=screenshots / f"units-{size}.png", full_page=True)
