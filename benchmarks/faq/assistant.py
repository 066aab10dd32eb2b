"""The model and the use cases behind the assistant's answers, over content in memory."""

from __future__ import annotations

import csv
import random
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from tanya_language import EntityExtractor, LinearModel, TextIndex, lead_intent, split_questions

from izin.faq import FaqEntry
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.memory.drafts import MemoryDrafts
from izin.storage.memory.faq import MemoryFaqBook
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.seed_files import Seed
from izin.usecases.activity_stories import ActivityStories
from izin.usecases.advise_permit import AdvisePermit
from izin.usecases.answer_generally import AnswerGenerally
from izin.usecases.answer_permit import AnswerPermit
from izin.usecases.answer_questions import AnswerQuestions
from izin.usecases.calculate_fee import CalculateFee
from izin.usecases.dialogue import Entity, Question, TurnInput
from izin.usecases.grave_matters import GraveMatters
from izin.usecases.live_names import LiveNames
from izin.usecases.lost import LostCount
from izin.usecases.published_instead import published_reply
from izin.usecases.read_questions import ReadQuestions
from izin.usecases.search_faq import SearchFaq
from izin.usecases.which_permit import WhichPermit
from izin.wording import Wording
from ops.settings import CHECKOUT

TOPICS = CHECKOUT / "benchmarks" / "faq" / "new_topics.yml"
EVALUATION = CHECKOUT / "data" / "evaluation"
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
THRESHOLD = 0.45
"""As in Rasa's processor: below it the intent is ``nlu_fallback``."""

JAWAB = frozenset(
    {
        "tanya_syarat", "tanya_biaya", "tanya_lama_proses", "tanya_prosedur",
        "tanya_masa_berlaku", "tanya_perpanjangan", "tanya_dasar_hukum", "hitung_biaya",
        "tanya_kontak_jam_lokasi", "tanya_faq", "tanya_izin_apa", "di_luar_topik", "nlu_fallback",
    }
)  # fmt: skip
"""Intents that ``action_jawab`` answers; the others lead to tasks and small talk."""

INTENTS = sorted(JAWAB - {"hitung_biaya"})
"""What a paraphrase is forced to be, to see whether its answer depends on the guess."""


@dataclass(frozen=True, slots=True)
class Topic:
    """An answer published for the measurement, and what citizens type for it."""

    entry: FaqEntry
    asked: tuple[str, ...]
    part: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one message got: the published answer's key, "" for none, and the intent guessed."""

    text: str
    want: str
    key: str
    intent: str


def topics() -> list[Topic]:
    """Give the new topics of the data file."""
    document = yaml.safe_load(TOPICS.read_text(encoding="utf-8"))
    return [
        Topic(
            FaqEntry(
                item["key"], "layanan_kantor", item["question"], "Jawaban contoh.",
                date(2026, 11, 1), tuple(item["variants"]), ("https://contoh.go.id",),
            ),
            tuple(item["asked"]),
            item["part"],
        )
        for item in document["topics"]
    ]  # fmt: skip


def unrelated(massive: Path | None) -> list[str]:
    """Give messages that none of the new topics answers."""
    texts = [
        str(item["text"])
        for path in sorted(EVALUATION.glob("*.yml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["utterances"]
    ]
    if massive is not None:
        with massive.open(encoding="utf-8", newline="") as file:
            rows = [row["utt"] for row in csv.DictReader(file, delimiter="\t")
                    if row["partition"] == "test"]  # fmt: skip
        texts += random.Random(7).sample(rows, 500)
    return texts


class Assistant:
    """Answers single messages; ``book`` holds what is published.

    Args:
        model: The classifier, trained without the new topics.
        extractor: Finds entities.
        seed: The release's content.
    """

    def __init__(self, model: LinearModel, extractor: EntityExtractor, seed: Seed) -> None:
        self.model, self.extractor = model, extractor
        self.book = MemoryFaqBook(seed.faq)
        catalogue = MemoryCatalogue(
            seed.permits, ambiguous_terms=seed.ambiguous_terms, legacy_names=seed.legacy_names,
            activities=seed.activities, fee_tables=seed.fee_tables,
        )  # fmt: skip
        office, drafts, wording = MemoryOfficeBook(seed.office), MemoryDrafts(), Wording()
        normaliser = model.normaliser
        everyday = wording.say("answers.words_everyday").split()
        self.make_index = partial(TextIndex, normaliser=normaliser, everyday=everyday)

        def normalise(text: str) -> str:
            return normaliser.normalise(text).text

        names = LiveNames(catalogue, normaliser)
        fees = CalculateFee(catalogue, drafts, wording, normalise, names.quantities)
        stories = ActivityStories(WhichPermit(catalogue, self.make_index), wording, normalise)
        self._general = AnswerGenerally(
            office, SearchFaq(self.book, self.make_index),
            AdvisePermit(stories, drafts, wording, normalise), LostCount(drafts), wording,
            GraveMatters(catalogue, wording, normalise),
        )  # fmt: skip
        self._questions = AnswerQuestions(
            ReadQuestions(catalogue, names, wording, fees),
            AnswerPermit(catalogue, office, fees, wording), self._general, catalogue, office,
            wording,
        )  # fmt: skip

    def tell(self, text: str, want: str = "", intent: str | None = None) -> Told:
        """Give what a message gets as the first of a conversation; ``intent`` overrules."""
        turn = self._turn(text, intent)
        if turn.intent in JAWAB:
            replies = self._questions.answer(turn).replies
        else:
            reply = published_reply(self._general, turn)
            replies = (reply,) if reply else ()
        key = next((reply.faq for reply in replies if reply.faq), "")
        return Told(text, want, key, turn.intent)

    def _turn(self, text: str, intent: str | None) -> TurnInput:
        split = split_questions(text, self.model, self.extractor, NOW.date())
        ranking = lead_intent(self.model.rank(text), split)
        guessed, confidence = ranking[0]
        questions = () if intent else tuple(
            Question(one.intent, one.confidence, tuple(map(_entity, one.entities)), one.start,
                     one.end)
            for one in split
        )  # fmt: skip
        return TurnInput(
            f"c{time.monotonic_ns()}", "t1", NOW,
            intent or (guessed if confidence >= THRESHOLD else "nlu_fallback"), confidence, text,
            tuple(map(_entity, self.extractor.extract(text, NOW.date()))), questions,
            ranking=tuple(ranking),
        )  # fmt: skip


def _entity(found: Any) -> Entity:
    return Entity(
        found.entity, found.value, found.raw, found.start, found.end, 1.0, tuple(found.candidates)
    )
