"""The one way in which content changes: drafts, review by a second person, publishing.

Every step is one call of the room; who calls it puts the audit entry into the same commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from izin.accounts import Account
from izin.content import (
    Check,
    ContentVersion,
    Document,
    Everything,
    ItemName,
    Needed,
    Problem,
    StoredItem,
    VersionState,
)
from izin.content_checks import NEEDED
from izin.errors import Conflict, InvalidInput, OwnWork, Unpublishable
from izin.examples import confirmed
from izin.ports import ContentRoom

LONGEST_NOTE = 1000
LONGEST_AHEAD = timedelta(days=366)


class _Kept:
    """Everything, each kind read once."""

    def __init__(self, room: ContentRoom) -> None:
        self._room = room
        self._kinds: dict[str, Sequence[StoredItem]] = {}

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind."""
        if kind not in self._kinds:
            self._kinds[kind] = self._room.items(kind)
        return self._kinds[kind]

    def namesakes(self, key: str, texts: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Give which of these ways to ask another answer has."""
        return self._room.namesakes(key, texts)


@dataclass(frozen=True, slots=True)
class EditContent:
    """Every step an editor takes with content.

    Every call raises Conflict when somebody saved or moved the version since ``edits`` was read,
    NotFound when there is no such version, and InvalidInput with the ``field`` at fault.

    Attributes:
        room: Where items and versions lie.
        checks: By kind, see ``izin.content_checks``.
        clock: Gives the aware present moment.
        single_editor: An office of one: whoever wrote a version may also approve it.
        needed: By kind, what says why an item cannot be switched off.
    """

    room: ContentRoom
    checks: Mapping[str, Check]
    clock: Callable[[], datetime]
    single_editor: bool = False
    needed: Mapping[str, Needed] = field(default_factory=lambda: NEEDED)

    def problems(
        self, name: ItemName, document: Document, live: bool = True,
        everything: Everything | None = None,
    ) -> Sequence[Problem]:  # fmt: skip
        """Give what is wrong or doubtful about a document, what must be mended first.

        Args:
            name: Of the item.
            document: Its content.
            live: False when it is to be switched off: it is told to nobody then, so all that
                counts is whether something else needs it.
            everything: What it is compared with; None: what is in force.

        Raises:
            InvalidInput: It is no content of this kind at all.
        """
        noun, among = self.room.noun(name, document), everything or _Kept(self.room)
        found: Sequence[Problem] = ()
        if not live:
            needed = self.needed.get(name.kind)
            found = needed(name.key, among) if needed else ()
        elif check := self.checks.get(name.kind):
            found = check(noun, among)
        return sorted(found, key=lambda problem: problem.warning)

    def begin(
        self, name: ItemName, document: Document, live: bool, account: Account,
        base: int | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Begin a draft.

        Args:
            name: Of the item.
            document: Its new content.
            live: Whether it is on.
            account: Who writes.
            base: ``StoredItem.base`` as it was when the form was opened.

        Raises:
            Conflict: The item has an open version, ``room.item(name).open_version``, or
                something else than ``base`` came into force meanwhile.
        """
        return self.room.begin(name, document, live, account.id, self.clock(), base)

    def save(
        self, version_id: str, edits: int, document: Document, live: bool, account: Account
    ) -> ContentVersion:
        """Put a new document into a draft."""
        return self.room.save(version_id, edits, document, live, account.id, self.clock())

    def put(
        self, name: ItemName, document: Document, live: bool, account: Account,
        version_id: str = "", edits: int = 0, base: int | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Save a form: into the draft it was opened from, or into a new one."""
        if version_id:
            return self.save(version_id, edits, document, live, account)
        return self.begin(name, document, live, account, base)

    def submit(
        self, version_id: str, edits: int, account: Account, note: str = ""
    ) -> ContentVersion:
        """Hand a draft to a second person.

        Raises:
            Unpublishable: It has problems that keep it from being published.
        """
        version = self._in(version_id, VersionState.DRAFT)
        self._refuse_problems(version)
        return self._move(version, edits, VersionState.REVIEW, account, note=_note(note))

    def send_back(
        self, version_id: str, edits: int, account: Account, note: str = ""
    ) -> ContentVersion:
        """Make a draft again of what was submitted or scheduled.

        Raises:
            InvalidInput: ``note`` is empty, though the account is none of the authors.
        """
        version = self._in(version_id, VersionState.REVIEW, VersionState.SCHEDULED)
        said = _note(note)
        if not said and account.id not in version.authors:
            raise InvalidInput("a reviewer says why", field="note")
        return self._move(version, edits, VersionState.DRAFT, account, note=said)

    def approve(
        self, version_id: str, edits: int, account: Account, publish_at: datetime | None = None
    ) -> ContentVersion:
        """Publish a version now, or at a moment.

        Raises:
            OwnWork: The account wrote in it, and the office has several editors.
            Unpublishable: It has problems that keep it from being published.
            Conflict: It was not submitted, or what it changes was published anew meanwhile.
        """
        states = [VersionState.REVIEW, VersionState.SCHEDULED]
        version = self._in(
            version_id, *states, *([VersionState.DRAFT] if self.single_editor else [])
        )
        if account.id in version.authors and not self.single_editor:
            raise OwnWork(f"{account.id} wrote in version {version_id}")
        now = self.clock()
        if publish_at is not None and not now < publish_at <= now + LONGEST_AHEAD:
            raise InvalidInput("not within the coming year", field="publish_at")
        self._refuse_problems(version)
        if publish_at is None:
            self.room.publish(version_id, edits, account.id, now)
            return self.room.version(version_id)
        return self._move(version, edits, VersionState.SCHEDULED, account, publish_at=publish_at,
                          note=version.note)  # fmt: skip

    def discard(self, version_id: str, edits: int, account: Account) -> ContentVersion:
        """Give an open version up; it stays in the list of versions."""
        version = self.room.version(version_id)
        return self._move(version, edits, VersionState.DISCARDED, account, note=version.note)

    def confirm(self, name: ItemName, document: Document, account: Account) -> ContentVersion:
        """Publish at once what the release wrote and this office has found to be true here.

        The release is its author, so that one editor is the second pair of eyes.

        Args:
            name: Of the item.
            document: As the release wrote it; its marks of examples are taken off.
            account: Who confirms.

        Raises:
            Conflict: The item has an open version.
            Unpublishable: It has problems that keep it from being published.
        """
        now = self.clock()
        told = confirmed(document)
        if isinstance(told, dict) and "checked_on" in told:
            told["checked_on"] = now.date().isoformat()
        version = self.room.begin(name, told, True, account.id, now)
        self._refuse_problems(version)
        self.room.publish(version.id, version.edits, account.id, now)
        self.room.dismiss_offer(name, now)
        return self.room.version(version.id)

    def restore(self, version_id: str, account: Account) -> ContentVersion:
        """Bring an earlier published content into force again, at once.

        Raises:
            Unpublishable: Among what is in force now it has problems.
        """
        self._refuse_problems(self.room.version(version_id))
        return self.room.restore(version_id, account.id, self.clock())

    def _in(self, version_id: str, *states: VersionState) -> ContentVersion:
        version = self.room.version(version_id)
        if version.state not in states:
            raise Conflict(f"version {version_id} is {version.state}")
        return version

    def _refuse_problems(self, version: ContentVersion) -> None:
        found = self.problems(version.item, version.document, version.live)
        if any(not problem.warning for problem in found):
            raise Unpublishable(found)

    def _move(
        self, version: ContentVersion, edits: int, state: VersionState, account: Account,
        *, note: str = "", publish_at: datetime | None = None,
    ) -> ContentVersion:  # fmt: skip
        return self.room.move(
            version.id, edits, state, account.id, self.clock(), note=note, publish_at=publish_at
        )


def _note(note: str) -> str:
    """Give a note without space around it.

    Raises:
        InvalidInput: It is too long.
    """
    said = note.strip()
    if len(said) > LONGEST_NOTE:
        raise InvalidInput("note too long", field="note")
    return said
