"""Both pipelines on all corpora, clean and noised, and the cost of a message over HTTP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .datasets import Corpus, with_texts
from .http_cost import http_cpu_ms
from .metrics import EntityScores, IntentScores, entity_scores, intent_scores
from .noise import noised_texts
from .runs import Prediction, Runs, Training
from .subjects import Subject, digest, files_digest
from .training_files import NameAnnotator, rasa_file

NOISE_SEED = 20240501
PERMIT = "izin"
_HTTP_TEXTS = 400
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of one pipeline on one test set.

    Attributes:
        intents: Intent figures.
        permits: Permit codes; None where the corpus has no entities.
        entities: All entities; None likewise, and for stock Rasa, whose default pipeline has
            nothing that reads figures and dates.
        predictions: What they were computed from.
    """

    intents: IntentScores
    permits: EntityScores | None
    entities: EntityScores | None
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One pipeline on one corpus; what was not measured is None.

    Attributes:
        clean: On the test set as it is.
        noised: On the same messages damaged (``noise``).
        cpu_ms: CPU milliseconds of a clean message in process, 50th and 95th percentile.
    """

    subject: Subject
    corpus: Corpus
    training: Training | None = None
    clean: Scores | None = None
    noised: Scores | None = None
    cpu_ms: tuple[float, float] | None = None


def measure(subject: Subject, corpus: Corpus, runs: Runs, root: Path) -> Measurement:
    """Train and measure one pipeline on one corpus, or read what an earlier run left."""
    if subject.name == "stock" and not corpus.for_stock:
        return Measurement(subject, corpus)
    names = NameAnnotator(root) if subject.name == "stock" and corpus.has_entities else None
    training = runs.train(subject, corpus, rasa_file(corpus.train, names))
    if training is None:
        return Measurement(subject, corpus)
    noised = with_texts(corpus.test, noised_texts([one.text for one in corpus.test], NOISE_SEED))
    on_clean = runs.parse(subject, training, corpus.test)
    on_noised = runs.parse(subject, training, noised)
    spent = [one.cpu_ms for one in on_clean or ()]
    return Measurement(
        subject,
        corpus,
        training,
        clean=_scores(subject, corpus, on_clean),
        noised=_scores(subject, corpus, on_noised),
        cpu_ms=(float(np.percentile(spent, 50)), float(np.percentile(spent, 95)))
        if spent
        else None,
    )


def _scores(subject: Subject, corpus: Corpus, found: Sequence[Prediction] | None) -> Scores | None:
    if found is None:
        return None
    named = corpus.has_entities
    return Scores(
        intents=intent_scores(corpus.test, found, corpus.out_of_scope),
        permits=entity_scores(corpus.test, found, PERMIT) if named else None,
        entities=entity_scores(corpus.test, found) if named and subject.name == "ours" else None,
        predictions=tuple(found),
    )


@dataclass(frozen=True, slots=True)
class HttpCost:
    """CPU milliseconds a message over HTTP for each pipeline, with models of one corpus."""

    corpus: str
    cpu_ms: dict[str, float]


def measure_http(
    measurements: Sequence[Measurement], folder: Path, root: Path, execute: bool
) -> HttpCost | None:
    """Return what a message costs over HTTP; None where nothing is trained or stored.

    The first corpus that most pipelines have a model of is taken, so that they are compared in
    one run.

    Args:
        folder: Where the result is kept.
        execute: False only reads what is there.
    """
    trained: dict[str, list[Measurement]] = {}
    for one in measurements:
        if one.training:
            trained.setdefault(one.corpus.name, []).append(one)
    if not trained:
        return None
    corpus, chosen = max(trained.items(), key=lambda item: len(item[1]))
    pairs = [(one.subject, one.training) for one in chosen if one.training]
    texts = [one.text for one in chosen[0].corpus.test[:_HTTP_TEXTS]]
    models = [training.folder.name for _, training in pairs]
    code = files_digest([_HERE / "http_cost.py"], _HERE)
    report = folder / f"http-{digest([*models, *texts, code])[:16]}.json"
    if not report.exists():
        if not execute:
            return None
        print(f"Parsing {len(texts)} messages of {corpus} over HTTP, in turns ...", flush=True)
        report.write_text(json.dumps(http_cpu_ms(pairs, texts, root)), encoding="utf-8")
    return HttpCost(corpus, json.loads(report.read_text(encoding="utf-8")))
