"""Where complaints for other systems come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.complaint_export import ExportRow


class ComplaintExport(Protocol):
    """Ordinary, real complaints; sealed and simulated ones are never among them."""

    def rows(
        self,
        since: datetime,
        until: datetime,
        unit: str | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 500,
    ) -> Sequence[ExportRow]:
        """Give complaints filed from ``since`` to before ``until``, the oldest first.

        ``unit`` leaves only those of one unit; ``after`` is (filed_at, ticket) of the last row
        of the part before.
        """
        ...
