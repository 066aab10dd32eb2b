"""Permit, profession and place names in a message, with their catalogue codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .gazetteer import Gazetteer, name_variants
from .normaliser import NormalisedText, Normaliser
from .phrases import PhraseMatch, PhraseMatcher

_EVERYDAY_COST = 0.15
_IMPLIED = 0.65
_SHORT_NAME = 6


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
        self._systems = lexicon.group("system_names")
        self._adjacent = lexicon.group("adjacent_names")
        self._practice_words = lexicon.group("practice_words")
        self._head_cues = lexicon.group("head_cues")
        self._heads = _head_names(normaliser, gazetteer, lexicon.group("head_names"))
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
        light = lexicon.group("light_words")
        self._permits = PhraseMatcher(normaliser, self._permit_names(gazetteer), fillers, light)
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
        words = [token.text for token in text.tokens]
        professions = self._professions.find(text)
        matches = self._trusted(self._permits.find(text), words, bool(professions))
        named = {self._profession_permits[p.keys[0]] for p in professions} - {None}
        clear = {keys[0] for match in matches if len(keys := self._codes(match)) == 1}
        found: list[NameFound] = []
        casual: list[NameFound] = []
        for match in matches:
            codes = self._codes(match)
            hints = [code for code in codes if code in named] or [c for c in codes if c in clear]
            if len(codes) > 1 and len(set(hints)) == 1:
                if hints[0] not in named:
                    continue
                codes = (hints[0],)
            everyday = _EVERYDAY_COST if match.name in self._everyday else 0.0
            found.append(_permit(codes, match, max(0.5, 1 - 0.15 * match.distance - everyday)))
            if match.name in self._everyday:
                casual.append(found[-1])
        outright = {name.value for name in found if name not in casual}
        found = [name for name in found if name not in casual or name.value not in outright]
        if not found:
            found = self._practised(words, professions) or self._from_head(words)
        found.extend(self._found_professions(professions))
        return sorted(found, key=lambda name: name.first)

    def _trusted(
        self, matches: list[PhraseMatch[str]], words: list[str], professional: bool
    ) -> list[PhraseMatch[str]]:
        """The matches without everyday words in a message that is not about permits."""
        if not matches:
            return matches
        cued = professional or self._has_cue(words, matches)
        trusted = []
        for match in matches:
            if match.name in self._adjacent:
                beside = (*words[max(0, match.first - 1) : match.first], *words[match.last :][:1])
                if not self._cues.intersection(beside):
                    continue
            elif not cued and (match.name in self._everyday or _is_guess(match)):
                continue
            trusted.append(match)
        return self._asked_about(trusted, words)

    def _asked_about(
        self, matches: list[PhraseMatch[str]], words: list[str]
    ) -> list[PhraseMatch[str]]:
        """Without the system ("di oss") or place ("di klinik") of another permit named."""
        kept = [
            match
            for match in matches
            if match.name not in self._systems
            and not (match.name in self._everyday and words[max(0, match.first - 1)] == "di")
        ]
        return kept or matches

    def _practised(self, words: list[str], professions: list[PhraseMatch[str]]) -> list[NameFound]:
        """ "perawat praktik mandiri": a profession and its practice mean the licence for it."""
        for place, word in enumerate(words):
            if word in self._practice_words:
                for match in professions:
                    code = self._profession_permits[match.keys[0]]
                    if code:
                        return [NameFound("izin", code, (), place, place + 1, _IMPLIED)]
        return []

    def _from_head(self, words: list[str]) -> list[NameFound]:
        """ "homestay syarat izinnya apa": the word of "izin homestay" with izin elsewhere."""
        if self._head_cues.isdisjoint(words):
            return []
        for place, word in enumerate(words):
            stem = word if word in self._heads else word.removesuffix("nya")
            if stem in self._heads:
                return [NameFound("izin", self._heads[stem], (), place, place + 1, _IMPLIED)]
        return []

    def _codes(self, match: PhraseMatch[str]) -> tuple[str, ...]:
        return self._ambiguous.get(tuple(match.name.split()), match.keys)

    def _has_cue(self, words: list[str], matches: list[PhraseMatch[str]]) -> bool:
        inside = {place for m in matches for place in range(m.first, m.last)}
        if any(m.name not in self._everyday and not _is_guess(m) for m in matches):
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


def _is_guess(match: PhraseMatch[str]) -> bool:
    """A short abbreviation with its letters swapped, which any other word might be."""
    return match.distance > 0 and match.letters <= _SHORT_NAME


def _head_names(
    normaliser: Normaliser, gazetteer: Gazetteer, heads: frozenset[str]
) -> dict[str, str]:
    """Each of ``heads`` that is the last word of one permit's two-word name, with its code."""
    codes: dict[str, set[str]] = {}
    for permit in gazetteer.permits:
        for name in permit.names:
            words = normaliser.words(name)
            if len(words) == 2 and words[1] in heads:
                codes.setdefault(words[1], set()).add(permit.code)
    return {word: found.pop() for word, found in codes.items() if len(found) == 1}
