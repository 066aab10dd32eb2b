"""What the page of one answer shows: its form, what is wrong with it, and the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.editing.content_words import ContentWords
from console.editing.faq_form import FaqForm, empty, key_of, of_document
from console.editing.faq_preview import preview
from console.editing.kind_saving import submitted
from console.editing.permit_saving import Opened, ReadFrom, is_known, opened, problems_of, save
from console.house import House
from console.pages import see_other, with_flash
from izin.accounts import Account
from izin.content import FAQ, PERMIT, ContentVersion, ItemName, Problem
from izin.content_checks.faq import LONGEST_ANSWER, LONGEST_QUESTION
from izin.errors import Conflict, Unpublishable
from izin.ports.faq_shelf import FaqShelf

BASE = "/isi/tanya-jawab"
ACTS = ("save", "submit", "checked", "preview")
_MOST_NAMESAKES = 50


@dataclass(slots=True)
class FaqPage:
    """One showing of the form; ``errors`` and ``doubts`` are sentences by field name."""

    house: House
    shelf: FaqShelf
    opened: Opened
    form: FaqForm
    errors: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, list[str]] = field(default_factory=dict)
    conflict: bool = False

    @property
    def is_new(self) -> bool:
        """Say whether the answer is being begun."""
        return self.opened.item is None

    @property
    def document(self) -> Mapping[str, Any]:
        """Give what is typed as a document."""
        return self.form.document(self.opened.name.key or key_of(self.form.text("question")))

    def look(self) -> None:
        """Put what is wrong or doubtful beside the fields."""
        say = self.house.wording.say
        for name in self.form.wrong_days():
            self.errors[name] = say("faq.wrong_day")
        if self.errors:
            return
        # The name of a new answer is another's only by chance, and must not be taken for its.
        key = self.opened.name.key or "-"
        for problem in problems_of(self.house, ItemName(FAQ, key), {**self.document, "key": key},
                                   self.form.live):  # fmt: skip
            self.take(problem)

    def take(self, problem: Problem) -> None:
        """Put one problem beside its field."""
        values = problem.values or {}
        said = self.house.wording.say(f"content.problem.{problem.code}", **values)
        name = problem.field.partition(".")[0] or "question"
        if problem.warning:
            self.doubts.setdefault(name, []).append(said)
        else:
            self.errors.setdefault(name, said)

    def shown(self, request: Request, status: int = 200) -> Response:
        """Give the page."""
        words, item, version = ContentWords(self.house), self.opened.item, self.opened.version
        theirs: Sequence[Any] = ()
        if self.conflict and item is not None:
            now = version.document if version else item.document
            theirs = words.changes(FAQ, now, self.document)
        permits = [one.document for one in self.house.content.items(PERMIT) if one.live]
        return self.house.pages.page(
            request, "isi/faq/form.html", status, page=self, form=self.form, errors=self.errors,
            doubts=self.doubts, item=item, version=version, theirs=theirs,
            opened=words.opened(item) if item else None,
            history=words.history(self.opened.name) if item else (),
            channels=self.channels(), topics=self.shelf.topics(), permits=permits,
            longest_question=LONGEST_QUESTION, longest_answer=LONGEST_ANSWER,
        )  # fmt: skip

    def channels(self) -> Any:
        """Give the preview."""
        return () if self.form.wrong_days() else preview(self.house, self.document)


def today(house: House) -> date:
    """Give the office's day."""
    return house.clock().astimezone(house.office.office().zone).date()


def page_of(house: House, shelf: FaqShelf, key: str | None) -> FaqPage:
    """Give the page of an answer as it stands; of a new one for None.

    Raises:
        NotFound: There is no such answer.
    """
    if key is None:
        begun = Opened(ItemName(FAQ, ""), {}, True)
        return FaqPage(house, shelf, begun, empty(today(house)))
    known = opened(house, ItemName(FAQ, key))
    return FaqPage(house, shelf, known, of_document(known.document, known.live))


def answered(
    request: Request, page: FaqPage, act: str, account: Account, read: ReadFrom
) -> Response:
    """Answer a sent form: a look at the preview, or a draft saved and perhaps handed on."""
    if act == "checked":
        page.form.texts["checked_on"] = today(page.house).isoformat()
    page.look()
    if act == "preview":
        return page.shown(request)
    if not page.opened.may_save:
        page.conflict = True
        return page.shown(request, 409)
    if page.errors:
        return page.shown(request, 422)
    try:
        version = _saved(page, account, read)
        if act != "submit":
            code = "faq_checked" if act == "checked" else "faq_saved"
            return see_other(with_flash(f"{BASE}/{version.item.key}", code))
        done = submitted(page.house, version, account)
    except Unpublishable as error:
        page.opened = opened(page.house, page.opened.name)
        for problem in error.problems:
            page.take(problem)
        return page.shown(request, 422)
    except Conflict:
        page.opened = opened(page.house, ItemName(FAQ, page.opened.name.key))
        page.conflict = True
        return page.shown(request, 409)
    return see_other(f"/isi/versi/{done.id}")


def _saved(page: FaqPage, account: Account, read: ReadFrom) -> ContentVersion:
    name = page.opened.name
    if page.is_new:
        name = _free_name(page, account)
        page.opened = Opened(name, {}, True)
    document = page.form.document(name.key)
    return save(page.house, page.opened, document, page.form.live, account, read)


def _free_name(page: FaqPage, account: Account) -> ItemName:
    """Give a name that nothing has, or that of the very draft this form has begun already."""
    wanted = key_of(page.form.text("question")) or "tanya_jawab"
    for number in range(1, _MOST_NAMESAKES):
        name = ItemName(FAQ, wanted if number == 1 else f"{wanted}_{number}")
        if not is_known(page.house, name):
            return name
        version = page.house.content.item(name).open_version
        same = version is not None and version.document == page.form.document(name.key)
        if same and version is not None and account.id in version.authors:
            return name
    raise Conflict(f"too many answers named {wanted}")
