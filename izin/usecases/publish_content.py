"""Publish what editors approved for a moment that has come."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from izin.audit import SYSTEM, AuditEntry
from izin.content import ContentVersion, VersionState
from izin.errors import InvalidInput
from izin.ports import AuditLog, ContentRoom
from izin.usecases.edit_content import EditContent

PROBLEMS = "problems"
"""Note of a version that went back to review because it must be mended first."""


@dataclass(frozen=True, slots=True)
class PublishContent:
    """The due job; whatever clock asks, each version goes live once.

    Attributes:
        edit: Looks at a version once more: other content may have changed since its approval.
    """

    room: ContentRoom
    edit: EditContent
    audit: AuditLog
    one_commit: Callable[[], AbstractContextManager[None]]

    def run(self, now: datetime) -> int:
        """Publish what is due; gives how many versions went live."""
        waiting = self.room.in_state(VersionState.SCHEDULED)
        due = [one for one in waiting if one.publish_at is not None and one.publish_at <= now]
        if not due:
            return 0
        with self.one_commit():
            for version in due:
                if not self._fits(version):
                    self.room.move(
                        version.id, version.edits, VersionState.REVIEW, SYSTEM, now, note=PROBLEMS
                    )
            published = self.room.publish_due(now)
            for version in published:
                # The real time: a simulator's clock runs ahead, and the log must not.
                self.audit.record(_entry(version, self.edit.clock()))
        return len(published)

    def _fits(self, version: ContentVersion) -> bool:
        try:
            found = self.edit.problems(version.item, version.document, version.live)
        except InvalidInput:
            return False
        return all(problem.warning for problem in found)


def _entry(version: ContentVersion, now: datetime) -> AuditEntry:
    return AuditEntry(
        now, SYSTEM, "isi.terbit_terjadwal", version.item.kind, version.item.code,
        {"versi": version.number},
    )  # fmt: skip
