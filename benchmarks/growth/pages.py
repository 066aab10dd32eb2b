"""What officers and editors wait for: the console's pages, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

import httpx

from benchmarks.console.house import BenchHouse, RunningConsole
from benchmarks.console.pages import PAGES, Asked, samples
from benchmarks.growth.compare import Work
from console.rooms.audit import MOST_EXPORTED
from izin.accounts import Role

AREA = "console"
BY_ROW = {
    "search, rare words":
        "select least(30, count(*)) from desk_words"
        " where words @@ cast('retribusi:* & reklame:* & toko:*' as tsquery)",
    "answers, switched off": "select least(50, count(*)) from faq_entries where not published",
    "audit log as CSV": f"select least({MOST_EXPORTED}, count(*)) from audit_log",  # noqa: S608
    "import of 10,000 answers":
        "select jsonb_array_length(items) from content_imports where applied_at is null limit 1",
}  # fmt: skip
"""Pages about everything at once, and how many rows they are about in a house."""

INDEXED = ("/isi", "/isi/belajar", "/isi/tanya-jawab?cari=izin")
"""Pages that wait for an index of all answers, built beside the first of them."""

ALL: tuple[Asked, ...] = (*PAGES, Asked("health", "/kesehatan", Role.ADMIN))


class Console:
    """The pages of one house, asked for by an account of the role that may see each."""

    def __init__(self, bench: BenchHouse, console: RunningConsole) -> None:
        """Sign in accounts of every role."""
        self._ids: Mapping[str, str] = samples(bench)
        self._rows = {name: int(bench.one(query)) for name, query in BY_ROW.items()}
        roles = {page.role for page in ALL}
        self._clients: dict[Role, httpx.Client] = {
            role: console.client(bench.secret(role)) for role in roles
        }

    def works(self) -> list[Work]:
        """Give every page."""
        return [
            Work(AREA, page.name, lambda _, page=page: self._get(page),
                 rows=self._rows.get(page.name, 0))
            for page in ALL
        ]  # fmt: skip

    def _get(self, page: Asked) -> None:
        path = page.path.format(**self._ids)
        try:
            answer = self._clients[page.role].get(path)
        except httpx.RemoteProtocolError:  # the kept connection was just closed
            answer = self._clients[page.role].get(path)
        if answer.status_code != 200:
            raise AssertionError(f"{page.path} answers {answer.status_code}")

    def __enter__(self) -> Console:
        """Let the console build its indexes of answers, which it does once after a start."""
        for path in (*INDEXED, *INDEXED):
            self._clients[Role.EDITOR].get(path)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in self._clients.values():
            client.close()
