"""Requests about own data: list, masking and revealing, taking, noting, closing."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from izin.accounts import Account, Role
from izin.privacy import PrivacyRequest, RequestKind, RequestState
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.privacy import PostgresPrivacyRequests
from tests.console.conftest import PHONE, RunningConsole, csrf_of
from tests.console.looks import no_serious_findings
from tests.contracts.conversation_ports import fresh_phone, message

NOW = datetime.now(UTC)
ADDRESS = "Jalan <b>Mawar</b> 2"


def request_of(console: RunningConsole, **changes: Any) -> tuple[str, str, str]:
    """Give ticket, conversation and phone of a new request for a correction."""
    phone = fresh_phone()
    here = PostgresInbox(console.engine).receive(message(phone=phone), NOW).conversation_id
    ticket = f"DAT-{uuid.uuid4().hex[:4].upper()}-{uuid.uuid4().hex[:2].upper()}"
    values: dict[str, Any] = {
        "ticket": ticket,
        "kind": RequestKind.CORRECTION,
        "state": RequestState.OPEN,
        "requested_at": NOW,
        "due_at": NOW + timedelta(hours=72),
        "conversation_id": here,
        "needs_officer": True,
        "details": {"datum": "application", "isi": ADDRESS},
    }
    asked = PrivacyRequest(**{**values, **changes})
    PostgresPrivacyRequests(console.engine).open(asked, uuid.uuid4().hex, "x")
    return ticket, here, phone


def audit(console: RunningConsole, ticket: str) -> list[str]:
    found = console.rows(
        "select action from audit_log where subject = :ticket order by 1", ticket=ticket
    )
    return [row.action for row in found]


def post(who: httpx.Client, path: str, **data: str) -> httpx.Response:
    token = csrf_of(who.get("/permintaan-data").text)
    return who.post(path, data={"csrf": token, **data})


def once_of(page: str) -> str:
    return re.findall(r'name="once" value="([0-9a-f]{32})"', page)[0]


@pytest.fixture
def sari(console: RunningConsole) -> Account:
    return console.account(Role.OFFICER, name="Sari Uji")


def test_requests_are_listed_by_deadline_and_what_is_late_is_said(console: RunningConsole) -> None:
    late = request_of(console, due_at=NOW - timedelta(hours=5, minutes=1))[0]
    soon = request_of(console, due_at=NOW + timedelta(hours=6, minutes=1))[0]
    with console.client(Role.OFFICER) as officer:
        page = officer.get("/permintaan-data").text
    assert page.index(late) < page.index(soon)
    assert "Terlambat 5 jam" in page
    assert "Sisa 5 jam" in page or "Sisa 6 jam" in page
    assert "Mawar" not in page


def test_data_stays_hidden_until_a_reason_is_given_and_each_time_is_recorded(
    console: RunningConsole,
) -> None:
    ticket, _, phone = request_of(console)
    path = f"/permintaan-data/{ticket}"
    with console.client(Role.OFFICER) as officer:
        page = officer.get(path).text
        assert phone not in page
        assert f"+62•••••{phone[-4:]}" in page
        assert "Mawar" not in page
        unreasoned = post(officer, f"{path}/buka", reason="iseng")
        assert unreasoned.status_code == 422
        assert "Mawar" not in unreasoned.text
        shown = post(officer, f"{path}/buka", reason="cocokkan_data").text
        assert phone in shown
        assert "Jalan &lt;b&gt;Mawar&lt;/b&gt; 2" in shown
    assert audit(console, ticket) == ["permintaan_data.buka", "permintaan_data.lihat"]


def test_a_request_is_taken_closed_and_told_to_the_citizen_once(
    console: RunningConsole, sari: Account
) -> None:
    ticket, here, _ = request_of(console)
    path = f"/permintaan-data/{ticket}"
    with console.client(account=sari) as officer:
        assert post(officer, f"{path}/ambil").status_code == 303
        page = officer.get(path).text
        form = {"outcome": "dipenuhi", "text": "Alamat sudah kami perbaiki.", "once": once_of(page)}
        preview = post(officer, f"{path}/tutup", **form)
        assert "Yang akan dibaca warga" in preview.text
        assert "sudah dipenuhi" in preview.text
        for _again in range(2):
            assert post(officer, f"{path}/tutup", **form, step="kirim").status_code == 303
        assert "Permintaan ini sudah selesai" in officer.get(path).text
    sent = console.rows("select reply from outbox where conversation_id = :id", id=here)
    assert len(sent) == 1
    assert "Alamat sudah kami perbaiki." in sent[0].reply["text"]
    assert "Sari" not in sent[0].reply["text"]
    assert audit(console, ticket).count("permintaan_data.tutup") == 1


def test_a_colleague_who_comes_second_keeps_the_text_and_sends_nothing(
    console: RunningConsole, sari: Account
) -> None:
    ticket, here, _ = request_of(console)
    path = f"/permintaan-data/{ticket}"
    form = {"outcome": "dipenuhi", "text": "Sudah diperbaiki semuanya.", "step": "kirim"}
    with console.client(account=sari) as first, console.client(Role.OFFICER) as second:
        post(first, f"{path}/ambil")
        refused = post(second, f"{path}/tutup", **form, once=uuid.uuid4().hex)
        assert refused.status_code == 409
        assert "Sudah berubah" in refused.text
        assert "Sudah diperbaiki semuanya." in refused.text
        assert post(second, f"{path}/ambil").status_code == 409
        assert post(second, f"{path}/ambil", seen=sari.id).status_code == 303
        assert post(first, f"{path}/tutup", **form, once=uuid.uuid4().hex).status_code == 409
    assert console.rows("select 1 from outbox where conversation_id = :id", id=here) == []


def test_bad_forms_keep_the_text_and_say_what_is_missing(console: RunningConsole) -> None:
    ticket, _, _ = request_of(console)
    path = f"/permintaan-data/{ticket}"
    with console.client(Role.OFFICER) as officer:
        post(officer, f"{path}/ambil")
        short = post(officer, f"{path}/tutup", outcome="dipenuhi", text="ok", step="kirim")
        assert short.status_code == 422
        assert ">ok</textarea>" in short.text
        unknown = post(officer, f"{path}/tutup", outcome="entah", text="panjang sekali", once="x")
        assert unknown.status_code == 422
        assert "panjang sekali" in unknown.text
        assert post(officer, f"{path}/catatan", text=" ", once="x").status_code == 422
        note = {"text": "<i>cek lagi</i>", "once": uuid.uuid4().hex}
        for _again in range(2):
            assert post(officer, f"{path}/catatan", **note).status_code == 303
        page = officer.get(path).text
        assert page.count("&lt;i&gt;cek lagi&lt;/i&gt;") == 1
        assert officer.get("/permintaan-data/DAT-XXXX-XX").status_code == 404


def test_a_unit_s_officer_has_no_requests_of_the_desk(console: RunningConsole) -> None:
    ticket, _, _ = request_of(console)
    unit = console.account(Role.OFFICER, unit="dpupr")
    with console.client(account=unit) as officer:
        assert ticket not in officer.get("/permintaan-data").text
        assert officer.get(f"/permintaan-data/{ticket}").status_code == 404
        assert post(officer, f"/permintaan-data/{ticket}/ambil").status_code == 404


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_request_is_answered_in_the_browser(
    console: RunningConsole, browser: Browser, screenshots: Path, size: str
) -> None:
    ticket, _, _ = request_of(console)
    given = {"size": PHONE} if size == "phone" else {}
    with console.page(browser, Role.OFFICER, **given) as page:
        page.goto(f"{console.url}/permintaan-data")
        page.screenshot(path=screenshots / f"privacy-list-{size}.png", full_page=True)
        no_serious_findings(page)
        page.get_by_role("link", name=ticket).click()
        page.get_by_role("button", name="Saya tangani").click()
        page.get_by_label("Dipenuhi", exact=True).check()
        page.get_by_label("Pesan untuk warga").fill("Alamat di permohonan sudah kami perbaiki.")
        page.get_by_role("button", name="Lihat dulu yang akan dibaca warga").click()
        page.get_by_role("heading", name="Yang akan dibaca warga").wait_for()
        page.screenshot(path=screenshots / f"privacy-request-{size}.png", full_page=True)
        no_serious_findings(page)
        page.get_by_role("button", name="Kirim dan tutup permintaan").click()
        page.get_by_text("Permintaan ini sudah selesai").wait_for()
