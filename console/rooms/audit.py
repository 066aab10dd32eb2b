"""The record of actions and readings."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.audit_view import AuditLine, AuditView
from console.door import session_of
from console.house import House
from console.pages import with_headers
from console.routes import Routes
from console.sheet_files import CSV_TYPE, XLSX_TYPE, csv_file, xlsx_file
from console.sheets import Column, Sheet
from izin.accounts import Permission
from izin.audit import AuditFilter
from izin.errors import NotFound

HERE = "/jejak"
PAGE = 50
MOST_EXPORTED = 20_000
_PART = 1_000
_FIELDS = ("dari", "sampai", "pelaku", "tindakan", "jenis", "id")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form above the list asks for.

    Attributes:
        typed: As it was typed, to be shown again.
        problems: Sentence ids of what could not be read, by field.
        before: Where the page before this one ended.
    """

    wanted: AuditFilter
    typed: Mapping[str, str]
    problems: Mapping[str, str] = field(default_factory=dict)
    before: tuple[datetime, int] | None = None

    @property
    def query(self) -> str:
        """Give the filter as the query of an address."""
        return urlencode({name: value for name, value in self.typed.items() if value})


def router(house: House) -> APIRouter:
    """Serve ``/jejak``, its downloads and the check of the chain."""
    routes = Routes(HERE)
    room = _Room(house)
    checking = threading.Lock()

    @routes.get("", Permission.AUDIT)
    def trail(request: Request) -> Response:
        return room.page(request)

    @routes.get("/unduh.{kind}", Permission.AUDIT)
    def download(request: Request, kind: str) -> Response:
        return room.download(request, kind)

    @routes.get("/keutuhan", Permission.AUDIT)
    def integrity(request: Request) -> Response:
        return house.pages.page(
            request, "audit/integrity.html", heads=house.audit.heads(), report=None, busy=False
        )

    @routes.post("/keutuhan", Permission.AUDIT)
    def check(request: Request) -> Response:
        account = session_of(request).account
        # A million entries take seconds of one processor: one check at a time.
        if not checking.acquire(blocking=False):
            return house.pages.page(
                request, "audit/integrity.html", 409, heads=house.audit.heads(), report=None,
                busy=True,
            )  # fmt: skip
        try:
            report = house.audit.verify(house.clock())
        finally:
            checking.release()
        house.record(account, "jejak.periksa", "jejak", "rantai", utuh=report.sound)
        return house.pages.page(
            request, "audit/integrity.html", heads=house.audit.heads(), report=report, busy=False
        )

    return routes.router


class _Room:
    """The pages of the trail."""

    def __init__(self, house: House) -> None:
        self._house = house

    def page(self, request: Request) -> Response:
        asked = self._asked(request)
        view = AuditView(self._house, session_of(request).account)
        entries = [] if asked.problems else list(self._entries(asked, view, PAGE + 1))
        older = ""
        if len(entries) > PAGE:
            last = entries[PAGE - 1]
            cursor = f"{last.at.astimezone(UTC).isoformat()}_{last.number}"
            older = f"{HERE}?{urlencode({**asked.typed, 'sebelum': cursor})}"
        return self._house.pages.page(
            request,
            "audit/trail.html",
            422 if asked.problems else 200,
            lines=entries[:PAGE],
            asked=asked,
            older=older,
            actors=view.actors(),
            actions=self._actions(view),
            most=MOST_EXPORTED,
        )

    def _entries(self, asked: Asked, view: AuditView, limit: int) -> Iterator[AuditLine]:
        if view.hidden_tickets([asked.wanted.subject]):
            return  # that it has been read at all would say that it exists
        before, left = asked.before, limit
        while left > 0:
            part = self._house.audit.entries(asked.wanted, before, min(left, _PART))
            yield from view.lines(part)
            left -= len(part)
            if len(part) < _PART:
                return
            before = (part[-1].entry.at, part[-1].number)

    def _actions(self, view: AuditView) -> list[tuple[str, str]]:
        prefix = "audit.action."
        codes = [
            key.removeprefix(prefix)
            for key in self._house.wording.keys()  # noqa: SIM118
            if key.startswith(prefix)
        ]
        return sorted(((code, view.action(code)) for code in codes), key=lambda pair: pair[1])

    def _asked(self, request: Request) -> Asked:
        typed = {name: request.query_params.get(name, "").strip()[:200] for name in _FIELDS}
        problems: dict[str, str] = {}
        days: dict[str, date | None] = {}
        for name in ("dari", "sampai"):
            try:
                days[name] = date.fromisoformat(typed[name]) if typed[name] else None
            except ValueError:
                days[name], problems[name] = None, "audit.problem.day"
        first, last = days["dari"], days["sampai"]
        if first and last and first > last:
            problems["sampai"] = "audit.problem.order"
        wanted = AuditFilter(
            since=self._midnight(first) if first else None,
            until=self._midnight(last) + timedelta(days=1) if last else None,
            actor=_text(typed["pelaku"]),
            action=_text(typed["tindakan"]),
            subject_kind=_text(typed["jenis"]),
            subject=_text(typed["id"]),
        )
        return Asked(wanted, typed, problems, _cursor(request.query_params.get("sebelum", "")))

    def _midnight(self, day: date) -> datetime:
        zone = self._house.office.office().zone
        # The last years of the calendar have no neighbours to convert to.
        bounded = min(max(day, date(1990, 1, 1)), date(2200, 1, 1))
        return datetime.combine(bounded, time(), zone)

    def download(self, request: Request, kind: str) -> Response:
        """Give what the filter finds as a file; that is recorded, too."""
        asked = self._asked(request)
        if kind not in ("csv", "xlsx") or asked.problems:
            raise NotFound(f"download {kind}")
        house, account = self._house, session_of(request).account
        zone, say = house.office.office().zone, house.wording.say
        view = AuditView(house, account)
        rows = tuple(
            (line.number, line.at, line.actor, line.action, line.kind, line.about,
             "; ".join(f"{name}={value}" for name, value in line.details))
            for line in self._entries(asked, view, MOST_EXPORTED)
        )  # fmt: skip
        house.record(account, "jejak.unduh", "jejak", kind, baris=len(rows))
        names = ("number", "moment", "actor", "action", "kind", "subject", "details")
        kinds = ("text", "moment", "text", "text", "text", "text", "text")
        titles = [say(f"audit.column.{name}") for name in names]
        columns = tuple(Column(title, how) for title, how in zip(titles, kinds, strict=True))  # type: ignore[arg-type]
        sheet = Sheet("jejak", say("audit.title"), columns, rows)
        about = [(say("audit.title"), asked.query or say("audit.everything"))]
        if len(rows) == MOST_EXPORTED:
            about.append((say("audit.cut"), str(MOST_EXPORTED)))
        if kind == "csv":
            content, mime = csv_file(sheet, about, zone), CSV_TYPE
        else:
            content, mime = xlsx_file([sheet], about, zone), XLSX_TYPE
        day = house.clock().astimezone(zone).date().isoformat()
        answer = Response(content, media_type=mime)
        answer.headers["Content-Disposition"] = f'attachment; filename="jejak-{day}.{kind}"'
        return with_headers(answer)


def _text(typed: str) -> str:
    """Give a filter's value without what no entry can hold."""
    return typed.replace("\x00", "")


def _cursor(typed: str) -> tuple[datetime, int] | None:
    try:
        moment, number = typed.rsplit("_", 1)
        at, place = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None
    return (at, place) if at.tzinfo and 0 <= place < 2**63 else None
