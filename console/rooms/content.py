"""What waits for editors, and versions of every kind of content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.door import session_of
from console.editing.content_words import ContentWords, ShownVersion, item_path
from console.editing.offers import ShownOffer, shown_offers
from console.editing.trail import record_item, record_version
from console.editing.version_page import moment_of, version_page
from console.house import House
from console.pages import see_other, with_flash
from console.routes import Routes
from izin.accounts import Account, Permission
from izin.content import ContentVersion, ItemName
from izin.content_overview import Offer, Pile
from izin.errors import Conflict, InvalidInput, OwnWork, Unpublishable
from izin.storage.postgres.content_overview import PostgresContentOverview

BASE = "/isi"
SHOWN = 50
FIRST = 10
"""Of each kind of work on the overview; a page of its own shows the rest."""

Words = Annotated[str, Form()]
Count = Annotated[int, Form()]


def router(
    house: House, overview: PostgresContentOverview, arrived: Callable[[], None] = lambda: None
) -> APIRouter:
    """Serve ``/isi``; ``arrived`` is told that an editor has come."""
    routes = Routes(BASE)
    _add_overview(routes, house, overview, arrived)
    _add_offers(routes, house, overview)
    _add_version_page(routes, house)
    _add_steps(routes, house)
    return routes.router


def _add_overview(
    routes: Routes, house: House, overview: PostgresContentOverview, arrived: Callable[[], None]
) -> None:
    own = Permission.CONTENT
    age = timedelta(days=house.settings.content_age_days)

    @routes.get("", own)
    def waiting(request: Request) -> Response:
        # Pages on learning read every example, which an office without editors need not keep.
        arrived()
        account, words = session_of(request).account, ContentWords(house)
        offers = overview.offers(FIRST)
        aged, aged_total = overview.growing_old((house.clock() - age).date(), FIRST)
        return house.pages.page(
            request, "isi/overview.html",
            piles={pile.value: _pile(overview, words, account, pile, FIRST) for pile in Pile},
            offers=_shown(words, offers[False]), unconfirmed=_shown(words, offers[True]),
            aged=aged, aged_total=aged_total,
            age_days=age.days, me=account.id, kind=words.kind, path_of=item_path,
        )  # fmt: skip

    @routes.get("/daftar", own)
    def pile(request: Request, isi: str = "", mulai: int = 0) -> Response:
        account, words, start = session_of(request).account, ContentWords(house), _start(mulai)
        if isi not in set(Pile):
            return see_other(BASE)
        shown = _pile(overview, words, account, Pile(isi), SHOWN, start)
        return house.pages.page(
            request, "isi/pile.html", pile=isi, shown=shown, me=account.id, start=start,
            more=start + SHOWN if start + SHOWN < shown.total else None,
        )  # fmt: skip

    @routes.get("/usang", own)
    def growing_old(request: Request, mulai: int = 0) -> Response:
        start = _start(mulai)
        found, total = overview.growing_old((house.clock() - age).date(), SHOWN, start)
        return house.pages.page(
            request, "isi/aged.html", aged=found, total=total, age_days=age.days,
            kind=ContentWords(house).kind, path_of=item_path, start=start,
            more=start + SHOWN if start + SHOWN < total else None,
        )  # fmt: skip


def _add_offers(routes: Routes, house: House, overview: PostgresContentOverview) -> None:
    own = Permission.CONTENT

    def every(request: Request, unconfirmed: bool, start: int) -> Response:
        shown = _shown(ContentWords(house), overview.offers(SHOWN, start)[unconfirmed])
        return house.pages.page(
            request, "isi/offers.html", shown=shown, unconfirmed=unconfirmed, start=start,
            more=start + SHOWN if start + SHOWN < shown.total else None,
        )  # fmt: skip

    @routes.get("/tawaran", own)
    def offer(
        request: Request, jenis: str = "", kunci: str = "", belum: str = "", mulai: int = 0
    ) -> Response:
        if not jenis and not kunci:
            return every(request, bool(belum), _start(mulai))
        found, words = overview.offer(ItemName(jenis, kunci)), ContentWords(house)
        changed = words.changes(found.item.kind, found.current, found.offered)
        return house.pages.page(
            request, "isi/offer.html", offer=shown_offers(words, [found])[0], changed=changed,
            opened=words.opened(house.content.item(found.item)), edit_path=item_path(found.item),
        )  # fmt: skip

    @routes.post("/tawaran/pakai", own)
    def take_over(request: Request, jenis: Words = "", kunci: Words = "") -> Response:
        account, found = session_of(request).account, overview.offer(ItemName(jenis, kunci))
        try:
            with house.one_commit():
                draft = house.edit_content.begin(found.item, found.offered, True, account)
                record_version(house, account, "isi.ubah", draft)
        except Conflict:
            opened = house.content.item(found.item).open_version
            if opened is None:
                raise
            return see_other(with_flash(_path(opened.id), "content_open_already"))
        return see_other(with_flash(_path(draft.id), "content_begun"))

    @routes.post("/tawaran/benarkan", own)
    def confirm(request: Request, jenis: Words = "", kunci: Words = "") -> Response:
        account, found = session_of(request).account, overview.offer(ItemName(jenis, kunci))
        if not found.unconfirmed:
            return see_other(with_flash(BASE, "content_moved_on"))
        try:
            with house.one_commit():
                published = house.edit_content.confirm(found.item, found.offered, account)
                record_version(house, account, "isi.benarkan", published)
        except (Conflict, Unpublishable):
            return see_other(with_flash(_offer_path(found.item), "content_confirm_first"))
        return see_other(with_flash(BASE, "content_confirmed"))

    @routes.post("/tawaran/pertahankan", own)
    def keep_own(request: Request, jenis: Words = "", kunci: Words = "") -> Response:
        account, found = session_of(request).account, overview.offer(ItemName(jenis, kunci))
        with house.one_commit():
            house.content.dismiss_offer(found.item, house.clock())
            record_item(house, account, "isi.pertahankan", found.item)
        return see_other(with_flash(BASE, "content_kept"))


def _add_version_page(routes: Routes, house: House) -> None:
    @routes.get("/versi/{version_id}", Permission.CONTENT)
    def version(request: Request, version_id: str, lawan: str = "") -> Response:
        return shown_version(house, request, version_id, other=lawan)


def shown_version(
    house: House, request: Request, version_id: str, status: int = 200, *, other: str = "",
    wrong: str = "", typed: tuple[str, str, str] = ("", "", ""),
) -> Response:  # fmt: skip
    """Give the page of a version; ``wrong`` is the field at fault of the form that came back.

    ``typed`` is what that form held: note, date and time.
    """
    view = version_page(house, session_of(request).account, version_id, other)
    return house.pages.page(
        request, "isi/version.html", status, view=view, wrong=wrong, typed=typed,
        single=house.edit_content.single_editor,
    )  # fmt: skip


def _add_steps(routes: Routes, house: House) -> None:
    own, edit = Permission.CONTENT, house.edit_content

    def step(
        request: Request, version_id: str, action: str, flash: str,
        take: Callable[[Account], ContentVersion], typed: tuple[str, str, str] = ("", "", ""),
    ) -> Response:  # fmt: skip
        """Take a step with its audit entry; a step that cannot be taken shows the page again."""
        account = session_of(request).account
        try:
            with house.one_commit():
                record_version(house, account, action, after := take(account))
        except Unpublishable:
            return shown_version(house, request, version_id, 422, wrong="problems", typed=typed)
        except InvalidInput as error:
            wrong = error.field or "note"
            return shown_version(house, request, version_id, 422, wrong=wrong, typed=typed)
        except OwnWork:
            return shown_version(house, request, version_id, 403, wrong="own_work", typed=typed)
        except Conflict:
            return shown_version(house, request, version_id, 409, wrong="moved", typed=typed)
        return see_other(with_flash(_path(after.id), flash))

    @routes.post("/versi/{version_id}/ajukan", own)
    def submit(
        request: Request, version_id: str, edits: Count = 0, catatan: Words = ""
    ) -> Response:
        return step(
            request, version_id, "isi.ajukan", "content_submitted",
            lambda account: edit.submit(version_id, edits, account, catatan), (catatan, "", ""),
        )  # fmt: skip

    @routes.post("/versi/{version_id}/kembalikan", own)
    def send_back(
        request: Request, version_id: str, edits: Count = 0, catatan: Words = ""
    ) -> Response:
        return step(
            request, version_id, "isi.kembalikan", "content_sent_back",
            lambda account: edit.send_back(version_id, edits, account, catatan),
            (catatan, "", ""),
        )  # fmt: skip

    @routes.post("/versi/{version_id}/terbitkan", own)
    def publish(request: Request, version_id: str, edits: Count = 0) -> Response:
        return step(
            request, version_id, "isi.terbitkan", "content_published",
            lambda account: edit.approve(version_id, edits, account),
        )  # fmt: skip

    @routes.post("/versi/{version_id}/jadwalkan", own)
    def schedule(
        request: Request, version_id: str, edits: Count = 0, tanggal: Words = "", jam: Words = ""
    ) -> Response:
        def take(account: Account) -> ContentVersion:
            at = moment_of(tanggal, jam, house)
            if at is None:
                raise InvalidInput("no moment", field="publish_at")
            return edit.approve(version_id, edits, account, at)

        return step(
            request, version_id, "isi.jadwalkan", "content_scheduled", take, ("", tanggal, jam)
        )

    @routes.post("/versi/{version_id}/batalkan", own)
    def discard(request: Request, version_id: str, edits: Count = 0) -> Response:
        return step(
            request, version_id, "isi.batalkan", "content_discarded",
            lambda account: edit.discard(version_id, edits, account),
        )  # fmt: skip

    @routes.post("/versi/{version_id}/pulihkan", own)
    def restore(request: Request, version_id: str) -> Response:
        return step(
            request, version_id, "isi.pulihkan", "content_restored",
            lambda account: edit.restore(version_id, account),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownPile:
    """Some of what waits, and how much there is in all."""

    lines: Sequence[ShownVersion]
    total: int


@dataclass(frozen=True, slots=True)
class ShownOffers:
    """Some offers, and how many there are in all."""

    lines: Sequence[ShownOffer]
    total: int


def _pile(
    overview: PostgresContentOverview, words: ContentWords, account: Account, pile: Pile,
    limit: int, start: int = 0,
) -> ShownPile:  # fmt: skip
    found, total = overview.open_versions(pile, account.id, limit, start)
    return ShownPile(words.versions(found), total)


def _shown(words: ContentWords, found: tuple[Sequence[Offer], int]) -> ShownOffers:
    return ShownOffers(shown_offers(words, found[0]), found[1])


def _start(typed: int) -> int:
    return min(max(typed, 0), 1_000_000)


def _offer_path(item: ItemName) -> str:
    return f"{BASE}/tawaran?{urlencode({'jenis': item.kind, 'kunci': item.key})}"


def _path(version_id: str) -> str:
    return f"{BASE}/versi/{version_id}"
