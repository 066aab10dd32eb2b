"""The job that collects what was not understood well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from tanya_language import Lexicon, Normaliser

from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.faq import PostgresFaqBook
from izin.storage.postgres.learning_turns import PostgresHearing
from izin.usecases.collect_unrecognised import CollectUnrecognised

if TYPE_CHECKING:
    from tanya_language.clustering import TextClusters

LEXICON_FOLDER = Path(__file__).resolve().parents[2] / "data" / "lexicon"


class LearningJobs:
    """Collects every minute, forgets every hour."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine."""
        faq = PostgresFaqBook(engine)

        def clusters() -> TextClusters:
            # Brings numpy, which a gateway without anything to group need not hold.
            from tanya_language.clustering import TextClusters

            background = [text for entry in faq.entries() for text in entry.variants]
            return TextClusters(Normaliser(Lexicon.load(LEXICON_FOLDER)), background)

        self._collect = CollectUnrecognised(
            PostgresHearing(engine), PostgresCatalogue(engine), faq, clusters
        )

    def often(self) -> dict[str, Callable[[datetime], int]]:
        """Give what runs every minute."""
        return {"collect_unrecognised": self._collect.run}

    def hourly(self) -> dict[str, Callable[[datetime], int]]:
        """Give what runs every hour."""
        return {"forget_unrecognised": self._collect.forget}
