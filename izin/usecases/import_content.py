"""Brings a file's content in: kept, shown, and made into drafts all at once or not at all."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from izin.accounts import Account
from izin.content import FAQ, ContentVersion, ItemName, Problem, StoredItem, VersionState
from izin.content_imports import (
    ContentImport,
    FileProblem,
    ImportedItem,
    ItemState,
    PlannedItem,
    plan,
)
from izin.errors import Conflict, NotFound, Unpublishable
from izin.faq_asked import WaysToAsk
from izin.ports import ContentRoom
from izin.ports.content_imports import ContentImports
from izin.usecases.edit_content import EditContent

MOST_APPROVED = 200
"""Versions approved in one commit."""


class ChangedMeanwhile(Conflict):
    """What an import would do is no longer what the person saw."""


class OpenElsewhere(Conflict):
    """Somebody works on items of the import; ``items`` names them."""

    def __init__(self, items: Sequence[PlannedItem]) -> None:
        super().__init__(f"{len(items)} items have an open version")
        self.items = tuple(items)


class NotFit(Conflict):
    """Items cannot be submitted; ``problems`` says why, by item."""

    def __init__(self, problems: Sequence[tuple[ItemName, Problem]]) -> None:
        super().__init__(f"{len(problems)} problems keep the import from being submitted")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ImportContent:
    """Every step of an import.

    Attributes:
        room: Items as they are in force.
        imports: What waits.
        edit: The way of every version.
        clock: Gives the aware present moment.
    """

    room: ContentRoom
    imports: ContentImports
    edit: EditContent
    clock: Callable[[], datetime]

    def keep(
        self, account: Account, file_name: str, content: bytes,
        items: Sequence[ImportedItem], notes: Sequence[FileProblem],
    ) -> ContentImport:  # fmt: skip
        """Keep what was read of a file until it is confirmed."""
        waiting = ContentImport(
            str(uuid.uuid4()), account.id, file_name[:120], hashlib.sha256(content).hexdigest(),
            self.clock(), tuple(items), tuple(notes),
        )  # fmt: skip
        self.imports.add(waiting)
        return waiting

    def waiting(self, import_id: str) -> ContentImport:
        """Give an import.

        Raises:
            NotFound: There is none, or nobody confirmed it in time.
        """
        found = self.imports.get(import_id)
        if found.expired(self.clock()):
            raise NotFound(f"import {import_id!r} has expired")
        return found

    def planned(self, items: Sequence[ImportedItem]) -> tuple[PlannedItem, ...]:
        """Give what these items would change now."""
        return plan(items, self._stored(items))

    def confirm(
        self, import_id: str, seen: str, account: Account, *, submit: bool, skip_open: bool
    ) -> Sequence[str]:
        """Make a draft of every new and changed item; gives the ids of the versions.

        To be called within one commit. An import that was applied gives what it made then.

        Args:
            import_id: Its id.
            seen: ``fingerprint`` of the plan that was shown.
            account: Who confirms.
            submit: Hand all of them to a second person at once.
            skip_open: Leave out items that somebody works on.

        Raises:
            ChangedMeanwhile: The plan is no longer what was shown.
            OpenElsewhere: Somebody works on one of the items.
            NotFit: One of them has a problem that keeps it from being submitted.
            NotFound: There is no such import, or it has expired.
        """
        found = self.imports.lock(import_id)
        if found.applied_at is not None:
            return found.versions
        if found.expired(self.clock()):
            raise NotFound(f"import {import_id!r} has expired")
        stored = self._stored(found.items)
        everything = plan(found.items, stored)
        wanted = [one for one in everything if one.document is not None]
        taken = [one for one in wanted if one.open_version]
        if taken and not skip_open:
            raise OpenElsewhere(taken)
        if fingerprint(everything) != seen:
            raise ChangedMeanwhile(f"import {import_id!r}")
        wanted = [one for one in wanted if not one.open_version]
        if submit:
            self._refuse_problems(wanted, stored)
        state = VersionState.REVIEW if submit else VersionState.DRAFT
        try:
            versions = self.imports.begin_all(wanted, account.id, self.clock(), state)
        except Conflict as error:
            raise OpenElsewhere(wanted) from error
        self.imports.applied(import_id, versions, self.clock())
        return versions

    def bring_in(
        self, items: Sequence[ImportedItem], actor: str, *, publish: bool
    ) -> Sequence[PlannedItem]:
        """Make drafts of what a folder changes, or publish it; gives what was done.

        For whoever holds the machine: no second person is asked. To be called within one commit.

        Raises:
            OpenElsewhere: Somebody works on one of the items.
            NotFit: One of them must not be published.
        """
        stored = self._stored(items)
        wanted = [one for one in plan(items, stored) if one.document is not None]
        if taken := [one for one in wanted if one.open_version]:
            raise OpenElsewhere(taken)
        if publish:
            self._refuse_problems(wanted, stored)
        versions = self.imports.begin_all(wanted, actor, self.clock())
        for version_id in versions if publish else ():
            self.room.publish(version_id, 0, actor, self.clock())
        return wanted

    def to_approve(self, import_id: str, account: Account) -> tuple[Sequence[ContentVersion], int]:
        """Give the versions of an import to approve next, and how many an account may approve."""
        not_by = None if self.edit.single_editor else account.id
        return self.imports.in_review(import_id, not_by, MOST_APPROVED)

    def approve_all(self, import_id: str, account: Account) -> Sequence[ContentVersion]:
        """Publish what an import made and an account may approve, at most ``MOST_APPROVED``.

        To be called within one commit.

        Raises:
            Unpublishable: One of them has problems; nothing is to be published then.
            Conflict: One of them was moved meanwhile.
        """
        self.imports.lock(import_id)
        waiting, _ = self.to_approve(import_id, account)
        wanted = [
            PlannedItem(one.item, ItemState.CHANGED, one.document, one.live) for one in waiting
        ]
        kinds = dict.fromkeys(one.item.kind for one in waiting)
        found = self._problems(wanted, {kind: self.room.items(kind) for kind in kinds})
        if found:
            raise Unpublishable([problem for _, problem in found])
        for one in waiting:
            self.room.publish(one.id, one.edits, account.id, self.clock())
        return waiting

    def _stored(self, items: Sequence[ImportedItem]) -> Mapping[str, Sequence[StoredItem]]:
        kinds = dict.fromkeys(item.item.kind for item in items)
        return {kind: self.room.items(kind) for kind in kinds}

    def _refuse_problems(
        self, wanted: Sequence[PlannedItem], stored: Mapping[str, Sequence[StoredItem]]
    ) -> None:
        if found := self._problems(wanted, stored):
            raise NotFit(found)

    def _problems(
        self, wanted: Sequence[PlannedItem], stored: Mapping[str, Sequence[StoredItem]]
    ) -> Sequence[tuple[ItemName, Problem]]:
        """Give what must be mended before all of this is in force together."""
        after = _After(self.room, stored, wanted)
        return [
            (one.item, problem)
            for one in wanted
            for problem in self.edit.problems(one.item, one.document, one.live, after)
            if not problem.warning
        ]


class _After:
    """Everything as it will be when the whole import is in force."""

    def __init__(
        self, room: ContentRoom, stored: Mapping[str, Sequence[StoredItem]],
        wanted: Sequence[PlannedItem],
    ) -> None:  # fmt: skip
        self._room = room
        self._kinds = dict(stored)
        self._asked: WaysToAsk | None = None
        new = {one.item: one for one in wanted}
        for kind, items in stored.items():
            known = {item.item for item in items}
            changed = [
                replace(item, document=new[item.item].document, live=new[item.item].live)
                if item.item in new
                else item
                for item in items
            ]
            changed += [
                StoredItem(one.item, one.document, one.live)
                for one in wanted
                if one.item.kind == kind and one.item not in known
            ]
            self._kinds[kind] = changed

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind."""
        if kind not in self._kinds:
            self._kinds[kind] = self._room.items(kind)
        return self._kinds[kind]

    def namesakes(self, key: str, texts: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Give which of these ways to ask another answer has."""
        if self._asked is None:
            self._asked = WaysToAsk(self.items(FAQ))
        return self._asked.namesakes(key, texts)


def fingerprint(planned: Sequence[PlannedItem]) -> str:
    """Give a short text that differs when a plan would change anything else."""
    told = [
        [one.item.kind, one.item.key, one.state, one.live,
         [[change.field, change.before, change.after] for change in one.fields]]
        for one in planned
        if one.state in (ItemState.NEW, ItemState.CHANGED)
    ]  # fmt: skip
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
