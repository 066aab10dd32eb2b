"""Asks for every page of the console, and times the answers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from benchmarks.console.house import BenchHouse, RunningConsole
from benchmarks.conversations import percentile
from izin.accounts import Role

WARM_UPS, REQUESTS = 3, 30
MOST_MS = 200.0
"""The median every page must stay below."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page to ask for; ``{name}`` in the path is one of :func:`samples`."""

    name: str
    path: str
    role: Role = Role.OFFICER


_QUEUES = ("saya", "tanpa_petugas", "unit", "menunggu_warga", "segera", "lewat", "selesai")

PAGES: tuple[Asked, ...] = (
    Asked("inbox", "/percakapan"),
    *(Asked(f"inbox, {queue}", f"/percakapan?antrean={queue}") for queue in _QUEUES),
    Asked("inbox, supervisor", "/percakapan", Role.SUPERVISOR),
    Asked("search, frequent word", "/percakapan/cari?q=berkas"),
    Asked("search, rare words", "/percakapan/cari?q=retribusi+reklame+toko"),
    Asked("search, nothing found", "/percakapan/cari?q=zzyzx"),
    Asked("search, phone's last digits", "/percakapan/cari?q={digits}"),
    Asked("search, ticket", "/percakapan/cari?q={ticket}"),
    Asked("conversation, 500 messages", "/percakapan/{long}"),
    Asked("conversation, usual", "/percakapan/{usual}"),
    Asked("conversation, complaint", "/percakapan/{complained}"),
    Asked("canned replies", "/balasan", Role.SUPERVISOR),
    Asked("complaints", "/pengaduan"),
    Asked("complaints, supervisor", "/pengaduan", Role.SUPERVISOR),
    Asked("complaints, search", "/pengaduan?cari=berkas"),
    Asked("complaint", "/pengaduan/{ticket}"),
    Asked("sealed complaints", "/pengaduan-tertutup", Role.SEALED_OFFICER),
    Asked("sealed complaint", "/pengaduan-tertutup/{sealed}", Role.SEALED_OFFICER),
    Asked("requests about own data", "/permintaan-data"),
    Asked("dashboard", "/dasbor", Role.SUPERVISOR),
    Asked("report", "/laporan", Role.SUPERVISOR),
    Asked("dashboard, 18 months", "/dasbor?dari={first}&sampai={last}", Role.SUPERVISOR),
    Asked("figures as XLSX", "/unduh/angka/semua.xlsx", Role.SUPERVISOR),
    Asked("audit log", "/jejak", Role.SUPERVISOR),
    Asked("audit log as CSV", "/jejak/unduh.csv", Role.SUPERVISOR),
    Asked("units", "/unit", Role.ADMIN),
    Asked("accounts", "/akun", Role.ADMIN),
    Asked("integration", "/integrasi", Role.ADMIN),
    Asked("own account", "/akun-saya"),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """How a page answered.

    Attributes:
        name: Of the page.
        path: As asked for, with the names of ids.
        status: 200 when it is there; another status is not timed, 0 is no answer at all.
        times_ms: Of every request after the warm-ups, the shortest first.
        kilobytes: Size of the answer.
    """

    name: str
    path: str
    status: int
    times_ms: tuple[float, ...] = ()
    kilobytes: float = 0.0

    @property
    def median_ms(self) -> float:
        """Give the median."""
        return statistics.median(self.times_ms)

    @property
    def p95_ms(self) -> float:
        """Give the time that one request in twenty exceeds."""
        return percentile(self.times_ms, 0.95)

    @property
    def good(self) -> bool:
        """Say whether the page is there and quick enough."""
        return self.status == 200 and self.median_ms < MOST_MS


def samples(bench: BenchHouse) -> Mapping[str, str]:
    """Give ids to put into paths: of a long conversation, of one with a complaint, and so on."""
    waiting = (
        "select conversation_id from escalations where closed_at is null"
        " order by opened_at offset 20 limit 1"
    )
    return {
        "first": bench.one("select (now() - interval '520 days')::date"),
        "last": bench.one("select now()::date"),
        "long": bench.one(
            "select conversation_id from turns group by 1 order by count(*) desc limit 1"
        ),
        "usual": bench.one(waiting),
        "complained": bench.one(
            "select conversation_id from complaints order by filed_at desc offset 5 limit 1"
        ),
        "ticket": bench.one(
            "select ticket from complaints order by filed_at desc offset 5 limit 1"
        ),
        "sealed": bench.one("select ticket from sealed.complaints order by ticket limit 1"),
        "digits": bench.one(
            "select right(max(verified_phone), 4) from conversations c join escalations e"
            " on e.conversation_id = c.id where e.closed_at is null"
        ),
    }


def time_pages(
    bench: BenchHouse,
    console: RunningConsole,
    pages: Sequence[Asked] = PAGES,
    requests: int = REQUESTS,
) -> list[Timing]:
    """Ask for each page so often, as an account of its role."""
    ids = samples(bench)
    clients = {role: console.client(bench.secret(role)) for role in {page.role for page in pages}}
    try:
        return [
            _time(clients[page.role], page, page.path.format(**ids), requests) for page in pages
        ]
    finally:
        for client in clients.values():
            client.close()


def _time(client: httpx.Client, page: Asked, path: str, requests: int) -> Timing:
    times: list[float] = []
    for number in range(WARM_UPS + requests):
        began = time.perf_counter()
        try:
            answer = client.get(path)
        except httpx.TransportError:  # a page that broke before may have cost the connection
            if number:
                return Timing(page.name, page.path, 0)
            answer = client.get(path)
        passed_ms = (time.perf_counter() - began) * 1000
        if answer.status_code != 200:
            return Timing(page.name, page.path, answer.status_code)
        if number >= WARM_UPS:
            times.append(passed_ms)
    return Timing(page.name, page.path, 200, tuple(sorted(times)), len(answer.content) / 1024)
