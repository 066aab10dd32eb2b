"""The officers' inbox: queues, counts, filters and search."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from console.door import session_of
from console.house import House
from console.inbox_lines import Lines, days_of, moment_of, unread_mentions
from console.live_hub import is_serving
from console.pages import HEADERS, own_path, see_other, with_flash
from console.routes import Routes
from izin.accounts import Account, Permission
from izin.desk import SERVING_FOR, Filters, Queue, Seat
from izin.desk_search import read
from izin.officers import OfficerSession
from izin.usecases.serve_citizen import ServeCitizen

REASONS = (
    "minta_petugas", "urgent", "turn_failed", "tidak_dimengerti", "complaint_overdue",
    "complaint_reopened", "delivery_failed", "hak_data", "flood",
)  # fmt: skip
CHANNELS = ("telegram", "whatsapp")
NARROWED_BY = ("kanal", "alasan", "izin", "unit", "sejak", "sampai")
LONGEST_SEARCH = 200


def router(house: House) -> APIRouter:
    """Serve ``/percakapan``, its search and help, and what its buttons do."""
    routes = Routes("/percakapan")
    serving = ServeCitizen(house.officers, house.office, house.wording)

    @routes.get("", Permission.CONVERSATIONS)
    def inbox(request: Request) -> Response:
        account = session_of(request).account
        context = _list(house, request)
        with house.one_commit():
            _be_present(house, request)
            house.record(
                account, "percakapan.daftar", "antrean", str(context["queue"].value),
                jumlah=len(context["lines"]),
            )  # fmt: skip
        return house.pages.page(request, "inbox/page.html", **context, **_choices(house))

    @routes.get("/daftar", Permission.CONVERSATIONS)
    def rows(request: Request) -> Response:
        part = house.pages.part(request, "inbox/list.html", **_list(house, request))
        return HTMLResponse(part, headers=HEADERS)

    @routes.get("/cari", Permission.CONVERSATIONS)
    def search(request: Request, q: str = "") -> Response:
        account = session_of(request).account
        typed, lines = q[:LONGEST_SEARCH], []
        wanted = read(typed)
        if wanted is not None:
            found = house.desk_queues.search(_seat(account), wanted)
            lines = Lines(house, account.id).of_found(found, wanted)
            house.record(account, "percakapan.cari", "pencarian", "-", jumlah=len(lines))
        return house.pages.page(
            request, "inbox/search.html", typed=typed, lines=lines, searched=wanted is not None
        )

    @routes.get("/pintasan", Permission.CONVERSATIONS)
    def shortcuts(request: Request) -> Response:
        return house.pages.page(request, "inbox/shortcuts.html")

    @routes.post("/ambil", Permission.CONVERSATIONS)
    def take_next(request: Request) -> Response:
        account = session_of(request).account
        held = _take_next(house, serving, account)
        if held is None:
            return see_other(with_flash("/percakapan?antrean=tanpa_petugas", "nobody_waits"))
        return see_other(with_flash(f"/percakapan/{held}", "taken") + "#tulis")

    @routes.post("/kehadiran", Permission.CONVERSATIONS)
    def presence(
        request: Request,
        serving: Annotated[bool, Form()] = False,
        kembali: Annotated[str, Form()] = "/percakapan",
    ) -> Response:
        session = session_of(request)
        with house.one_commit():
            house.presence.serve(session.id, serving)
            if serving:
                _be_present(house, request)
            else:
                house.officers.leave(session.id)
            action = "percakapan.siap" if serving else "percakapan.istirahat"
            house.record(session.account, action, "akun", session.account.id)
        flash = "serving" if serving else "resting"
        return see_other(with_flash(own_path(kembali, "/percakapan"), flash))

    return routes.router


def _seat(account: Account) -> Seat:
    return Seat(account.id, account.unit)


def _be_present(house: House, request: Request) -> None:
    """Count whoever asks for a page as present, so that presence works without script."""
    session, now = session_of(request), house.clock()
    if is_serving(house.presence, session):
        account = session.account
        house.officers.beat(
            OfficerSession(session.id, account.id, account.title, now + SERVING_FOR), now
        )


def _take_next(house: House, serving: ServeCitizen, account: Account) -> str | None:
    """Hold whoever's turn it is; gives the conversation, None when nobody waits."""
    with house.one_commit():
        if account.unit is None:
            held = serving.take_next(account.id, account.title, house.clock())
            taken = held.conversation_id if held else None
        else:
            page = house.desk_queues.page(
                Queue.UNASSIGNED, _seat(account), days_of(house), Filters()
            )
            taken = page.rows[0].conversation_id if page.rows else None
            if taken:
                serving.take(taken, account.id, account.title, house.clock())
        if taken:
            house.record(account, "percakapan.ambil", "percakapan", taken)
    return taken


def _list(house: House, request: Request) -> dict[str, Any]:
    """Give what the list is written from: queue, counts, rows and the way to more."""
    account, asked = session_of(request).account, request.query_params
    queue = _queue(asked.get("antrean", ""))
    days, seat = days_of(house), _seat(account)
    counts = house.desk_queues.counts(seat, days)
    if queue is None:
        queue = Queue.MINE if counts[Queue.MINE] else Queue.UNASSIGNED
    given = {name: asked[name] for name in NARROWED_BY if asked.get(name)}
    page = house.desk_queues.page(
        queue, seat, days, _filters(house, given), asked.get("setelah") or None
    )
    here = {"antrean": queue.value, **given}
    if asked.get("setelah"):
        here["setelah"] = asked["setelah"]
    return {
        "queue": queue,
        "queues": [(item, counts[item], _address({**given, "antrean": item.value}))
                   for item in Queue],
        "waiting_count": counts[Queue.UNASSIGNED],
        "lines": Lines(house, account.id).of_rows(page.rows),
        "mentions": unread_mentions(house, account),
        "given": given,
        "first": None if "setelah" not in here
        else _address({**given, "antrean": queue.value}),
        "more": _address({**given, "antrean": queue.value, "setelah": page.after})
        if page.after else None,
        "part_url": f"/percakapan/daftar?{urlencode(here)}",
        "unfiltered": _address({"antrean": queue.value}),
    }  # fmt: skip


def _queue(name: str) -> Queue | None:
    return Queue(name) if name in set(Queue) else None


def _address(query: Mapping[str, str]) -> str:
    return f"/percakapan?{urlencode(query)}"


def _filters(house: House, given: Mapping[str, str]) -> Filters:
    since, until = _day(given.get("sejak")), _day(given.get("sampai"))
    return Filters(
        channel=given.get("kanal"),
        reason=given.get("alasan"),
        permit=given.get("izin"),
        unit=given.get("unit"),
        since=moment_of(house, since) if since else None,
        until=moment_of(house, until + timedelta(days=1)) if until else None,
    )


def _day(typed: str | None) -> date | None:
    try:
        day = date.fromisoformat(typed or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None


def _choices(house: House) -> dict[str, Any]:
    return {
        "channels": CHANNELS,
        "reasons": REASONS,
        "permits": [(permit.code, permit.short_name) for permit in house.catalogue.permits()],
        "units": [(unit.code, unit.name) for unit in house.units.all() if not unit.desk],
    }
