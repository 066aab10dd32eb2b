"""Replies kept ready: edited by supervisors and editors, inserted by officers."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest

from izin import content
from izin.accounts import Role
from izin.content import ItemName
from izin.replies import Reply
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import World, once_of, text_of
from tests.console.filed import audited


@pytest.fixture(scope="module")
def world(console: RunningConsole) -> World:
    return World(console)


def test_an_office_begins_with_replies_of_its_own(console: RunningConsole) -> None:
    with console.client(Role.SUPERVISOR) as http:
        words = text_of(http.get("/balasan"))
        found = text_of(http.get("/balasan", params={"cari": "OSS"}))
    assert len(console.house.canned.replies()) >= 15
    assert "Sapaan pembuka" in words
    assert "Kewenangan OSS" in found
    assert "Sapaan pembuka" not in found


def test_the_list_has_its_style_and_leads_to_the_forms(console: RunningConsole) -> None:
    chosen = console.house.canned.replies()[0]
    with console.client(Role.EDITOR) as http:
        page = http.get("/balasan").text
        linked = re.findall(r'href="(/static/[^"]+)"', page)
        assert [http.get(link).status_code for link in linked] == [200] * len(linked)
        new, old = http.get("/balasan/baru"), http.get(f"/balasan/{chosen.id}")
        assert new.headers["location"] == "/isi/kantor/baru/canned"
        assert old.headers["location"] == f"/isi/kantor/canned/{chosen.id}"
        assert http.get(f"/balasan/{uuid.uuid4()}").status_code == 404


def approve(console: RunningConsole, reply_id: str) -> None:
    version = console.house.content.item(ItemName(content.CANNED, reply_id)).open_version
    assert version is not None
    console.house.edit_content.approve(version.id, version.edits, console.account(Role.SUPERVISOR))


def test_a_reply_is_added_once_changed_and_switched_off_by_two_people(
    console: RunningConsole,
) -> None:
    with console.client(Role.SUPERVISOR) as http:
        page = http.get("/isi/kantor/baru/canned").text
        fields = {"csrf": csrf_of(page), "once": once_of(page), "title": "Uji <b>", "live": "1",
                  "category": "Umum", "text": "Halo {petugas}", "simpan": "kirim"}  # fmt: skip
        for _ in range(2):
            assert http.post("/isi/kantor/baru/canned", data=fields).status_code == 303
        made = str(uuid.UUID(fields["once"]))
        assert made not in {item.id for item in console.house.canned.replies()}
        assert "Uji &lt;b&gt;" in http.get("/balasan").text
        approve(console, made)
        assert made in {item.id for item in console.house.canned.replies()}
        form = http.get(f"/isi/kantor/canned/{made}").text
        opened = dict(re.findall(r'hidden" name="(version|edits|base)" value="([^"]*)"', form))
        changed = {**fields, **opened, "text": "Hai", "live": ""}
        assert http.post(f"/isi/kantor/canned/{made}", data=changed).status_code == 303
        approve(console, made)
    assert made not in {item.id for item in console.house.canned.replies()}
    assert console.house.canned.reply(made).text == "Hai"
    assert audited(console, made) == ["isi.ubah", "isi.ajukan"] * 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": "Halo {nama_ibu}"}, "tidak dikenal: [nama_ibu]"),
        ({"title": " "}, "Bagian ini harus diisi"),
        ({"category": ""}, "Bagian ini harus diisi"),
        ({"text": "x" * 3001}, "Terlalu panjang"),
        ({"once": "x"}, "tidak dapat dipakai"),
    ],
)
def test_a_reply_that_cannot_be_used_comes_back_with_its_text(
    console: RunningConsole, changes: dict[str, str], told: str
) -> None:
    with console.client(Role.EDITOR) as http:
        page = http.get("/isi/kantor/baru/canned").text
        fields = {"csrf": csrf_of(page), "once": once_of(page), "title": "Judul uji", "live": "1",
                  "category": "Umum", "text": "Isi uji", "simpan": "kirim", **changes}  # fmt: skip
        answer = http.post("/isi/kantor/baru/canned", data=fields)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert fields["text"] in answer.text


def test_a_reply_is_filled_in_and_inserted_without_script(world: World) -> None:
    here, ani = world.waits(), world.console.account(Role.OFFICER)
    world.console.house.officers.claim(
        here, ani.id, "Petugas", Reply("Ada petugas."), datetime.now(UTC)
    )
    by_title = {item.title: item for item in world.console.house.canned.replies()}
    with world.console.client(account=ani) as http:
        chosen = by_title["Sapaan pembuka"]
        page = http.get(f"/percakapan/{here}", params={"balasan": chosen.id}).text
        unfilled = by_title["Minta bukti pendukung"]
        ticket = http.get(f"/percakapan/{here}", params={"balasan": unfilled.id}).text
        unknown = http.get(f"/percakapan/{here}", params={"balasan": "x"})
    typed = page.split('id="teks"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0]
    office = world.console.house.office.office().short_name
    assert typed.startswith(f"Selamat datang di layanan {office}. Saya Petugas")
    assert "{nomor_tiket}" in ticket.split('id="teks"', 1)[1].split("</textarea>", 1)[0]
    assert unknown.status_code == 200
