"""Which backups are kept, and how ours are told from other files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"tanya-izin-(\d{8}T\d{6}Z)\.tar\.age")
_MOMENT = "%Y%m%dT%H%M%SZ"
_ALL_WITHIN = timedelta(days=2)
"""A backup made after something went wrong must not push out the one made before it."""


@dataclass(frozen=True, slots=True)
class KeepRule:
    """How many of the newest days, weeks and months keep a backup each."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12

    @classmethod
    def read(cls, text: str) -> KeepRule | None:
        """Give the rule a text like ``7,4,12`` states; None when it states none."""
        match = re.fullmatch(r"\s*(\d{1,4})\s*,\s*(\d{1,4})\s*,\s*(\d{1,4})\s*", text)
        return cls(*(int(part) for part in match.groups())) if match else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in the folder."""

    file: Path
    made_at: datetime


def backup_name(made_at: datetime) -> str:
    """Give the name of the backup of a moment."""
    return f"tanya-izin-{made_at.astimezone(UTC).strftime(_MOMENT)}.tar.age"


def made_at(name: str) -> datetime | None:
    """Give the moment a backup's name states; None for a file that is not ours."""
    match = _NAME.fullmatch(name)
    try:
        return datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def backups_in(folder: Path) -> list[Kept]:
    """Give our backups in a folder, newest first; other files are not seen."""
    found = [
        Kept(file, at)
        for file in folder.iterdir()
        if (at := made_at(file.name)) is not None and file.is_file() and not file.is_symlink()
    ]
    return sorted(found, key=lambda item: item.made_at, reverse=True)


def to_delete(backups: Iterable[Kept], rule: KeepRule, good: Callable[[Kept], bool]) -> list[Kept]:
    """Give the backups no rule keeps; never the newest good one, never all of a period's good.

    The newest backup of each of the last days, weeks (ISO) and months that have one is kept, and
    all of the two days before the newest. A
    backup that is not good takes nobody's place, and goes once a newer good one exists.
    """
    newest_first = sorted(backups, key=lambda item: item.made_at, reverse=True)
    sound = [item for item in newest_first if good(item)]
    kept = {item for item in sound if item.made_at > sound[0].made_at - _ALL_WITHIN}
    periods: tuple[tuple[int, Callable[[date], object]], ...] = (
        (rule.daily, lambda day: day),
        (rule.weekly, lambda day: tuple(day.isocalendar())[:2]),
        (rule.monthly, lambda day: (day.year, day.month)),
    )
    for most, period_of in periods:
        first: dict[object, Kept] = {}
        for item in sound:
            first.setdefault(period_of(item.made_at.date()), item)
        kept.update(list(first.values())[:most])
    if not sound:
        return []
    bad = [item for item in newest_first if item not in sound and item.made_at < sound[0].made_at]
    return [item for item in sound if item not in kept] + bad
