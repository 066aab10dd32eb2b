"""What the page of one permit shows: the form, what is wrong with it, and the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.editing.content_words import ContentWords
from console.editing.permit_answers import answers
from console.editing.permit_document import EMPTY, document_of
from console.editing.permit_form import CONFIRMED_TODAY, ROWS, PermitForm, field_of, of_document
from console.editing.permit_saving import Opened, ReadFrom, is_known, problems_of, save
from console.house import House
from console.pages import see_other, with_flash
from izin.accounts import Account
from izin.content import FEE_TABLE, PERMIT, UNIT, ItemName, Problem, VersionState
from izin.content_checks.permit import CONFIDENCES, FEE_TYPES
from izin.errors import Conflict, InvalidInput

BASE = "/isi/katalog"


@dataclass(slots=True)
class PermitPage:
    """One showing of the form; ``errors`` and ``doubts`` are sentences by field name."""

    house: House
    opened: Opened
    form: PermitForm
    document: Mapping[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, list[str]] = field(default_factory=dict)
    conflict: bool = False
    preview: bool = False
    flash: str = ""

    @property
    def is_new(self) -> bool:
        """Say whether the permit is being begun."""
        return self.opened.item is None

    def take(self, found: Sequence[Problem]) -> None:
        """Put problems beside their fields."""
        say = self.house.wording.say
        for problem in found:
            said = say(f"content.problem.{problem.code}", **(problem.values or {}))
            name = field_of(problem.field, self.form)
            if problem.warning:
                self.doubts.setdefault(name, []).append(said)
            else:
                self.errors.setdefault(name, said)

    def shown(self, request: Request, status: int = 200) -> Response:
        """Give the page."""
        house, words = self.house, ContentWords(self.house)
        version = self.opened.version
        theirs = words.changes(PERMIT, self.opened.theirs, self.document) if self.conflict else []
        return house.pages.page(
            request, "isi/katalog/permit.html", status, page=self, form=self.form,
            errors=self.errors, doubts=self.doubts, item=self.opened.item, version=version,
            opened=words.opened(self.opened.item) if self.opened.item else None,
            theirs=theirs, rows=ROWS, answers=self._answers(), options=self._options(),
            untouched=words.document(PERMIT, {"details": self._untouched()}),
            confirmed=CONFIRMED_TODAY, days=_days(self.form),
        )  # fmt: skip

    def _answers(self) -> Any:
        """Give the answers; None while the form cannot be read as a permit."""
        name = ItemName(PERMIT, self.form.code)
        tables = {item.item.key: item.document[1] for item in self.house.content.items(FEE_TABLE)}
        try:
            return answers(self.house, self.house.content.noun(name, self.document), tables)
        except InvalidInput:
            return None

    def _untouched(self) -> Mapping[str, Any]:
        details = self.document.get("details") or {}
        return {key: value for key, value in details.items() if key != "source_regions"}

    def _options(self) -> Mapping[str, Any]:
        say, content = self.house.wording.say, self.house.content
        permits = [item.document for item in content.items(PERMIT)]
        units = {stage["unit"] for permit in permits for stage in permit["stages"]}
        units |= {item.document["name"] for item in content.items(UNIT)}
        return {
            "sectors": sorted({permit["sector"] for permit in permits if permit["sector"]}),
            "units": sorted(unit for unit in units if unit),
            "fee_types": [(code, say(f"catalogue.fee_type.{code}")) for code in FEE_TYPES],
            "confidences": [(c, say(f"catalogue.confidence.{c}")) for c in CONFIDENCES],
            "tables": [
                (item.item.key, say(f"catalogue.table.{item.item.key}"))
                for item in content.items(FEE_TABLE)
                if self.house.wording.has(f"catalogue.table.{item.item.key}")
            ],
        }


def page_of(house: House, opened: Opened) -> PermitPage:
    """Give the page of a permit as it stands, with what is wrong or doubtful about it."""
    form = of_document(opened.document, opened.live)
    page = PermitPage(house, opened, form, opened.document)
    if opened.item is not None:
        page.take(problems_of(house, opened.name, opened.document, opened.live))
    return page


def begun() -> Opened:
    """Give a permit that says nothing yet."""
    return Opened(ItemName(PERMIT, ""), EMPTY, True)


def answered(
    request: Request, house: House, opened: Opened, form: PermitForm, account: Account,
    act: str, read: ReadFrom,
) -> Response:  # fmt: skip
    """Answer a sent form: rows moved, a look at the answers, or a saved draft."""
    if act.partition(":")[0] in ("add", "remove", "up", "down"):
        form = form.with_rows(act)
        page = PermitPage(house, opened, form, _document(house, opened, form)[0])
        return page.shown(request)
    form = form.filled()
    document, unread = _document(house, opened, form)
    page = PermitPage(house, opened, form, document, preview=act == "preview")
    page.errors = {name: house.wording.say(sentence) for name, sentence in unread.items()}
    name = ItemName(PERMIT, form.code)
    if "code" not in unread:
        page.take(problems_of(house, name, document, form.live))
    if page.is_new and _is_taken(house, name, document):
        page.errors["code"] = house.wording.say("catalogue.error.code_taken")
    if page.preview:
        return page.shown(request)
    if page.errors:
        return page.shown(request, 422)
    return _saved(request, page, Opened(name, document, form.live, opened.item), account, read)


def _saved(
    request: Request, page: PermitPage, opened: Opened, account: Account, read: ReadFrom
) -> Response:
    house, form = page.house, page.form
    try:
        version = save(house, opened, page.document, form.live, account, read)
    except Conflict:
        item = house.content.item(opened.name)
        page.opened = Opened(opened.name, page.document, form.live, item)
        page.conflict = True
        return page.shown(request, 409)
    if version.state is not VersionState.DRAFT:
        return see_other(f"/isi/versi/{version.id}")
    return see_other(with_flash(f"{BASE}/{form.code}", "catalogue_saved"))


def _is_taken(house: House, name: ItemName, document: Any) -> bool:
    """Say whether another permit has the code; the same one, sent twice, is no other."""
    if not is_known(house, name):
        return False
    begun_before = house.content.item(name).open_version
    return begun_before is None or begun_before.document != document


def _document(house: House, opened: Opened, form: PermitForm) -> tuple[dict[str, Any], Any]:
    return document_of(form, opened.document, _today(house))


def _today(house: House) -> date:
    return house.clock().astimezone(house.office.office().zone).date()


def _days(form: PermitForm) -> int:
    """Sum the days of the stages that every case passes, as far as they are numbers."""
    rows = [row for row in form.rows["stages"] if not row["only_for"].strip()]
    return sum(int(row["working_days"]) for row in rows if row["working_days"].strip().isdecimal())
