"""Replies kept ready: edited by supervisors and editors, inserted by officers."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest

from izin.accounts import Role
from izin.replies import Reply
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import World, once_of, text_of


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


def test_every_page_has_its_style(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        for path in ("/balasan", "/balasan/baru"):
            page = http.get(path).text
            linked = re.findall(r'href="(/static/[^"]+)"', page)
            assert [http.get(link).status_code for link in linked] == [200] * len(linked)


def test_a_reply_is_added_once_changed_and_switched_off(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        page = http.get("/balasan/baru").text
        fields = {"csrf": csrf_of(page), "once": once_of(page), "title": "Uji <b>",
                  "category": "Umum", "text": "Halo {petugas}"}  # fmt: skip
        for _ in range(2):
            assert http.post("/balasan/baru", data=fields).status_code == 303
        (made,) = [item for item in console.house.canned.replies() if item.title == "Uji <b>"]
        assert "Uji &lt;b&gt;" in http.get(f"/balasan/{made.id}").text
        assert http.post(f"/balasan/{made.id}", data={**fields, "text": "Hai"}).status_code == 303
        assert http.get(f"/balasan/{uuid.uuid4()}").status_code == 404
    assert made.id not in {item.id for item in console.house.canned.replies()}
    assert console.house.canned.reply(made.id).text == "Hai"
    actions = console.rows("select action from audit_log where subject = :id order by id",
                           id=made.id)  # fmt: skip
    assert {row.action for row in actions} == {"balasan.tambah", "balasan.ubah"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": "Halo {nama_ibu}"}, "tidak dikenal"),
        ({"title": " "}, "Judul harus diisi"),
        ({"category": ""}, "Kelompok harus diisi"),
        ({"text": "x" * 3001}, "paling banyak 3.000"),
        ({"once": "x"}, "tidak lengkap"),
    ],
)
def test_a_reply_that_cannot_be_used_comes_back_with_its_text(
    console: RunningConsole, changes: dict[str, str], told: str
) -> None:
    with console.client(Role.EDITOR) as http:
        page = http.get("/balasan/baru").text
        fields = {"csrf": csrf_of(page), "once": once_of(page), "title": "Judul uji",
                  "category": "Umum", "text": "Isi uji", **changes}  # fmt: skip
        answer = http.post("/balasan/baru", data=fields)
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
