"""The content as editors work on it: items, their versions, and what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from izin.content import ContentVersion, Document, ItemName, StoredItem, VersionState


class ContentRoom(Protocol):
    """Items and their versions. Every call raises StorageUnavailable when the database is down."""

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind, also what is not live, in the order it is shown.

        An item that was begun and never published comes last, with its open version's document
        and ``live`` False.
        """
        ...

    def item(self, name: ItemName) -> StoredItem:
        """Give one item.

        Raises:
            NotFound: There is none, and no open version of one.
        """
        ...

    def namesakes(self, key: str, texts: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Give which of these ways to ask another answer has, see ``izin.content.Everything``."""
        ...

    def noun(self, name: ItemName, document: Document) -> Any:
        """Give a document's noun, e.g. a ``FaqEntry``.

        Raises:
            InvalidInput: The document is no content of this kind, or its key is not the item's.
        """
        ...

    def versions(self, name: ItemName) -> Sequence[ContentVersion]:
        """Give an item's versions, newest first.

        The content in force is among them: what nobody has edited yet is version 1.
        """
        ...

    def version(self, version_id: str) -> ContentVersion:
        """Give one version.

        Raises:
            NotFound: There is none.
        """
        ...

    def in_state(self, *states: VersionState) -> Sequence[ContentVersion]:
        """Give the versions in these states, those that wait longest first, at most 500."""
        ...

    def begin(
        self, name: ItemName, document: Document, live: bool, account_id: str, now: datetime,
        base: int | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Begin a draft of an item that has none open.

        Args:
            base: ``StoredItem.base`` of what was read to write it; None: whatever is in force.

        Raises:
            Conflict: The item has an open version already, or ``base`` is no longer in force.
            InvalidInput: The document is no content of this kind, or its key is not the item's.
        """
        ...

    def save(
        self, version_id: str, edits: int, document: Document, live: bool, account_id: str,
        now: datetime,
    ) -> ContentVersion:  # fmt: skip
        """Put a new document into a draft.

        Raises:
            Conflict: It is no draft any more, or somebody saved since ``edits`` was read.
            InvalidInput: As for ``begin``.
            NotFound: There is none.
        """
        ...

    def move(
        self, version_id: str, edits: int, state: VersionState, account_id: str, now: datetime,
        *, note: str = "", publish_at: datetime | None = None,
    ) -> ContentVersion:  # fmt: skip
        """Move an open version to draft, review, scheduled or discarded.

        Raises:
            Conflict: It has moved or was saved meanwhile.
            NotFound: There is none.
        """
        ...

    def publish(self, version_id: str, edits: int, account_id: str, now: datetime) -> None:
        """Bring an open version into force at once; what was in force becomes replaced.

        Raises:
            Conflict: It has moved or was saved meanwhile, or another version than its ``base``
                is in force.
            InvalidInput: The document is no content of this kind.
            NotFound: There is none.
        """
        ...

    def restore(self, version_id: str, account_id: str, now: datetime) -> ContentVersion:
        """Bring an earlier content into force again, as a new version, at once.

        An open version of the item stays open; its base is then no longer in force.

        Raises:
            Conflict: It is in force already, or was never published.
            NotFound: There is none.
        """
        ...

    def publish_due(self, now: datetime) -> Sequence[ContentVersion]:
        """Publish what was scheduled until now; gives what went live.

        A scheduled version whose base is no longer in force goes back to review instead, with
        the note ``base_replaced``; one that fits no longer with the note ``unreadable``.
        """
        ...

    def dismiss_offer(self, name: ItemName, now: datetime) -> None:
        """Forget what a newer release says of an item: the office keeps its own.

        An item that the release brought anew stays switched off.
        """
        ...
