"""Training and parsing runs, kept by the hash of all they depend on, so that none runs twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from .datasets import Corpus, Utterance
from .subjects import Subject, digest, files_digest

_HERE = Path(__file__).parent
_MODEL = "model.tar.gz"
# Of the libraries that compute, while messages are timed.
_THREADS = 1


@dataclass(frozen=True, slots=True)
class Training:
    """A trained model and what it cost.

    Attributes:
        folder: Holds the archive.
        cpu_s, wall_s: Seconds of the training process, imports included.
        peak_mb: Largest resident memory of that process.
        model_mb: Size of the archive.
    """

    folder: Path
    cpu_s: float
    wall_s: float
    peak_mb: float
    model_mb: float

    @property
    def archive(self) -> Path:
        """The trained model."""
        return self.folder / _MODEL


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a pipeline made of one message.

    Attributes:
        ranking: Intents with confidences, best first.
        entities: Names and values.
        cpu_ms: CPU time of the parse.
    """

    ranking: tuple[tuple[str, float], ...]
    entities: tuple[tuple[str, Any], ...]
    cpu_ms: float

    @property
    def intent(self) -> str:
        """The best intent; empty when there is none."""
        return self.ranking[0][0] if self.ranking else ""

    @property
    def confidence(self) -> float:
        """How sure the pipeline is of it, 0 to 1."""
        return self.ranking[0][1] if self.ranking else 0.0


class Runs:
    """Runs below one folder; a run that is there already is read, not repeated.

    Args:
        root: The repository.
        folder: Where runs are kept.
        execute: False only reads what is there.
    """

    def __init__(self, root: Path, folder: Path, execute: bool = True) -> None:
        self._root = root
        self._folder = folder
        self._execute = execute

    def train(self, subject: Subject, corpus: Corpus, examples: str) -> Training | None:
        """Return the subject's model of a training file; None when it may not be trained now.

        Args:
            examples: Content of the Rasa training file.
        """
        code = files_digest([_HERE / "rasa_train.py"], _HERE)
        key = digest([subject.fingerprint, examples, code])[:16]
        folder = self._folder / f"{subject.name}-{corpus.name}-{key}"
        report = folder / "training.json"
        if not report.exists():
            if not self._execute:
                return None
            _say(f"{subject.title}: training on {corpus.title} ...")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            path = folder / "examples.yml"
            path.write_text(examples, encoding="utf-8")
            subject.run(
                self._root,
                "rasa_train",
                *("--config", str(subject.config)),
                *("--examples", str(path)),
                *("--output", str(folder)),
            )
        return Training(folder, **json.loads(report.read_text(encoding="utf-8")))

    def parse(
        self, subject: Subject, training: Training, test: Sequence[Utterance]
    ) -> list[Prediction] | None:
        """Return what the model makes of each utterance; None when it may not be run now."""
        content = json.dumps(
            [{"text": one.text, "now": _noon(one)} for one in test], ensure_ascii=False
        )
        code = files_digest([_HERE / "rasa_parse.py"], _HERE)
        key = digest([content, code, f"{_THREADS} thread"])[:16]
        report = training.folder / f"parsed-{key}.json"
        if not report.exists():
            if not self._execute:
                return None
            _say(f"{subject.title}: parsing {len(test):,} messages ({training.folder.name}) ...")
            texts = training.folder / f"texts-{key}.json"
            texts.write_text(content, encoding="utf-8")
            # Written beside first: an interrupted run leaves no half report.
            unfinished = report.with_suffix(".part")
            subject.run(
                self._root,
                "rasa_parse",
                *("--model", str(training.archive)),
                *("--texts", str(texts)),
                *("--output", str(unfinished)),
                threads=_THREADS,
            )
            unfinished.rename(report)
        return [
            Prediction(
                _ranking(one["ranking"]),
                tuple((name, value) for name, value in one["entities"]),
                one["cpu_us"] / 1000,
            )
            for one in json.loads(report.read_text(encoding="utf-8"))["results"]
        ]


def _ranking(given: Sequence[Sequence[Any]]) -> tuple[tuple[str, float], ...]:
    # The default pipeline puts nlu_fallback over an unsure intent. The intent itself is what is
    # compared, so that doubt is not counted as an error.
    return tuple((intent, float(sure)) for intent, sure in given if intent != "nlu_fallback")


def _noon(utterance: Utterance) -> str | None:
    if utterance.today is None:
        return None
    # 05:00 UTC is noon in Jakarta.
    return datetime.combine(utterance.today, time(5), UTC).isoformat()


def _say(sentence: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {sentence}", flush=True)
