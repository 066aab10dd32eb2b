"""Files with content that wait to be confirmed, and the drafts they become."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.content import ContentVersion, VersionState
from izin.content_imports import ContentImport, PlannedItem


class ContentImports(Protocol):
    """Uploaded content. Every call raises StorageUnavailable when the database is down."""

    def add(self, waiting: ContentImport) -> None:
        """Keep what was read of a file."""
        ...

    def get(self, import_id: str) -> ContentImport:
        """Give one.

        Raises:
            NotFound: There is none, or it is gone.
        """
        ...

    def latest(self, now: datetime) -> Sequence[ContentImport]:
        """Give those that wait or were applied lately, newest first, at most 20, without items."""
        ...

    def lock(self, import_id: str) -> ContentImport:
        """Give one that nobody else can apply until this commit ends.

        Raises:
            NotFound: There is none, or it is gone.
        """
        ...

    def begin_all(
        self, planned: Sequence[PlannedItem], account_id: str, now: datetime,
        state: VersionState = VersionState.DRAFT,
    ) -> Sequence[str]:  # fmt: skip
        """Begin a draft, or what waits for review, of every item: all or, with an error, none.

        Gives the ids of the versions, in the order of ``planned``.

        Raises:
            Conflict: One of them has an open version.
            InvalidInput: A document is no content of its kind.
        """
        ...

    def applied(self, import_id: str, versions: Sequence[str], now: datetime) -> None:
        """Write down which versions an import made; its items are no longer needed."""
        ...

    def drop(self, import_id: str) -> None:
        """Forget one that waits."""
        ...

    def versions(self, import_id: str, most: int) -> Sequence[ContentVersion]:
        """Give the first versions an import made, as they are now, in their order."""
        ...

    def in_review(
        self, import_id: str, not_by: str | None, most: int
    ) -> tuple[Sequence[ContentVersion], int]:
        """Give the first versions of an import that wait for review, and how many do.

        Those in which the account ``not_by`` wrote are left out.
        """
        ...
