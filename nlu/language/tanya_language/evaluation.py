"""How well a model understands sentences whose right reading is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from .entities import EntityExtractor
from .model import LinearModel
from .questions import lead_intent, split_questions

_PERMIT = "izin"


class EvaluationUnreadable(ValueError):
    """A file of sentences does not hold what it should."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and how it is to be understood.

    Attributes:
        text: As a citizen would write it.
        intent: The intent it has.
        permits: Codes of the permits it names; an ambiguous name counts as "".
        today: The day it is read on, None for any.
    """

    text: str
    intent: str
    permits: frozenset[str] = frozenset()
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What a model made of a sentence: intent, how sure it is (0 to 1), and permits."""

    intent: str
    confidence: float
    permits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a model is, 0 to 1.

    Attributes:
        accuracy: Share of sentences with the right intent.
        permit_f1: F1 of permit codes.
        f1: F1 of each intent that occurs among the sentences.
    """

    accuracy: float
    permit_f1: float
    f1: dict[str, float]


def read_sentences(folder: Path) -> list[Sentence]:
    """The sentences of an evaluation set (``*.yml``), in the order of its files.

    Raises:
        EvaluationUnreadable: A file is no list of sentences with text and intent.
    """
    found = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            found.extend(_sentence(item) for item in content["utterances"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise EvaluationUnreadable(f"{path} cannot be read: {error}") from error
    return found


def _sentence(item: Mapping[str, Any]) -> Sentence:
    today = item.get("today")
    return Sentence(
        text=str(item["text"]),
        intent=str(item["intent"]),
        permits=frozenset(
            _code(one["value"]) for one in item.get("entities") or () if one["entity"] == _PERMIT
        ),
        today=date.fromisoformat(today) if isinstance(today, str) else today,
    )


def _code(value: Any) -> str:
    return "" if value is None else str(value).upper()


def understand(
    model: LinearModel, extractor: EntityExtractor, text: str, today: date
) -> Understood:
    """What the dialogue would be told of a sentence; its permits are those of all questions."""
    entities = extractor.extract(text, today)
    questions = split_questions(text, model, extractor, today)
    intent, confidence = lead_intent(model.rank(text), questions)[0]
    permits = frozenset(_code(one.value) for one in entities if one.entity == _PERMIT)
    return Understood(intent, confidence, permits)


def understand_all(
    model: LinearModel,
    extractor: EntityExtractor,
    sentences: Sequence[Sentence],
    today: date,
    progress: Callable[[float], None] = lambda share: None,
) -> list[Understood]:
    """What a model makes of each sentence, in their order.

    Args:
        today: The day of sentences that name none.
        progress: Called with the share that is done, now and then.
    """
    found = []
    for place, one in enumerate(sentences):
        if place % 100 == 0:
            progress(place / len(sentences))
        found.append(understand(model, extractor, one.text, one.today or today))
    return found


def figures(sentences: Sequence[Sentence], found: Sequence[Understood]) -> Figures:
    """The figures of what a model made of the sentences.

    Raises:
        ValueError: There are no sentences, or the two differ in length.
    """
    if not sentences or len(sentences) != len(found):
        raise ValueError(f"{len(found)} readings for {len(sentences)} sentences")
    right = sum(one.intent == own.intent for one, own in zip(sentences, found, strict=True))
    return Figures(right / len(sentences), _permit_f1(sentences, found), _f1(sentences, found))


def _f1(sentences: Iterable[Sentence], found: Iterable[Understood]) -> dict[str, float]:
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for one, own in zip(sentences, found, strict=True):
        wanted[one.intent] += 1
        given[own.intent] += 1
        right[one.intent] += one.intent == own.intent
    return {
        intent: 2 * right[intent] / (wanted[intent] + given[intent]) for intent in sorted(wanted)
    }


def _permit_f1(sentences: Iterable[Sentence], found: Iterable[Understood]) -> float:
    right = named = 0
    for one, own in zip(sentences, found, strict=True):
        right += len(one.permits & own.permits)
        named += len(one.permits) + len(own.permits)
    return 2 * right / named if named else 1.0
