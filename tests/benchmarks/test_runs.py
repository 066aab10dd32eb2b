from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.nlu.datasets import Utterance
from benchmarks.nlu.measure import measure, measure_http
from benchmarks.nlu.runs import Runs
from benchmarks.nlu.training_files import rasa_file

from .pipelines import CORPUS, calls, fake_subject

ROOT = Path(__file__).parents[2]
FILE = rasa_file(CORPUS.train)


def test_a_run_that_is_there_is_not_repeated(tmp_path: Path) -> None:
    subject = fake_subject(tmp_path)
    for _ in range(2):
        runs = Runs(ROOT, tmp_path / "runs")
        training = runs.train(subject, CORPUS, FILE)
        assert training is not None
        assert runs.parse(subject, training, CORPUS.test) is not None

    assert calls(tmp_path) == ["benchmarks.nlu.rasa_train", "benchmarks.nlu.rasa_parse"]
    assert (training.cpu_s, training.peak_mb, training.model_mb) == (1.5, 100.0, 0.5)


def test_other_data_configuration_or_code_is_another_run(tmp_path: Path) -> None:
    subject = fake_subject(tmp_path)
    runs = Runs(ROOT, tmp_path / "runs")

    folders = {
        runs.train(subject, CORPUS, FILE).folder,
        runs.train(subject, CORPUS, FILE + "    - lagi\n").folder,
        runs.train(replace(subject, fingerprint="other code"), CORPUS, FILE).folder,
    }

    assert len(folders) == 3
    assert len(calls(tmp_path)) == 3


def test_other_messages_are_parsed_with_the_same_model(tmp_path: Path) -> None:
    subject = fake_subject(tmp_path)
    runs = Runs(ROOT, tmp_path / "runs")
    training = runs.train(subject, CORPUS, FILE)

    runs.parse(subject, training, CORPUS.test)
    answers = runs.parse(subject, training, [Utterance("pagi", "sapa")])

    assert len(answers) == 1
    assert calls(tmp_path).count("benchmarks.nlu.rasa_train") == 1


def test_reading_only_runs_nothing(tmp_path: Path) -> None:
    subject = fake_subject(tmp_path)

    measured = measure(subject, CORPUS, Runs(ROOT, tmp_path / "runs", execute=False), ROOT)

    assert measured.training is None
    assert measured.clean is None
    assert calls(tmp_path) == []


def test_a_failed_training_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    runs = Runs(ROOT, tmp_path / "runs")
    with pytest.raises(subprocess.CalledProcessError):
        runs.train(fake_subject(tmp_path, fails=True), CORPUS, FILE)

    assert runs.train(fake_subject(tmp_path), CORPUS, FILE) is not None
    assert len(calls(tmp_path)) == 2


def test_the_intent_under_a_fallback_is_what_counts(tmp_path: Path) -> None:
    measured = measure(fake_subject(tmp_path), CORPUS, Runs(ROOT, tmp_path / "runs"), ROOT)

    assert measured.clean is not None
    assert [one.intent for one in measured.clean.predictions] == ["sapa", "sapa"]
    assert measured.clean.intents.accuracy == 0.5
    assert measured.noised is not None
    assert measured.cpu_ms == (0.4, 0.4)


def test_stock_is_not_trained_where_it_would_take_hours(tmp_path: Path) -> None:
    corpus = replace(CORPUS, for_stock=False)

    measured = measure(fake_subject(tmp_path, "stock"), corpus, Runs(ROOT, tmp_path / "r"), ROOT)

    assert measured.training is None
    assert calls(tmp_path) == []


def test_over_http_nothing_is_measured_without_a_model(tmp_path: Path) -> None:
    subject = fake_subject(tmp_path)
    unmeasured = measure(subject, CORPUS, Runs(ROOT, tmp_path / "runs", execute=False), ROOT)

    assert measure_http([unmeasured], tmp_path, ROOT, execute=True) is None
