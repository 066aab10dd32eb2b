"""Applications with every attribute in use, and a clock that stands where it is put."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from izin.applications import Application, IssuedPermit, MissingDocument, StageVisit, Status

ZONE = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
PHONE = "+6281234567890"


class StandingClock:
    """The port Clock; moves only when told."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


RETURNED = Application(
    number="503/0123/PBG/2026",
    permit_code="PBG",
    status=Status.RETURNED,
    stage="Perbaikan berkas",
    unit="Pemohon",
    submitted_at=START,
    changed_at=START + timedelta(days=2),
    sla_working_days=28,
    applicant_name="Sri Contoh",
    phone=PHONE,
    nik_last4="0101",
    history=(
        StageVisit(Status.RECEIVED, "Verifikasi", "Dinas PU", START, START + timedelta(days=1)),
        StageVisit(
            Status.TECHNICAL,
            "Konsultasi",
            "TPT",
            START + timedelta(days=1),
            START + timedelta(days=2),
        ),
        StageVisit(Status.RETURNED, "Perbaikan berkas", "Pemohon", START + timedelta(days=2)),
    ),
    missing=(MissingDocument("KTP", "tidak terbaca"), MissingDocument("Gambar rencana")),
    note="Lengkapi sekaligus",
)

ISSUED = Application(
    number="PBG-339901-12032024-01",
    permit_code="SLF",
    status=Status.ISSUED,
    stage="Izin terbit",
    unit="DPMPTSP",
    submitted_at=START - timedelta(days=60),
    changed_at=START - timedelta(days=40),
    completed_at=START - timedelta(days=40),
    applicant_name="Budi Contoh",
    nik_last4="0102",
    history=(StageVisit(Status.ISSUED, "Izin terbit", "DPMPTSP", START - timedelta(days=40)),),
    issued=IssuedPermit("503/1/SLF-SK/2026", date(2026, 9, 23), date(2031, 9, 23)),
)

PAYING = replace(
    RETURNED,
    number="503/0124/REKLAME/2026",
    permit_code="REKLAME",
    status=Status.PAYMENT,
    stage="Pembayaran",
    unit="BPKD",
    submitted_at=START + timedelta(days=1),
    changed_at=START + timedelta(days=3),
    history=(StageVisit(Status.PAYMENT, "Pembayaran", "BPKD", START + timedelta(days=3)),),
    missing=(),
    amount_due_rupiah=182_500,
    note=None,
)

SAMPLES = (RETURNED, ISSUED, PAYING)


def many_of_one_phone(count: int) -> tuple[Application, ...]:
    """Give applications of one phone, each submitted a day after the one before."""
    return tuple(
        replace(
            PAYING,
            number=f"503/{number:04d}/NIB/2025",
            submitted_at=START - timedelta(days=400 - number),
            phone="+6281111111111",
        )
        for number in range(1, count + 1)
    )
