"""Judges a newly trained model beside the published one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from tanya_language import TextIndex
from tanya_language.evaluation import (
    Sentence,
    Understood,
    figures,
    read_sentences,
    understand,
    understand_all,
)

from izin.language_models import CaseResult, Change, FeeFailure, Scores
from izin.learning import FALLBACK, FAQ_INTENT, OUT_OF_SCOPE, RegressionCase
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.faq import PostgresFaqBook
from izin.usecases.check_fee_examples import check_fee_examples
from izin.usecases.search_faq import SearchFaq
from ops.model_reading import EVALUATION, ReadModel

UNSURE_BELOW = 0.45
"""Rasa's own threshold (`nlu.components.processor`): below it the FAQ is asked first."""

_SEARCHED = frozenset({FAQ_INTENT, OUT_OF_SCOPE, FALLBACK})

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """How two models understand the evaluation set; `before` is None without a first one."""

    before: Scores | None
    after: Scores
    better: tuple[Change, ...] = ()
    worse: tuple[Change, ...] = ()


def compared(
    published: ReadModel | None,
    new: ReadModel,
    data: Path,
    progress: Progress = lambda share: None,
) -> Compared:
    """Let both models read the evaluation set below `data`."""
    sentences = read_sentences(data / EVALUATION)
    after = _read(new, sentences, lambda share: progress(share / 2))
    if published is None:
        return Compared(None, _scores(sentences, after))
    before = _read(published, sentences, lambda share: progress(0.5 + share / 2))
    changes = [
        (_is_right(one, then), _is_right(one, now), Change(one.text, _wanted(one), _said(then),
                                                           _said(now)))
        for one, then, now in zip(sentences, before, after, strict=True)
    ]  # fmt: skip
    return Compared(
        _scores(sentences, before),
        _scores(sentences, after),
        better=tuple(change for was, is_, change in changes if is_ and not was),
        worse=tuple(change for was, is_, change in changes if was and not is_),
    )


def failing_cases(
    cases: Sequence[RegressionCase], published: ReadModel | None, new: ReadModel, engine: Engine
) -> tuple[CaseResult, ...]:
    """Give the regression cases that the new model does not understand."""
    today = datetime.now(UTC).date()
    found = []
    for case in cases:
        now = understand(new.model, new.extractor, case.text, today)
        if _holds(case, now, _faq_hit(case, new, engine)):
            continue
        held = False
        if published is not None:
            then = understand(published.model, published.extractor, case.text, today)
            held = _holds(case, then, _faq_hit(case, published, engine))
        wanted = " · ".join(part for part in (case.intent, case.permit, case.faq) if part)
        found.append(CaseResult(case.id, case.text, wanted, _said(now), new=held))
    return tuple(found)


def failing_fees(engine: Engine) -> tuple[int, tuple[FeeFailure, ...]]:
    """Give how many fee examples there are, and those that do not come out."""
    results = [
        one for one in check_fee_examples(PostgresCatalogue(engine)) if one.fault != "inputs"
    ]
    return len(results), tuple(
        FeeFailure(f"{one.table}: {one.name}", _amount(one.expected_rupiah),
                   one.fault or _amount(one.actual_rupiah))
        for one in results
        if not one.comes_out
    )  # fmt: skip


def _amount(rupiah: int | None) -> str:
    return "-" if rupiah is None else f"Rp{rupiah:,}".replace(",", ".")


def _read(read: ReadModel, sentences: Sequence[Sentence], progress: Progress) -> list[Understood]:
    today = datetime.now(UTC).date()
    return understand_all(read.model, read.extractor, sentences, today, progress)


def _scores(sentences: Sequence[Sentence], found: Sequence[Understood]) -> Scores:
    measured = figures(sentences, found)
    return Scores(measured.accuracy, measured.permit_f1, measured.f1, len(sentences))


def _is_right(wanted: Sentence, found: Understood) -> bool:
    return wanted.intent == found.intent and wanted.permits == found.permits


def _wanted(sentence: Sentence) -> str:
    return _line(sentence.intent, sentence.permits)


def _said(found: Understood) -> str:
    return _line(found.intent, found.permits)


def _line(intent: str, permits: frozenset[str]) -> str:
    return " · ".join((intent, *sorted(code or "?" for code in permits)))


def _holds(case: RegressionCase, found: Understood, faq: str) -> bool:
    if case.permit and case.permit not in found.permits:
        return False
    if case.faq:
        searched = found.intent in _SEARCHED or found.confidence < UNSURE_BELOW
        return searched and faq == case.faq
    return found.intent == case.intent


def _faq_hit(case: RegressionCase, read: ReadModel, engine: Engine) -> str:
    if not case.faq:
        return ""
    normaliser = read.model.normaliser
    search = SearchFaq(PostgresFaqBook(engine), partial(TextIndex, normaliser=normaliser))
    hits = search.search(case.text, 1)
    return hits[0].entry.key if hits else ""
