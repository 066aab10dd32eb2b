"""Asks for every page of the console, and times the answers."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from benchmarks.console.house import BenchHouse, RunningConsole
from benchmarks.conversations import percentile
from benchmarks.processes import cpu_ms
from izin.accounts import Role

WARM_UPS, REQUESTS = 3, 30
LONGEST_MS = 20_000.0
"""A page that took so long in all is not asked for again; it is slow anyway."""

MOST_MS = 200.0
"""The median every page must stay below."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page to ask for; ``{name}`` in the path is one of :func:`samples`."""

    name: str
    path: str
    role: Role = Role.OFFICER


_QUEUES = ("saya", "tanpa_petugas", "unit", "menunggu_warga", "segera", "lewat", "selesai")

_EDITORS = tuple(
    Asked(name, f"/isi{path}", Role.EDITOR)
    for name, path in (
        ("content", ""),
        ("content growing old", "/usang"),
        ("version of an answer", "/versi/{version}"),
        ("answers", "/tanya-jawab"),
        ("answers, far down", "/tanya-jawab?mulai={far_answer}"),
        ("answers, switched off", "/tanya-jawab?keadaan=off"),
        ("answers, search", "/tanya-jawab?cari=izin"),
        ("answer", "/tanya-jawab/{answer}"),
        ("answer, draft", "/tanya-jawab/{edited}"),
        ("new answer", "/tanya-jawab/baru"),
        ("catalogue", "/katalog"),
        ("permit", "/katalog/PBG"),
        ("permit's changes", "/katalog/PBG/perubahan"),
        ("fee table", "/katalog/biaya/pbg"),
        ("office", "/kantor"),
        ("activities", "/kantor/activity"),
        ("opening hours", "/kantor/office/office"),
        ("unrecognised", "/belajar"),
        ("unrecognised, far down", "/belajar?mulai={far_cluster}"),
        ("unrecognised, cluster", "/belajar/kelompok/{cluster}"),
        ("examples", "/belajar/contoh"),
        ("examples, search", "/belajar/contoh?cari=biaya"),
        ("regression cases", "/belajar/kasus"),
        ("language models", "/model"),
        ("sandbox", "/coba"),
        ("journeys", "/coba/perjalanan"),
        ("insight", "/wawasan"),
        ("insight, 90 days", "/wawasan?hari=90"),
        ("files", "/berkas"),
        ("import of 10,000 answers", "/berkas/{import}"),
    )
)

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
    Asked("dashboard, a year", "/dasbor?dari={first}&sampai={last}", Role.SUPERVISOR),
    Asked("figures as XLSX", "/unduh/angka/semua.xlsx", Role.SUPERVISOR),
    Asked("audit log", "/jejak", Role.SUPERVISOR),
    Asked("audit log as CSV", "/jejak/unduh.csv", Role.SUPERVISOR),
    Asked("units", "/unit", Role.ADMIN),
    Asked("accounts", "/akun", Role.ADMIN),
    Asked("integration", "/integrasi", Role.ADMIN),
    Asked("own account", "/akun-saya"),
    *_EDITORS,
)


@dataclass(frozen=True, slots=True)
class Timing:
    """How a page answered.

    Attributes:
        name: Of the page.
        path: As asked for, with the names of ids.
        status: 200 when it is there; another status is not timed, 0 is no answer at all.
        times_ms: Of every request after the warm-ups, the shortest first.
        cpu_ms: CPU time of console and database for a request; unlike the times it does not
            grow when the machine is busy with something else.
        kilobytes: Size of the answer.
    """

    name: str
    path: str
    status: int
    times_ms: tuple[float, ...] = ()
    cpu_ms: float = 0.0
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
    answer = "select key from faq_entries where key like 'uji\\_%' order by position"
    return {
        "version": bench.one("select id from content_versions where state = 'review' limit 1"),
        "edited": bench.one(
            "select key from content_versions where state = 'draft'"
            " order by length(key), key limit 1"
        ),
        "answer": bench.one(f"{answer} desc limit 1"),
        "far_answer": bench.one("select greatest(0, count(*) - 60) from faq_entries"),
        "far_cluster": bench.one(
            "select greatest(0, count(distinct cluster) - 30) from unrecognised"
            " where decision_id is null"
        ),
        "cluster": bench.one("select cluster from unrecognised order by id limit 1"),
        "import": bench.one("select id from content_imports where applied_at is null limit 1"),
        "first": bench.one("select (now() - interval '360 days')::date"),
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
    pids = (console.pid, bench.postgres_pid)
    try:
        return [
            _time(clients[page.role], page, page.path.format(**ids), requests, pids)
            for page in pages
        ]
    finally:
        for client in clients.values():
            client.close()


def _cpu_ms(pids: Sequence[int]) -> float:
    return sum(sum(cpu_ms(pid).values()) for pid in pids)


def _time(
    client: httpx.Client, page: Asked, path: str, requests: int, pids: Sequence[int]
) -> Timing:
    times: list[float] = []
    before = 0.0
    for number in range(WARM_UPS + requests):
        if number == WARM_UPS:
            before = _cpu_ms(pids)
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
        if sum(times) > LONGEST_MS:
            break
    used = (_cpu_ms(pids) - before) / len(times)
    timing = Timing(
        page.name, page.path, 200, tuple(sorted(times)), used, len(answer.content) / 1024
    )
    print(f"  {page.name}: {timing.median_ms:.0f} ms, CPU {used:.0f} ms", file=sys.stderr)
    return timing
