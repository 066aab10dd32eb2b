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
from izin.content import StoredItem
from izin.content_titles import title

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
    return _list(house, request, "isi/kantor/list.html", lines, wanted, start, form.kind)


def agencies(house: House, request: Request) -> Response:
    """Show the questions that another agency answers."""
    wanted, start = (request.query_params.get(name, "").strip() for name in ("cari", "mulai"))
    lines = [_line(one) for one in house.content.items(content.FAQ) if _is_agency(one)]
    return _list(house, request, "isi/kantor/agencies.html", lines, wanted, start, "")


def _list(
    house: House, request: Request, template: str, lines: list[ItemLine], wanted: str,
    start: str, kind: str,
) -> Response:  # fmt: skip
    found = [one for one in lines if wanted.casefold() in _searched(one)]
    first = int(start) if start.isdecimal() and len(start) < 7 else 0
    more = first + PAGE if len(found) > first + PAGE else None
    return house.pages.page(
        request, template, kind=kind, lines=found[first : first + PAGE], wanted=wanted,
        found=len(found), first=_at(request, wanted, 0) if first else None,
        more=_at(request, wanted, more) if more else None,
        can_add=bool(kind) and KIND_FORMS[kind].new is not None,
    )  # fmt: skip


def _line(item: StoredItem, form: KindForm | None = None) -> ItemLine:
    shown = item.open_version or item
    about = form.about(form.opened(shown.document)) if form else ""
    return ItemLine(title(item.item, shown.document), about, item_path(item.item), item)


def _searched(line: ItemLine) -> str:
    return f"{line.title} {line.about} {line.item.item.key} {line.item.document}".casefold()


def _is_agency(item: StoredItem) -> bool:
    return bool(item.document["topic"] == AGENCIES)


def _at(request: Request, wanted: str, start: int) -> str:
    return f"{request.url.path}?{urlencode({'cari': wanted, 'mulai': start})}"
