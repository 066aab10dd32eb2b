"""What room is left on the disks of our machines, and what that means. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from izin.health import Check, Reading, Sign, State
from izin.health_facts import Facts, HouseFacts

DATA, BACKUP = "data", "backup"
"""What a file system is looked at for; one that holds both is looked at for the data."""

DISK_FAILED_SHARE, DISK_LOW_SHARE = 0.03, 0.10
DISK_FAILED_BYTES, DISK_LOW_BYTES = 500_000_000, 2_000_000_000
"""Below either: PostgreSQL stops when it can write no more, and cannot then be mended in place."""
_SOME = timedelta(minutes=3)


def disk(facts: Facts, house: HouseFacts, now: datetime) -> Reading:
    """Say whether there is room; a full disk of backups stops no answer."""
    data = _fullest(_disks(house.signs, now, DATA))
    backups = _fullest(_disks(house.signs, now, BACKUP))
    if data is None:
        return Reading(Check.DISK, State.UNKNOWN, "unknown")
    if data.share < DISK_FAILED_SHARE or data.free < min(DISK_FAILED_BYTES, data.total):
        return Reading(Check.DISK, State.FAILED, "full", data.values, timedelta(0))
    if data.is_low:
        return Reading(Check.DISK, State.ATTENTION, "low", data.values, _SOME)
    if backups is not None and backups.is_low:
        return Reading(Check.DISK, State.ATTENTION, "low_backup", backups.values, _SOME)
    return Reading(Check.DISK, State.GOOD, "good", data.values)


@dataclass(frozen=True, slots=True, order=True)
class _Disk:
    """Room on a file system; the one with the smallest share sorts first."""

    share: float
    name: str
    free: int
    total: int

    @property
    def is_low(self) -> bool:
        """Say whether somebody should make room."""
        return self.share < DISK_LOW_SHARE or self.free < min(DISK_LOW_BYTES, self.total // 2)

    @property
    def values(self) -> dict[str, str | int]:
        """Give what a sentence says of it."""
        percent = round(self.share * 100)
        return {"place": self.name, "free_mb": self.free // 1_000_000, "percent": percent}


def _fullest(disks: Iterator[_Disk]) -> _Disk | None:
    return min(disks, default=None)


def _disks(signs: Sequence[Sign], now: datetime, holds: str) -> Iterator[_Disk]:
    for sign in signs:
        if sign.is_fresh(now):
            for disk in sign.document.get("disks", ()):
                if disk.get("holds", DATA) == holds:
                    free, total = int(disk["free"]), int(disk["total"])
                    yield _Disk(free / total if total else 0.0, str(disk["name"]), free, total)
