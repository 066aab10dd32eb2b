"""Keep, with people masked, what citizens wrote before it turned out which permit they meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from tanya_language.masking import mask_people

from izin.name_hints import NameHint
from izin.ports import Catalogue
from izin.words import words_of

SETTLED_AFTER = timedelta(minutes=2)
LIVES = timedelta(days=90)
MOST_GOES = 20


class NameHints(Protocol):
    """Where hints lie; ``izin.storage.postgres.name_hints`` has it."""

    def heard(self, until: datetime) -> tuple[Sequence[NameHint], datetime | None]:
        """Give the next messages whose permit turned out, and how far was looked."""
        ...

    def keep(self, hints: Sequence[NameHint], reached: datetime, now: datetime) -> int:
        """Keep masked messages, and how far was looked."""
        ...

    def forget(self, before: datetime) -> int:
        """Forget what was said before a moment."""
        ...


@dataclass(frozen=True, slots=True)
class HearNames:
    """The job. Safe to run again after a crash, and by several processes."""

    hints: NameHints
    catalogue: Catalogue

    def run(self, now: datetime) -> int:
        """Keep what turned out since the last run; gives how many messages were kept."""
        kept = 0
        for _ in range(MOST_GOES):
            found, reached = self.hints.heard(now - SETTLED_AFTER)
            if reached is None:
                break
            known = self._ordinary_words() if found else frozenset()
            masked = [
                replace(hint, text=mask_people(" ".join(hint.text.split()), known))
                for hint in found
            ]
            kept += self.hints.keep(masked, reached, now)
        return kept

    def forget(self, now: datetime) -> int:
        """Forget what is older than 90 days; the simulator's clock never decides alone."""
        return self.hints.forget(min(now, datetime.now(UTC)) - LIVES)

    def _ordinary_words(self) -> frozenset[str]:
        return frozenset(
            word
            for permit in self.catalogue.permits()
            for name in (permit.short_name, permit.official_name, *permit.synonyms)
            for word in words_of(name)
        )
