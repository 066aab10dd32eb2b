"""Sealed complaints: for the few who may read them, and for nobody else not even a trace."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from izin.accounts import Role
from izin.complaints import Complaint, Confidentiality
from izin.storage.tables.sealed import mail
from tests.console.conftest import PHONE, RunningConsole, csrf_of
from tests.console.filed import RESULT, audited, fields_of, filed, step
from tests.console.looks import no_serious_findings
from tests.contracts.conversation_ports import fresh_phone

SEALED = [Confidentiality.CONFIDENTIAL, Confidentiality.ANONYMOUS]
UNKNOWN = "ADU-ZZZZ-ZZ"
SECRET = "diminta uang oleh pegawai loket sembilan"


def sealed(console: RunningConsole, level: Confidentiality, **changes: object) -> Complaint:
    values = {"confidentiality": level, "class_code": "BERKADAR", "category": "PUNGLI",
              "story": f"Saya {SECRET}.", **changes}  # fmt: skip
    return filed(console, **values)


def plain(answer: httpx.Response) -> tuple[int, str]:
    """Give status and page without what is drawn anew, and without the address asked for."""
    page = re.sub(r'"[0-9a-f]{32}"', '""', answer.text)
    return answer.status_code, re.sub(r"ADU-[0-9A-Z]{4}-[0-9A-Z]{2}", UNKNOWN, page)


@pytest.mark.parametrize("level", SEALED)
def test_without_the_role_a_sealed_ticket_is_like_one_that_does_not_exist(
    console: RunningConsole, level: Confidentiality
) -> None:
    roles = (Role.OFFICER, Role.SUPERVISOR, Role.EDITOR, Role.ADMIN)
    one = sealed(console, level, file=("document", "text/plain", b"bukti"))
    paths = ["", "/kabar", f"/bukti/{one.media_ids[0]}"]
    with console.client(*roles) as who:
        token = csrf_of(who.get("/pengaduan").text)
        for path in paths:
            there = plain(who.get(f"/pengaduan/{one.ticket}{path}"))
            assert there == plain(who.get(f"/pengaduan/{UNKNOWN}{path}"))
            assert there[0] == 404
        for action in ("jawab", "tutup", "buka", "catatan", "peringatan", "tugaskan", "ambil"):
            form = {"csrf": token, "text": "Ada isi", "reason": "pengawasan", "version": "1",
                    "once": uuid.uuid4().hex, "step": "kirim",
                    "closing_reason": "dicabut"}  # fmt: skip
            there = plain(who.post(f"/pengaduan/{one.ticket}/{action}", data=form))
            assert there == plain(who.post(f"/pengaduan/{UNKNOWN}/{action}", data=form)), action
            assert there[0] == 404, action
        for query in ("?antrean=semua", "?antrean=baru", "/bagian?antrean=semua"):
            assert one.ticket not in who.get(f"/pengaduan{query}").text
        for form in ("csv", "xlsx"):
            download = who.get(f"/unduh/pengaduan.{form}")
            assert download.status_code == 200
            assert one.ticket.encode() not in download.content
        for words in (one.ticket, "loket sembilan"):
            assert SECRET not in who.get("/pengaduan", params={"cari": words}).text
        by_ticket = who.get("/pengaduan", params={"cari": one.ticket}).text
        unknown = who.get("/pengaduan", params={"cari": UNKNOWN}).text
        assert by_ticket.replace(one.ticket, UNKNOWN) == unknown
        other = filed(console)
        linked = [
            step(who, f"/pengaduan/{other.ticket}", "tautkan", other=ticket)
            for ticket in (one.ticket, UNKNOWN)
        ]
        assert [answer.status_code for answer in linked] == [422, 422]
        assert plain(linked[0])[1].replace(one.ticket, UNKNOWN) == plain(linked[1])[1]
        for path in ("", f"/{one.ticket}", f"/{UNKNOWN}"):
            assert who.get(f"/pengaduan-tertutup{path}").status_code == 403
    assert audited(console, one.ticket) == []


@pytest.mark.parametrize("role", [Role.SEALED_OFFICER, Role.INSPECTORATE])
@pytest.mark.parametrize("level", SEALED)
def test_the_few_read_sealed_complaints_and_each_reading_is_recorded(
    console: RunningConsole, level: Confidentiality, role: Role
) -> None:
    phone = fresh_phone()
    one = sealed(console, level, phone=phone, file=("document", "text/plain", b"bukti"))
    ordinary = filed(console)
    path = f"/pengaduan-tertutup/{one.ticket}"
    with console.client(role) as who:
        page = who.get("/pengaduan-tertutup").text
        assert one.ticket in page
        assert ordinary.ticket not in page
        shown = who.get(path).text
        assert SECRET in shown
        assert phone not in shown
        assert phone[-4:] not in shown.split("<main")[1]
        assert "/percakapan/" not in shown
        assert who.get(f"{path}/bukti/{one.media_ids[0]}").content == b"bukti"
        assert who.get(f"/pengaduan-tertutup/{ordinary.ticket}").status_code == 404
        revealed = who.post(f"{path}/buka", data={"csrf": csrf_of(shown), "reason": "pengawasan"})
        assert (phone in revealed.text) == (level is Confidentiality.CONFIDENTIAL)
    assert audited(console, one.ticket) == [
        f"pengaduan_tertutup.{name}" for name in ("lihat", "bukti", "buka")
    ]
    readings = console.rows("select 1 from sealed.readings where ticket = :t", t=one.ticket)
    assert len(readings) >= 3


def test_each_room_reads_with_its_own_roles_only(console: RunningConsole) -> None:
    one, ordinary = sealed(console, Confidentiality.CONFIDENTIAL), filed(console)
    with console.client(Role.OFFICER, Role.SEALED_OFFICER) as both:
        assert both.get(f"/pengaduan/{one.ticket}").status_code == 404
        assert both.get(f"/pengaduan-tertutup/{ordinary.ticket}").status_code == 404
        assert both.get(f"/pengaduan-tertutup/{one.ticket}").status_code == 200


@pytest.mark.parametrize("level", SEALED)
def test_answers_to_sealed_complaints_go_by_ticket_and_leave_no_trace_in_the_chat(
    console: RunningConsole, level: Confidentiality
) -> None:
    one = sealed(console, level)
    path = f"/pengaduan-tertutup/{one.ticket}"
    answer = "Pegawai itu sudah diperiksa dan uang Anda dikembalikan hari Kamis di kantor."
    before = len(console.rows("select 1 from outbox"))
    with console.client(Role.SEALED_OFFICER) as who:
        form = {**fields_of(who.get(path).text), "text": answer, "step": "kirim"}
        for _again in range(2):
            assert who.post(f"{path}/jawab", data=form).status_code == 303
        closing = {"text": RESULT, "unit": "Inspektorat", "closing_reason": "selesai",
                   "done_on": console.house.clock().date().isoformat()}  # fmt: skip
        assert step(who, path, "tutup", **closing).status_code == 303
        assert "Sudah ditutup" in who.get(path).text
    queued = select(mail.c.reply).where(mail.c.ticket == one.ticket)
    with console.engine.connect() as connection:
        replies = connection.execute(queued.order_by(mail.c.queued_at)).scalars().all()
    assert sum(answer in reply["text"] for reply in replies) == 1
    assert len(replies) == 2
    assert len(console.rows("select 1 from outbox")) == before


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_sealed_pages_look_right(
    console: RunningConsole, browser: Browser, screenshots: Path, size: str
) -> None:
    one = sealed(console, Confidentiality.ANONYMOUS)
    given = {"size": PHONE} if size == "phone" else {}
    with console.page(browser, Role.INSPECTORATE, **given) as page:
        page.goto(f"{console.url}/pengaduan-tertutup")
        page.screenshot(path=screenshots / f"sealed-list-{size}.png", full_page=True)
        no_serious_findings(page)
        page.get_by_role("link", name=one.ticket).click()
        page.get_by_text("kantor tidak tahu siapa pelapornya").wait_for()
        page.screenshot(path=screenshots / f"sealed-page-{size}.png", full_page=True)
        no_serious_findings(page)
