"""The office's content: every kind listed, edited, approved by a second person, and refused."""

from __future__ import annotations

from html import unescape

import pytest

from console.editing.kind_forms import KIND_FORMS
from izin import content
from izin.accounts import Role
from izin.content import ItemName, VersionState
from tests.console.conftest import RunningConsole
from tests.console.kind_forms_sent import approve, form_of, open_version, path_of, send

ONE_OF = {
    content.OFFICE: "office", content.HOLIDAY: "2027-01-01", content.UNIT: "DLH",
    content.AMBIGUOUS_TERM: "lpk / lkp", content.LEGACY_NAME: "IMB",
    content.ACTIVITY: "kandang_ayam", content.PLACE: "kecamatan:Contoh Kota",
    content.STATUS_LABEL: "TERBIT", content.COMPLAINT_CLASS: "ASPIRASI",
    content.COMPLAINT_CATEGORY: "BIAYA",
}  # fmt: skip


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
        assert "Draf tersimpan" in http.get(done.headers["location"]).text
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


def test_hours_change_for_citizens_when_a_second_person_approves(console: RunningConsole) -> None:
    path = path_of(content.OFFICE, "office")
    with console.client(Role.EDITOR) as http:
        done = send(http, path, "kirim", **{"opening_hours.0": "7:30 - 12:00, 13 sampai 16.00"})
        version = open_version(console, content.OFFICE, "office")
        assert done.headers["location"] == f"/isi/versi/{version.id}"
        locked = http.get(path).text
        assert "disabled" in locked
        assert version.state is VersionState.REVIEW
    approve(console, content.OFFICE, "office")
    monday = console.house.office.office().opening_hours[0]
    assert [f"{start:%H:%M}-{end:%H:%M}" for start, end in monday] == ["07:30-12:00", "13:00-16:00"]


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("opening_hours.0", "pagi", "Jamnya tidak terbaca"),
        ("opening_hours.0", "25.00-26.00", "Jamnya tidak terbaca"),
        ("opening_hours.4", "12.00-08.00", "Jam tutup harus sesudah jam buka"),
        ("opening_hours.1", "08.00-12.00, 11.00-13.00", "bertumpuk"),
        ("timezone", "Asia/Mars", "Pilih salah satu"),
        ("location", "di kota", "Tulis lintang"),
        ("location", "nan, nan", "Tulis lintang"),
        ("agency", "", "harus diisi"),
        ("short_name", "x" * 61, "Terlalu panjang"),
        ("details-objection-within_working_days", "9999", "di luar batas"),
        ("details-special_hours.0.first", "31 Februari", "Tanggalnya tidak terbaca"),
        ("details-mpp-counters.3.name", "", "harus diisi"),
    ],
)
def test_what_cannot_be_read_comes_back_with_its_sentence(
    console: RunningConsole, name: str, typed: str, told: str
) -> None:
    with console.client(Role.EDITOR) as http:
        answer = send(http, path_of(content.OFFICE, "office"), "draf", **{name: typed})
    assert answer.status_code == 422
    beside = answer.text.split(f'id="{name.rsplit(".", 1)[0] if "hours." in name else name}', 1)[1]
    assert told in beside
    assert typed in unescape(answer.text)
    assert open_version(console, content.OFFICE, "office") is None


def test_what_must_not_be_published_is_kept_as_a_draft_and_told(console: RunningConsole) -> None:
    path = path_of(content.ACTIVITY, "toko_bangunan")
    with console.client(Role.EDITOR) as http:
        answer = send(http, path, "kirim", phrases="toko bangunan\nbuka warung")
        assert answer.status_code == 422
        assert "sudah milik kegiatan warung_sembako" in unescape(answer.text)
        version = open_version(console, content.ACTIVITY, "toko_bangunan")
        assert version.state is VersionState.DRAFT
        assert form_of(answer)["version"] == version.id
        mended = {**form_of(answer), "phrases": "toko besi", "simpan": "kirim"}
        assert http.post(path, data=mended).status_code == 303
    assert open_version(console, content.ACTIVITY, "toko_bangunan").state is VersionState.REVIEW


def test_a_new_item_is_made_once_and_never_over_another(console: RunningConsole) -> None:
    new = f"/isi/kantor/baru/{content.PLACE}"
    with console.client(Role.EDITOR) as http:
        fields = {**form_of(http.get(new)), "kind": "desa", "name": "Desa <b>Uji</b>",
                  "synonyms": "uji", "live": "1", "simpan": "kirim"}  # fmt: skip
        for _ in range(2):
            made = http.post(new, data=fields)
            assert made.status_code == 303, made.text
        assert "Desa &lt;b&gt;Uji" in http.get("/isi/kantor/place?cari=uji").text
        taken = http.post(new, data={**fields, "name": "Contoh Kota", "kind": "kecamatan"})
        assert taken.status_code == 422
        assert "Ini sudah ada" in taken.text
    approve(console, content.PLACE, "desa:Desa <b>Uji</b>")
    assert "Desa <b>Uji</b>" in {place.name for place in console.house.office.places()}


def test_rows_are_added_dropped_and_moved_without_losing_text(console: RunningConsole) -> None:
    path = path_of(content.AMBIGUOUS_TERM, "izin kesehatan")
    with console.client(Role.EDITOR) as http:
        fields = {**form_of(http.get(path)), "ask": "Layanan kesehatan apa?"}
        moved = http.post(path, data={**fields, "langkah": "naik:codes.1"})
        assert moved.status_code == 200
        assert form_of(moved)["codes.0.code"] == "SIP_PERAWAT"
        dropped = http.post(path, data={**form_of(moved), "langkah": "hapus:codes.0"})
        assert form_of(dropped)["codes.0.code"] == "SIP_DOKTER"
        added = http.post(path, data={**form_of(dropped), "langkah": "tambah:codes"})
        assert form_of(added)["codes.7.code"] == ""
        assert form_of(added)["ask"] == "Layanan kesehatan apa?"
        for step in ("tambah:", "hapus:codes.99", "naik:x.y.z", "lompat:codes.1", "tambah:ask.0"):
            assert http.post(path, data={**fields, "langkah": step}).status_code == 200
        assert open_version(console, content.AMBIGUOUS_TERM, "izin kesehatan") is None
        done = http.post(path, data={**form_of(added), "simpan": "draf"})
        assert done.status_code == 303
    codes = open_version(console, content.AMBIGUOUS_TERM, "izin kesehatan").document["codes"]
    assert codes[0] == "SIP_DOKTER"
    assert len(codes) == 7


def test_what_no_field_shows_stays_in_the_document(console: RunningConsole) -> None:
    office = console.house.content.item(ItemName(content.OFFICE, "office")).document
    with console.client(Role.EDITOR) as http:
        page = http.get(path_of(content.OFFICE, "office"))
        first_gone = {**form_of(page), "langkah": "hapus:details-complaint_channels.0"}
        again = http.post(path_of(content.OFFICE, "office"), data=first_gone)
        http.post(path_of(content.OFFICE, "office"), data={**form_of(again), "simpan": "draf"})
    version = open_version(console, content.OFFICE, "office")
    channels = office["details"]["complaint_channels"]
    assert version.document["details"]["complaint_channels"] == channels[1:]
    assert version.document["details"]["hours_comparison"] == office["details"]["hours_comparison"]
    console.house.edit_content.discard(version.id, version.edits, console.account(Role.EDITOR))


def test_a_changed_privacy_notice_is_a_new_version_of_it(console: RunningConsole) -> None:
    path = path_of(content.OFFICE, "office")
    before = console.house.content.item(ItemName(content.OFFICE, "office")).document
    with console.client(Role.EDITOR) as http:
        send(http, path, "draf", **{"details-privacy-sections.0.text": "Kami sendiri."})
    version = open_version(console, content.OFFICE, "office")
    notice = version.document["details"]["privacy"]
    assert notice["sections"][0]["text"] == "Kami sendiri."
    assert notice["version"] != before["details"]["privacy"]["version"]
    console.house.edit_content.discard(version.id, version.edits, console.account(Role.EDITOR))


def test_what_is_still_needed_is_not_switched_off(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        for kind, key, told in (
            (content.COMPLAINT_CLASS, "TIDAK_BERKADAR", "Masih dipakai jenis pengaduan"),
            (content.COMPLAINT_CATEGORY, "LAINNYA", "selalu diperlukan"),
            (content.UNIT, "DPMPTSP", "tidak dapat dimatikan"),
        ):
            answer = send(http, path_of(kind, key), "draf", live="")
            assert answer.status_code == 422, kind
            assert told in answer.text
        fine = send(http, path_of(content.COMPLAINT_CATEGORY, "SARANA"), "kirim", live="")
        assert fine.status_code == 303
    approve(console, content.COMPLAINT_CATEGORY, "SARANA")
    known = {item.code for item in console.house.catalogue.complaint_categories()}
    assert "SARANA" not in known


def test_other_agencies_have_their_list_that_leads_to_the_question(
    console: RunningConsole,
) -> None:
    with console.client(Role.EDITOR) as http:
        page = http.get("/isi/kantor/instansi-lain").text
        assert "/isi/tanya-jawab/" in page
        assert "topik=instansi_lain" in page
        assert 'name="topik" value="instansi_lain"' in page
        assert http.get("/isi/kantor/instansi-lain?mulai=5000").status_code == 200


def test_lists_are_searched_and_cut_into_pages(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        first = http.get("/isi/kantor/activity").text
        assert first.count("/isi/kantor/activity/") == 50
        assert 'rel="next"' in first
        more = http.get("/isi/kantor/activity?mulai=50").text
        assert more.count("/isi/kantor/activity/") == 32
        assert "warung_sembako" in http.get("/isi/kantor/activity?cari=Klontong").text
        assert http.get("/isi/kantor/activity?mulai=99999999999&cari=%00%27").status_code == 200
