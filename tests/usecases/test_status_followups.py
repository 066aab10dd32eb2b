"""Several applications of one citizen, and questions on the one that was just shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from izin.applications import Application, StageVisit, Status
from izin.replies import Reply
from izin.usecases.check_status import REMEMBERED, SUPPOSED, CheckStatus
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.open_tasks import TASKS, OpenTasks
from tests.usecases.long_dialogues import (
    NIK_LAST4,
    NOW,
    NUMBER,
    PHONE,
    World,
    application,
    issued,
    missing,
    normaliser,
    readable,
    said,
    tapped,
    turn,
)

SLF = "503/0131/SLF/2026"
LATER = NOW + timedelta(minutes=1)


def standard(text: str) -> str:
    return normaliser().normalise(text).text


class Office(World):
    """The world with a status dialogue that understands regional words."""

    @property
    def check(self) -> CheckStatus:
        return replace(self.status, normalise=standard)


def mine(text: str, intent: str = "cek_status", **changes: Any) -> TurnInput:
    return turn(text, intent, **{"phone": PHONE, **changes})


def returned(**changes: Any) -> Application:
    since = NOW - timedelta(days=6)
    history = (
        *application().history[:0],
        StageVisit(Status.TECHNICAL, "Kajian teknis", "DPU", NOW - timedelta(days=10), since),
        StageVisit(Status.RETURNED, "Perbaikan", "Pemohon", since),
    )
    values = {"status": Status.RETURNED, "stage": "Perbaikan", "unit": "Pemohon"}
    return application(**{**values, "history": history, "missing": missing(), **changes})


def several() -> Office:
    days = [timedelta(days=number) for number in range(30)]
    return Office(
        [
            application(submitted_at=NOW - days[20]),
            returned(number=SLF, permit_code="SLF", submitted_at=NOW - days[15]),
            application(
                number="503/0184/LINGKUNGAN/2026", permit_code="LINGKUNGAN",
                status=Status.REJECTED, stage="Ditolak", submitted_at=NOW - days[5],
                history=(StageVisit(Status.REJECTED, "Ditolak", "DPMPTSP", NOW - days[4]),),
            ),
        ]
    )  # fmt: skip


def many(count: int) -> Office:
    return Office(
        application(number=f"503/{number:04d}/PBG/2026", submitted_at=NOW - timedelta(days=number))
        for number in range(1, count + 1)
    )


def asked(world: Office, text: str, intent: str = "nlu_fallback", **changes: Any) -> Reply | None:
    answer = world.check.aside(turn(text, intent, **{"now": LATER, **changes}))
    if answer is None:
        return None
    [reply] = answer.replies
    assert readable(reply), reply.text
    return reply


def shown_by_digits(world: Office) -> None:
    named = turn(NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER})
    world.check.start(named)
    assert "Status permohonan" in said(world.check.step(turn(NIK_LAST4))).text


# Several applications


def numbers(result: StepResult) -> list[str]:
    return [choice.title for choice in said(result).choices]


def test_open_applications_come_first_each_with_its_place() -> None:
    listed = said(several().check.start(mine("permohonan saya")))
    assert f"1. {SLF}" in listed.text
    assert f"2. {NUMBER}" in listed.text
    assert "3. 503/0184/LINGKUNGAN/2026" in listed.text
    assert listed.choices[-1].title == "Semuanya"


@pytest.mark.parametrize(
    ("text", "intent", "entities", "number"),
    [
        ("yang kedua", "koreksi", {}, NUMBER),
        ("nomer 2", "di_luar_topik", {}, NUMBER),
        ("2", "beri_penilaian", {"nilai": 2}, NUMBER),
        ("sing nomer loro", "nlu_fallback", {}, NUMBER),
        ("yang ke-3", "nlu_fallback", {}, "503/0184/LINGKUNGAN/2026"),
        ("yang PBG", "koreksi", {"izin": "PBG"}, NUMBER),
        ("yg slf aja min", "tanya_syarat", {"izin": "SLF"}, SLF),
        ("yang ditolak", "tanya_faq", {}, "503/0184/LINGKUNGAN/2026"),
        ("yang dikembalikan itu", "nlu_fallback", {}, SLF),
        ("yang 0184", "nlu_fallback", {}, "503/0184/LINGKUNGAN/2026"),
        ("yg terbaru aja", "tanya_syarat", {}, "503/0184/LINGKUNGAN/2026"),
        ("yang terakhir", "nlu_fallback", {}, "503/0184/LINGKUNGAN/2026"),
    ],
)
def test_one_is_chosen_in_many_ways(
    text: str, intent: str, entities: dict[str, Any], number: str
) -> None:
    world = several()
    world.check.start(mine("permohonan saya"))
    chosen = world.check.step(mine(text, intent, entities=entities))
    assert chosen.outcome == "finished"
    assert f"Status permohonan {number}" in said(chosen).text


@pytest.mark.parametrize("text", ["semuanya", "kabeh wae", "sadayana", "tiga-tiganya"])
def test_all_are_told_in_short(text: str) -> None:
    world = several()
    world.check.start(mine("permohonan saya"))
    reply = said(world.check.step(mine(text, "menu_bantuan")))
    assert "Ringkasan 3 permohonan Anda" in reply.text
    assert "Kurang 2: Gambar denah; KTP." in reply.text
    assert "Ditolak dengan alasan" in reply.text
    assert readable(reply)


def test_a_permit_named_at_once_opens_its_application_and_the_next_is_one_word_away() -> None:
    world = several()
    one = said(world.check.start(mine("pbg saya gimana", entities={"izin": "PBG"})))
    assert f"Status permohonan {NUMBER}" in one.text
    other = asked(world, "kalau yang slf?", "tanya_faq", phone=PHONE, entities={"izin": "SLF"})
    assert other is not None
    assert f"Status permohonan {SLF}" in other.text


def test_a_permit_that_one_has_not_applied_for_is_said_so() -> None:
    reply = said(several().check.start(mine("status apotek", entities={"izin": "APOTEK"})))
    assert "Tidak ada permohonan" in reply.text
    assert f"1. {SLF}" in reply.text


def test_nine_are_listed_at_once_and_more_in_pages_without_losing_one() -> None:
    nine = said(many(9).check.start(mine("permohonan saya")))
    assert len(nine.choices) == 10
    assert "9. 503/0009/PBG/2026" in nine.text

    world = many(20)
    page = world.check.start(mine("permohonan saya"))
    seen = [title for title in numbers(page) if title.startswith("503")]
    assert "Masih ada 12 lagi" in said(page).text
    page = world.check.step(mine("lainnya", "menu_bantuan"))
    assert "9. 503/0009/PBG/2026" in said(page).text
    seen += [title for title in numbers(page) if title.startswith("503")]
    page = world.check.step(
        replace(tapped(page, "Lainnya (4 lagi)"), metadata=mine("").metadata | {"kind": "choice"})
    )
    seen += [title for title in numbers(page) if title.startswith("503")]
    assert seen == [f"503/{number:04d}/PBG/2026" for number in range(1, 21)]
    assert "lagi" not in said(page).text
    chosen = said(world.check.step(mine("nomor 20")))
    assert "Status permohonan 503/0020/PBG/2026" in chosen.text


def test_all_of_many_are_told_in_pages_too() -> None:
    world = many(12)
    world.check.start(mine("permohonan saya"))
    page = world.check.step(mine("semua"))
    assert "Permohonan 1 sampai 8 dari 12" in said(page).text
    rest = tapped(page, "Lainnya (4 lagi)")
    more = said(
        world.check.start(replace(rest, metadata={**rest.metadata, "verified_phone": PHONE}))
    )
    assert "Permohonan 9 sampai 12 dari 12" in more.text


def test_what_names_no_application_of_the_list_is_asked_again_or_left() -> None:
    world = several()
    world.check.start(mine("permohonan saya"))
    assert "Sebutkan nomor urutnya" in said(world.check.step(mine("hmm", "nlu_fallback"))).text
    other = world.check.step(mine("berapa biaya slf?", "tanya_biaya", entities={}))
    assert other.outcome == "interrupted"


def test_two_numbers_are_both_told_to_their_own_phone() -> None:
    both = mine(f"{NUMBER} sama {SLF}")
    two = replace(
        both,
        entities=(
            *turn(entities={"nomor_permohonan": NUMBER}).entities,
            *turn(entities={"nomor_permohonan": SLF}).entities,
        ),
    )
    reply = said(several().check.start(two))
    assert NUMBER in reply.text
    assert SLF in reply.text


def test_two_numbers_of_others_are_proven_one_after_the_other() -> None:
    world = several()
    two = replace(
        turn(f"{NUMBER} dan {SLF}", "cek_status"),
        entities=(
            *turn(entities={"nomor_permohonan": NUMBER}).entities,
            *turn(entities={"nomor_permohonan": SLF}).entities,
        ),
    )
    assert NUMBER in said(world.check.start(two)).text
    first = said(world.check.step(turn(NIK_LAST4)))
    assert f"Status permohonan {NUMBER}" in first.text
    assert SLF in first.text
    assert f"Status permohonan {SLF}" in said(world.check.step(turn(NIK_LAST4))).text


# Questions on the application that was shown


@pytest.mark.parametrize(
    ("text", "intent", "facts"),
    [
        ("kurangnya apa aja?", "menu_bantuan", ["1. Gambar denah", "2. KTP"]),
        ("kurang opo wae to", "menu_bantuan", ["1. Gambar denah"]),
        ("kirang naon wae kang", "sapa", ["1. Gambar denah"]),
        ("kapan jadinya?", "cek_status", ["Bila kekurangannya dilengkapi hari ini"]),
        ("iraha beresna", "tanya_lama_proses", ["Bila kekurangannya dilengkapi"]),
        ("siapa yg pegang", "bot_identitas", ["dipegang [b]Pemohon[/b] sejak 17 November 2026"]),
        ("sopo sing nyekel berkase", "tanya_prosedur", ["dipegang [b]Pemohon[/b]"]),
        ("kok lama?", "cek_status", ["sedang berhenti sejak 17 November", "2 dari 28 hari kerja"]),
        ("napa lawas banget", "di_luar_topik", ["perbaikan berkas dari pemohon"]),
        ("terus saya harus ngapain", "menu_bantuan", ["lengkapi semua kekurangan"]),
        ("berapa yg harus dibayar", "tanya_biaya", ["Tidak ada tagihan"]),
        ("kurangnya apa, trs kapan jadinya", "cek_status", ["Gambar denah", "Waktu terpakai"]),
    ],
)
def test_a_question_after_a_status_is_answered_from_the_same_application(
    text: str, intent: str, facts: list[str]
) -> None:
    world = Office([returned()])
    shown_by_digits(world)
    reply = asked(world, text, intent)
    assert reply is not None
    assert f"Permohonan {NUMBER}" in reply.text
    for fact in facts:
        assert fact in reply.text
    assert "buram" not in reply.text, "remarks need the applicant's phone"


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("syarat slf apa aja", "tanya_syarat", {"izin": "SLF"}),
        ("kapan kantor buka", "tanya_kontak_jam_lokasi", {}),
        ("makasih ya", "terima_kasih", {}),
        ("mau bicara sama petugas", "minta_petugas", {}),
        ("saya mau lapor, lama sekali", "lapor_pengaduan", {}),
        ("kurang paham maksudnya", "nlu_fallback", {}),
        ("halo", "sapa", {}),
        ("kapan slf bisa jadi?", "cek_status", {"izin": "SLF"}),
    ],
)
def test_other_messages_after_a_status_are_left_to_their_own_answer(
    text: str, intent: str, entities: dict[str, Any]
) -> None:
    world = Office([returned()])
    shown_by_digits(world)
    assert asked(world, text, intent, entities=entities) is None


def test_a_question_that_opens_the_dialogue_needs_no_number_either() -> None:
    world = Office([returned()])
    shown_by_digits(world)
    again = world.check.start(turn("kira2 kapan kelar ya", "cek_status", now=LATER))
    assert again.outcome == "finished"
    assert "Bila kekurangannya dilengkapi hari ini" in said(again).text
    whole = world.check.start(turn("sampai mana sekarang", "cek_status", now=LATER))
    assert f"Status permohonan {NUMBER}" in said(whole).text


def test_another_number_may_be_asked_for_in_words_or_by_the_button() -> None:
    world = Office([returned()])
    shown_by_digits(world)
    words = world.check.start(turn("cek nomor lain dong", "cek_status", now=LATER))
    assert "nomor permohonannya" in said(words).text
    shown = world.check.start(mine(NUMBER, entities={"nomor_permohonan": NUMBER}))
    button = replace(tapped(shown, "Cek nomor lain"), now=LATER)
    assert "nomor permohonannya" in said(world.check.start(button)).text


def test_nothing_is_supposed_for_ever() -> None:
    world = Office([returned()])
    shown_by_digits(world)
    late = NOW + SUPPOSED + timedelta(seconds=1)
    assert asked(world, "kurangnya apa", "menu_bantuan", now=late) is None
    assert asked(world, "kurangnya apa", "menu_bantuan", now=NOW + SUPPOSED) is not None
    world = Office([returned()])
    shown_by_digits(world)
    forgotten = NOW + REMEMBERED + timedelta(seconds=1)
    begun = world.check.start(turn("kapan jadinya", "cek_status", now=forgotten))
    assert "nomor permohonannya" in said(begun).text


def test_a_lock_ends_the_questions_too() -> None:
    world = Office([returned()])
    shown_by_digits(world)
    for number in range(5):
        world.ledger.record_failure(NUMBER, "thief", f"t{number}", NOW)
    reply = asked(world, "kurangnya apa", "menu_bantuan")
    assert reply is not None
    assert "dikunci" in reply.text
    assert "denah" not in reply.text


def test_what_the_phone_opened_needs_the_phone_again() -> None:
    world = Office([returned()])
    world.check.start(mine("status saya"))
    reply = asked(world, "kurangnya apa", "menu_bantuan")
    assert reply is not None
    assert "denah" not in reply.text
    assert "4 angka terakhir" in reply.text


def test_in_a_group_nothing_is_answered_from_it() -> None:
    world = Office([returned()])
    shown_by_digits(world)
    assert asked(world, "kurangnya apa", "menu_bantuan", metadata={"group": True}) is None


def test_a_registry_that_goes_down_is_said_so() -> None:
    world = Office([returned()])
    shown_by_digits(world)
    world.registry.down = True
    reply = asked(world, "kurangnya apa", "menu_bantuan")
    assert reply is not None
    assert "tidak bisa dihubungi" in reply.text


def test_the_same_question_run_twice_says_the_same() -> None:
    world = Office([returned()])
    shown_by_digits(world)
    one = turn("kurangnya apa", "menu_bantuan", now=LATER)
    assert world.check.aside(one) == world.check.aside(one)


def test_a_yes_after_an_overdue_status_offers_the_filled_complaint() -> None:
    world = Office([application(sla_working_days=3)])
    shown_by_digits(world)
    reply = asked(world, "iya adukan aja", "setuju")
    assert reply is not None
    [choice] = reply.choices
    assert choice.intent == "lapor_pengaduan"
    assert choice.entities == {"kategori": "KETERLAMBATAN", "nomor_permohonan": NUMBER}
    begun = world.complaint.start(
        turn(intent="lapor_pengaduan", entities=choice.entities, metadata={"kind": "choice"})
    )
    assert begun.outcome == "consumed"
    on_time = Office([application(sla_working_days=28)])
    shown_by_digits(on_time)
    assert asked(on_time, "iya", "setuju") is None


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("phone", [PHONE, None])
def test_every_question_reads_well_in_every_status(status: Status, phone: str | None) -> None:
    questions = ("kurangnya apa", "kapan jadi", "siapa yang pegang", "kok lama", "tagihannya",
                 "nomor izinnya berapa", "alasannya apa", "saya harus apa")  # fmt: skip
    world = Office([application(status=status, missing=missing())])
    if phone:
        world.check.start(mine("status saya"))
    else:
        shown_by_digits(world)
    for text in questions:
        reply = asked(world, text, **({"phone": phone} if phone else {}))
        assert reply is not None, text
        assert reply.choices


# Help on the way


@pytest.mark.parametrize("text", ["nomornya lupa", "gak punya nomornya", "ilang tanda terimanya"])
def test_who_does_not_know_the_number_is_helped(text: str) -> None:
    world = Office([application()])
    world.check.start(turn("cek status", "cek_status", metadata={"channel": "whatsapp"}))
    reply = said(world.check.step(turn(text, "tolak", metadata={"channel": "whatsapp"})))
    assert "tanda terima" in reply.text
    assert any(choice.intent == "minta_petugas" for choice in reply.choices)


def test_who_does_not_know_the_digits_is_helped() -> None:
    world = Office([application()])
    world.check.start(turn(NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER}))
    reply = said(world.check.step(turn("NIK nya ga hapal", "privasi")))
    assert "nomor telepon yang didaftarkan" in reply.text


@pytest.mark.parametrize("text", ["gajadi", "btl aja deh", "ora sido", "teu jadi ah", "Batalin"])
def test_it_is_cancelled_in_any_spelling(text: str) -> None:
    world = Office([application()])
    world.check.start(turn("cek status", "cek_status"))
    ended = world.check.step(turn(text, "nlu_fallback"))
    assert ended.outcome == "finished"
    assert "dibatalkan" in said(ended).text


def test_a_photo_or_a_sticker_is_no_number_and_no_proof() -> None:
    world = Office([application()])
    world.check.start(turn("cek status", "cek_status"))
    assert "ketik nomor permohonannya" in said(world.check.step(turn(intent="kirim_lain"))).text
    world.check.step(turn(NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER}))
    reply = said(world.check.step(turn(intent="kirim_berkas", metadata={"media_ids": ["m1"]})))
    assert "jangan kirim foto KTP" in reply.text


@pytest.mark.parametrize("text", ["0 4 1 7", "0.4.1.7", "angkanya 0417 ya kak"])
def test_the_digits_may_be_written_as_they_are_spoken(text: str) -> None:
    world = Office([application()])
    world.check.start(turn(NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER}))
    assert "Kajian teknis" in said(world.check.step(turn(text))).text


def test_the_digits_may_come_a_day_later_although_the_form_is_closed() -> None:
    world = Office([application()])
    world.check.start(turn(NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER}))
    tomorrow = NOW + timedelta(days=1)
    wrong = world.check.aside(turn("1111", "di_luar_topik", now=tomorrow))
    assert wrong is not None
    assert wrong.opens == "status"
    assert "tidak menemukan" in wrong.replies[0].text
    right = world.check.aside(turn(NIK_LAST4, "di_luar_topik", now=tomorrow))
    assert right is not None
    assert right.opens is None
    assert "Kajian teknis" in right.replies[0].text


def test_a_late_proof_leaves_no_open_task_to_be_offered() -> None:
    world = Office([application()])
    asking = turn(NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER})
    world.check.start(asking)
    tasks = OpenTasks(world.drafts, TASKS.values())
    tasks.opened(asking, "status")
    late = turn(NIK_LAST4, "di_luar_topik", now=NOW + timedelta(hours=6))
    assert world.check.aside(late) is not None
    assert tasks.open_kinds(late) == []


@pytest.mark.parametrize(
    ("text", "days", "form"),
    [
        ("0417", 4, None),
        ("luasnya 0417 meter", 1, None),
        ("0417", 1, "form_biaya"),
        ("halo", 1, None),
    ],
)
def test_other_figures_are_no_late_proof(text: str, days: int, form: str | None) -> None:
    world = Office([application()])
    world.check.start(turn(NUMBER, "cek_status", entities={"nomor_permohonan": NUMBER}))
    late = turn(text, "di_luar_topik", now=NOW + timedelta(days=days), open_form=form)
    assert world.check.aside(late) is None


@pytest.mark.parametrize(
    "text",
    [
        f"{SLF} nik 0417",
        f"no {SLF}, 4 angka nik {NIK_LAST4} pak",
        f"nik belakangnya {NIK_LAST4} nomornya {SLF}",
    ],
)
def test_digits_that_come_with_the_number_are_not_asked_for_again(text: str) -> None:
    world = Office([returned(number=SLF)])
    shown = world.check.start(turn(text, "cek_status", entities={"nomor_permohonan": SLF}))
    assert "Yang masih kurang" in said(shown).text


def test_the_figures_of_a_number_are_no_digits_of_a_nik() -> None:
    world = Office([returned(number=SLF, nik_last4="0131")])
    text = f"nik lupa, nomornya {SLF}"
    asked_for = world.check.start(turn(text, "cek_status", entities={"nomor_permohonan": SLF}))
    assert "4 angka terakhir NIK" in said(asked_for).text


@pytest.mark.parametrize("text", ["udah saya bayar kemarin padahal", "kan wis tak bayar"])
def test_a_payment_that_is_not_recorded_is_said_so(text: str) -> None:
    due = application(status=Status.PAYMENT, unit="Pemohon", amount_due_rupiah=750_000)
    world = Office([due])
    world.check.start(mine("status saya"))
    answer = asked(world, text, phone=PHONE)
    assert answer is not None
    assert "belum mencatat pembayarannya" in answer.text


def test_stopping_a_notice_chooses_no_application() -> None:
    world = several()
    world.check.start(mine("status saya"))
    assert asked(world, "stop yg slf", "batal", phone=PHONE) is None


@pytest.mark.parametrize("intent", ["koreksi", "nlu_fallback", "di_luar_topik"])
def test_a_bare_number_is_a_status_whatever_it_was_taken_for(intent: str) -> None:
    world = Office([application()])
    entities = {"nomor_permohonan": NUMBER}
    answer = world.check.aside(turn(f"salah, maksudnya {NUMBER}", intent, entities=entities))
    assert answer is not None
    assert answer.opens == "status"
    assert "4 angka terakhir NIK" in answer.replies[0].text


def test_one_s_own_named_permit_is_told_when_nothing_was_understood() -> None:
    world = Office([returned(number=SLF, permit_code="SLF")])
    asks = {"entities": {"izin": "SLF"}, "phone": PHONE}
    answer = world.check.aside(turn("slf saya kenapa dibalikin", "nlu_fallback", **asks))
    assert answer is not None
    assert f"Status permohonan {SLF}" in answer.replies[0].text
    assert world.check.aside(turn("slf kenapa dicabut", "nlu_fallback", **asks)) is None


def test_a_revoked_permit_is_never_called_valid() -> None:
    world = Office(
        [replace(issued(valid_until=NOW.date() + timedelta(days=900)), status=Status.REVOKED)]
    )
    text = said(world.check.start(mine("status saya"))).text
    assert "dicabut" in text
    assert "Berlaku sampai" not in text


def test_who_cancels_is_offered_what_else_there_is() -> None:
    world = Office([])
    world.check.start(turn("cek status", "cek_status"))
    assert said(world.check.step(turn("batal", "batal"))).choices
