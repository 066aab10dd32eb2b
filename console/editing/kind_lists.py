"""Lists of the office's content: its kinds, the items of one, and agencies beside the office."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from console.editing.content_words import item_path
from console.editing.kind_forms import KIND_FORMS, KindForm
from console.editing.kind_holidays import next_year_missing
from console.house import House
from izin import content
from izin.content import ItemName, StoredItem
from izin.content_titles import title
from izin.ports.faq_shelf import FaqShelf, FaqWanted

PAGE = 50
AGENCIES = "instansi_lain"
"""Topic of the questions that another agency answers."""


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind in the index: how many items it has, and how many of them have a draft."""

    kind: str
    count: int
    drafts: int
    more: bool


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item in a list."""

    title: str
    about: str
    path: str
    item: StoredItem


def index(house: House, request: Request) -> Response:
    """Show every kind with its counts."""
    lines = []
    for form in KIND_FORMS.values():
        items = house.content.items(form.kind)
        drafts = sum(item.open_version is not None for item in items)
        lines.append(KindLine(form.kind, len(items), drafts, form.new is not None))
    return house.pages.page(
        request, "isi/kantor/index.html", lines=lines, missing=next_year_missing(house)
    )


def items(house: House, request: Request, form: KindForm, wanted: str, start: str) -> Response:
    """Show the items of a kind that a search finds."""
    lines = [_line(item, form) for item in house.content.items(form.kind)]
    found = [one for one in lines if wanted.casefold() in _searched(one)]
    first = _number(start)
    more = first + PAGE if len(found) > first + PAGE else None
    return house.pages.page(
        request, "isi/kantor/list.html", kind=form.kind, lines=found[first : first + PAGE],
        wanted=wanted, found=len(found), first=_at(request, wanted, 0) if first else None,
        more=_at(request, wanted, more) if more else None, can_add=form.new is not None,
    )  # fmt: skip


def agencies(house: House, request: Request, shelf: FaqShelf, start: str) -> Response:
    """Show the questions that another agency answers; one searches them among all questions."""
    first = _number(start)
    lines, total = shelf.lines(FaqWanted(topic=AGENCIES), first, PAGE)
    shown = [(item_path(ItemName(content.FAQ, line.key)), line) for line in lines]
    return house.pages.page(
        request, "isi/kantor/agencies.html", lines=shown, found=total, topic=AGENCIES,
        first=_at(request, "", 0) if first else None,
        more=_at(request, "", first + PAGE) if first + PAGE < total else None,
    )  # fmt: skip


def _number(start: str) -> int:
    return int(start) if start.isdecimal() and len(start) < 7 else 0


def _line(item: StoredItem, form: KindForm) -> ItemLine:
    shown = item.open_version or item
    about = form.about(form.opened(shown.document))
    return ItemLine(title(item.item, shown.document), about, item_path(item.item), item)


def _searched(line: ItemLine) -> str:
    return f"{line.title} {line.about} {line.item.item.key} {line.item.document}".casefold()


def _at(request: Request, wanted: str, start: int) -> str:
    return f"{request.url.path}?{urlencode({'cari': wanted, 'mulai': start})}"
