"""Shows the form of an item, and takes what was typed into it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.door import session_of
from console.editing import kind_saving as saving
from console.editing.content_words import ContentWords, item_path
from console.editing.kind_documents import Typed, read, typed_in, typed_of
from console.editing.kind_fields import form_name
from console.editing.kind_options import Options
from console.editing.kind_rows import moved
from console.editing.kind_saving import Opened
from console.editing.kind_view import Remark, Remarks, drawn, of_wrong
from console.house import House
from console.pages import see_other, with_flash
from izin import content
from izin.content import ItemName, Problem
from izin.content_titles import title
from izin.errors import Conflict, InvalidInput, Unpublishable

BASE = "/isi/kantor"
LIVE = "live"
STEP = "langkah"


class FormPage:
    """One form as somebody works on it.

    Args:
        house: Ports and pages.
        request: Of the page.
        opened: The item.
        sent: Names and values of the form that was sent; None to show it.
    """

    def __init__(
        self, house: House, request: Request, opened: Opened, sent: Mapping[str, str] | None = None
    ) -> None:
        self._house = house
        self._request = request
        self._opened = opened
        self._sent = sent or {}
        self._form = opened.form
        self._options = Options(house.content, house.catalogue, house.wording)
        self._account = session_of(request).account
        self._words = ContentWords(house)

    def shown(self) -> Response:
        """Give the form with what is stored, and what the checks say about it."""
        opened = self._opened
        typed = typed_of(self._form.fields, self._form.opened(opened.document))
        found: Sequence[Problem] = ()
        if opened.version is not None:
            found = self._house.edit_content.problems(opened.name, opened.document, opened.live)
        return self._page(typed, opened.live, found=found)

    def taken(self) -> Response:
        """Save what was typed, or give the form again with it."""
        typed = typed_in(self._form.fields, self._sent)
        live = bool(self._sent.get(LIVE)) or not self._form.hides
        if step := self._sent.get(STEP, ""):
            focus = moved(self._form.fields, typed, step)
            return self._page(typed, live, focus=focus)
        if not self._opened.may_save or self._published_meanwhile():
            return self._again(typed, live)
        return self._kept(self._with_fixed(typed), live)

    def _with_fixed(self, typed: Typed) -> Typed:
        """Give what was typed with the fields that name the item as they are."""
        if not self._opened.name.key:
            return typed
        document = self._form.opened(self._opened.document)
        fixed = [item for item in self._form.fields if item.fixed]
        return {**typed, **typed_of(fixed, document)}

    def _kept(self, typed: Typed, live: bool) -> Response:
        base = self._form.opened(self._opened.document)
        found = read(self._form.fields, typed, base, self._options.allowed)
        if found.wrong:
            remarks = of_wrong(found.wrong, self._house.wording.say)
            return self._page(typed, live, remarks=remarks, status=422)
        document, wrong = self._finished(found.document)
        if wrong:
            return self._page(typed, live, remarks=self._remark(wrong, "shape"), status=422)
        document = self._form.closed(document, live)
        name = self._named(document)
        if not self._opened.name.key and saving.known(self._house, name) and not self._mine(name):
            key = next(item.name for item in self._form.fields if item.fixed)
            return self._page(typed, live, remarks=self._remark(key, "taken"), status=422)
        try:
            needed = () if live else self._house.edit_content.problems(name, document, False)
        except InvalidInput as error:
            return self._unfit(error, typed, live)
        if any(not problem.warning for problem in needed):
            return self._page(typed, True, found=needed, status=422)
        return self._saved(name, document, live, typed)

    def _unfit(self, error: InvalidInput, typed: Typed, live: bool) -> Response:
        field = form_name(self._form.fields, error.field or "")
        return self._page(typed, live, remarks=self._remark(field, "shape"), status=422)

    def _saved(self, name: ItemName, document: Any, live: bool, typed: Typed) -> Response:
        version_id, edits = self._sent.get("version", ""), self._sent.get("edits", "")
        try:
            version = saving.saved(
                self._house, name, document, live, self._account, version_id,
                int(edits) if edits.isdecimal() and len(edits) < 9 else 0,
                self._opened.item.base if self._opened.item else None,
            )  # fmt: skip
        except Conflict:
            return self._overtaken(name, document, typed, live)
        except InvalidInput as error:
            return self._unfit(error, typed, live)
        if self._sent.get("simpan") != "kirim":
            return see_other(with_flash(item_path(name), "kinds_kept"))
        try:
            version = saving.submitted(self._house, version, self._account)
        except Unpublishable as error:
            now = saving.opened(self._house, name.kind, name.key)
            again = FormPage(self._house, self._request, now, self._sent)
            return again._page(typed, live, found=error.problems, current=True, status=422)
        except Conflict:
            return self._overtaken(name, document, typed, live)
        return see_other(f"/isi/versi/{version.id}")

    def _published_meanwhile(self) -> bool:
        """Say whether what the form began with is no longer what is in force."""
        item = self._opened.item
        return item is not None and self._sent.get("base", "") != str(item.base)

    def _again(self, typed: Typed, live: bool) -> Response:
        """Give the form with what was typed beside what it can no longer be saved into."""
        base = self._form.opened(self._opened.document)
        found = read(self._form.fields, self._with_fixed(typed), base, self._options.allowed)
        mine = self._form.closed(found.document, live) if not found.wrong else None
        return self._page(typed, live, mine=mine, overtaken=True, current=True, status=409)

    def _overtaken(self, name: ItemName, document: Any, typed: Typed, live: bool) -> Response:
        """Give the form over what somebody else saved meanwhile, with both texts."""
        now = saving.opened(self._house, name.kind, name.key)
        again = FormPage(self._house, self._request, now, self._sent)
        return again._page(typed, live, mine=document, overtaken=True, current=True, status=409)

    def _mine(self, name: ItemName) -> bool:
        """Say whether this form was sent a moment ago already, and made the open version."""
        item = self._house.content.item(name)
        version = item.open_version
        fresh = version is not None and version.base is None
        return fresh and version is not None and self._account.id in version.authors

    def _named(self, document: Any) -> ItemName:
        if self._opened.name.key:
            return self._opened.name
        fields = self._form.opened(document)
        return ItemName(self._form.kind, self._form.key(fields))

    def _finished(self, document: Any) -> tuple[Any, str]:
        """Give the document with what no field holds, and the name of a field at fault."""
        if self._form.kind == content.CANNED and not self._opened.name.key:
            try:
                once = uuid.UUID(hex=self._sent.get("once", ""))
            except ValueError:
                return document, "title"
            return {**document, "id": str(once)}, ""
        if self._form.kind == content.OFFICE:
            return _dated_notice(document, self._opened, self._house.clock().date().isoformat()), ""
        return document, ""

    def _remark(self, name: str, code: str) -> dict[str, list[Remark]]:
        return of_wrong({name: code}, self._house.wording.say)

    def _page(
        self, typed: Typed, live: bool, *, remarks: Remarks | None = None,
        found: Sequence[Problem] = (), focus: str = "", mine: Any = None,
        overtaken: bool = False, current: bool = False, status: int = 200,
    ) -> Response:  # fmt: skip
        """Give the page; ``current`` when it shows what is stored now, to be saved upon."""
        opened, form = self._opened, self._form
        beside = {**(remarks or {}), **self._beside(found)}
        shown = drawn(form.fields, typed, form.kind, self._options, beside)
        differences = (
            self._words.changes(form.kind, opened.document, mine) if mine is not None else None
        )
        version = opened.version
        return self._house.pages.page(
            self._request, "isi/kantor/form.html", status, kind=form.kind, form=form,
            title=title(opened.name, opened.document) if opened.name.key else "",
            fields=shown, live=live, focus=focus, opened=opened, overtaken=overtaken,
            differences=differences, action=item_path(opened.name) if opened.name.key
            else f"{BASE}/baru/{form.kind}", banner=self._words.opened(opened.item)
            if opened.item else None, version=version, problems=self._words.problems(
                [problem for problem in found if not form_name(form.fields, problem.field)]
            ), wrong=any(item.is_wrong for item in shown) or bool(remarks),
            history=self._words.history(opened.name) if opened.item else (),
            once=self._sent.get("once") or uuid.uuid4().hex,
            hidden=self._read_from() if current or not self._sent else
            {name: self._sent.get(name, "") for name in ("version", "edits", "base")},
            alone=self._house.edit_content.single_editor,
        )  # fmt: skip

    def _read_from(self) -> dict[str, str]:
        """Give what tells, when the form comes back, whether somebody else was quicker."""
        item, version = self._opened.item, self._opened.version
        return {
            "version": version.id if version else "",
            "edits": str(version.edits) if version else "",
            "base": str(item.base) if item else "",
        }

    def _beside(self, found: Sequence[Problem]) -> dict[str, list[Remark]]:
        beside: dict[str, list[Remark]] = {}
        for problem, sentence, _ in self._words.problems(found):
            name = form_name(self._form.fields, problem.field)
            if name:
                beside.setdefault(name, []).append(Remark(sentence, problem.warning))
        return beside


def _dated_notice(document: Any, opened: Opened, today: str) -> Any:
    """Give the office with a new version of the privacy notice when it says something else.

    Every citizen is told once of each version.
    """
    notice = document.get("details", {}).get("privacy")
    in_force = opened.item.document["details"].get("privacy") if opened.item else None
    if not notice or not in_force or notice["sections"] == in_force["sections"]:
        return document
    version = today if in_force["version"] != today else f"{today}.2"
    dated = {**notice, "version": version, "checked_on": today}
    return {**document, "details": {**document["details"], "privacy": dated}}
