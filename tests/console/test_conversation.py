"""One conversation in the console: claim, answers, notes, and everything that is refused."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from izin.accounts import Account, Role
from izin.errors import Conflict
from izin.following import NoticeKind, Template
from izin.officers import LEASE
from izin.replies import Reply
from izin.storage.memory.registry import MemoryRegistry
from izin.storage.postgres.officers import PostgresOfficers
from izin.usecases.serve_citizen import ServeCitizen
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import World, once_of, press, text_of
from tests.contracts.registry_samples import RETURNED
from tests.stored_chats import chat_of


@pytest.fixture(scope="module")
def world(console: RunningConsole) -> World:
    return World(console)


@pytest.fixture(scope="module")
def ani(console: RunningConsole) -> Account:
    return console.account(Role.OFFICER, name="Ani Lestari")


@pytest.fixture(scope="module")
def budi(console: RunningConsole) -> Account:
    return console.account(Role.OFFICER, name="Budi Santoso")


def held(world: World, account: Account, **changes: Any) -> str:
    here = world.of_whatsapp(**changes) if changes else world.waits()
    serve(world).take(here, account.id, account.title, datetime.now(UTC))
    return here


def serve(world: World) -> ServeCitizen:
    house = world.console.house
    return ServeCitizen(house.officers, house.office, house.wording)


def test_a_page_shows_who_said_what_and_how_it_was_read(world: World, ani: Account) -> None:
    here = world.waits("halo <b>pak</b>", phone="+620000123456")
    with world.console.client(account=ani) as http:
        answer = http.get(f"/percakapan/{here}")
        words = text_of(answer)
    assert answer.status_code == 200
    assert "halo &lt;b&gt;pak&lt;/b&gt;" in answer.text
    assert "Baik, saya <b>catat</b>." in answer.text
    assert "Minta petugas, keyakinan 97 %" in words
    assert "Dibuka untuk petugas: warga minta bicara dengan petugas" in words
    assert "+62•••••3456" in words
    assert "+620000123456" not in answer.text
    assert world.recorded(here) == ["percakapan.buka"]


def test_what_is_not_for_this_account_does_not_exist(world: World, console: RunningConsole) -> None:
    here, plain = world.waits(), world.hears().conversation_id
    other_unit = console.account(Role.OFFICER, unit="DINKES")
    with console.client(account=other_unit) as stranger, console.client(Role.OFFICER) as officer:
        for path in (here, f"{here}/riwayat", f"{here}/keadaan"):
            assert stranger.get(f"/percakapan/{path}").status_code == 404
        for unknown in (plain, str(uuid.uuid4()), "x"):
            assert officer.get(f"/percakapan/{unknown}").status_code == 404
        token = csrf_of(stranger.get("/akun-saya").text)
        for what in ("ambil", "balas", "catatan", "kirim-ulang", "buka-data", "teruskan"):
            sent = stranger.post(f"/percakapan/{here}/{what}", data={"csrf": token, "text": "x"})
            assert sent.status_code == 404, what
    assert world.recorded(here) == []
    assert console.house.officers.handling(here) is None


def test_an_officer_takes_answers_and_gives_back(world: World, ani: Account) -> None:
    here = world.waits()
    with world.console.client(account=ani) as http:
        assert press(http, here, "ambil").status_code == 303
        assert press(http, here, "balas", text="Sudah saya cek.").status_code == 303
        wrong = press(http, here, "kembalikan", summary=" ")
        assert wrong.status_code == 422
        assert press(http, here, "kembalikan", summary="Berkas lengkap.").status_code == 303
        words = text_of(http.get(f"/percakapan/{here}"))
    assert "Ani Lestari (petugas)" in words
    assert "Ringkasan dari Ani Lestari" in words
    assert "Ani Lestari mengembalikan percakapan ke asisten" in words
    said = world.said(here)
    assert any(text.startswith("Sudah saya cek.") and "— Petugas" in text for text in said)
    assert "Petugas sudah menutup percakapan ini" in said[-1]
    assert not any("Ani" in text for text in said)
    done = ["percakapan.ambil", "percakapan.balas", "percakapan.kembalikan"]
    assert [item for item in world.recorded(here) if item != "percakapan.buka"] == done


def test_the_bot_is_silent_while_an_officer_holds_it(world: World, ani: Account) -> None:
    here = held(world, ani)
    chat = chat_of(world.console.engine, here)
    before = len(world.said(here))
    got = world.hears("halo?", chat=chat)
    assert got.conversation_id == here
    assert world.inbox.answer(got.turn_id, [Reply("Saya bot")], {}, {"intent": "sapa"}) == ()
    assert len(world.said(here)) == before
    late = datetime.now(UTC) + LEASE + timedelta(minutes=1)
    assert serve(world).return_expired(late) >= 1
    assert "belum sempat membalas" in world.said(here)[-1]
    assert not world.console.house.room.head(here).held_by_officer


def test_a_second_officer_is_refused_by_name_and_keeps_the_text(
    world: World, ani: Account, budi: Account
) -> None:
    here = held(world, ani)
    with world.console.client(account=budi) as http:
        before = world.said(here)
        token = csrf_of(http.get(f"/percakapan/{here}").text)
        fields = {"csrf": token, "text": "Jawaban <Budi>", "once": uuid.uuid4().hex}
        refused = http.post(f"/percakapan/{here}/balas", data=fields)
        taking = press(http, here, "ambil")
    for answer in (refused, taking):
        assert answer.status_code == 409
        assert "sedang dipegang Ani Lestari" in text_of(answer)
    assert "Jawaban &lt;Budi&gt;</textarea>" in refused.text
    assert world.said(here) == before


def test_two_officers_who_claim_in_the_same_moment_leave_one_holder(
    world: World, ani: Account, budi: Account
) -> None:
    for _ in range(5):
        here = world.waits()
        begin, outcome = threading.Barrier(2), []
        officers = PostgresOfficers(world.console.engine)

        def claim(account: Account, here: str = here, begin: Any = begin, outcome: Any = outcome,
                  officers: Any = officers) -> None:  # fmt: skip
            begin.wait()
            try:
                now = datetime.now(UTC)
                officers.claim(here, account.id, "Petugas", Reply("Ada petugas."), now)
                outcome.append(account.id)
            except Conflict:
                outcome.append(None)

        threads = [threading.Thread(target=claim, args=(who,)) for who in (ani, budi)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (winner,) = [item for item in outcome if item]
        handling = officers.handling(here)
        assert handling is not None
        assert handling.officer == winner
        assert world.said(here).count("Ada petugas.") == 1


def test_a_lease_that_ran_out_while_typing_keeps_the_text(world: World, ani: Account) -> None:
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        page = http.get(f"/percakapan/{here}").text
        serve(world).return_expired(datetime.now(UTC) + LEASE + timedelta(minutes=1))
        fields = {"csrf": csrf_of(page), "once": once_of(page), "text": "Tulisan panjang"}
        late = http.post(f"/percakapan/{here}/balas", data=fields)
        assert late.status_code == 409
        assert "Mungkin waktunya habis" in text_of(late)
        assert "Tulisan panjang</textarea>" in late.text
        taken = http.post(f"/percakapan/{here}/ambil", data=fields)
        assert taken.status_code == 200
        assert "Tulisan panjang</textarea>" in taken.text
        assert http.post(f"/percakapan/{here}/balas", data=fields).status_code == 303
    assert sum(text.startswith("Tulisan panjang") for text in world.said(here)) == 1


def test_a_form_sent_twice_is_one_message_and_one_note(world: World, ani: Account) -> None:
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        page = http.get(f"/percakapan/{here}").text
        fields = {"csrf": csrf_of(page), "once": once_of(page), "text": "Sekali saja"}
        for _ in range(2):
            assert http.post(f"/percakapan/{here}/balas", data=fields).status_code == 303
            assert http.post(f"/percakapan/{here}/catatan", data=fields).status_code == 303
        again = http.post(f"/percakapan/{here}/balas", data={**fields, "once": "?"})
        assert again.status_code == 422
        assert "Sekali saja</textarea>" in again.text
        words = text_of(http.get(f"/percakapan/{here}"))
    assert sum(text.startswith("Sekali saja") for text in world.said(here)) == 1
    assert words.count("Catatan Ani Lestari") == 1


def test_marks_and_html_typed_by_officers_are_text(world: World, ani: Account) -> None:
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        press(http, here, "balas", text="[b]tebal[/b] <script>x</script>")
        page = http.get(f"/percakapan/{here}").text
    said = world.said(here)[-1]
    assert "[b]" not in said
    assert said.replace("\u2060", "").startswith("[b]tebal[/b] <script>")
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize(
    ("text", "told"),
    [(" ", "Balasan kosong"), ("x" * 3501, "terlalu panjang"), ("Tiket {nomor_tiket}", "kurawal")],
)
def test_an_answer_that_cannot_be_sent_comes_back(
    world: World, ani: Account, text: str, told: str
) -> None:
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        answer = press(http, here, "balas", text=text)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert text.strip() in answer.text


def test_a_supervisor_takes_over_and_officers_pass_on_by_name(
    world: World, ani: Account, budi: Account
) -> None:
    here, chief = held(world, ani), world.console.account(Role.SUPERVISOR, name="Citra")
    with world.console.client(account=budi) as http:
        token = csrf_of(http.get(f"/percakapan/{here}").text)
        fields = {"csrf": token, "reason": "mau saja", "once": uuid.uuid4().hex}
        assert http.post(f"/percakapan/{here}/ambil-alih", data=fields).status_code == 403
        assert press(http, here, "serahkan", to=ani.id).status_code == 409
    with world.console.client(account=chief) as http:
        assert press(http, here, "ambil-alih", reason="").status_code == 422
        assert press(http, here, "ambil-alih", reason="Ani sakit").status_code == 303
        editor = world.console.account(Role.EDITOR)
        for unfit in (editor.id, str(uuid.uuid4()), "x"):
            assert press(http, here, "serahkan", to=unfit).status_code == 422
        assert press(http, here, "serahkan", to=budi.id, reason="lanjutkan").status_code == 303
        words = text_of(http.get(f"/percakapan/{here}"))
    assert "Citra mengambil alih percakapan" in words
    assert "Citra menyerahkan percakapan kepada Budi Santoso" in words
    handling = world.console.house.officers.handling(here)
    assert handling is not None
    assert handling.officer == budi.id
    assert "dilanjutkan oleh Petugas" in world.said(here)[-1]


def test_who_lets_go_leaves_the_citizen_in_the_queue(world: World, ani: Account) -> None:
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        assert press(http, here, "lepas").status_code == 303
        assert press(http, here, "lepas").status_code == 303
    waiting = {item.conversation_id: item for item in world.console.house.officers.waiting()}
    assert waiting[here].held_by is None
    assert "tetap di antrean" in world.said(here)[-1]


def test_what_only_has_to_be_looked_at_is_settled_without_a_word(
    world: World, ani: Account, budi: Account
) -> None:
    here = held(world, budi)
    sent = world.console.rows("select id::text from outbox where conversation_id = :id", id=here)
    world.outbox.failed(sent[0].id, "Undeliverable", "403", datetime.now(UTC))
    before = world.said(here)
    with world.console.client(account=ani) as http:
        fields = {"reason": "Nomornya sudah tidak dipakai"}
        assert press(http, here, "selesaikan", **fields).status_code == 409
        assert press(http, here, "selesaikan", reason=" ").status_code == 422
    with world.console.client(account=budi) as http:
        assert "pesan tidak terkirim" in text_of(http.get(f"/percakapan/{here}"))
        assert press(http, here, "selesaikan", **fields).status_code == 303
        words = text_of(http.get(f"/percakapan/{here}"))
    assert "Budi Santoso menyelesaikan tanpa membalas" in words
    assert "Dibuka untuk petugas karena: warga minta bicara dengan petugas." in words
    assert world.said(here) == before


def test_a_citizen_s_applications_are_shown_with_names_only_after_a_reason(
    world: World, ani: Account
) -> None:
    house = world.console.house
    here = world.waits(channel="whatsapp", phone=RETURNED.phone)
    application = replace(RETURNED, applicant_name="Siti <i>Rahma</i>")
    before = house.registry
    object.__setattr__(house, "registry", MemoryRegistry([application]))
    try:
        with world.console.client(account=ani) as http:
            press(http, here, "ambil")
            page = http.get(f"/percakapan/{here}").text
            shown = press(http, here, "buka-data", what="nama", reason="cocokkan_data").text
            canned = {item.title: item.id for item in house.canned.replies()}
            chosen = canned["Berkas dikembalikan untuk diperbaiki"]
            filled = http.get(f"/percakapan/{here}", params={"balasan": chosen}).text
    finally:
        object.__setattr__(house, "registry", before)
    assert application.number in page
    assert "Menunggu perbaikan pemohon" in page
    assert "Rahma" not in page
    assert "Siti &lt;i&gt;Rahma&lt;/i&gt;" in shown
    assert "percakapan.buka_nama" in world.recorded(here)
    assert f"Permohonan nomor {application.number} dikembalikan" in filled


def test_a_forwarded_conversation_is_let_go_and_a_unit_can_give_it_back(
    world: World, ani: Account
) -> None:
    units = world.console.house.units.all()
    desk, (first, second, *_) = (
        next(unit for unit in units if unit.desk),
        [unit for unit in units if unit.active and not unit.desk],
    )
    theirs = world.console.account(Role.OFFICER, unit=first.code)
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        assert f'value="{desk.code}"' not in http.get(f"/percakapan/{here}").text
        assert press(http, here, "teruskan", unit=desk.code, reason="x").status_code == 422
        assert press(http, here, "teruskan", unit=first.code, reason="Urusannya").status_code == 303
        assert first.name in text_of(http.get(f"/percakapan/{here}"))
    assert world.console.house.officers.handling(here) is None
    assert "dilanjutkan petugas lain" in world.said(here)[-1]
    with world.console.client(account=theirs) as http:
        assert press(http, here, "ambil").status_code == 303
        assert press(http, here, "teruskan", unit=first.code, reason="x").status_code == 422
        back = press(http, here, "teruskan", unit=desk.code, reason="Bukan di kami")
        assert back.headers["location"] == "/percakapan?pesan=forwarded"
        assert http.get(f"/percakapan/{here}").status_code == 404
    assert world.console.house.officers.handling(here) is None
    assert not world.console.house.desk.may_see(here, second.code)


def test_a_note_reaches_those_it_names_and_never_the_citizen(
    world: World, ani: Account, budi: Account
) -> None:
    here, before = world.waits(), None
    with world.console.client(account=ani) as http:
        before = world.said(here)
        text = (
            f"Tolong @{budi.login.upper()}, telepon 081234567890, cek <i>berkas</i> dengan @siapa"
        )
        assert press(http, here, "catatan", text=text).status_code == 303
        assert press(http, here, "catatan", text=" ").status_code == 422
        page = http.get(f"/percakapan/{here}").text
    assert "cek &lt;i&gt;berkas&lt;/i&gt;" in page
    assert world.said(here) == before
    (mention,) = world.console.house.room.mentions_of(budi.id)
    assert (mention.conversation_id, mention.author) == (here, ani.id)
    assert not world.console.house.room.mentions_of(ani.id)
    said = "Anda disebut dalam catatan Ani Lestari"
    with world.console.client(account=ani) as http:
        assert "Anda disebut" not in text_of(http.get("/percakapan"))
        page = http.get(f"/percakapan/{here}?selesai=catatan&antrean=saya")
        assert f'name="kembali" value="/percakapan/{here}?antrean=saya"' in page.text
    with world.console.client(account=budi) as http:
        inbox = text_of(http.get("/percakapan"))
        assert said in inbox
        assert "telepon [nomor telepon], cek" in inbox
        http.get(f"/percakapan/{here}")
        assert "Anda disebut" not in text_of(http.get("/percakapan"))


def test_a_message_for_later_is_kept_shown_and_cancelled(world: World, ani: Account) -> None:
    here = world.waits()
    zone = world.console.house.office.office().zone
    soon = (datetime.now(zone) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    with world.console.client(account=ani) as http:
        for when in ("2020-01-01T08:00", "besok", "2090-01-01T08:00", ""):
            wrong = press(http, here, "jadwalkan", text="Nanti ya", when=when)
            assert wrong.status_code == 422
            assert "Nanti ya</textarea>" in wrong.text
        assert press(http, here, "jadwalkan", text="Nanti ya", when=soon).status_code == 303
        (later,) = world.console.house.room.scheduled(here)
        assert later.due_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") == soon
        assert later.signed.startswith("Nanti ya\n\n— Petugas")
        assert "Nanti ya" in text_of(http.get(f"/percakapan/{here}"))
        assert press(http, here, "batal-jadwal", scheduled=later.id).status_code == 303
    assert not world.console.house.room.scheduled(here)


def test_a_failed_message_is_shown_in_words_and_sent_again_once(world: World, ani: Account) -> None:
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        press(http, here, "balas", text="Halo")
        sent = world.console.rows(
            "select id::text from outbox where conversation_id = :id order by seq desc limit 1",
            id=here,
        )[0].id
        world.outbox.failed(sent, "Undeliverable", "403", datetime.now(UTC))
        page = http.get(f"/percakapan/{here}")
        assert "mungkin memblokir" in text_of(page)
        assert "Kirim ulang" in text_of(page)
        fields = {"csrf": csrf_of(page.text), "once": once_of(page.text), "message": sent}
        for _ in range(2):
            assert http.post(f"/percakapan/{here}/kirim-ulang", data=fields).status_code == 303
    jobs = world.console.rows(
        "select id from procrastinate_jobs where args->>'message_id' = :id", id=sent
    )
    assert len(jobs) == 2
    assert world.recorded(here).count("percakapan.kirim_ulang") == 1
    assert world.outbox.message(sent).state == "waiting"


def test_outside_whatsapp_s_window_only_templates_are_offered(world: World, ani: Account) -> None:
    here = world.of_whatsapp(hours_ago=30)
    templates = world.console.house.settings.whatsapp_templates
    with world.console.client(account=ani) as http:
        assert press(http, here, "ambil").status_code == 303
        assert world.said(here) == ["Baik, saya [b]catat[/b]."], "nothing that would only fail"
        words = text_of(http.get(f"/percakapan/{here}"))
        assert "Belum ada templat WhatsApp" in words
        closed = press(http, here, "balas", text="Halo")
        assert closed.status_code == 422
        assert "Halo</textarea>" in closed.text
        assert press(http, here, "templat", template="officer").status_code == 422
        templates[NoticeKind.OFFICER] = Template("hubungi_lagi")  # type: ignore[index]
        try:
            assert "Minta warga menulis lagi." in text_of(http.get(f"/percakapan/{here}"))
            page = http.get(f"/percakapan/{here}").text
            fields = {"csrf": csrf_of(page), "once": once_of(page), "template": "officer"}
            for _ in range(2):
                assert http.post(f"/percakapan/{here}/templat", data=fields).status_code == 303
        finally:
            templates.clear()  # type: ignore[attr-defined]
    (notice,) = world.console.rows(
        "select kind, state from notices where conversation_id = :id", id=here
    )
    assert (notice.kind, notice.state) == ("officer", "sent")
    assert len(world.said(here)) == 2


def test_an_open_window_is_told_with_its_end(world: World, ani: Account) -> None:
    here = held(world, ani, hours_ago=20)
    with world.console.client(account=ani) as http:
        words = text_of(http.get(f"/percakapan/{here}"))
    assert "Warga bisa dibalas bebas di WhatsApp sampai" in words
    assert "Kirim ke warga" in words


def test_a_phone_is_shown_once_with_a_reason_that_is_kept(world: World, ani: Account) -> None:
    here = world.of_whatsapp()
    phone = world.console.house.room.head(here).verified_phone
    assert phone is not None
    with world.console.client(account=ani) as http:
        for fields in ({"what": "nomor"}, {"what": "nik", "reason": "tindak_lanjut"}):
            assert press(http, here, "buka-data", **fields).status_code == 422
        shown = press(http, here, "buka-data", what="nomor", reason="hubungi_warga")
        assert phone in shown.text
        assert phone not in http.get(f"/percakapan/{here}").text
    (entry,) = world.console.rows(
        "select details from audit_log where subject = :id and action = 'percakapan.buka_nomor'",
        id=here,
    )
    assert entry.details == {"alasan": "hubungi_warga"}


def test_a_registry_that_does_not_answer_is_told(world: World, ani: Account) -> None:
    here, house, broken = world.of_whatsapp(), world.console.house, MemoryRegistry()
    broken.down, before = True, house.registry
    object.__setattr__(house, "registry", broken)
    try:
        with world.console.client(account=ani) as http:
            words = text_of(http.get(f"/percakapan/{here}"))
    finally:
        object.__setattr__(house, "registry", before)
    assert "Basis data perizinan sedang tidak menjawab" in words


def test_a_long_history_is_read_backwards(world: World, ani: Account) -> None:
    chat = f"chat-{uuid.uuid4().hex}"
    here = world.waits("pesan pertama", chat=chat, at=datetime.now(UTC) - timedelta(days=2))
    for number in range(60):
        world.hears(f"lanjutan {number}", chat=chat)
    with world.console.client(account=ani) as http:
        page = http.get(f"/percakapan/{here}").text
        assert "pesan pertama" not in page
        link = page.split('class="earlier"><a', 1)[1].split('href="', 1)[1].split('"', 1)[0]
        assert "pesan pertama" in http.get(link.replace("&amp;", "&")).text
        assert http.get(f"/percakapan/{here}?sebelum=kemarin").status_code == 422


def test_live_parts_hold_no_more_than_themselves(world: World, ani: Account) -> None:
    here = held(world, ani)
    with world.console.client(account=ani) as http:
        history = http.get(f"/percakapan/{here}/riwayat")
        state = http.get(f"/percakapan/{here}/keadaan")
    assert "tolong sambungkan" in history.text
    assert "Anda memegang percakapan ini" in state.text
    assert "<html" not in history.text + state.text
    assert world.recorded(here) == ["percakapan.baca"]
