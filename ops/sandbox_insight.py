"""What a sandbox's model makes of a message, as `tanya explain` shows it, and the FAQ near it."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from tanya_language import EntityExtractor, Gazetteer, LinearModel, TextIndex
from tanya_language.explain import explained

from izin.storage.postgres.faq import PostgresFaqBook
from izin.usecases.search_faq import SearchFaq
from ops.explain import extract_model

_HITS = 3
_INTENTS = 3
_NGRAMS = 8


class Insight:
    """Explains messages with the model of one archive and the content of one database.

    Args:
        archive: A trained model.
        engine: The database whose FAQ is searched.

    Raises:
        PartMissing: The archive holds no model of ours.
    """

    def __init__(self, archive: Path, engine: Engine) -> None:
        with tempfile.TemporaryDirectory() as folder:
            weights, gazetteer = extract_model(archive, Path(folder))
            self._model = LinearModel.load(weights)
            names = json.loads(gazetteer.read_text(encoding="utf-8"))
        normaliser = self._model.normaliser
        self._extractor = EntityExtractor(normaliser, Gazetteer.from_dict(names))
        self._faq = SearchFaq(PostgresFaqBook(engine), partial(TextIndex, normaliser=normaliser))

    def of(self, text: str, today: date) -> dict[str, Any]:
        """Give tokens, entities, intents with n-grams, questions and `faq` hits, ready for JSON."""
        found = explained(
            text, self._extractor, self._model, today, intents=_INTENTS, ngrams=_NGRAMS
        )
        hits = self._faq.search(text, _HITS)
        found["faq"] = [
            {"key": hit.entry.key, "question": hit.entry.question, "score": round(hit.score, 3)}
            for hit in hits
        ]
        return found
