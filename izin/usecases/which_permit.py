"""Finds which permits a described activity needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from izin.activities import Activity, Needed
from izin.permits import Permit
from izin.ports import Catalogue
from izin.usecases.text_search import IndexMaker, LiveIndex


@dataclass(frozen=True, slots=True)
class ActivityHit:
    """An activity, how near it is (0 to 1), and its permits that are published."""

    activity: Activity
    score: float
    permits: tuple[tuple[Permit, str], ...]


class WhichPermit:
    """Searches the phrases of the catalogue's activities."""

    def __init__(self, catalogue: Catalogue, make_index: IndexMaker) -> None:
        """Take the catalogue and the way to index its phrases."""
        self._catalogue = catalogue
        self._index = LiveIndex(make_index, catalogue.revision, self._documents)

    def search(self, text: str, limit: int = 3) -> tuple[ActivityHit, ...]:
        """Give the nearest activities, best first; one without published permits is left out."""
        activities = {item.key: item for item in self._catalogue.activities()}
        hits = []
        for key, score in self._index.search(text, limit):
            activity = activities.get(key)
            permits = self.permits(activity.permits) if activity else ()
            if activity and permits:
                hits.append(ActivityHit(activity, score, permits))
        return tuple(hits)

    def nearness(self, text: str) -> dict[str, float]:
        """Give how near each activity is (key: above 0, up to 1)."""
        return dict(self._index.search(text, len(self._catalogue.activities())))

    def activity(self, key: str) -> ActivityHit | None:
        """Give the activity with this key, or None if it or all its permits are gone."""
        for activity in self._catalogue.activities():
            if activity.key == key and (permits := self.permits(activity.permits)):
                return ActivityHit(activity, 1.0, permits)
        return None

    def permits(self, needed: Sequence[Needed]) -> tuple[tuple[Permit, str], ...]:
        """Give the published permits among those needed, each with its line of why."""
        return tuple(
            (permit, why)
            for code, why in needed
            if (permit := self._catalogue.permit(code)) is not None
        )

    def _documents(self) -> list[tuple[str, list[str]]]:
        return [(item.key, list(item.phrases)) for item in self._catalogue.activities()]
