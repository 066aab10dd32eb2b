"""The office's content: every kind listed, edited, approved by a second person, and refused."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from console.editing.kind_forms import KIND_FORMS
from izin import content
from izin.accounts import Role
from izin.content import ItemName
from tests.console.conftest import RunningConsole

ONE_OF = {
    content.OFFICE: "office", content.HOLIDAY: "2027-01-01", content.UNIT: "DLH",
    content.AMBIGUOUS_TERM: "lpk / lkp", content.LEGACY_NAME: "IMB",
    content.ACTIVITY: "kandang_ayam", content.PLACE: "kecamatan:Contoh Kota",
    content.STATUS_LABEL: "TERBIT", content.COMPLAINT_CLASS: "ASPIRASI",
    content.COMPLAINT_CATEGORY: "BIAYA",
}  # fmt: skip


def path_of(kind: str, key: str) -> str:
    return f"/isi/kantor/{kind}/{quote(key, safe='')}"


def form_of(page: httpx.Response) -> dict[str, str]:
    """Give what a browser would send of a page's form, without its buttons."""
    form = page.text.split('class="kind-form"', 1)[1].split("</form>", 1)[0]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if "name" in given and (given.get("type") != "checkbox" or " checked" in tag):
            fields[given["name"]] = unescape(given.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = unescape(text)
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        first = re.search(r'value="([^"]*)"', inside)
        found = chosen or first
        fields[name] = unescape(found[1]) if found else ""
    return fields


def open_version(console: RunningConsole, kind: str, key: str) -> Any:
    return console.house.content.item(ItemName(kind, key)).open_version


def approve(console: RunningConsole, kind: str, key: str) -> None:
    version = open_version(console, kind, key)
    second = console.account(Role.EDITOR)
    console.house.edit_content.approve(version.id, version.edits, second)


def key_of(console: RunningConsole, kind: str) -> str:
    return ONE_OF.get(kind) or console.house.content.items(kind)[0].item.key


@pytest.mark.parametrize("kind", KIND_FORMS)
def test_every_kind_is_listed_shown_and_saved_unchanged(console: RunningConsole, kind: str) -> None:
    key = key_of(console, kind)
    with console.client(Role.EDITOR) as http:
        assert http.get(f"/isi/kantor/{kind}").status_code in (200, 303)
        page = http.get(path_of(kind, key))
        assert page.status_code == 200
        before = console.house.content.item(ItemName(kind, key))
        done = http.post(path_of(kind, key), data={**form_of(page), "simpan": "draf"})
        assert done.status_code == 303, done.text
        assert "Rancangan tersimpan" in http.get(done.headers["location"]).text
    after = open_version(console, kind, key)
    assert after.document == before.document
    assert after.live == before.live
    console.house.edit_content.discard(after.id, after.edits, console.account(Role.EDITOR))


def test_pages_of_unknown_kinds_and_items_are_not_found(console: RunningConsole) -> None:
    with console.client(Role.SUPERVISOR) as http:
        for path in ("/isi/kantor/faq", "/isi/kantor/tidak", "/isi/kantor/unit/TIDAK",
                     "/isi/kantor/baru/office", "/isi/kantor/baru/status_label",
                     "/isi/kantor/holiday/kemarin"):  # fmt: skip
            assert http.get(path).status_code == 404, path
    with console.client(Role.OFFICER) as http:
        assert http.get("/isi/kantor").status_code == 403
