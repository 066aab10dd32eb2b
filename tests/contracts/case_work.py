"""A small office in which complaints are worked on, over any storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from izin.complaint_desk import Reader
from izin.complaint_states import Closing, ClosingReason
from izin.complaints import (
    Complaint,
    ComplaintCategory,
    ComplaintClass,
    Confidentiality,
    deadlines,
)
from izin.office import Calendar, Holiday, Office, OfficeHours, Place
from izin.units import Unit
from izin.usecases.tell_complainant import TellComplainant
from izin.usecases.work_complaint import WorkComplaint
from izin.wording import Wording
from tests.contracts.conversation_ports import Ports, fresh
from tests.contracts.test_complaints import complaint

FRIDAY = ((time(8), time(11)), (time(13), time(15)))
OFFICE = Office(
    agency="Dinas Contoh",
    short_name="DPMPTSP Contoh",
    regency="Kabupaten Contoh",
    timezone="Asia/Jakarta",
    opening_hours={
        **{day: ((time(8), time(12)), (time(13), time(15))) for day in range(4)},
        4: FRIDAY,
    },
)
HOLIDAYS = (Holiday(date(2026, 11, 25), "Libur daerah", "daerah"),)
HOURS = OfficeHours(OFFICE, Calendar(HOLIDAYS))
MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
"""09.30 in the office."""

SARI = Reader("sari", frozenset({"petugas"}))
BUDI = Reader("budi", frozenset({"petugas"}))
HEAD = Reader("kepala", frozenset({"penyelia"}))
SEALED = Reader("wira", frozenset({"petugas_rahasia"}))
RESULT = Closing(
    ClosingReason.RESOLVED,
    "Berkas ditemukan di loket 3, gambar denah diperiksa ulang, dan izinnya terbit Senin pagi.",
    unit="Bidang Pelayanan",
    done_on=date(2026, 11, 23),
    basis="UU 25/2009",
)
ANSWER = "Berkas Anda masih menunggu gambar denah dari pemohon; petugas loket 3 memegangnya."


class FixedOffice:
    """The port ``OfficeBook``."""

    def office(self) -> Office:
        return OFFICE

    def calendar(self) -> Calendar:
        return Calendar(HOLIDAYS)

    def places(self) -> Sequence[Place]:
        return ()


class FixedCatalogue:
    """The part of the port ``Catalogue`` that complaints need."""

    def complaint_classes(self) -> Mapping[str, ComplaintClass]:
        return {
            "TIDAK_BERKADAR": ComplaintClass("TIDAK_BERKADAR", "Tidak berkadar", 14),
            "ASPIRASI": ComplaintClass("ASPIRASI", "Aspirasi", 5),
            "BERKADAR": ComplaintClass("BERKADAR", "Berkadar", 60, always_confidential=True),
        }

    def complaint_categories(self) -> Sequence[ComplaintCategory]:
        return (
            ComplaintCategory("KETERLAMBATAN", "Keterlambatan", "TIDAK_BERKADAR", "Kabid"),
            ComplaintCategory("PUNGLI", "Pungli", "BERKADAR", "Inspektorat", confidential=True),
        )


def worker(ports: Ports) -> WorkComplaint:
    """Give the use case over a storage that knows the office and two units."""
    ports.keep_office(OFFICE, HOLIDAYS)
    for unit in (Unit("DLH", "Dinas Lingkungan Hidup"), Unit("TUTUP", "Lama", active=False)):
        ports.units.add(unit)
    office, wording = FixedOffice(), Wording()
    tell = TellComplainant(ports.notices, ports.mail, office, wording)
    return WorkComplaint(ports.work, ports.units, FixedCatalogue(), office, tell)  # type: ignore[arg-type]


def filed(
    ports: Ports,
    here: str | None,
    level: Confidentiality = Confidentiality.NORMAL,
    **changes: object,
) -> Complaint:
    """File a complaint of a chat."""
    values = {
        "confidentiality": level,
        "media_ids": (),
        "filed_at": MONDAY,
        "deadlines": deadlines(MONDAY.date(), 14, Calendar(HOLIDAYS)),
        **changes,
    }
    return ports.complaints.file(complaint(here, **values), fresh("turn"), "file")
