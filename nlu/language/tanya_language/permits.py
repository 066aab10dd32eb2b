"""Permit, profession and place names in a message, with their catalogue codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .gazetteer import Gazetteer, name_variants
from .normaliser import NormalisedText, Normaliser
from .phrases import PhraseMatch, PhraseMatcher


@dataclass(frozen=True, slots=True)
class NameFound:
    """A name in a message.

    Attributes:
        entity: "izin", "profesi" or "tempat".
        value: Catalogue code or data name; None when several permits share the name.
        candidates: The permits an ambiguous name may mean.
        first: Index of its first token.
        last: Index after its last token.
        confidence: 0 to 1; lower for typing errors and everyday words.
    """

    entity: str
    value: str | None
    candidates: tuple[str, ...]
    first: int
    last: int
    confidence: float


class PermitMatcher:
    """Finds permits, and the professions that tell one practice licence from another."""

    def __init__(self, normaliser: Normaliser, gazetteer: Gazetteer) -> None:
        lexicon = normaliser.lexicon
        self._cues = lexicon.group("permit_cues")
        self._everyday = lexicon.group("everyday_names")
        self._practice = {
            " ".join(normaliser.words(name.replace("+", " ")))
            for name in lexicon.group("practice_names") | lexicon.group("practice_phrases")
        }
        self._practice_codes = tuple(
            dict.fromkeys(p.permit for p in gazetteer.professions if p.permit)
        )
        self._profession_permits = {p.name: p.permit for p in gazetteer.professions}
        self._ambiguous: dict[tuple[str, ...], tuple[str, ...]] = {
            normaliser.words(term.term): term.codes for term in gazetteer.ambiguous
        }
        fillers = lexicon.group("fillers")
        self._permits = PhraseMatcher(normaliser, self._permit_names(gazetteer), fillers)
        self._professions = PhraseMatcher(
            normaliser,
            [(n, p.name) for p in gazetteer.professions for n in (p.name, *p.synonyms)],
        )

    def _permit_names(self, gazetteer: Gazetteer) -> Iterable[tuple[str, str]]:
        for permit in gazetteer.permits:
            for name in permit.names:
                for variant in name_variants(name):
                    yield variant, permit.code
        for term in gazetteer.ambiguous:
            for code in term.codes:
                yield term.term, code
        for phrase in self._practice:
            for code in self._practice_codes:
                yield phrase, code

    def find(self, text: NormalisedText) -> list[NameFound]:
        """Return the permits and professions of a message, in order.

        A name several permits share gets value None and candidates, unless the same message
        names a profession or another permit that leaves one of them ("sip" with "bidan").
        """
        matches = self._permits.find(text)
        professions = self._professions.find(text)
        if not matches and not professions:
            return []
        words = [token.text for token in text.tokens]
        cued = self._has_cue(words, matches)
        named = {self._profession_permits[p.keys[0]] for p in professions} - {None}
        clear = {keys[0] for match in matches if len(keys := self._codes(match)) == 1}
        found: list[NameFound] = []
        for match in matches:
            everyday = match.name in self._everyday
            if everyday and not cued:
                continue
            codes = self._codes(match)
            hints = [code for code in codes if code in named] or [c for c in codes if c in clear]
            if len(codes) > 1 and len(set(hints)) == 1:
                if hints[0] not in named:
                    continue
                codes = (hints[0],)
            confidence = max(0.5, 1.0 - 0.15 * match.distance - (0.15 if everyday else 0.0))
            found.append(_permit(codes, match, confidence))
        found.extend(self._found_professions(professions))
        return sorted(found, key=lambda name: name.first)

    def _codes(self, match: PhraseMatch[str]) -> tuple[str, ...]:
        return self._ambiguous.get(tuple(match.name.split()), match.keys)

    def _has_cue(self, words: list[str], matches: list[PhraseMatch[str]]) -> bool:
        inside = {place for m in matches for place in range(m.first, m.last)}
        if any(m.name not in self._everyday for m in matches):
            return True
        return any(w in self._cues for place, w in enumerate(words) if place not in inside)

    def _found_professions(self, professions: list[PhraseMatch[str]]) -> list[NameFound]:
        return [
            NameFound("profesi", m.keys[0], (), m.first, m.last, max(0.5, 1 - 0.15 * m.distance))
            for m in professions
        ]


def _permit(codes: tuple[str, ...], match: PhraseMatch[str], confidence: float) -> NameFound:
    if len(codes) == 1:
        return NameFound("izin", codes[0], (), match.first, match.last, confidence)
    return NameFound("izin", None, codes, match.first, match.last, confidence)


def find_places(matcher: PhraseMatcher[str], text: NormalisedText) -> list[NameFound]:
    """Return the places of a message that ``matcher`` knows, in order."""
    return [
        NameFound("tempat", m.keys[0], (), m.first, m.last, max(0.5, 1 - 0.15 * m.distance))
        for m in matcher.find(text)
    ]
