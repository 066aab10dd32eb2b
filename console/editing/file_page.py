"""Pages of exports and imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from console.conversations.uploads import LARGEST_FILE_BYTES
from console.door import session_of
from console.editing.content_words import ContentWords, ShownChange, item_path
from console.editing.file_reading import ReadFile
from console.house import House
from izin.content import ItemName
from izin.content_imports import (
    MOST_ROWS,
    WAITS,
    ContentImport,
    FileProblem,
    ItemState,
    PlannedItem,
)
from izin.content_titles import title
from izin.usecases.import_content import MOST_APPROVED, ImportContent, fingerprint

SHOWN = 50
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item of an import as a list shows it."""

    planned: PlannedItem
    kind: str
    title: str
    path: str
    changes: Sequence[ShownChange]


class FilePages:
    """Writes the pages of ``/isi/berkas``."""

    def __init__(self, house: House, use: ImportContent) -> None:
        """Take the house and what is done to imports."""
        self._house = house
        self._use = use

    def start(
        self, request: Request, name: str | None = "", found: ReadFile | None = None,
        *, missing: bool = False,
    ) -> Response:  # fmt: skip
        """Give the first page; with what is wrong in a file that was brought."""
        problems = list(found.problems) if found else []
        words = ContentWords(self._house)
        latest = [
            (one, words.person(one.account_id))
            for one in self._use.imports.latest(self._house.clock())
        ]
        return self._house.pages.page(
            request, "isi/berkas/start.html", 422 if problems or missing else 200,
            problems=[(one, self.sentence(one)) for one in problems[:MOST_PROBLEMS]],
            count=len(problems), more=max(0, len(problems) - MOST_PROBLEMS), file_name=name,
            missing=missing, latest=latest, rows=MOST_ROWS,
            most=LARGEST_FILE_BYTES // 1024 // 1024,
        )  # fmt: skip

    def one(
        self, request: Request, found: ContentImport, shown: str = "", start: int = 0,
        *, conflict: str = "", unfit: Sequence[tuple[ItemName, str, str]] = (),
    ) -> Response:  # fmt: skip
        """Give an import: what it would change, or what became of it."""
        status = 409 if conflict else 200
        if found.applied_at is not None:
            return self._applied(request, found, conflict, status)
        words = ContentWords(self._house)
        planned = self._use.planned(found.items)
        counts = Counter(one.state for one in planned)
        wanted = [one for one in planned if one.document is not None]
        taken = sum(one.open_version is not None for one in wanted)
        state = _state(shown, counts)
        listed = [one for one in planned if one.state is state]
        return self._house.pages.page(
            request, "isi/berkas/preview.html", status, found=found,
            person=words.person(found.account_id), until=found.created_at + WAITS,
            counts=counts, states=list(ItemState), state=state, conflict=conflict,
            items=[self._shown(words, one) for one in listed[start : start + SHOWN]],
            start=start, step=SHOWN, total=len(listed), wanted=len(wanted), taken=taken,
            seen=fingerprint(planned), unfit=unfit[:MOST_PROBLEMS],
            notes=[(one, self.sentence(one)) for one in found.notes[:MOST_PROBLEMS]],
        )  # fmt: skip

    def sentence(self, problem: FileProblem) -> str:
        """Give what is wrong, and what to do."""
        return self._house.wording.say(f"files.problem.{problem.code}", **problem.values)

    def _applied(
        self, request: Request, found: ContentImport, conflict: str, status: int
    ) -> Response:
        account = session_of(request).account
        versions = self._use.imports.versions(found.id, SHOWN)
        first, waiting = self._use.to_approve(found.id, account)
        own = found.account_id == account.id and not self._use.edit.single_editor
        return self._house.pages.page(
            request, "isi/berkas/applied.html", status, found=found, conflict=conflict,
            versions=ContentWords(self._house).versions(versions),
            count=len(found.versions), waiting=waiting, most=MOST_APPROVED, own=own,
            at_once=len(first), shown=SHOWN,
        )  # fmt: skip

    def _shown(self, words: ContentWords, one: PlannedItem) -> ShownItem:
        fields = [change for change in one.fields if change.field != "live"]
        before: Any = {change.field: change.before for change in fields}
        after: Any = {change.field: change.after for change in fields}
        if fields and not fields[0].field:
            before, after = fields[0].before, fields[0].after
        changes = words.changes(one.item.kind, before, after) if fields else ()
        name = one.item.key if one.document is None else title(one.item, one.document)
        path = item_path(one.item) if one.state is not ItemState.NEW else ""
        return ShownItem(one, words.kind(one.item.kind), name, path, changes)


def _state(shown: str, counts: Counter[ItemState]) -> ItemState:
    """Give the group to show: the one asked for, else the first that wants looking at."""
    if shown in set(ItemState):
        return ItemState(shown)
    return next((state for state in ItemState if counts[state]), ItemState.SAME)
