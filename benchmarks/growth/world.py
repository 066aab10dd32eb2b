"""Fills a house of a scale: the console's world, and on top registry, followers, complaints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, insert, text

from benchmarks.console.filling import Filler
from benchmarks.console.house import BenchHouse, filled_house
from benchmarks.growth.registry import FOLLOWERS, add_indexes, fill_registry
from benchmarks.growth.scales import Scale
from izin.answers.status_view import StatusView
from izin.applications import Application
from izin.following import snapshot_of
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.registry import DEMO_SCHEMA, open_registry
from izin.storage.tables.following import subscriptions

READ_AT_ONCE = 200

_BEGUN = f"""select count(*) from (select from {DEMO_SCHEMA}.contoh_permohonan
  where nama_pemohon like 'Pemohon Uji %' limit 1) invented"""  # noqa: S608

TABLES = (
    f"{DEMO_SCHEMA}.contoh_permohonan", f"{DEMO_SCHEMA}.contoh_riwayat_tahap", "conversations",
    "turns", "outbox", "complaints", "sealed.complaints", "faq_entries", "subscriptions",
    "audit_log", "escalations", "content_versions", "unrecognised",
)  # fmt: skip


@contextmanager
def grown_house(scale: Scale, folder: Path) -> Iterator[BenchHouse]:
    """Give the house of a scale, filled in this folder unless it is there already."""
    with filled_house(scale.talks, folder) as (bench, _):
        _grow(bench, scale)
        yield bench


def _grow(bench: BenchHouse, scale: Scale) -> None:
    if int(bench.one("select count(*) from subscriptions")):
        with bench.engine.begin() as connection:
            add_indexes(connection)
        return
    if not int(bench.one(_BEGUN)):  # otherwise broken off after it
        with bench.engine.begin() as connection:
            rows = fill_registry(connection, scale.applications, scale.followed)
            _tell("registry", rows)
            add_indexes(connection)
            _tell("complaints", _complain(Filler(connection, {}), scale.complaints))
        _vacuum(bench.engine)
    _tell("followed applications", _follow(bench, scale.followed))
    _vacuum(bench.engine)


def _complain(filler: Filler, wanted: int) -> int:
    """Copy complaints under new tickets, in the same chats, until there are so many."""
    have = int(filler.connection.execute(text("select count(*) from complaints")).scalar_one())
    if wanted <= have:
        return 0
    filler.run(
        "create temp table more on commit drop as select c.* from complaints c,"
        " generate_series(1, :rounds) order by md5(c.ticket) limit :missing",
        rounds=-(-wanted // have), missing=wanted - have,
    )  # fmt: skip
    with filler.without_triggers():
        filler.run(
            "update more set ticket = n.ticket, key = 'bench:' || n.ticket from (select ctid as at,"
            " 'ADU-W' || translate(upper(substr(lpad(to_hex(row_number() over ()), 5, '0'), 1, 3)"
            " || '-' || substr(lpad(to_hex(row_number() over ()), 5, '0'), 4)), '01', 'GH')"
            " as ticket from more) n where more.ctid = n.at"
        )
        rows = filler.run("insert into complaints select * from more on conflict do nothing")
        filler.run(
            "insert into complaint_events (ticket, at, kind)"
            " select ticket, filed_at, 'received' from more"
        )
    return rows


def _follow(bench: BenchHouse, wanted: int) -> int:
    """Let citizens follow applications, each remembered as it was told to them."""
    now = datetime.now(UTC)
    office = PostgresOfficeBook(bench.engine)
    zone, calendar = office.office().zone, office.calendar()
    catalogue = PostgresCatalogue(bench.engine)
    registry = open_registry(bench.settings, _Clock(), zone)
    with bench.engine.begin() as connection:
        connection.execute(text(FOLLOWERS))
        followers = {
            str(row.nomor): row
            for row in connection.execute(
                text(
                    f"select a.nomor, f.id, c.verified_phone is not null as proven"  # noqa: S608
                    f" from followers f join conversations c on c.id = f.id"
                    f" join {DEMO_SCHEMA}.contoh_permohonan a on a.no_hp = f.phone"
                    f" where f.place <= :wanted"
                ),
                {"wanted": wanted},
            )
        }
    numbers = sorted(followers)

    def row(item: Application) -> dict[str, object]:
        view = StatusView(item, catalogue.permit(item.permit_code), "", True, now, zone)
        snapshot = snapshot_of(item, view.account(calendar), view.today)
        follower = followers[item.number]
        return {
            "conversation_id": str(follower.id), "number": item.number,
            "permit_code": item.permit_code, "proof": "phone" if follower.proven else "digits",
            "snapshot": snapshot.to_json(), "changed_at": item.changed_at, "since": now,
            "followed_turn": "uji",
        }  # fmt: skip

    try:
        for start in range(0, len(numbers), READ_AT_ONCE):
            some = numbers[start : start + READ_AT_ONCE]
            found = registry.changed(dict.fromkeys(some))
            with bench.engine.begin() as connection:
                connection.execute(insert(subscriptions), [row(item) for item in found])
    finally:
        registry.close()
    return len(numbers)


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def _tell(name: str, rows: int) -> None:
    print(f"  {name}: {rows:,}", file=sys.stderr, flush=True)
