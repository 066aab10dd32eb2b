"""The room of questions and answers: found, written, checked, looked at, published by a second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from console.editing.faq_form import empty, key_of
from izin.accounts import Role
from izin.content import VersionState
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import text_of

BASE = "/isi/tanya-jawab"
NEW = {
    "question": "Apakah ada ruang laktasi di kantor?",
    "answer": "Ada, di lantai dua:\n• buka pada jam kantor\n• gratis",
    "variants": "ruang menyusui\ntempat menyusui bayi",
    "topic": "layanan loket",
    "sources": "https://contoh.go.id/laktasi",
    "checked_on": "2026-11-02",
    "live": "1",
}


@pytest.fixture
def editor(console: RunningConsole) -> Iterator[httpx.Client]:
    with console.client(Role.EDITOR) as client:
        yield client


def send(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = csrf_of(client.get(f"{BASE}/baru").text)
    return client.post(path, data={"csrf": token, **fields})


def test_the_list_shows_what_an_editor_looks_for(editor: httpx.Client) -> None:
    page = editor.get(BASE).text
    assert "Lupa kata sandi" in editor.get(BASE, params={"cari": "lupa pasword oss"}).text
    assert page.count("/isi/tanya-jawab/") > 50 and "Berikutnya" in page
    assert "mulai=50" in page and editor.get(BASE, params={"mulai": "150"}).status_code == 200
    unsourced = editor.get(BASE, params={"tanpa_sumber": "1"}).text
    assert unsourced.count("Contoh, belum dikonfirmasi") == 50
    assert "Tidak ada tanya jawab" in editor.get(BASE, params={"keadaan": "review"}).text
    assert "Mengurus SIM" in editor.get(BASE, params={"topik": "instansi_lain"}).text
    assert editor.get(BASE, params={"mulai": "-5", "keadaan": "x"}).status_code == 200


def test_slang_finds_what_is_switched_off_and_what_is_only_a_draft(
    console: RunningConsole, editor: httpx.Client
) -> None:
    fields = {
        **NEW,
        "question": "Apakah menerima sampah elektronik?",
        "variants": "",
        "answer": "Ya.",
    }
    assert send(editor, f"{BASE}/baru", **fields).status_code == 303
    assert "sampah elektronik" in editor.get(BASE, params={"cari": "buang smpah elektronk"}).text


def test_a_new_answer_goes_live_by_a_second_person(
    console: RunningConsole, editor: httpx.Client
) -> None:
    made = send(editor, f"{BASE}/baru", **NEW, act="submit")
    assert made.status_code == 303 and made.headers["location"].startswith("/isi/versi/")
    key = key_of(NEW["question"])
    item = console.house.content.item(console.house.content.in_state(VersionState.REVIEW)[-1].item)
    assert item.item.key == key and item.open_version is not None
    again = send(editor, f"{BASE}/{key}", **NEW, version=item.open_version.id, edits="1")
    assert again.status_code == 409 and "menunggu persetujuan" in again.text
    second = console.account(Role.EDITOR)
    version = item.open_version
    with console.house.one_commit():
        console.house.edit_content.approve(version.id, version.edits, second)
    assert "Ada, di lantai dua" in editor.get(f"{BASE}/{key}").text
    entries = console.rows("select answer, topic from faq_entries where key = :key", key=key)
    assert [tuple(row) for row in entries] == [(NEW["answer"], "layanan_loket")]
    kept = console.rows("select action from audit_log where subject = :key", key=key)
    assert {row.action for row in kept} >= {"isi.ubah", "isi.ajukan"}


def test_a_form_sent_twice_begins_one_answer(editor: httpx.Client) -> None:
    fields = {**NEW, "question": "Ada tempat titip anak?", "variants": ""}
    first = send(editor, f"{BASE}/baru", **fields)
    assert send(editor, f"{BASE}/baru", **fields).headers["location"] == first.headers["location"]
    other = send(editor, f"{BASE}/baru", **{**fields, "answer": "Belum ada."})
    assert other.headers["location"].startswith(f"{BASE}/ada_tempat_titip_anak_2")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"question": " "}, "Pertanyaan masih kosong"),
     ({"answer": ""}, "Jawaban masih kosong"),
     ({"answer": "x" * 3001}, "paling panjang 3000"),
     ({"answer": "Lihat http://contoh.go.id"}, "tidak aman"),
     ({"answer": "Kepada {nama}"}, "kurawal"),
     ({"topic": ""}, "topiknya"),
     ({"permits": "PBG, TIDAKADA"}, "TIDAKADA"),
     ({"variants": "lupa password oss"}, "sudah ada pada tanya jawab"),
     ({"valid_from": "2026-05-02", "valid_until": "2026-05-01"}, "lebih awal"),
     ({"checked_on": "kemarin"}, "tidak dikenali"), ({"checked_on": ""}, "tidak dikenali"),
     ({"sources": "https://rusak"}, "tidak lengkap")],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_beside_its_field_and_kept(
    editor: httpx.Client, change: dict[str, str], sentence: str
) -> None:
    answer = send(editor, f"{BASE}/baru", **{**NEW, "question": "Uji apa ya?", **change})
    assert answer.status_code == 422 and sentence in answer.text
    assert (
        'aria-invalid="true"' in answer.text and "lantai dua" in answer.text
    ) or "answer" in change


def test_doubts_are_shown_and_keep_nobody_from_saving(editor: httpx.Client) -> None:
    fields = {**NEW, "question": "Ada wifi tamu?", "variants": "", "sources": ""}
    kept = send(editor, f"{BASE}/baru", **fields)
    page = editor.get(kept.headers["location"]).text
    assert "belum dikonfirmasi" in page and "sulit ditemukan" in page and "Draf disimpan" in page


def test_the_preview_shows_both_channels_and_splits_what_is_too_long(editor: httpx.Client) -> None:
    looked = send(editor, f"{BASE}/baru", **NEW, act="preview").text
    assert ("Telegram" in looked and "dari 4.096" in looked) or "dari 4096" in looked
    part = send(editor, f"{BASE}/pratinjau", **{**NEW, "answer": "Satu kalimat panjang. " * 90})
    assert part.status_code == 200 and "terkirim dalam 2 pesan" in part.text
    assert "<html" not in part.text
    nothing = send(editor, f"{BASE}/pratinjau", question="", answer="")
    assert "Isi pertanyaan dan jawaban" in nothing.text
    hostile = send(editor, f"{BASE}/pratinjau", **{**NEW, "answer": "<script>alert(1)</script>"})
    assert "<script>" not in hostile.text


def test_checked_today_is_noted_in_a_draft(console: RunningConsole, editor: httpx.Client) -> None:
    page = editor.get(f"{BASE}/oss_lupa_sandi").text
    fields = {
        **NEW,
        "question": "Lupa kata sandi OSS, bagaimana?",
        "variants": "",
        "act": "checked",
    }
    kept = send(editor, f"{BASE}/oss_lupa_sandi", **fields, version="", edits="0")
    assert kept.status_code == 303, page
    document = next(
        version.document
        for version in console.house.content.in_state(VersionState.DRAFT)
        if version.item.key == "oss_lupa_sandi"
    )
    zone = console.house.office.office().zone
    assert document["checked_on"] == console.house.clock().astimezone(zone).date().isoformat()


def test_two_editors_on_one_answer_lose_nothing(
    console: RunningConsole, editor: httpx.Client
) -> None:
    fields = {**NEW, "question": "Ada musala?", "variants": ""}
    path = send(editor, f"{BASE}/baru", **fields).headers["location"].partition("?")[0]
    version = next(
        item for item in console.house.content.in_state(VersionState.DRAFT) if item.item.key in path
    )
    theirs = {**fields, "answer": "Ada, di lantai satu.", "version": version.id, "edits": "0"}
    with console.client(Role.EDITOR) as other:
        assert send(other, path, **theirs).status_code == 303
    mine = send(editor, path, **{**theirs, "answer": "Ada, di belakang."})
    assert mine.status_code == 409
    assert "Ada, di belakang." in mine.text and "lantai satu" in mine.text.replace("</del>", "")


def test_what_is_unknown_is_not_found_and_others_may_not_see_it(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as editor:
        assert editor.get(f"{BASE}/tidak_ada").status_code == 404
    with console.client(Role.OFFICER) as officer:
        assert officer.get(BASE).status_code == 403


def test_a_new_form_begins_with_today() -> None:
    assert empty(date(2026, 5, 4)).document("x")["checked_on"] == "2026-05-04"


def test_a_form_opened_before_a_publication_undoes_nothing(
    console: RunningConsole, editor: httpx.Client
) -> None:
    author, second = console.account(Role.EDITOR), console.account(Role.EDITOR)
    item = next(one for one in console.house.content.items("faq") if one.open_version is None)
    name = item.item
    opened = editor.get(f"{BASE}/{name.key}").text
    changed = {**item.document, "answer": "Jawaban yang terbit lebih dulu."}
    edit = console.house.edit_content
    draft = edit.begin(name, changed, True, author)
    review = edit.submit(draft.id, draft.edits, author)
    edit.approve(review.id, review.edits, second)
    own = {"question": "Sandi OSS terlupa?", "variants": "sandi terlupa", "answer": "Atur ulang."}
    fields = {**NEW, **own, "base": hidden(opened, "base"), "act": "save"}
    late = editor.post(f"{BASE}/{name.key}", data={**fields, "csrf": csrf_of(opened)})
    assert late.status_code == 409 and own["answer"] in late.text
    assert "Jawaban yang terbit lebih dulu." in text_of(late)
    assert console.house.content.item(name).open_version is None
    fields["base"] = hidden(late.text, "base")
    again = editor.post(f"{BASE}/{name.key}", data={**fields, "csrf": csrf_of(late.text)})
    assert again.status_code == 303
    twice = editor.post(f"{BASE}/{name.key}", data={**fields, "csrf": csrf_of(late.text)})
    assert twice.status_code == 303


def test_a_topic_may_be_given_with_the_address(editor: httpx.Client) -> None:
    page = editor.get(f"{BASE}/baru?topik=instansi_lain").text
    assert 'value="instansi lain"' in page


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]
