"""Collects the messages that were not understood well, a few at a time, with people masked."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from tanya_language.masking import mask_people

from izin.learning import LIVES, HeardTurn, Unrecognised, reason_to_learn
from izin.ports import Catalogue, FaqBook, Hearing
from izin.words import words_of

BATCH = 500
"""Turns looked at in one go; a run takes several goes."""

MOST_BATCHES = 20
SETTLED_AFTER = timedelta(minutes=2)
"""A turn is looked at when its talk has gone on a little: a correction or a rating may follow."""

MOST_MEMBERS = 150


class Clusters(Protocol):
    """Groups of messages that say alike; ``tanya_language.clustering.TextClusters`` is one."""

    def start(self, text: str) -> int:
        """Begin a group; gives its number."""
        ...

    def add(self, text: str) -> int:
        """Put a text into its group, or a new one; gives the group's number."""
        ...

    def centralities(self, texts: Sequence[str]) -> list[float]:
        """Give how much each text is like the others."""
        ...


class CollectUnrecognised:
    """The job. Safe to run again after a crash, and by several processes.

    Args:
        hearing: The turns.
        catalogue: Its words, and those of the FAQ, are no names of people.
        faq: The published entries.
        make_clusters: Begins grouping; called at the first message only.
    """

    def __init__(
        self,
        hearing: Hearing,
        catalogue: Catalogue,
        faq: FaqBook,
        make_clusters: Callable[[], Clusters],
    ) -> None:
        self._hearing = hearing
        self._catalogue = catalogue
        self._faq = faq
        self._make = make_clusters
        self._clusters: Clusters | None = None
        self._ids: list[str] = []

    def run(self, now: datetime) -> int:
        """Collect what came since the last run; gives how many messages were kept."""
        kept = 0
        for _ in range(MOST_BATCHES):
            turns = self._hearing.heard(BATCH, now - SETTLED_AFTER)
            if not turns:
                break
            kept += self._collect(turns)
            if len(turns) < BATCH:
                break
        return kept

    def forget(self, now: datetime) -> int:
        """Forget what is older than 90 days; the simulator's clock never decides alone."""
        return self._hearing.forget(min(now, datetime.now(UTC)) - LIVES)

    def _collect(self, turns: Sequence[HeardTurn]) -> int:
        wanted = [(turn, reason) for turn in turns if (reason := reason_to_learn(turn))]
        if not wanted:
            return self._hearing.keep((), turns)
        known, clusters = self._ordinary_words(), self._current()
        found = []
        for turn, reason in wanted:
            text = mask_people(" ".join(turn.text.split()), known)
            number = clusters.add(text)
            while number >= len(self._ids):
                self._ids.append(str(uuid.uuid4()))
            found.append(
                Unrecognised(
                    id=str(uuid.uuid4()), turn_id=turn.turn_id, chat=turn.conversation_id,
                    text=text, reason=reason, intent=turn.intent, confidence=turn.confidence,
                    said_at=turn.said_at, cluster=self._ids[number],
                )
            )  # fmt: skip
        kept = self._hearing.keep(found, turns)
        if kept:
            self._center(clusters, sorted({item.cluster for item in found}))
        return kept

    def _current(self) -> Clusters:
        """Give the groups, with those that another process began meanwhile."""
        if self._clusters is None:
            self._clusters = self._make()
        known = set(self._ids)
        for cluster, text in self._hearing.leaders():
            if cluster not in known:
                self._clusters.start(text)
                self._ids.append(cluster)
        return self._clusters

    def _center(self, clusters: Clusters, touched: Sequence[str]) -> None:
        members: dict[str, list[tuple[str, str]]] = {}
        for cluster, message_id, text in self._hearing.members(touched, MOST_MEMBERS):
            members.setdefault(cluster, []).append((message_id, text))
        values = []
        for group in members.values():
            shares = clusters.centralities([text for _, text in group])
            # Rounded, so that of messages alike the earliest stands first on every machine.
            values += [
                (message[0], round(share, 6)) for message, share in zip(group, shares, strict=True)
            ]
        self._hearing.set_centralities(values)

    def _ordinary_words(self) -> frozenset[str]:
        words: set[str] = set()
        for permit in self._catalogue.permits():
            for name in (permit.short_name, permit.official_name, *permit.synonyms):
                words.update(words_of(name))
        for entry in self._faq.entries():
            words.update(words_of(entry.question))
        return frozenset(words)
