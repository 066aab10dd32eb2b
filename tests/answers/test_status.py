"""A status in words, in as much detail as the proof allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from izin.answers.status import StatusView, status_reply
from izin.applications import Application, IssuedPermit, StageVisit, Status
from izin.office import Calendar, Holiday
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
