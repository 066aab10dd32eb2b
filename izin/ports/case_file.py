"""Who sent a complaint, and what its files are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from izin.case_file import Complainant, EvidenceFile


class CaseFile(Protocol):
    """Facts beside a complaint that its reader may already see.

    Whether somebody may read the complaint is asked at ``ComplaintWork``; the content of a file
    is given by ``ComplaintDesk.evidence`` alone.
    """

    def complainant(self, conversation_id: str) -> Complainant | None:
        """Give who sent it; None when the chat is gone."""
        ...

    def files(self, media_ids: Sequence[str], *, sealed: bool) -> Sequence[EvidenceFile]:
        """Give the files in this order; those that are gone are left out."""
        ...
