"""Permits: list, form, rows, checks beside the fields, drafts, answers, changes."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, time, timedelta

import pytest

from izin.accounts import Role
from izin.content import FEE_TABLE, PERMIT, ItemName, VersionState
from tests.console.catalogue_forms import BASE, draft_of, fields_of
from tests.console.conftest import RunningConsole, csrf_of


def test_permits_are_found_by_what_citizens_call_them(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        everything = http.get(BASE).text
        found = http.get(BASE, params={"cari": "izin BANGUNAN"}).text
        sector = http.get(BASE, params={"sektor": "kesehatan", "keadaan": "inferred"}).text
        none = http.get(BASE, params={"cari": "kapal selam"}).text
    assert everything.count("<li") > 30 and "30 dari 30 izin" in everything
    assert f'href="{BASE}/PBG"' in found and f'href="{BASE}/TRAYEK"' not in found
    assert f'href="{BASE}/APOTEK"' in sector and f'href="{BASE}/PBG"' not in sector
    assert "Tidak ada izin yang cocok" in none


def test_permits_that_grow_old_are_found(console: RunningConsole) -> None:
    checked = console.house.catalogue.permits()[0].checked_on
    try:
        with console.client(Role.EDITOR) as http:
            fresh = http.get(BASE, params={"keadaan": "old"}).text
            console.at(datetime.combine(checked, time(5), UTC) + timedelta(days=200))
        with console.client(Role.EDITOR) as http:
            old = http.get(BASE, params={"keadaan": "old"}).text
    finally:
        console.at(None)
    assert "0 dari 30 izin" in fresh and "30 dari 30 izin" in old


@pytest.mark.parametrize("code", ["PBG", "AIR_TANAH", "NIB"])
def test_a_form_sent_back_untouched_changes_nothing(console: RunningConsole, code: str) -> None:
    name = ItemName(PERMIT, code)
    with console.client(Role.EDITOR) as http:
        sent = fields_of(http.get(f"{BASE}/{code}").text)
        assert http.post(f"{BASE}/{code}", data=sent).status_code == 303
        again = http.post(f"{BASE}/{code}", data=sent)
    item = console.house.content.item(name)
    assert item.open_version is not None and item.open_version.document == item.document
    assert again.status_code == 303, "a double click is no conflict"
    ((action, subject),) = console.rows(
        "select action, subject from audit_log where subject = :code", code=code
    )
    assert (action, subject) == ("isi.ubah", code)


def test_rows_are_added_moved_and_removed_without_script(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        sent = fields_of(http.get(f"{BASE}/KSP").text)
        first, second = (sent[f"requirements.new:{at}:text"] for at in (0, 1))
        moved = fields_of(
            http.post(f"{BASE}/KSP", data={**sent, "act": "down:requirements.new:0"}).text
        )
        more = fields_of(http.post(f"{BASE}/KSP", data={**moved, "act": "add:stages"}).text)
        less = fields_of(
            http.post(f"{BASE}/KSP", data={**more, "act": "remove:requirements.new:0"}).text
        )
    assert (moved["requirements.new:0:text"], moved["requirements.new:1:text"]) == (second, first)
    assert more["stages:6:name"] == "" and "stages:6:name" not in moved
    assert less["requirements.new:0:text"] == first
    assert draft_of(console, ItemName(PERMIT, "KSP")) is None


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    console: RunningConsole,
) -> None:
    with console.client(Role.EDITOR) as http:
        sent = fields_of(http.get(f"{BASE}/SLF").text)
        sent["synonyms"] += "\r\nizin praktik dokter"
        wrong = {**sent, "stages:0:working_days": "tiga", "checked_on": "2999-01-01",
                 "fee.amount_rupiah": "5000", "note": "<b>Catatan & kutip\"</b>"}  # fmt: skip
        refused = http.post(f"{BASE}/SLF", data=wrong)
    assert refused.status_code == 422
    kept = fields_of(refused.text)
    assert kept["note"] == wrong["note"] and kept["stages:0:working_days"] == "tiga"
    words = html.unescape(refused.text)
    assert "“izin praktik dokter” sudah milik izin" in words and "Izin gratis tidak boleh" in words
    for field in ("synonyms", "stages:0:working_days", "checked_on", "fee.amount_rupiah"):
        assert f'id="{field}-error"' in refused.text, field
    assert draft_of(console, ItemName(PERMIT, "SLF")) is None


def test_an_overtaken_form_shows_both_and_loses_nothing(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as one, console.client(Role.EDITOR) as other:
        mine, theirs = (fields_of(http.get(f"{BASE}/LKP").text) for http in (one, other))
        assert other.post(f"{BASE}/LKP", data={**theirs, "note": "Dari dia."}).status_code == 303
        page = one.post(f"{BASE}/LKP", data={**mine, "note": "Dari saya."})
        assert page.status_code == 409
        assert ">dia</del>" in page.text and ">saya</ins>" in page.text
        assert fields_of(page.text)["note"] == "Dari saya."
        assert one.post(f"{BASE}/LKP", data=fields_of(page.text)).status_code == 303
    assert draft_of(console, ItemName(PERMIT, "LKP")).document["note"] == "Dari saya."


def test_a_new_permit_is_begun_once_and_its_code_is_its_own(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        sent = fields_of(http.get(f"{BASE}/baru").text)
        sent |= {
            "code": "SIP_HEWAN", "short_name": "SIP dokter hewan", "sector": "pertanian",
            "official_name": "Surat izin praktik dokter hewan", "technical_agency": "Distan",
            "product": "SIP", "apply_at.primary": "SiCantik", "apply_at.assisted": "Loket",
            "synonyms": "dokter hewan", "applicants": "dokter hewan", "validity": "5 tahun",
            "checked_on": "2026-11-01", "requirements.new:n1:text": "KTP",
            "stages:n1:name": "Periksa", "stages:n1:unit": "Distan",
            "stages:n1:working_days": "5", "sla_working_days": "5", "sources": "Perbup 1/2026",
        }  # fmt: skip
        first = http.post(f"{BASE}/baru", data=sent)
        assert first.status_code == 303, re.findall("field-error.*", first.text)
        assert http.post(f"{BASE}/baru", data=sent).status_code == 303
        taken = http.post(f"{BASE}/baru", data={**sent, "code": "PBG"})
        page = http.get(f"{BASE}/SIP_HEWAN").text
    assert taken.status_code == 422 and "sudah dipakai izin lain" in taken.text
    assert draft_of(console, ItemName(PERMIT, "SIP_HEWAN")).number == 1
    assert "Surat izin praktik dokter hewan" in page


def test_answers_are_shown_from_what_is_typed(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        sent = fields_of(http.get(f"{BASE}/TRAYEK").text)
        sent["requirements.new:0:text"] = "Surat tanda uji baru"
        page = http.post(f"{BASE}/TRAYEK", data={**sent, "act": "preview"})
    answers = page.text.split('id="pratinjau"', 1)[1]
    assert page.status_code == 200 and answers.count("1. Surat tanda uji baru") == 2
    assert "channel-whatsapp" in answers and "Rp0" in answers
    assert draft_of(console, ItemName(PERMIT, "TRAYEK")) is None


def test_what_waits_for_approval_is_not_changed_here(console: RunningConsole) -> None:
    account = console.account(Role.EDITOR)
    name = ItemName(PERMIT, "LPK")
    room = console.house.edit_content
    draft = room.begin(name, console.house.content.item(name).document, True, account)
    room.submit(draft.id, draft.edits, account)
    with console.client(Role.EDITOR) as http:
        page = http.get(f"{BASE}/LPK").text
        sent = {**fields_of(page), "note": "Diam-diam."}
        assert http.post(f"{BASE}/LPK", data=sent).status_code == 409
    assert "menunggu persetujuan" in page and 'value="save">Simpan' not in page
    assert draft_of(console, name).state is VersionState.REVIEW


def test_changes_of_a_permit_are_listed_with_its_answers(console: RunningConsole) -> None:
    account, house = console.account(Role.EDITOR, name="Bu Rina"), console.house
    faq = next(item for item in house.content.items("faq") if "REKLAME" in item.document["permits"])
    for name in (faq.item, ItemName(FEE_TABLE, "reklame"), ItemName(PERMIT, "REKLAME")):
        if house.content.item(name).open_version is None:
            house.edit_content.begin(name, house.content.item(name).document, True, account)
    with console.client(Role.EDITOR) as http:
        page = http.get(f"{BASE}/REKLAME/perubahan").text
        assert http.get(f"{BASE}/KAPAL/perubahan").status_code == 404
        assert http.get(f"{BASE}/KAPAL").status_code == 404
    assert page.count("<tr>") >= 7 and "Bu Rina" in page
    assert html.escape(faq.document["question"]) in page or "Tanya jawab" in page


def test_strange_fields_break_nothing(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        page = http.get(f"{BASE}/PIRT").text
        token = csrf_of(page)
        for sent in (
            {}, {"act": "up:stages:-1"}, {"act": "add:hantu"}, {"stages:x:name": "a\x00b"},
            {"version": "x", "edits": "9" * 30, **fields_of(page)}, {"fee.amount_rupiah": "1e9"},
            {"checked_on": "kemarin", "requirements.new:0:text": "x" * 5000},
        ):  # fmt: skip
            answer = http.post(f"{BASE}/PIRT", data={**sent, "csrf": token})
            assert answer.status_code in (200, 303, 409, 422, 404), (sent, answer.status_code)
