"""The names the entity extractor knows: permits, ambiguous terms, places, professions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PARENTHESES = re.compile(r"\s*\(([^()]*)\)")
_SLASHES = re.compile(r"\s+/\s+")
_LONGEST_ABBREVIATION = 12


@dataclass(frozen=True, slots=True)
class PermitNames:
    """One permit's catalogue code and every name citizens give it."""

    code: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AmbiguousTerm:
    """A term that may mean any of several permits."""

    term: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """A place by its data name, with other spellings."""

    name: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProfessionNames:
    """A profession by its data name, with other spellings and the permit to practise it."""

    name: str
    synonyms: tuple[str, ...]
    permit: str | None


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Everything that can be named in a message, as stored beside a trained model."""

    permits: tuple[PermitNames, ...] = ()
    ambiguous: tuple[AmbiguousTerm, ...] = ()
    places: tuple[PlaceNames, ...] = ()
    professions: tuple[ProfessionNames, ...] = ()

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Gazetteer:
        """Return the gazetteer of a snapshot; its four lists are optional.

        Codes of ambiguous terms and professions that no permit of the snapshot has are dropped.

        Raises:
            ValueError: An entry lacks its code, term or name, or has the wrong shape.
        """
        permits = tuple(
            PermitNames(_text(item, "code"), _texts(item, "names"))
            for item in _items(content, "permits")
        )
        codes = {permit.code for permit in permits}
        terms: list[AmbiguousTerm] = []
        for item in _items(content, "ambiguous"):
            known = tuple(code for code in _texts(item, "codes") if code in codes)
            if known:
                terms.append(AmbiguousTerm(_text(item, "term"), known))
        return cls(
            permits=permits,
            ambiguous=tuple(terms),
            places=tuple(
                PlaceNames(_text(item, "name"), _texts(item, "synonyms"))
                for item in _items(content, "places")
            ),
            professions=tuple(
                ProfessionNames(
                    _text(item, "name"),
                    _texts(item, "synonyms"),
                    item.get("permit") if item.get("permit") in codes else None,
                )
                for item in _items(content, "professions")
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-ready data from which ``from_dict`` builds an equal gazetteer."""
        return {
            "permits": [{"code": p.code, "names": list(p.names)} for p in self.permits],
            "ambiguous": [{"term": t.term, "codes": list(t.codes)} for t in self.ambiguous],
            "places": [{"name": p.name, "synonyms": list(p.synonyms)} for p in self.places],
            "professions": [
                {"name": p.name, "synonyms": list(p.synonyms), "permit": p.permit}
                for p in self.professions
            ],
        }


def name_variants(name: str) -> tuple[str, ...]:
    """Return the spellings a catalogue name stands for.

    "Izin Mendirikan Bangunan (IMB)" gives the name without parentheses and "IMB";
    "SIPA / SIPTTK" gives both sides. Explanations in parentheses are left out.
    """
    variants = []
    for part in _SLASHES.split(_PARENTHESES.sub("", name)):
        if part.strip():
            variants.append(part.strip())
    for inside in _PARENTHESES.findall(name):
        word = inside.strip()
        if " " not in word and word.isupper() and 1 < len(word) <= _LONGEST_ABBREVIATION:
            variants.append(word)
    return tuple(variants)


def _items(content: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    items = content.get(key) or ()
    if isinstance(items, str) or not all(isinstance(item, Mapping) for item in items):
        raise ValueError(f"gazetteer: {key} must be a list of mappings")
    return items


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"gazetteer: an entry lacks its {key}: {dict(item)!r}")
    return value


def _texts(item: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = item.get(key) or ()
    if isinstance(values, str):
        raise ValueError(f"gazetteer: {key} must be a list: {dict(item)!r}")
    return tuple(str(value) for value in values)
