"""Language models and trainings in the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from izin.errors import Conflict, NotFound
from izin.language_models import (
    KEPT_ARCHIVES,
    KEPT_CANDIDATES,
    CaseResult,
    Change,
    FeeFailure,
    GateReason,
    JourneyFailure,
    ModelState,
    NewModel,
    Origin,
    Report,
    Scores,
    Taught,
    TrainingState,
    TrainingStep,
)
from izin.storage.postgres.engine import create
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.trainings import PostgresTrainings

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SCORES = Scores(0.97, 0.95, {"sapa": 1.0}, 1234)
REPORT = Report(
    SCORES,
    SCORES,
    better=[Change("brp", "tanya_biaya", "sapa", "tanya_biaya")],
    worse=[Change("hai", "sapa", "sapa", "pamit")],
    cases=3,
    failing_cases=[CaseResult("1", "x", "sapa", "pamit", new=True)],
    journeys=2,
    failing_journeys=[JourneyFailure("a", "telegram", 2, "tidak ada")],
    fees=4,
    failing_fees=[FeeFailure("pbg", "1", "2")],
    reasons=[],
    left_out=["y"],
    took_s={"training": 35.5},
)
MODEL = NewModel(
    "rasa-1", b"arsip", "r1", Origin.TRAINING, Taught([("brp", "tanya_biaya")], {"permits": []})
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create(database_url, pool_size=2)
    yield engine
    engine.dispose()


@pytest.fixture
def models(engine: Engine) -> PostgresLanguageModels:
    return PostgresLanguageModels(engine)


@pytest.fixture
def trainings(engine: Engine) -> PostgresTrainings:
    return PostgresTrainings(engine)


def test_a_model_is_kept_with_all_that_is_known_of_it(models: PostgresLanguageModels) -> None:
    stored = models.add(replace(MODEL, report=REPORT), NOW, account_id="rani")

    assert (stored.number, stored.state, stored.examples) == (1, ModelState.TRAINED, 1)
    assert stored.scores == SCORES
    assert models.report(stored.id) == REPORT
    assert models.taught(stored.id) == MODEL.taught
    assert models.archive(stored.id) == b"arsip"
    assert models.models() == [models.model(stored.id)]


def test_a_model_with_reasons_against_it_is_refused(models: PostgresLanguageModels) -> None:
    reason = GateReason("accuracy", {"before": 97.0, "after": 80.0, "tolerated": 1.0})

    stored = models.add(replace(MODEL, report=replace(REPORT, reasons=[reason])), NOW)

    assert stored.state is ModelState.REFUSED
    assert stored.verdict == [reason]


def test_one_model_is_published_at_a_time(models: PostgresLanguageModels) -> None:
    first, second = models.add(MODEL, NOW), models.add(MODEL, NOW)
    assert models.published() is None
    models.publish(first.id, NOW)
    models.publish(second.id, NOW, account_id="rani", override="mendesak")

    published = models.published()
    assert published is not None
    assert (published.id, published.published_by, published.override) == (
        second.id, "rani", "mendesak",
    )  # fmt: skip
    assert models.model(first.id).state is ModelState.REPLACED
    with pytest.raises(Conflict):
        models.publish(second.id, NOW)


def test_scores_are_noted_once(models: PostgresLanguageModels) -> None:
    stored = models.add(MODEL, NOW)
    models.note_scores(stored.id, SCORES)
    models.note_scores(stored.id, Scores(0, 0, {}))

    assert models.model(stored.id).scores == SCORES


def test_old_archives_go_and_the_published_one_stays(models: PostgresLanguageModels) -> None:
    for minute in range(KEPT_ARCHIVES + 2):
        models.publish(models.add(MODEL, NOW).id, NOW + timedelta(minutes=minute))
    for _ in range(KEPT_CANDIDATES + 2):
        models.add(MODEL, NOW + timedelta(hours=1))

    kept = [model for model in models.models() if model.kept]
    assert sum(model.state is ModelState.PUBLISHED for model in kept) == 1
    assert sum(model.state is ModelState.REPLACED for model in kept) == KEPT_ARCHIVES
    assert sum(model.state is ModelState.TRAINED for model in kept) == KEPT_CANDIDATES
    gone = next(model for model in models.models() if not model.kept)
    with pytest.raises(NotFound):
        models.archive(gone.id)
    with pytest.raises(NotFound):
        models.publish(gone.id, NOW)


@pytest.mark.parametrize("unknown", ["x", "7f1d6c1e-0000-4000-8000-000000000001"])
def test_an_unknown_model_is_not_found(models: PostgresLanguageModels, unknown: str) -> None:
    for ask in (models.model, models.archive, models.taught, models.report):
        with pytest.raises(NotFound):
            ask(unknown)
    with pytest.raises(NotFound):
        models.publish(unknown, NOW)


def test_one_training_runs_at_a_time_and_is_begun_once(trainings: PostgresTrainings) -> None:
    first = trainings.ask("rani", "kunci", NOW)

    assert trainings.ask("rani", "kunci", NOW) == first
    with pytest.raises(Conflict):
        trainings.ask("dewi", "lain", NOW)
    trainings.end(first.id, TrainingState.FAILED, NOW, error="disk_full")
    assert trainings.ask("dewi", "lain", NOW).state is TrainingState.RUNNING
    assert trainings.training(first.id).error == "disk_full"


def test_a_training_without_a_sign_of_life_makes_room(trainings: PostgresTrainings) -> None:
    first = trainings.ask("rani", "kunci", NOW)
    later = NOW + timedelta(minutes=2)
    assert first.state_at(NOW) is TrainingState.RUNNING
    assert first.state_at(later) is TrainingState.BROKEN

    second = trainings.ask("dewi", "lain", later)

    assert trainings.training(first.id).state is TrainingState.BROKEN
    assert [one.id for one in trainings.latest()] == [second.id, first.id]
    assert not trainings.alive(first.id, TrainingStep.TRAINING, 50, later)


def test_a_training_tells_how_far_it_is_and_learns_that_it_is_to_stop(
    trainings: PostgresTrainings,
) -> None:
    training = trainings.ask("rani", "kunci", NOW)
    later = NOW + timedelta(seconds=20)
    assert trainings.alive(training.id, TrainingStep.JUDGING, 40, later)
    seen = trainings.training(training.id)
    assert (seen.step, seen.percent, seen.heartbeat) == (TrainingStep.JUDGING, 40, later)

    trainings.cancel(training.id)

    assert not trainings.alive(training.id, TrainingStep.JUDGING, 41, later)
    assert trainings.training(training.id).cancelling
