"""The demo registry's own tables, as an office might have them, under the documented views.

They stand in a schema of their own in PostgreSQL and, by their ``contoh_`` names, apart from
everything else in any other database. The views are exactly what
``docs/howto/connect-your-permit-database.md`` asks an office to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    text,
    update,
)

from izin.applications import Application, IssuedPermit, MissingDocument, StageVisit
from izin.errors import Conflict
from izin.storage.registry import DEMO_SCHEMA
from izin.storage.registry.views import APPLICATIONS, HISTORY, ISSUED, MISSING

_metadata = MetaData()
_moment = DateTime(timezone=True)
_number = String(64)

applications = Table(
    "contoh_permohonan",
    _metadata,
    Column("nomor", _number, primary_key=True),
    Column("kode_izin", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("tahap", Text, nullable=False),
    Column("unit_pemegang", Text, nullable=False),
    Column("masuk_pada", _moment, nullable=False),
    Column("berubah_pada", _moment, nullable=False),
    Column("selesai_pada", _moment),
    Column("standar_hari_kerja", Integer),
    Column("nama_pemohon", String(128), nullable=False),
    Column("no_hp", String(24), index=True),
    Column("nik_4_akhir", String(4)),
    Column("tagihan_rupiah", BigInteger),
    Column("catatan", Text),
)

visits = Table(
    "contoh_riwayat_tahap",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("nomor", _number, nullable=False, index=True),
    Column("status", String(32), nullable=False),
    Column("tahap", Text, nullable=False),
    Column("unit_pemegang", Text, nullable=False),
    Column("mulai", _moment, nullable=False),
    Column("selesai", _moment),
)

missing_documents = Table(
    "contoh_kekurangan_berkas",
    _metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("nomor", _number, nullable=False, index=True),
    Column("nama_berkas", Text, nullable=False),
    Column("keterangan", Text),
)

issued_permits = Table(
    "contoh_izin_terbit",
    _metadata,
    Column("nomor", _number, primary_key=True),
    Column("nomor_izin", String(64), nullable=False),
    Column("tanggal_terbit", Date, nullable=False),
    Column("berlaku_sampai", Date),
)

loading = Table(
    "contoh_pemuatan",
    _metadata,
    Column("dimuat_pada", Date, primary_key=True),
    Column("benih", BigInteger, nullable=False),
)

_VIEWS = {
    APPLICATIONS: (
        "SELECT nomor AS application_number, kode_izin AS permit_code, status, tahap AS stage, "
        "unit_pemegang AS unit, masuk_pada AS submitted_at, berubah_pada AS changed_at, "
        "selesai_pada AS completed_at, standar_hari_kerja AS sla_working_days, "
        "nama_pemohon AS applicant_name, no_hp AS phone, nik_4_akhir AS nik_last4, "
        "tagihan_rupiah AS amount_due_rupiah, catatan AS note",
        applications,
    ),
    HISTORY: (
        "SELECT nomor AS application_number, status, tahap AS stage, unit_pemegang AS unit, "
        "mulai AS entered_at, selesai AS left_at",
        visits,
    ),
    MISSING: (
        "SELECT nomor AS application_number, nama_berkas AS document_name, keterangan AS note",
        missing_documents,
    ),
    ISSUED: (
        "SELECT nomor AS application_number, nomor_izin AS permit_number, "
        "tanggal_terbit AS issued_on, berlaku_sampai AS valid_until",
        issued_permits,
    ),
}


@dataclass(frozen=True, slots=True)
class Loading:
    """When and from which seed the demo registry was made."""

    day: date
    seed: int


class DemoTables:
    """The demo registry in one database; every method works in the caller's transaction."""

    def __init__(self, engine: Engine, zone: ZoneInfo) -> None:
        """Take an engine that may write, and the office's zone."""
        self.schema = DEMO_SCHEMA if engine.dialect.name == "postgresql" else None
        self._keeps_zones = engine.dialect.name == "postgresql"
        self._zone = zone

    def loaded(self, connection: Connection) -> Loading | None:
        """Say what is loaded, None if nothing."""
        if not inspect(connection).has_table(loading.name, schema=self.schema):
            return None
        row = self._mapped(connection).execute(select(loading)).one_or_none()
        return None if row is None else Loading(row.dimuat_pada, row.benih)

    def create(self, connection: Connection) -> None:
        """Make empty tables and the views anew.

        Raises:
            Conflict: The database has the documented views, but not from us.
        """
        inspector = inspect(connection)
        ours = inspector.has_table(loading.name, schema=self.schema)
        if not ours and inspector.has_table(APPLICATIONS, schema=self.schema):
            raise Conflict(f"{APPLICATIONS} exists and is not the demo registry's")
        for view in _VIEWS:
            connection.execute(text(f"DROP VIEW IF EXISTS {self._prefix}{view}"))
        if self.schema:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {self.schema}"))
        mapped = self._mapped(connection)
        _metadata.drop_all(mapped)
        _metadata.create_all(mapped)
        for view, (columns, table) in _VIEWS.items():
            connection.execute(
                text(
                    f"CREATE VIEW {self._prefix}{view} AS {columns} FROM {self._prefix}{table.name}"
                )
            )

    def fill(
        self, connection: Connection, rows: Sequence[Application], made: Loading | None = None
    ) -> None:
        """Write applications, and then that the loading is complete."""
        mapped = self._mapped(connection)
        if rows:
            mapped.execute(insert(applications), [self._application(row) for row in rows])
        self._insert_parts(mapped, rows)
        if made is not None:
            mapped.execute(insert(loading), {"dimuat_pada": made.day, "benih": made.seed})

    def replace(self, connection: Connection, row: Application) -> None:
        """Write a changed application over the stored one."""
        mapped = self._mapped(connection)
        for table in (visits, missing_documents, issued_permits):
            mapped.execute(delete(table).where(table.c.nomor == row.number))
        values = self._application(row)
        mapped.execute(update(applications).where(applications.c.nomor == row.number), values)
        self._insert_parts(mapped, [row])

    def _insert_parts(self, mapped: Connection, rows: Sequence[Application]) -> None:
        for table, values in (
            (visits, [self._visit(row.number, v) for row in rows for v in row.history]),
            (missing_documents, [_missing(row.number, m) for row in rows for m in row.missing]),
            (issued_permits, [_issued(row.number, row.issued) for row in rows if row.issued]),
        ):
            if values:
                mapped.execute(insert(table), values)

    @property
    def _prefix(self) -> str:
        return f"{self.schema}." if self.schema else ""

    def _mapped(self, connection: Connection) -> Connection:
        return connection.execution_options(schema_translate_map={None: self.schema})

    def _stored(self, moment: datetime | None) -> datetime | None:
        if moment is None or self._keeps_zones:
            return moment
        return moment.astimezone(self._zone).replace(tzinfo=None)

    def _application(self, row: Application) -> dict[str, object]:
        return {
            "nomor": row.number,
            "kode_izin": row.permit_code,
            "status": row.status.value,
            "tahap": row.stage,
            "unit_pemegang": row.unit,
            "masuk_pada": self._stored(row.submitted_at),
            "berubah_pada": self._stored(row.changed_at),
            "selesai_pada": self._stored(row.completed_at),
            "standar_hari_kerja": row.sla_working_days,
            "nama_pemohon": row.applicant_name,
            "no_hp": row.phone,
            "nik_4_akhir": row.nik_last4,
            "tagihan_rupiah": row.amount_due_rupiah,
            "catatan": row.note,
        }

    def _visit(self, number: str, visit: StageVisit) -> dict[str, object]:
        return {
            "nomor": number,
            "status": visit.status.value,
            "tahap": visit.stage,
            "unit_pemegang": visit.unit,
            "mulai": self._stored(visit.entered_at),
            "selesai": self._stored(visit.left_at),
        }


def _missing(number: str, document: MissingDocument) -> dict[str, object]:
    return {"nomor": number, "nama_berkas": document.name, "keterangan": document.note}


def _issued(number: str, permit: IssuedPermit) -> dict[str, object]:
    return {
        "nomor": number,
        "nomor_izin": permit.number,
        "tanggal_terbit": permit.issued_on,
        "berlaku_sampai": permit.valid_until,
    }
