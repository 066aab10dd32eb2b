"""The SQL that docs/howto/connect-your-permit-database.md shows works as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from izin.applications import Status
from izin.storage.registry.engine import registry_url
from izin.storage.registry.examination import RECOMMENDED_COLUMNS, REQUIRED_COLUMNS
from izin.storage.registry.sql import SqlRegistry
from tests.contracts.registry_samples import ZONE, StandingClock

PAGE = (
    Path(__file__).resolve().parents[2] / "docs" / "howto" / "connect-your-permit-database.md"
).read_text(encoding="utf-8")
OFFICE_TABLES = """
CREATE TABLE permohonan (no_permohonan VARCHAR(40), jenis_izin INT, status VARCHAR(40),
    tahap VARCHAR(40), bidang VARCHAR(40), tgl_daftar TIMESTAMP NULL, tgl_ubah TIMESTAMP NULL,
    tgl_selesai TIMESTAMP NULL, hp VARCHAR(20), nik VARCHAR(16), retribusi DECIMAL(15, 2),
    catatan_pemohon VARCHAR(200));
CREATE TABLE riwayat (no_permohonan VARCHAR(40), status VARCHAR(40), tahap VARCHAR(40),
    bidang VARCHAR(40), mulai TIMESTAMP NULL, selesai TIMESTAMP NULL);
CREATE TABLE kekurangan (no_permohonan VARCHAR(40), nama_berkas VARCHAR(40),
    keterangan VARCHAR(40), dipenuhi INT);
CREATE TABLE izin (no_permohonan VARCHAR(40), no_izin VARCHAR(40), tgl_terbit DATE,
    berlaku_sampai DATE);
INSERT INTO permohonan VALUES ('503/0001/PBG/2026', 12, 'Di meja  KADIN', 'Tanda tangan', 'Kadin',
    '2026-11-02 09:30:00', '2026-11-04 10:00:00', NULL, '0812-0000 0001', '3399010101010101',
    182500.00, NULL);
INSERT INTO riwayat VALUES ('503/0001/PBG/2026', 'Verifikasi Front Office', 'Cek', 'FO',
    '2026-11-02 09:30:00', '2026-11-04 10:00:00');
INSERT INTO kekurangan VALUES ('503/0001/PBG/2026', 'KTP', 'buram', 0);
INSERT INTO kekurangan VALUES ('503/0001/PBG/2026', 'Denah', NULL, 1);
"""


def _sql_after(heading: str) -> list[str]:
    block = re.search(rf"{heading}.*?```sql\n(.*?)```", PAGE, re.DOTALL)
    assert block, heading
    return [statement for statement in block[1].split(";") if statement.strip()]


@pytest.mark.parametrize(
    "database",
    ["empty_database_url", pytest.param("mariadb_url", marks=pytest.mark.needs_mariadb)],
)
def test_the_views_of_the_page_make_an_offices_own_tables_readable(
    request: pytest.FixtureRequest, database: str
) -> None:
    url = request.getfixturevalue(database)
    engine = create_engine(registry_url(url))
    statements = [
        *(s for s in OFFICE_TABLES.split(";") if s.strip()),
        *_sql_after("### Example"),
        *_sql_after("## 2. Translate"),
    ]
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement.replace(":", r"\:")))
    engine.dispose()
    registry = SqlRegistry(url, StandingClock(), ZONE)
    (found,) = registry.of_phone("+6281200000001")
    assert registry.find("503/0001/PBG/2026") == found
    assert (found.status, found.nik_last4) == (Status.FINAL_CHECK, "0101")
    assert found.amount_due_rupiah == 182_500
    assert [document.name for document in found.missing] == ["KTP"]
    assert found.history[0].status is Status.RECEIVED
    assert registry.examine({"PBG"}).usable
    registry.close()


def test_the_page_names_every_column_that_the_code_knows() -> None:
    for columns in (REQUIRED_COLUMNS, RECOMMENDED_COLUMNS):
        for view, names in columns.items():
            section = PAGE.split(f"### `{view}`", 1)[1].split("###", 1)[0]
            for name in names:
                assert f"`{name}`" in section, f"{view}.{name}"


def test_the_page_names_every_status() -> None:
    for status in Status:
        assert f"| `{status.value}` |" in PAGE
