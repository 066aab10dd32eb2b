"""Permit names of the live catalogue, for names that the trained model does not know yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock
from typing import Any

from tanya_language import Entity as Found
from tanya_language import EntityExtractor, Gazetteer, Normaliser

from izin.ports import Catalogue
from izin.usecases.dialogue import Entity

_ANY_DAY = date(2026, 1, 1)
"""Sizes and amounts do not depend on the day; only dates would."""

LONGEST_TEXT = 2000
"""Characters searched for names; a permit is named early or not at all."""


class LiveNames:
    """Finds permit names by the catalogue as it is now. Safe in threads."""

    def __init__(self, catalogue: Catalogue, normaliser: Normaliser) -> None:
        """Take the catalogue and the language's normaliser."""
        self._catalogue = catalogue
        self._normaliser = normaliser
        self._lock = Lock()
        self._built: tuple[int, EntityExtractor] | None = None

    def find(self, text: str, today: date) -> Sequence[Entity]:
        """Give the ``izin`` entities of ``text`` in their order."""
        return tuple(
            item
            for item in map(_entity, self._extractor().extract(text[:LONGEST_TEXT], today))
            if item.name == "izin"
        )

    def quantities(self, text: str) -> Sequence[Entity]:
        """Give everything else that a text of at most a few words holds: sizes, money, time."""
        return tuple(
            item
            for item in map(_entity, self._extractor().extract(text[:LONGEST_TEXT], _ANY_DAY))
            if item.name != "izin"
        )

    def _extractor(self) -> EntityExtractor:
        revision = self._catalogue.revision()
        built = self._built
        if built is not None and built[0] == revision:
            return built[1]
        with self._lock:
            if self._built is None or self._built[0] != revision:
                gazetteer = Gazetteer.from_dict(_gazetteer(self._catalogue))
                self._built = (revision, EntityExtractor(self._normaliser, gazetteer))
            return self._built[1]


def _entity(item: Found) -> Entity:
    return Entity(
        name=item.entity,
        value=item.value,
        raw=item.raw,
        start=item.start,
        end=item.end,
        confidence=item.confidence,
        candidates=tuple(item.candidates),
    )


def _gazetteer(catalogue: Catalogue) -> Mapping[str, Any]:
    return {
        "permits": [
            {
                "code": permit.code,
                "names": [
                    permit.short_name,
                    permit.official_name,
                    *permit.former_names,
                    *permit.synonyms,
                ],
            }
            for permit in catalogue.permits()
        ],
        "ambiguous": [
            {"term": term.term, "codes": list(term.codes)} for term in catalogue.ambiguous_terms()
        ],
    }
