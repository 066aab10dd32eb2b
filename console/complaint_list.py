"""The list of complaints: queues with counts, filters, search, one page at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from console.complaint_words import Words
from console.door import session_of
from console.house import House
from console.pages import HEADERS, see_other
from izin.accounts import Permission, Role
from izin.complaint_desk import OFFICER_ROLES, SEALED_ROLES, DeskLine, Reader
from izin.complaint_states import ENDED, ComplaintState
from izin.complaint_work import Alarm, Order, Urgency, WorkCounts, WorkFilter, WorkLine
from izin.conversations import ChannelName
from izin.errors import NotFound

QUEUES = ("semua", "baru", "saya", "unit", "menunggu", "segera", "lewat", "selesai")
FILTERS = ("status", "kelas", "kategori", "unit", "kanal", "petugas", "dari", "sampai")
_TICKET = re.compile(r"(?i)ADU-[0-9A-Z]{4}-[0-9A-Z]{2}")
_S = ComplaintState
_ALARMS_SHOWN, _ALARMS_READ = 5, 40


@dataclass(frozen=True, slots=True)
class ComplaintList:
    """Lists ordinary or sealed complaints; sealed ones are never searched."""

    house: House
    base: str
    sealed: bool

    def page(self, request: Request) -> Response:
        """Give the list's page, or go on to a ticket that was searched for."""
        words = request.query_params.get("cari", "").strip()[:200]
        if words and not self.sealed and _TICKET.fullmatch(words):
            ticket = words.upper()
            try:
                self.house.complaint_work.case(self._reader(request), ticket, self.house.clock())
                return see_other(f"{self.base}/{quote(ticket)}")
            except NotFound:
                pass
        shown = self._shown(request, words)
        return self.house.pages.page(request, "complaints/list.html", **shown)

    def part(self, request: Request) -> Response:
        """Give the live part: queues and lines."""
        shown = self._shown(request, "")
        here = self.house.pages.part(request, "complaints/lines.html", **shown)
        return HTMLResponse(here, headers=HEADERS)

    def _reader(self, request: Request) -> Reader:
        account = session_of(request).account
        roles = frozenset(role.value for role in account.roles)
        return Reader(
            account.id, roles & (SEALED_ROLES if self.sealed else OFFICER_ROLES), account.unit
        )

    def _shown(self, request: Request, search: str) -> dict[str, Any]:
        asked, account = request.query_params, session_of(request).account
        words, now, reader = Words(self.house), self.house.clock(), self._reader(request)
        queue = asked.get("antrean", "semua")
        queue = queue if queue in QUEUES else "semua"
        chosen = {name: asked.get(name, "") for name in FILTERS}
        if search and not self.sealed:
            found = self.house.complaint_desk.search(reader, search)
            lines, following = [self._found(line, words) for line in found], None
        else:
            wanted = self._wanted(queue, chosen, account.id, account.unit, words)
            work = self.house.complaint_work
            give = work.list_sealed if self.sealed else work.list
            page = give(reader, wanted, now, asked.get("setelah") or None)
            lines, following = [self._line(line, words) for line in page.lines], page.next
        if self.sealed:
            self.house.record(account, "pengaduan_tertutup.daftar", "pengaduan_tertutup", "-")
        kept = {name: value for name, value in chosen.items() if value}
        counts = None
        if not self.sealed:
            counts = self.house.complaint_work.counts(reader, now, words.soon_until())
        return {
            "base": self.base, "sealed": self.sealed, "queue": queue, "queues": self._queues(),
            "counts": _counted(counts), "chosen": chosen, "filtered": bool(kept),
            "lines": lines, "search": search, "words": words,
            "more": urlencode({"antrean": queue, **kept, "setelah": following})
            if following else None,
            "again": urlencode({
                "antrean": queue, **kept,
                **({"setelah": asked["setelah"]} if asked.get("setelah") else {}),
            }),
            "states": [state.value for state in ComplaintState],
            "channels": get_args(ChannelName), "colleagues": self._colleagues(),
            "alarms": self._alarms(reader, account.roles),
            "news": asked.get("kabar") == "dirahasiakan", "me": account,
            "exports": not self.sealed and account.may(Permission.EXPORTS),
        }  # fmt: skip

    def _queues(self) -> tuple[str, ...]:
        without = {"unit"} if self.sealed else set()
        return tuple(name for name in QUEUES if name not in without)

    def _wanted(
        self, queue: str, chosen: dict[str, str], me: str, unit: str | None, words: Words
    ) -> WorkFilter:
        by_queue = {
            "baru": WorkFilter(states=frozenset({_S.RECEIVED, _S.REOPENED})),
            "saya": WorkFilter(officer=me),
            "unit": WorkFilter(unit=unit or ""),
            "menunggu": WorkFilter(states=frozenset({_S.WAITING})),
            "segera": WorkFilter(urgency=Urgency.SOON),
            "lewat": WorkFilter(urgency=Urgency.OVERDUE),
            "selesai": WorkFilter(states=frozenset(ENDED), open_only=False, order=Order.NEWEST),
        }
        wanted = replace(by_queue.get(queue, WorkFilter()), soon_until=words.soon_until())
        more: dict[str, Any] = {}
        if chosen["status"] in set(_S):
            more |= {"states": frozenset({_S(chosen["status"])}), "open_only": False}
        more |= {
            name: chosen[field]
            for name, field in (("class_code", "kelas"), ("category", "kategori"))
            if chosen[field]
        }
        if chosen["kanal"] in get_args(ChannelName) and not self.sealed:
            more["channel"] = chosen["kanal"]
        for name, field in (("unit", "unit"), ("officer", "petugas")):
            if chosen[field]:
                more[name] = "" if chosen[field] == "-" else chosen[field]
        more |= {
            "filed_from": self._midnight(chosen["dari"], words),
            "filed_until": self._midnight(chosen["sampai"], words, 1),
        }
        return replace(wanted, **more)

    def _midnight(self, typed: str, words: Words, later: int = 0) -> datetime | None:
        try:
            day = date.fromisoformat(typed) + timedelta(days=later)
        except (ValueError, OverflowError):
            return None
        return datetime.combine(day, time(), tzinfo=words.hours.zone).astimezone(UTC)

    def _line(self, line: WorkLine, words: Words) -> dict[str, Any]:
        return {
            "ticket": line.ticket, "state": line.state.value,
            "category": words.category(line.category),
            "class": words.complaint_class(line.class_code),
            "unit": words.unit(line.unit), "officer": words.name(line.officer),
            "left": words.left(line.due_at, line.state), "reopened": line.reopened_times,
            "priority": line.priority.value, "rating": line.rating, "channel": line.channel,
            "level": line.confidentiality.value, "filed_at": line.filed_at,
            "simulated": line.simulated,
        }  # fmt: skip

    def _found(self, line: DeskLine, words: Words) -> dict[str, Any]:
        due = datetime.combine(line.deadlines.decision.day, time(12), tzinfo=words.hours.zone)
        return {
            "ticket": line.ticket, "state": line.state.value,
            "category": words.category(line.category),
            "class": words.complaint_class(line.class_code), "unit": None, "officer": None,
            "left": words.left(due, line.state), "reopened": 0, "priority": "biasa",
            "rating": None, "channel": None, "level": line.confidentiality.value,
            "filed_at": line.filed_at, "simulated": False,
        }  # fmt: skip

    def _colleagues(self) -> list[tuple[str, str]]:
        wanted = Permission.SEALED_COMPLAINTS if self.sealed else Permission.COMPLAINTS
        return [(one.id, one.name) for one in self.house.accounts.all() if one.may(wanted)]

    def _alarms(self, reader: Reader, roles: frozenset[Role]) -> list[Alarm]:
        """Give the latest alarm of each of the complaints that raised some last."""
        work = self.house.complaint_work
        if self.sealed:
            raised = work.sealed_alarms(reader, _ALARMS_READ)
        else:
            raised = work.alarms(reader, supervisors=Role.SUPERVISOR in roles, limit=_ALARMS_READ)
        latest: dict[str, Alarm] = {}
        for alarm in raised:  # the newest first
            latest.setdefault(alarm.ticket, alarm)
        return list(latest.values())[:_ALARMS_SHOWN]


def _counted(counts: WorkCounts | None) -> dict[str, int]:
    if counts is None:
        return {}
    new = sum(counts.by_state.get(state, 0) for state in (_S.RECEIVED, _S.REOPENED))
    return {
        "semua": counts.open,
        "baru": new,
        "saya": counts.own,
        "menunggu": counts.by_state.get(_S.WAITING, 0),
        "segera": counts.soon,
        "lewat": counts.overdue,
    }
