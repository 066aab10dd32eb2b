"""Measured floors on messages written without a look at the training examples."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from tanya_language import EntityExtractor, LinearModel, split_questions

from tests.timing import quickest

from .conftest import SATURDAY

FLOOR = 0.92
REGISTER_FLOOR = 0.80
PERMIT_FLOOR = 0.93


@dataclass(frozen=True, slots=True)
class Utterance:
    intent: str
    register: str
    permits: frozenset[str]
    text: str


@pytest.fixture(scope="module")
def utterances() -> list[Utterance]:
    path = Path(__file__).with_name("held_out.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(
            (line for line in lines if not line.startswith("#")),
            delimiter="\t",
            quoting=csv.QUOTE_NONE,
        )
        return [
            Utterance(intent, register, frozenset(permits.split(",")) - {"-"}, text)
            for intent, register, permits, text in rows
        ]


def test_intents_are_right_in_every_register(
    model: LinearModel, utterances: list[Utterance]
) -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    for utterance in utterances:
        hit = model.rank(utterance.text)[0][0] == utterance.intent
        hits["all"].append(hit)
        hits[utterance.register].append(hit)

    accuracy = {name: sum(found) / len(found) for name, found in hits.items()}
    assert len(utterances) >= 150
    assert accuracy.pop("all") >= FLOOR
    assert {name: a for name, a in accuracy.items() if a < REGISTER_FLOOR} == {}


def test_permits_reach_their_f1(extractor: EntityExtractor, utterances: list[Utterance]) -> None:
    right = found = wanted = 0
    for utterance in utterances:
        named = {e.value for e in extractor.extract(utterance.text, SATURDAY) if e.entity == "izin"}
        right += len(named & utterance.permits)
        found += len(named)
        wanted += len(utterance.permits)

    assert 2 * right / (found + wanted) >= PERMIT_FLOOR


def test_a_message_takes_under_two_milliseconds(
    model: LinearModel, extractor: EntityExtractor, utterances: list[Utterance]
) -> None:
    texts = [utterance.text for utterance in utterances]

    def all_of_them() -> None:
        for text in texts:
            split_questions(text, model, extractor, SATURDAY)

    limit_s = len(texts) * 0.002
    assert quickest(all_of_them, limit_s) < limit_s


@pytest.mark.parametrize(
    "text",
    ["a" * 20_000, "😀" * 5_000, "saya mau " * 2_200, "syarat dan biaya " * 1_200,
     "\u200b" * 9_000, "", " \n\t", "\x00\x01",
     "/tanya_syarat{\"izin\":\"PBG\"}", "'; DROP TABLE x; --", "<b>hai</b>"],
)  # fmt: skip
def test_hostile_messages_are_answered_in_bounded_time(
    model: LinearModel, extractor: EntityExtractor, text: str
) -> None:
    questions = split_questions(text, model, extractor, SATURDAY)

    took_s = quickest(lambda: split_questions(text, model, extractor, SATURDAY), 0.25)
    assert took_s < 0.25
    assert len(questions) == 1 or len(text) < 200
    assert questions[0].intent in model.labels
