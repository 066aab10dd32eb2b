"""New items of every kind, and several editors at one item of the office's content."""

from __future__ import annotations

from html import unescape

import pytest

from izin import content
from izin.accounts import Role
from izin.content import ItemName
from tests.console.conftest import RunningConsole
from tests.console.kind_forms_sent import approve, form_of, open_version, path_of, send


def test_two_editors_of_one_item_both_keep_their_text(console: RunningConsole) -> None:
    path = path_of(content.LEGACY_NAME, "IMB")
    with console.client(Role.EDITOR) as one, console.client(Role.SUPERVISOR) as other:
        first, second = form_of(one.get(path)), form_of(other.get(path))
        told = one.post(path, data={**first, "note": "catatan satu", "simpan": "draf"})
        assert told.status_code == 303
        late = other.post(path, data={**second, "note": "catatan dua", "simpan": "draf"})
        assert late.status_code == 409
        page = unescape(late.text)
        assert "catatan dua" in page
        assert "satu" in page
        again = other.post(path, data={**form_of(late), "simpan": "draf"})
        assert again.status_code == 303
    version = open_version(console, content.LEGACY_NAME, "IMB")
    assert version.document["note"] == "catatan dua"
    assert len(version.authors) == 2


def test_a_row_added_meanwhile_overwrites_nobody(console: RunningConsole) -> None:
    path = path_of(content.AMBIGUOUS_TERM, "izin pelatihan")
    with console.client(Role.EDITOR) as one, console.client(Role.EDITOR) as other:
        assert send(one, path, "draf", ask="Satu?").status_code == 303
        mine = form_of(one.get(path))
        assert send(other, path, "draf", ask="Dua?").status_code == 303
        added = one.post(path, data={**mine, "langkah": "tambah:codes"})
        late = one.post(path, data={**form_of(added), "ask": "Tiga?", "simpan": "draf"})
        assert late.status_code == 409
        assert "Tiga?" in late.text
    version = open_version(console, content.AMBIGUOUS_TERM, "izin pelatihan")
    assert version.document["ask"] == "Dua?"


def test_what_was_published_since_the_form_was_opened_is_not_undone(
    console: RunningConsole,
) -> None:
    path = path_of(content.STATUS_LABEL, "DRAFT")
    with console.client(Role.EDITOR) as one, console.client(Role.EDITOR) as other:
        early = form_of(one.get(path))
        assert send(other, path, "kirim", label="Baru disimpan").status_code == 303
        locked = one.post(path, data={**early, "label": "Masih konsep", "simpan": "draf"})
        assert locked.status_code == 409
        assert "Masih konsep" in locked.text
        approve(console, content.STATUS_LABEL, "DRAFT")
        late = one.post(path, data={**early, "label": "Masih konsep", "simpan": "draf"})
        assert late.status_code == 409
        assert "disimpan" in late.text
        again = one.post(path, data={**form_of(late), "simpan": "draf"})
        assert again.status_code == 303
    assert console.house.content.item(ItemName(content.STATUS_LABEL, "DRAFT")).document == [
        "DRAFT", "Baru disimpan",
    ]  # fmt: skip


NEW: dict[str, tuple[str, dict[str, str]]] = {
    content.HOLIDAY: ("2027-07-08", {"day": "8-7-2027", "name": "Hari jadi", "kind": "daerah"}),
    content.UNIT: ("DINAS_BARU", {"code": "dinas baru", "name": "Dinas Baru"}),
    content.AMBIGUOUS_TERM: ("izin anu", {"term": "Izin  Anu", "ask": "Anu apa?"}),
    content.LEGACY_NAME: ("SIUPX", {"old": "SIUPX", "now": "NIB", "code": "NIB"}),
    content.ACTIVITY: (
        "jual_anu",
        {"key": "Jual-Anu", "phrases": "jual anu", "permits.0.code": "NIB",
         "permits.0.why": "usaha", "permits.1.code": ""},
    ),
    content.COMPLAINT_CLASS: (
        "RINGAN", {"code": "ringan", "label": "Ringan", "resolve_working_days": "2"},
    ),
    content.COMPLAINT_CATEGORY: (
        "PARKIR",
        {"code": "PARKIR", "label": "Parkir", "class_code": "TIDAK_BERKADAR",
         "owner": "Sekretariat", "phrases": "parkir penuh", "details-asks_time": "tidak"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NEW)
def test_a_new_item_of_every_kind_goes_live(console: RunningConsole, kind: str) -> None:
    key, typed = NEW[kind]
    new = f"/isi/kantor/baru/{kind}"
    with console.client(Role.EDITOR) as http:
        assert http.post(new, data={**form_of(http.get(new)), "simpan": "kirim"}).status_code == 422
        done = send(http, new, "kirim", **typed)
        assert done.status_code == 303, done.text
    approve(console, kind, key)
    item = console.house.content.item(ItemName(kind, key))
    assert item.live
    assert item.open_version is None
