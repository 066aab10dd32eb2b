"""Fills the demo registry with as many applications as a large office has after years."""

from __future__ import annotations

from sqlalchemy import Connection

from benchmarks.console.filling import Filler
from izin.storage.registry import DEMO_SCHEMA

INDEXES = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX contoh_tanpa_spasi ON contoh_permohonan (upper(replace(nomor, ' ', '')))",
    "CREATE INDEX contoh_sebagian ON contoh_permohonan USING gin (upper(nomor) gin_trgm_ops)",
    "CREATE INDEX contoh_masuk ON contoh_permohonan (masuk_pada)",
    "CREATE INDEX contoh_status ON contoh_permohonan (status, masuk_pada)",
    "CREATE INDEX contoh_izin ON contoh_permohonan (kode_izin)",
    "CREATE INDEX contoh_jalan ON contoh_riwayat_tahap (mulai, status, nomor)",
)
"""What docs/howto/connect-your-permit-database.md tells an office with a large registry to add."""

_PARTS = ("contoh_riwayat_tahap", "contoh_kekurangan_berkas", "contoh_izin_terbit")
_MARK = "Pemohon Uji "

# Every invented application goes as one of the demo's own did: two in a hundred are still under
# way and as young as it is, all others were decided within the last four years.
_PATTERNS = f"""
create temp table patterns on commit drop as
select a.nomor, decided, row_number() over (partition by decided order by a.nomor) - 1 as place,
  count(*) over (partition by decided) as many
from (select nomor, status in ('TERBIT', 'DITOLAK', 'DICABUT', 'KEDALUWARSA') as decided
      from {DEMO_SCHEMA}.contoh_permohonan where kode_izin <> '') a
"""  # noqa: S608

_INVENTED = f"""
create temp table invented on commit drop as
select i, p.nomor as pattern,
  '503/' || lpad((10000 + i)::text, 7, '0') || '/' || a.kode_izin || '/'
    || extract(year from a.masuk_pada - old) as nomor,
  case when i <= :followed then chat.phone else '+62813' || lpad((i / 3)::text, 8, '0') end
    as phone, old
from generate_series(1, :applications) i
join patterns p on p.decided = (i % 50 <> 0) and p.place = (i / 7) % p.many
join {DEMO_SCHEMA}.contoh_permohonan a on a.nomor = p.nomor
cross join lateral (select case when p.decided then make_interval(days => i % 1200)
  else make_interval(hours => i % 48) end as old) shifted
left join followers chat on chat.place = i
"""  # noqa: S608

FOLLOWERS = """
create temp table followers on commit drop as
select row_number() over (order by id) as place, id, coalesce(verified_phone,
  '+62814' || lpad((row_number() over (order by id))::text, 8, '0')) as phone
from conversations
"""
"""Chats in a fixed order: the n-th follows the n-th invented application."""


def add_indexes(connection: Connection) -> None:
    """Do for the demo registry what the documentation tells the office's own people to do."""
    connection.exec_driver_sql(f"set local search_path = {DEMO_SCHEMA}, public")
    for statement in INDEXES:
        if_new = statement.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS")
        connection.exec_driver_sql(if_new)


def fill_registry(connection: Connection, applications: int, followed: int) -> int:
    """Add so many applications with stages, missing documents and permits; gives the rows.

    Args:
        connection: Of a superuser, in a transaction, on a database with the demo registry.
        applications: How many.
        followed: So many of the first have the phone of a conversation.
    """
    filler = Filler(connection, {"applications": applications, "followed": followed})
    filler.run(FOLLOWERS)
    filler.run(_PATTERNS)
    filler.run(_INVENTED)
    connection.exec_driver_sql("analyze patterns; analyze invented")
    tables = [f"{DEMO_SCHEMA}.{name}" for name in ("contoh_permohonan", *_PARTS)]
    with filler.without_indexes(*tables):
        return _applications(filler) + _parts(filler)


def _applications(filler: Filler) -> int:
    return filler.run(
        f"""insert into {DEMO_SCHEMA}.contoh_permohonan
        select n.nomor, kode_izin, status, tahap, unit_pemegang, masuk_pada - old,
          berubah_pada - old, selesai_pada - old, standar_hari_kerja, '{_MARK}' || i, phone,
          lpad((i % 10000)::text, 4, '0'), tagihan_rupiah, catatan
        from {DEMO_SCHEMA}.contoh_permohonan a join invented n on n.pattern = a.nomor
        order by i"""  # noqa: S608
    )


def _parts(filler: Filler) -> int:
    columns = {
        "contoh_riwayat_tahap": (
            "nomor, status, tahap, unit_pemegang, mulai, selesai",
            "n.nomor, status, tahap, unit_pemegang, mulai - old, selesai - old",
        ),
        "contoh_kekurangan_berkas": (
            "nomor, nama_berkas, keterangan", "n.nomor, nama_berkas, keterangan",
        ),
        "contoh_izin_terbit": (
            "nomor, nomor_izin, tanggal_terbit, berlaku_sampai",
            "n.nomor, nomor_izin || '/' || i, (tanggal_terbit - old)::date,"
            " (berlaku_sampai - old)::date",
        ),
    }  # fmt: skip
    return sum(
        filler.run(
            f"insert into {DEMO_SCHEMA}.{name} ({names}) select {chosen}"  # noqa: S608
            f" from {DEMO_SCHEMA}.{name} a join invented n on n.pattern = a.nomor order by i"
        )
        for name, (names, chosen) in columns.items()
    )
