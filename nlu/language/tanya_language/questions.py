"""Several questions in one message: two aspects of a permit, or one aspect of two permits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
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
# Messages that only ask; in any other a statement may look like a question.
_PLAIN = ASPECTS | {"tanya_kontak_jam_lokasi"}
_BREAK = re.compile(r"[,;?!\n+&]|\.(?!\d)|(?<!\d)/|/(?!\d)")
_MOST_QUESTIONS = 6
_MOST_WORDS = 80
_LEAST_CONFIDENCE = 0.5
_LEAST_BESIDE = 0.75
_SURE_NAME = 0.95
# An aspect that answers these others too when both are asked at once.
_COVERS = {
    "tanya_perpanjangan": frozenset({"tanya_syarat", "tanya_prosedur", "tanya_masa_berlaku"}),
    "hitung_biaya": frozenset({"tanya_biaya"}),
}
_WHOLE_SURE = 0.5
_STORY_WORDS = 15
_FEWEST_ASKED = 2
_COMPLAINT = "lapor_pengaduan"
_TO_ASK = frozenset({"tanya", "bertanya", "tanyakan", "menanyakan"})


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
    joins = extractor.normaliser.lexicon.group("joins")
    segments = _segments(message, joins, entities)
    asking = extractor.normaliser.lexicon.group("question_words")
    if len(segments) > 1:
        parts = _uncovered(_asking_parts(message, segments, model, intent, entities, asking))
        if len({part.intent for part in parts}) > 1 and _belongs(intent, confidence, parts):
            questions = [
                question
                for part in parts
                for question in _per_permit(_question(part, entities), message, joins)
            ]
            return questions[:_MOST_QUESTIONS]
    end = _asked_at_the_end(message, segments, model, whole, asking)
    if end is not None:
        whole = replace(whole, intent=end[0], confidence=end[1])
    return _per_permit(whole, message, joins)[:_MOST_QUESTIONS]


def lead_intent(
    ranking: Sequence[tuple[str, float]], questions: Sequence[Question]
) -> list[tuple[str, float]]:
    """Return the ranking of a message, led by what it asks first, or at the end of a story.

    The whole text of two questions resembles both, and a long story resembles nothing; what
    was asked is what an answer begins with. The other intents keep their order and confidences.
    """
    first = questions[0]
    several = len({question.intent for question in questions}) > 1
    if not several and first.intent == ranking[0][0]:
        return list(ranking)
    rest = [(intent, confidence) for intent, confidence in ranking if intent != first.intent]
    return [(first.intent, float(first.confidence)), *rest]


def _uncovered(parts: list[_Part]) -> list[_Part]:
    """Parts without those another part answers: extending one's permit beats its requirements."""
    covered = frozenset().union(*(_COVERS.get(part.intent, frozenset()) for part in parts))
    return [part for part in parts if part.intent not in covered]


def _belongs(intent: str, confidence: float, parts: Sequence[_Part]) -> bool:
    """Another kind of message (a complaint, a story) is not cut up when that is sure."""
    return intent in {part.intent for part in parts} or (
        intent in SEPARATE or confidence < _WHOLE_SURE
    )


def _asked_at_the_end(
    message: NormalisedText,
    segments: Sequence[tuple[int, int]],
    model: Ranker,
    whole: Question,
    asking: frozenset[str],
) -> tuple[str, float] | None:
    """What a message asks at its end, as intent and confidence; None if nothing.

    A story is like nothing in particular, so its end decides when the whole is unsure, best from
    its question word on; one that sounds like a complaint still asks when its end says so ("saya
    cuma mau tanya syarat"). A short unsure message is what follows its "mau tanya".
    """
    last = segments[-1] if segments else (0, len(message.original))
    tokens = [t for t in message.tokens if last[0] <= t.start and t.end <= last[1]]
    said = {t.text for t in tokens}
    if asking.isdisjoint(said):
        return None
    story = len(message.tokens) >= _STORY_WORDS
    verbs = [place for place, t in enumerate(tokens[:-_FEWEST_ASKED]) if t.text in _TO_ASK]
    asked = next(place for place, t in enumerate(tokens) if t.text in asking)
    starts = [*([0, asked] if story else []), *(place + 1 for place in verbs[-1:])]
    ends = [model.rank(message.original[tokens[place].start : last[1]])[0] for place in starts]
    found = [end for end in ends if end[0] in SEPARATE]
    if not found:
        return None
    intent, confidence = max(found, key=lambda end: end[1])
    unsure = whole.confidence < _WHOLE_SURE and confidence >= _LEAST_CONFIDENCE
    complains = story and whole.intent == _COMPLAINT
    announced = complains and bool(verbs) and confidence >= _LEAST_BESIDE
    return (intent, confidence) if unsure or announced else None


def _asking_parts(
    message: NormalisedText,
    segments: Sequence[tuple[int, int]],
    model: Ranker,
    whole_intent: str,
    entities: Sequence[Entity],
    asking: frozenset[str],
) -> list[_Part]:
    """Segments that ask something of their own; what asks nothing belongs to the one before."""
    parts: list[_Part] = []
    for start, end in segments:
        intent, confidence = model.rank(message.original[start:end])[0]
        inside = tuple(e for e in entities if start <= e.start and e.end <= end)
        least = _LEAST_CONFIDENCE if intent == whole_intent else _LEAST_BESIDE
        asks = intent in SEPARATE and confidence >= least
        if whole_intent not in _PLAIN and intent != whole_intent:
            said = {t.text for t in message.tokens if start <= t.start and t.end <= end}
            asks = asks and not asking.isdisjoint(said)
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
        # One character more, so that a mark between two digits is seen as such.
        broken = bool(_BREAK.search(message.original, previous_end, token.start + 1))
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


def _per_permit(
    question: Question, message: NormalisedText, joins: frozenset[str]
) -> list[Question]:
    """One question for each permit of a list ("pbg dan slf"); the rest goes with each.

    Permits that only occur in one sentence ("izin lingkungan untuk slf") stay together.
    """
    permits = [entity for entity in question.entities if entity.entity == "izin"]
    distinct = {(entity.value, entity.candidates) for entity in permits}
    listed = all(_are_joined(a, b, message, joins) for a, b in pairwise(permits))
    if len(distinct) < 2 or not listed or question.intent not in ASPECTS:
        return [question]
    others = [entity for entity in question.entities if entity.entity != "izin"]
    return [
        replace(
            question,
            entities=tuple(sorted((permit, *others), key=lambda entity: entity.start)),
        )
        for permit in permits
    ]


def _are_joined(
    first: Entity, second: Entity, message: NormalisedText, joins: frozenset[str]
) -> bool:
    """Nothing but joining words between the two, or the word izin again."""
    between = [t.text for t in message.tokens if first.end <= t.start and t.end <= second.start]
    if not between and not _BREAK.search(message.original, first.end, second.start):
        return min(first.confidence, second.confidence) >= _SURE_NAME
    return all(word in joins or word in ("izin", "surat") for word in between)
