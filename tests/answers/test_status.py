"""A status in words, in as much detail as the proof allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from izin.answers.status import StatusView, status_reply
from izin.applications import Application, IssuedPermit, StageVisit, Status
from izin.office import Calendar, Holiday
from izin.pace import Pace, StagePace, UsualTime
from izin.replies import Reply
from tests.usecases.long_dialogues import (
    NOW,
    NUMBER,
    WORDING,
    application,
    catalogue,
    issued,
    missing,
    office_book,
    readable,
)

CALENDAR = office_book().calendar()


def tell(item: Application, *, full: bool = True, **changes: Any) -> Reply:
    book = catalogue()
    view = StatusView(
        application=item,
        permit=changes.pop("permit", book.permit(item.permit_code)),
        status_label=book.status_labels()[item.status],
        full=full,
        now=changes.pop("now", NOW),
        zone=office_book().office().zone,
        pace=changes.pop("pace", Pace()),
        objection=office_book().office().details["objection"],
    )
    reply = status_reply(view, changes.pop("calendar", CALENDAR), WORDING)
    assert readable(reply), reply.text
    return reply


def intents(reply: Reply) -> list[str]:
    return [choice.intent for choice in reply.choices]


def test_a_running_application_tells_stage_unit_days_and_expected_date() -> None:
    text = tell(application(sla_working_days=28)).text
    assert f"[b]Status permohonan {NUMBER}[/b]" in text
    assert "Tahap sekarang: [b]Kajian teknis[/b]" in text
    assert "Berkas ada di: Dinas PUPR" in text
    assert "Waktu terpakai: 6 dari 28 hari kerja." in text
    assert "paling lambat [b]Rabu, 23 Desember 2026[/b]." in text
    assert "Sumber: data permohonan kantor, perubahan terakhir 13 November 2026" in text


def test_everything_missing_is_told_at_once_with_its_notes() -> None:
    returned = application(status=Status.RETURNED, missing=missing())
    text = tell(returned).text
    assert "Yang masih kurang (2)" in text
    assert "1. Gambar denah" in text
    assert "2. KTP (buram, foto ulang)" in text
    assert "berhenti selama menunggu perbaikan" in text
    assert "Bila kekurangannya dilengkapi hari ini" in text


def test_a_pause_tells_why_since_when_and_how_many_days_did_not_count() -> None:
    day = timedelta(days=1)
    history = (
        StageVisit(Status.RECEIVED, "Cek", "Loket", NOW - 21 * day, NOW - 20 * day),
        StageVisit(Status.TECHNICAL, "Kajian", "DPU", NOW - 20 * day, NOW - 17 * day),
        StageVisit(Status.PAYMENT, "Bayar", "Pemohon", NOW - 17 * day, NOW - 14 * day),
        StageVisit(Status.TECHNICAL, "Kajian", "DPU", NOW - 14 * day, NOW - 10 * day),
        StageVisit(Status.RETURNED, "Perbaikan", "Pemohon", NOW - 10 * day),
    )
    returned = application(status=Status.RETURNED, unit="Pemohon", history=history)
    text = tell(returned).text
    assert "sedang berhenti sejak 13 November 2026 selama menunggu perbaikan" in text
    assert "6 hari kerja tidak dihitung" in text
    assert "1 hari kerja menunggu pembayaran dari pemohon (6 November 2026 sampai" in text
    assert "Sekarang giliran pemohon" in text


def test_a_file_that_waits_for_the_completeness_check_is_not_told_to_lack_anything() -> None:
    received = application(
        status=Status.RECEIVED, history=(StageVisit(Status.RECEIVED, "a", "b", NOW),)
    )
    text = tell(received).text
    assert "belum mulai" in text
    assert "kekurangan" not in text
    assert "Bila berkas dinyatakan lengkap hari ini" in text


def test_a_file_that_waits_for_payment_tells_the_date_after_payment() -> None:
    paying = application(status=Status.PAYMENT, amount_due_rupiah=445_500)
    text = tell(paying).text
    assert "[b]Rp445.500[/b]" in text
    assert "kanal resmi" in text
    assert "Bila dibayar hari ini" in text
    assert "kekurangan" not in text


def test_a_payment_whose_amount_is_unknown_names_none() -> None:
    text = tell(application(status=Status.PAYMENT)).text
    assert "Menunggu pembayaran" in text
    assert "Rp" not in text


def test_a_payment_of_nothing_is_told_as_rp0() -> None:
    assert "Rp0" in tell(application(status=Status.PAYMENT, amount_due_rupiah=0)).text


def test_four_digits_tell_no_amount_note_date_permit_or_name() -> None:
    item = application(
        status=Status.PAYMENT, amount_due_rupiah=445_500, missing=missing(), note="rahasia"
    )
    text = tell(item, full=False).text
    for hidden in ("445.500", "rahasia", "Diajukan", "Izin:", "buram", "Contoh Pemohon"):
        assert hidden not in text
    assert "Rincian lain hanya tampil" in text


def test_an_issued_permit_is_told_whole_to_its_phone_only() -> None:
    item = issued(valid_until=NOW.date() + timedelta(days=400))
    assert "PBG-1" in tell(item).text
    assert "Berlaku sampai" in tell(item).text
    assert "PBG-1" not in tell(item, full=False).text


@pytest.mark.parametrize(
    ("days", "said", "unsaid"),
    [
        (91, "Berlaku sampai", "tinggal"),
        (90, "tinggal 90 hari", "habis"),
        (0, "tinggal 0 hari", "habis"),
        (-1, "sudah habis", "tinggal"),
    ],
)
def test_the_end_of_validity_is_warned_of_in_time(days: int, said: str, unsaid: str) -> None:
    text = tell(issued(valid_until=NOW.date() + timedelta(days=days))).text
    assert said in text
    assert unsaid not in text


def test_a_permit_without_an_end_names_none() -> None:
    assert "Berlaku" not in tell(issued()).text
    assert "tanya_perpanjangan" in intents(tell(issued()))


def test_an_overdue_application_says_sorry_and_offers_a_complaint() -> None:
    late = application(sla_working_days=3)
    reply = tell(late)
    assert "lewat 3 hari kerja" in reply.text
    assert "Rabu, 18 November 2026" in reply.text
    assert "mohon maaf" in reply.text
    assert "Perkiraan selesai" not in reply.text
    choice = reply.choices[0]
    assert choice.intent == "lapor_pengaduan"
    assert choice.entities["nomor_permohonan"] == NUMBER
    assert choice.entities["kategori"] == "KETERLAMBATAN"


def test_a_rejection_offers_the_objection() -> None:
    reply = tell(application(status=Status.REJECTED))
    assert "ditolak" in reply.text
    assert reply.choices[0].entities["kategori"] == "PENOLAKAN"
    assert "Berkas ada di" not in reply.text


def test_the_objection_has_a_last_day_and_its_law() -> None:
    decided = NOW - timedelta(days=3)
    history = (StageVisit(Status.REJECTED, "Ditolak", "DPMPTSP", decided),)
    text = tell(application(status=Status.REJECTED, history=history, note="Zona hijau")).text
    assert "Alasan yang tercatat: Zona hijau" in text
    assert "paling lambat [b]Senin, 21 Desember 2026[/b] (21 hari kerja sejak keputusan" in text
    assert "UU 30/2014 Ps. 77" in text
    late = tell(application(status=Status.REJECTED, history=history), now=NOW + timedelta(60)).text
    assert "sudah lewat pada Senin, 21 Desember 2026" in late


def test_the_reason_of_a_rejection_needs_the_applicants_phone() -> None:
    rejected = application(status=Status.REJECTED, note="Zona hijau")
    text = tell(rejected, full=False).text
    assert "Zona hijau" not in text
    assert "keberatan tertulis" in text
    unknown = tell(application(status=Status.REJECTED, note=None)).text
    assert "Alasannya belum ada di data kami" in unknown


def test_an_issued_permit_tells_what_comes_next() -> None:
    text = tell(issued()).text
    assert "Dokumennya dapat diambil di tempat mengajukannya: SIMBG" in text
    assert "Masa berlaku izin ini: Selama bangunan sesuai persetujuan." in text


def lately(typical: int, most: int) -> Pace:
    usual = UsualTime(typical, most, 24, date(2025, 12, 3), date(2026, 11, 18))
    rest = replace(usual, typical=typical + 4, most=most + 6)
    return Pace(usual, {"kajian teknis": StagePace(usual, rest)})


def test_what_is_usual_for_the_stage_gives_a_second_date() -> None:
    text = tell(application(sla_working_days=28), pace=lately(9, 12)).text
    assert "Tahap ini biasanya 9 hari kerja; 8 dari 10 selesai dalam 12 hari kerja" in text
    assert "24 permohonan yang diputus 3 Desember 2025 sampai 18 November 2026" in text
    assert "seperti biasanya, selesai sekitar [b]Rabu, 2 Desember 2026[/b]" in text
    assert "paling lambat [b]Rabu, 23 Desember 2026[/b]" in text


def test_a_pace_slower_than_the_standard_is_said_honestly() -> None:
    text = tell(application(sla_working_days=8), pace=lately(20, 26)).text
    assert "lebih lama dari standar" in text


def test_a_stage_that_lasts_longer_than_usual_is_called_so_without_a_date() -> None:
    text = tell(application(sla_working_days=28), pace=lately(3, 4)).text
    assert "sudah 6 hari kerja, lebih lama daripada biasanya" in text
    assert "seperti biasanya" not in text


@pytest.mark.parametrize("status", [Status.RETURNED, Status.PAYMENT, Status.ISSUED])
def test_what_is_usual_is_never_said_of_the_applicants_own_turn(status: Status) -> None:
    assert "biasanya" not in tell(application(status=status), pace=lately(9, 12)).text


def test_a_date_in_a_year_without_holidays_is_called_provisional() -> None:
    only_this_year = Calendar([Holiday(date(2026, 12, 25), "Natal")])
    text = tell(application(sla_working_days=60), calendar=only_this_year).text
    assert "sementara" in text
    assert "sementara" not in tell(application(sla_working_days=28)).text


def test_a_permit_the_catalogue_does_not_hold_is_told_by_its_code_without_a_standard() -> None:
    reply = tell(application(permit_code="XYZ"), permit=None)
    assert "Izin: XYZ" in reply.text
    assert "belum ada datanya" in reply.text
    assert all("izin" not in choice.entities for choice in reply.choices)


def test_text_of_the_registry_is_put_in_literally() -> None:
    odd = application(stage="{x} <b>", note="%s {0} [/b]")
    view_text = status_reply(
        StatusView(odd, None, "label", True, NOW, office_book().office().zone), CALENDAR, WORDING
    ).text
    assert "{x} <b>" in view_text
    assert "%s {0}" in view_text


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("full", [True, False])
def test_every_status_offers_another_number_and_a_human(status: Status, full: bool) -> None:
    reply = tell(replace(application(), status=status), full=full)
    assert intents(reply)[-2:] == ["cek_status", "minta_petugas"]
    if not full:
        assert all("izin" not in choice.entities for choice in reply.choices)


def test_an_expired_permit_points_to_the_extension() -> None:
    item = application(
        status=Status.EXPIRED,
        history=(),
        issued=IssuedPermit("PBG-1", date(2021, 1, 5), date(2026, 1, 5)),
    )
    reply = tell(item)
    assert "sudah habis pada 5 Januari 2026" in reply.text
    assert "tanya_perpanjangan" in intents(reply)
