"""The list of complaints, the page of one, every step, and what is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from izin.accounts import Role
from izin.complaints import ComplaintState, Confidentiality
from izin.storage.postgres.complaint_alarms import PostgresComplaintAlarms
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.vault import Vault
from izin.units import Unit
from tests.console.conftest import PHONE, RunningConsole, csrf_of
from tests.console.filed import RESULT, audited, chat_of, fields_of, filed, step
from tests.console.looks import no_serious_findings

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63"
    "f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def said(console: RunningConsole, ticket: str) -> list[str]:
    """Give what the citizen of a complaint was sent."""
    rows = console.rows(
        "select reply from outbox where conversation_id = :id order by seq",
        id=chat_of(console, ticket),
    )
    return [row.reply["text"] for row in rows]


def test_queues_show_what_is_due_in_words_and_count_it(console: RunningConsole) -> None:
    late = filed(console, ago=40)
    new = filed(console, category="BIAYA")
    with console.client(Role.OFFICER) as officer:
        everything = officer.get("/pengaduan").text
        assert everything.index(late.ticket) < everything.index(new.ticket)
        assert "Lewat " in everything
        overdue = officer.get("/pengaduan?antrean=lewat").text
        assert late.ticket in overdue
        assert new.ticket not in overdue
        assert new.ticket in officer.get("/pengaduan?antrean=baru&kategori=BIAYA").text
        assert new.ticket not in officer.get("/pengaduan?kategori=SIKAP").text
        assert "Anda belum memegang pengaduan" in officer.get("/pengaduan?antrean=saya").text
        assert officer.get("/pengaduan?dari=entah&sampai=9999-99-99").status_code == 200
        part = officer.get("/pengaduan/bagian?antrean=lewat").text
        assert late.ticket in part
        assert "<html" not in part


def test_a_list_goes_on_where_the_page_before_ended(console: RunningConsole) -> None:
    made = {filed(console, category="SARANA").ticket for _ in range(52)}
    with console.client(Role.OFFICER) as officer:
        first = officer.get("/pengaduan?kategori=SARANA").text
        assert sum(ticket in first for ticket in made) == 50
        more = next(
            part.split('"')[0]
            for part in first.split('href="/pengaduan?')
            if "setelah=" in part.split('"')[0]
        )
        second = officer.get(f"/pengaduan?{more.replace('&amp;', '&')}").text
    assert sum(f'href="/pengaduan/{ticket}"' in second for ticket in made) == 2


def test_a_search_finds_words_and_goes_to_a_ticket(console: RunningConsole) -> None:
    word = f"kata{uuid.uuid4().hex[:8]}"
    one = filed(console, story=f"Ada {word} di sini, lama sekali")
    with console.client(Role.OFFICER) as officer:
        assert one.ticket in officer.get("/pengaduan", params={"cari": word}).text
        there = officer.get("/pengaduan", params={"cari": one.ticket.lower()})
        assert there.headers["location"] == f"/pengaduan/{one.ticket}"
        none = officer.get("/pengaduan", params={"cari": "ADU-ZZZZ-ZZ"})
        assert "Tidak ada yang cocok" in none.text


def test_a_complaint_goes_from_arrival_to_closing_and_opens_again(console: RunningConsole) -> None:
    one = filed(console)
    path = f"/pengaduan/{one.ticket}"
    with console.client(Role.OFFICER) as officer:
        assert step(officer, path, "ambil").status_code == 303
        assert (
            "Sudah diverifikasi"
            in officer.get(step(officer, path, "verifikasi").headers["location"]).text
        )
        assert step(officer, path, "kerjakan", text="Cek berkas").status_code == 303
        answer = "Petugas kami menemukan berkas tertahan di bagian arsip sejak Oktober."
        assert step(officer, path, "jawab", text=answer).status_code == 303
        assert step(officer, path, "lengkapi", text="Kirim nomor resi berkas.").status_code == 303
        waiting = officer.get(path).text
        assert "Tenggat sedang dijeda" in waiting
        assert step(officer, path, "lanjut").status_code == 303
        closing = {"text": RESULT, "unit": "Bidang Pelayanan", "basis": "SOP pelayanan",
                   "done_on": datetime.now(UTC).date().isoformat(),
                   "closing_reason": "selesai"}  # fmt: skip
        preview = step(officer, path, "selesai", **closing, step="lihat")
        assert "Yang akan dibaca warga" in preview.text
        assert RESULT in preview.text
        assert RESULT not in "".join(said(console, one.ticket)), "a preview sends nothing"
        assert step(officer, path, "selesai", **closing).status_code == 303
        assert step(officer, path, "tutup", closing_reason="selesai").status_code == 303
        assert "Sudah ditutup" in officer.get(path).text
        assert step(officer, path, "buka-lagi", reason="Izin masih salah").status_code == 303
        page = officer.get(path).text
        assert "Dibuka kembali 1 kali" in page
    sent = said(console, one.ticket)
    assert sum(answer in text for text in sent) == 1
    assert sum(RESULT in text for text in sent) == 1
    assert [item for item in audited(console, one.ticket) if "lihat" not in item] == [
        f"pengaduan.{name}"
        for name in ("ambil", "verifikasi", "kerjakan", "jawab", "lengkapi", "lanjut", "selesai",
                     "tutup", "buka_lagi")
    ]  # fmt: skip


def test_a_double_submit_is_one_step_and_one_message(console: RunningConsole) -> None:
    one = filed(console)
    path = f"/pengaduan/{one.ticket}"
    with console.client(Role.OFFICER) as officer:
        answer = "Izin Anda sudah kami cetak dan dapat diambil hari Senin di loket dua."
        form = {**fields_of(officer.get(path).text), "text": answer, "step": "kirim"}
        for _again in range(2):
            assert officer.post(f"{path}/jawab", data=form).status_code == 303
    assert sum(answer in text for text in said(console, one.ticket)) == 1


def test_the_second_of_two_officers_is_told_what_changed_and_keeps_the_text(
    console: RunningConsole,
) -> None:
    one = filed(console)
    path = f"/pengaduan/{one.ticket}"
    closing = {"text": RESULT, "unit": "Bidang Pelayanan", "closing_reason": "dicabut",
               "step": "kirim"}  # fmt: skip
    with console.client(Role.OFFICER) as first, console.client(Role.OFFICER) as second:
        seen = [fields_of(who.get(path).text) for who in (first, second)]
        assert first.post(f"{path}/tutup", data={**seen[0], **closing}).status_code == 303
        late = second.post(f"{path}/tutup", data={**seen[1], **closing, "text": "Tulisan kedua"})
        assert late.status_code == 409
        assert "Sudah berubah" in late.text
        assert "Tulisan kedua" in late.text
        assert "Ditutup" in late.text.split('class="changes"')[1].split("</ul>")[0]
        assert len(said(console, one.ticket)) == 1
        unsure = filed(console)
        there = f"/pengaduan/{unsure.ticket}"
        old = fields_of(second.get(there).text)
        step(first, there, "verifikasi")
        text = "Berkas Anda ditemukan dan diproses lagi mulai Selasa pagi oleh bidang teknis."
        kept = second.post(f"{there}/jawab", data={**old, "text": text, "step": "kirim"})
        assert kept.status_code == 409
        assert f">{text}</textarea>" in kept.text
        assert said(console, unsure.ticket) == []


def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(
    console: RunningConsole,
) -> None:
    one = filed(console)
    path = f"/pengaduan/{one.ticket}"
    with console.client(Role.OFFICER) as officer:
        empty = step(officer, path, "tutup", closing_reason="", text="Sudah saya tulis panjang")
        assert empty.status_code == 422
        assert "Sudah saya tulis panjang" in empty.text
        assert "Alasannya belum diisi" in empty.text
        generic = step(officer, path, "jawab", text="Laporan sudah diteruskan ke dinas terkait")
        assert generic.status_code == 422
        assert "baru kabar umum" in generic.text
        other = step(officer, path, "tutup", closing_reason="duplikat", text="Sama", other="ADU-Q")
        assert "tidak ditemukan" in other.text
        future = step(officer, path, "selesai", closing_reason="selesai", text=RESULT,
                      unit="Bidang", done_on="2099-01-01")  # fmt: skip
        assert "Tanggal itu tidak mungkin" in future.text
        assert step(officer, path, "teruskan", unit="TIDAKADA", reason="x").status_code == 422
        elsewhere = console.account(Role.OFFICER, unit="LAIN")
        assert step(officer, path, "tugaskan", officer=elsewhere.id).status_code == 422
        assert step(officer, path, "lanjut").status_code == 422
        assert step(officer, path, "meledak").status_code == 404
        assert officer.post(f"{path}/jawab", data={"csrf": csrf_of(empty.text)}).status_code == 422
    assert said(console, one.ticket) == []


def test_html_is_text_and_numbers_in_stories_are_hidden(console: RunningConsole) -> None:
    one = filed(console, story="<script>alert(1)</script> hubungi 0812-3456-7890 ya",
                place="<img src=x>")  # fmt: skip
    path = f"/pengaduan/{one.ticket}"
    with console.client(Role.OFFICER) as officer:
        page = officer.get(path).text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert "3456" not in page
        bad = officer.post(f"{path}/buka", data={"csrf": csrf_of(page), "reason": "penasaran"})
        assert bad.status_code == 422
        shown = officer.post(f"{path}/buka", data={"csrf": csrf_of(page), "reason": "pengawasan"})
        assert "0812-3456-7890" in shown.text
        note = {"csrf": csrf_of(page), "text": "<b>cek</b>", "once": uuid.uuid4().hex}
        for _again in range(2):
            assert officer.post(f"{path}/catatan", data=note).status_code == 303
        assert officer.get(path).text.count("&lt;b&gt;cek&lt;/b&gt;") == 1
    found = console.rows("select details from audit_log where action = 'pengaduan.buka'"
                         " and subject = :t", t=one.ticket)  # fmt: skip
    assert [row.details for row in found] == [{"reason": "pengawasan"}]


def test_evidence_is_shown_or_saved_and_recorded(console: RunningConsole) -> None:
    picture = filed(console, file=("photo", "image/png", PNG))
    paper = filed(console, file=("document", "text/html", b"<script>1</script>"))
    with console.client(Role.OFFICER) as officer:
        page = officer.get(f"/pengaduan/{picture.ticket}").text
        there = page.split('<img src="/pengaduan/', 1)[1].split('"', 1)[0]
        path = f"/pengaduan/{there}"
        given = officer.get(path)
        assert given.headers["content-type"].startswith("image/")
        assert "sandbox" in given.headers["content-security-policy"]
        file = f"/pengaduan/{paper.ticket}/bukti/{paper.media_ids[0]}"
        saved = officer.get(file)
        assert saved.headers["content-type"] == "application/octet-stream"
        assert saved.headers["content-disposition"].startswith("attachment")
        assert officer.get(file.replace(paper.ticket, picture.ticket)).status_code == 404
    assert audited(console, paper.ticket) == ["pengaduan.bukti"]


def test_a_unit_s_officer_works_on_what_was_passed_on_and_on_nothing_else(
    console: RunningConsole,
) -> None:
    console.house.units.add(Unit("UJIPUPR", "Dinas Pekerjaan Umum Uji"))
    mine, other = filed(console), filed(console)
    with console.client(Role.OFFICER) as desk:
        moved = step(desk, f"/pengaduan/{mine.ticket}", "teruskan", unit="UJIPUPR",
                     reason="Urusan jalan")  # fmt: skip
        assert moved.status_code == 303
    with console.client(account=console.account(Role.OFFICER, unit="UJIPUPR")) as unit:
        page = unit.get("/pengaduan").text
        assert mine.ticket in page
        assert other.ticket not in page
        assert unit.get(f"/pengaduan/{mine.ticket}").status_code == 200
        token = csrf_of(page)
        for path in ("", "/kabar", f"/bukti/{uuid.uuid4()}"):
            assert unit.get(f"/pengaduan/{other.ticket}{path}").status_code == 404
        for path in ("ambil", "jawab", "catatan", "peringatan", "buka"):
            data = {"csrf": token, "text": "x", "reason": "pengawasan", "step": "kirim"}
            answer = unit.post(f"/pengaduan/{other.ticket}/{path}", data=data)
            assert answer.status_code == 404, path
    assert "Dinas Pekerjaan Umum Uji" in said(console, mine.ticket)[0]


def test_what_becomes_supervised_leaves_the_room_at_once(console: RunningConsole) -> None:
    one = filed(console)
    path = f"/pengaduan/{one.ticket}"
    with console.client(Role.OFFICER) as officer:
        gone = step(officer, path, "koreksi", class_code="BERKADAR", category="PUNGLI",
                    priority="tinggi", reason="Ada dugaan pungutan")  # fmt: skip
        assert gone.headers["location"] == "/pengaduan?kabar=dirahasiakan"
        assert "kini rahasia" in officer.get(gone.headers["location"]).text
        assert officer.get(path).status_code == 404
    found = console.rows("select confidentiality from sealed.complaints where ticket=:t",
                         t=one.ticket)  # fmt: skip
    assert [row.confidentiality for row in found] == [Confidentiality.CONFIDENTIAL.value]


def test_pages_tell_when_somebody_else_changed_the_complaint(console: RunningConsole) -> None:
    one = filed(console)
    with console.client(Role.OFFICER) as officer:
        path = f"/pengaduan/{one.ticket}"
        assert officer.get(f"{path}/kabar?versi=1").text.strip() == ""
        step(officer, path, "verifikasi")
        assert "baru saja berubah" in officer.get(f"{path}/kabar?versi=1").text


def test_pauses_are_explained_by_their_working_days(console: RunningConsole) -> None:
    start = datetime(2026, 11, 23, 3, tzinfo=UTC)
    console.at(start)
    try:
        one = filed(console)
        path = f"/pengaduan/{one.ticket}"
        with console.client(Role.OFFICER) as officer:
            step(officer, path, "lengkapi", text="Mohon kirim foto tanda terima berkas.")
            before = officer.get(path).text
            console.at(start + timedelta(days=3, minutes=30))
        with console.client(Role.OFFICER) as officer:
            step(officer, path, "lanjut")
            page = officer.get(path).text
        assert "Pelapor melengkapi sampai" in before
        assert "Tenggat dijeda 3 hari kerja menunggu pelapor" in page
    finally:
        console.at(None)


def look(page: Page, screenshots: Path, name: str) -> None:
    page.screenshot(path=screenshots / f"{name}.png", full_page=True)
    no_serious_findings(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_complaint_is_worked_on_in_the_browser(
    console: RunningConsole, browser: Browser, screenshots: Path, size: str
) -> None:
    filed(console, ago=30, category="PENOLAKAN")
    one = filed(console, category="PENOLAKAN", file=("photo", "image/png", PNG), desired="Terbit")
    given = {"size": PHONE} if size == "phone" else {}
    with console.page(browser, Role.OFFICER, **given) as page:
        page.goto(f"{console.url}/pengaduan?kategori=PENOLAKAN")
        look(page, screenshots, f"complaints-list-{size}")
        page.get_by_role("link", name=one.ticket).click()
        page.get_by_role("button", name="Saya tangani").click()
        page.get_by_role("button", name="Verifikasi: lengkap").click()
        page.get_by_role("button", name="Mulai tindak lanjut").click()
        page.get_by_label("Apa yang dilakukan dan hasilnya").fill(RESULT)
        page.get_by_role("button", name="Lihat dulu").first.click()
        page.get_by_role("heading", name="Yang akan dibaca warga").wait_for()
        look(page, screenshots, f"complaints-preview-{size}")
        page.get_by_role("button", name="Kirim hasil dan nyatakan selesai").click()
        page.get_by_text("Hasil sudah dikirim ke pelapor.").wait_for()
        page.get_by_role("button", name="Lihat dulu").first.click()
        page.get_by_role("button", name="Tutup dan kabari pelapor").click()
        page.get_by_text("Sudah ditutup. Tidak ada").wait_for()
        page.get_by_text("Buka kembali", exact=True).click()
        page.get_by_label("Alasan membuka kembali").fill("Data pada izin masih keliru")
        page.locator("#form-buka-lagi").get_by_role("button", name="Lihat dulu").click()
        page.get_by_role("button", name="Buka kembali dan kabari pelapor").click()
        page.get_by_text("Dibuka kembali 1 kali").wait_for()
        look(page, screenshots, f"complaints-page-{size}")
    stored = console.rows("select state from complaints where ticket = :t", t=one.ticket)
    assert stored[0].state == ComplaintState.REOPENED.value


def test_the_page_tells_first_what_happened_and_then_what_to_do(console: RunningConsole) -> None:
    one = filed(console, permit_code="PBG")
    path = f"/pengaduan/{one.ticket}"
    with console.client(Role.OFFICER) as who:
        first = who.get(path).text
        assert first.index('id="cerita"') < first.index('id="langkah"')
        assert first.count('id="cerita"') == 1
        permit = console.house.catalogue.permit("PBG")
        assert permit is not None
        assert f"<dd>{permit.short_name}</dd>" in first
        assert step(who, path, "verifikasi").status_code == 303
        later = who.get(path).text
        assert later.index('id="langkah"') < later.index('id="cerita"')


def test_why_somebody_rated_stands_beside_the_score(console: RunningConsole) -> None:
    one = filed(console)
    complaints = PostgresComplaints(console.engine, Vault("k" * 32))
    complaints.withdraw(one.ticket, "t", "cabut", one.filed_at)
    said = "petugasnya ramah, telepon saya 081234567890"
    complaints.rate(one.ticket, 4, said, "t", "nilai", one.filed_at)
    with console.client(Role.OFFICER) as who:
        shown = who.get(f"/pengaduan/{one.ticket}").text
    beside = shown.split("4 dari 5", 1)[1].split("</dd>", 1)[0]
    assert "petugasnya ramah" in beside
    assert "081234567890" not in shown


def test_complaints_of_the_simulator_are_marked_in_lists(console: RunningConsole) -> None:
    one = filed(console, ago=300)
    console.rows(
        "update conversations set namespace = 'simulator' where id = :id",
        id=chat_of(console, one.ticket),
    )
    other = filed(console, ago=300)
    with console.client(Role.OFFICER) as who:
        page = who.get("/pengaduan?antrean=baru").text
    lines = {t: page.split(f'/{t}"', 1)[1].split("</li>", 1)[0] for t in (one.ticket, other.ticket)}
    assert "simulasi" in lines[one.ticket]
    assert "simulasi" not in lines[other.ticket]


def test_each_late_complaint_is_warned_of_once(console: RunningConsole) -> None:
    one = filed(console, ago=40)
    PostgresComplaintAlarms(console.engine).raise_due(datetime.now(UTC))
    with console.client(Role.OFFICER, Role.SUPERVISOR) as who:
        page = who.get("/pengaduan").text
    warned = page.split('id="peringatan-judul"', 1)[1].split("</section>", 1)[0]
    assert warned.count(f">{one.ticket}</a>") == 1


def test_a_reopened_complaint_is_not_said_to_be_answered_already(console: RunningConsole) -> None:
    one = filed(console)
    path = f"/pengaduan/{one.ticket}"
    with console.client(Role.OFFICER) as who:
        assert step(who, path, "jawab", text=RESULT).status_code == 303
        assert "Diberikan" in who.get(path).text
        closing = {"text": RESULT, "unit": "DPMPTSP", "closing_reason": "selesai",
                   "done_on": console.house.clock().date().isoformat()}  # fmt: skip
        assert step(who, path, "tutup", **closing).status_code == 303
        assert (
            step(who, path, "buka-lagi", reason="Data pada izin masih keliru.").status_code == 303
        )
        assert "Diberikan" not in who.get(path).text
