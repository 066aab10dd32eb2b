"""Several questions in one message: two aspects of a permit, or one aspect of two permits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from .entities import Entity, EntityExtractor
from .normaliser import NormalisedText

ASPECTS = frozenset(
    {
        "tanya_syarat",
        "tanya_biaya",
        "tanya_lama_proses",
        "tanya_prosedur",
        "tanya_masa_berlaku",
        "tanya_perpanjangan",
        "tanya_dasar_hukum",
    }
)
SEPARATE = ASPECTS | {"tanya_kontak_jam_lokasi", "cek_status", "hitung_biaya"}
_BREAK = re.compile(r"[,;?!.\n+&/]+")
_MOST_QUESTIONS = 6
_MOST_WORDS = 80
_LEAST_CONFIDENCE = 0.5
_WHOLE_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a message: its intent, its entities, and its place in the original."""

    intent: str
    confidence: float
    entities: tuple[Entity, ...]
    start: int
    end: int


class Ranker(Protocol):
    """What splitting needs of a classifier; ``LinearModel`` is one."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return intents with confidences, best first."""


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    intent: str
    confidence: float
    entities: tuple[Entity, ...]


def split_questions(
    text: str, model: Ranker, extractor: EntityExtractor, today: date
) -> list[Question]:
    """Return the questions of ``text`` in order; exactly one where it asks one thing.

    A part that names no permit shares those of the others: "syarat sama biaya slf apa" is
    tanya_syarat and tanya_biaya, both of SLF. One aspect of two permits ("syarat pbg dan slf")
    gives one question for each. At most six questions.
    """
    message = extractor.normaliser.normalise(text)
    entities = tuple(extractor.extract_normalised(message, today))
    intent, confidence = model.rank(text)[0]
    whole = Question(intent, confidence, entities, 0, len(text))
    if len(message.tokens) > _MOST_WORDS or len(message.tokens) < 2:
        return [whole]
    parts = _asking_parts(message, model, extractor, entities)
    if len({part.intent for part in parts}) > 1 and _belongs(intent, confidence, parts):
        questions = [
            question for part in parts for question in _per_permit(_question(part, entities))
        ]
        return questions[:_MOST_QUESTIONS]
    if intent in ASPECTS:
        return _per_permit(whole)[:_MOST_QUESTIONS]
    return [whole]


def _belongs(intent: str, confidence: float, parts: Sequence[_Part]) -> bool:
    """Another kind of message (a complaint, a story) is not cut up when that is sure."""
    return intent in {part.intent for part in parts} or (
        intent in SEPARATE or confidence < _WHOLE_SURE
    )


def _asking_parts(
    message: NormalisedText,
    model: Ranker,
    extractor: EntityExtractor,
    entities: Sequence[Entity],
) -> list[_Part]:
    parts: list[_Part] = []
    for start, end in _segments(message, extractor.normaliser.lexicon.group("joins"), entities):
        piece = message.original[start:end]
        intent, confidence = model.rank(piece)[0]
        inside = tuple(e for e in entities if start <= e.start and e.end <= end)
        asks = intent in SEPARATE and confidence >= _LEAST_CONFIDENCE
        if asks and not (parts and parts[-1].intent == intent):
            parts.append(_Part(start, end, intent, confidence, inside))
        elif parts:
            last = parts[-1]
            parts[-1] = replace(last, end=end, entities=(*last.entities, *inside))
    return parts


def _segments(
    message: NormalisedText, joins: frozenset[str], entities: Sequence[Entity]
) -> list[tuple[int, int]]:
    """Stretches between joining words and punctuation, never through an entity."""
    tokens = message.tokens
    spans = [(entity.start, entity.end) for entity in entities]
    segments: list[tuple[int, int]] = []
    start: int | None = None
    previous_end = 0
    for token in tokens:
        inside = any(first < token.start < last for first, last in spans)
        broken = bool(_BREAK.search(message.original[previous_end : token.start]))
        joins_here = token.text in joins
        if not inside and (broken or joins_here) and start is not None:
            segments.append((start, previous_end))
            start = None
        if start is None and not (joins_here and not inside):
            start = token.start
        previous_end = max(previous_end, token.end)
    if start is not None:
        segments.append((start, previous_end))
    return segments


def _question(part: _Part, entities: Sequence[Entity]) -> Question:
    """A part with its own entities, and the permits of the message where it names none."""
    named = {entity.entity for entity in part.entities}
    shared = tuple(
        entity
        for entity in entities
        if entity.entity not in named and not part.start <= entity.start < part.end
    )
    own = tuple(sorted((*part.entities, *shared), key=lambda entity: entity.start))
    return Question(part.intent, part.confidence, own, part.start, part.end)


def _per_permit(question: Question) -> list[Question]:
    """One question for each permit it names; the other entities go with each."""
    permits: dict[tuple[object, ...], Entity] = {}
    for entity in question.entities:
        if entity.entity == "izin":
            permits.setdefault((entity.value, entity.candidates), entity)
    if len(permits) < 2 or question.intent not in ASPECTS:
        return [question]
    others = [entity for entity in question.entities if entity.entity != "izin"]
    return [
        replace(
            question,
            entities=tuple(sorted((permit, *others), key=lambda entity: entity.start)),
        )
        for permit in permits.values()
    ]
