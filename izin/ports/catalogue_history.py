"""What changed about a permit: its own versions, and those of the answers and tables of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from izin.content import ContentVersion


class CatalogueHistory(Protocol):
    """Versions of several items at once."""

    def of_permit(
        self, code: str, fee_tables: Sequence[str], limit: int, offset: int = 0
    ) -> Sequence[ContentVersion]:
        """Give versions of a permit, of FAQ entries that belong to it and of its fee tables.

        Newest first, by when they went live or were last changed; discarded drafts too.

        Raises:
            StorageUnavailable: The database is down.
        """
        ...
