"""Reading complaints by role, in memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from izin import desk_search
from izin.complaint_desk import DeskLine, Reader, desk_line
from izin.complaints import Complaint
from izin.errors import NotFound
from izin.storage.memory.conversations import ConversationData

MOST_FOUND = 50


class MemoryComplaintDesk:
    """The port ``ComplaintDesk`` over the shared tables.

    Attributes:
        readings: (officer, ticket, what) of every reading of a sealed complaint.
    """

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self.readings: list[tuple[str, str, str]] = []

    def waiting(self, reader: Reader, now: datetime) -> Sequence[DeskLine]:
        """Give the open complaints the reader may see, sealed ones first."""
        lines: list[DeskLine] = []
        for shelf in self._shelves(reader):
            lines += sorted(
                (
                    desk_line(item, now)
                    for item in shelf.values()
                    if item.is_open and reader.may_see(item)
                ),
                key=lambda line: (line.deadlines.decision.day, line.ticket),
            )
        return lines

    def search(self, reader: Reader, words: str) -> Sequence[DeskLine]:
        """Give ordinary complaints with words that begin so."""
        wanted = desk_search.read(words)
        if not reader.reads_ordinary or wanted is None:
            return []
        found = [
            item
            for item in self.data.complaints.values()
            if reader.may_see(item) and _holds(item, wanted)
        ]
        found.sort(key=lambda item: item.filed_at, reverse=True)
        return [desk_line(item) for item in found[:MOST_FOUND]]

    def read(self, reader: Reader, ticket: str, now: datetime) -> Complaint:
        """Give a complaint and record the reading of a sealed one."""
        found = self._found(reader, ticket)
        self._record(reader, ticket, "read")
        return found

    def evidence(
        self, reader: Reader, ticket: str, media_id: str, now: datetime
    ) -> tuple[bytes, str]:
        """Give a file of a complaint and its MIME type."""
        found = self._found(reader, ticket)
        added = [item for addition in found.additions for item in addition.media_ids]
        sealed = ticket in self.data.sealed_complaints
        files = self.data.sealed_media if sealed else self.data.media
        if media_id not in (*found.media_ids, *added) or media_id not in files:
            raise NotFound(f"file {media_id!r} of {ticket}")
        self._record(reader, ticket, f"file {media_id}")
        return files[media_id].content, files[media_id].mime_type or "application/octet-stream"

    def counts(self) -> dict[tuple[str, str], int]:
        """Give how many ordinary complaints there are by (class, state)."""
        return dict(
            Counter((item.class_code, item.state.value) for item in self.data.complaints.values())
        )

    def _shelves(self, reader: Reader) -> list[dict[str, Complaint]]:
        shelves = [self.data.sealed_complaints] if reader.sealed_role else []
        return [*shelves, self.data.complaints] if reader.reads_ordinary else shelves

    def _found(self, reader: Reader, ticket: str) -> Complaint:
        for shelf in self._shelves(reader):
            if ticket in shelf and reader.may_see(shelf[ticket]):
                return shelf[ticket]
        raise NotFound(f"ticket {ticket}")

    def _record(self, reader: Reader, ticket: str, what: str) -> None:
        if ticket in self.data.sealed_complaints:
            self.readings.append((reader.officer, ticket, what))


def _holds(item: Complaint, wanted: desk_search.Wanted) -> bool:
    ids = [item.ticket, *([item.application_number] if item.application_number else [])]
    held = desk_search.words(" ".join((*ids, item.place, item.story)))
    if any(re.sub(r"[^a-z0-9]+", "", one.lower()) == wanted.number for one in ids):
        return True
    return all(any(word.startswith(one) for word in held) for one in wanted.words)
