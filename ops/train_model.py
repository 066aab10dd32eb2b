"""The steps of a training: collect, train, judge, keep."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from izin.language_models import (
    LanguageModel,
    NewModel,
    Origin,
    Report,
    Taught,
    Training,
    TrainingStep,
)
from izin.model_gate import reasons_against
from izin.settings import model_tolerance
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.learning import PostgresLearning
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.office import PostgresOfficeBook
from ops.errors import PartMissing
from ops.exec_child import child_command
from ops.gazetteer import gazetteer_snapshot
from ops.model_files import rasa_id
from ops.model_reading import ReadModel, read_model
from ops.nlu_training import known_intents, release_digest, training_command
from ops.settings import OpsSettings
from ops.train_failures import DISK_FULL, TrainingBroken, ended_badly
from ops.train_journeys import play
from ops.train_judging import compared, failing_cases, failing_fees

NEEDED_MB = 200
"""Free disk a training needs: its archive, and what Rasa keeps while it trains."""

_NAME = "model"
_LAST_LINES = 60
_SHARE = re.compile(r"\s*(\d+)% ")

At = Callable[[TrainingStep, float], None]
"""Hears the step and how far the whole training is, 0 to 100."""


def train_model(
    settings: OpsSettings,
    engine: Engine,
    training: Training,
    work: Path,
    at: At,
    stopped: Callable[[], bool],
) -> str:
    """Train a model of the office's examples and judge it; gives the id it is stored under.

    Args:
        settings: where checkout and models lie.
        engine: the office's database.
        training: who asked for it.
        work: folder for the training's own files; the caller deletes it.
        at: hears how far it is.
        stopped: asked while conversations are played.

    Raises:
        PartMissing: the Rasa environment is not installed.
        StorageUnavailable: the database does not answer.
        TrainingBroken: a step did not succeed.
    """
    models = PostgresLanguageModels(engine)
    took = _Watch()
    at(TrainingStep.COLLECTING, 1)
    _require_disk(work)
    learning = PostgresLearning(engine)
    examples = learning.examples()
    known = known_intents(settings.checkout)
    trained = [one for one in examples if one.intent in known]
    left_out = [one.text for one in examples if one.intent not in known]
    taught = Taught([(one.text, one.intent) for one in trained], _names(settings, engine))
    release = release_digest(settings.checkout)
    with took("training"):
        archive = _trained(settings, work, taught, at)
    published = models.published()
    with took("judging"):
        before = _published_archive(models, published, work)
        old = _readable(before)
        report = _judged(settings, engine, models, published, old, archive, at)
    at(TrainingStep.JOURNEYS, 68)
    with took("journeys"):
        played = play(
            archive, before if old else None, engine,
            progress=lambda share: at(TrainingStep.JOURNEYS, 72 + 25 * share), stopped=stopped,
        )  # fmt: skip
    report = replace(
        report, journeys=played.count, failing_journeys=played.failures,
        journeys_skipped=played.skipped, left_out=left_out, took_s=took.seconds,
    )  # fmt: skip
    report = replace(report, reasons=reasons_against(report, model_tolerance()))
    at(TrainingStep.KEEPING, 98)
    model = NewModel(
        rasa_id(archive), archive.read_bytes(), release, Origin.TRAINING, taught, report
    )
    now = datetime.now(UTC)
    stored = models.add(model, now, account_id=training.asked_by)
    learning.note_trained([one.id for one in trained], now)
    return stored.id


class _Watch:
    """Measures the seconds of each step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 1)


def _require_disk(work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    free_mb = shutil.disk_usage(work).free >> 20
    if free_mb < NEEDED_MB:
        raise TrainingBroken(DISK_FULL, f"{free_mb} MB are free")


def _names(settings: OpsSettings, engine: Engine) -> dict[str, Any]:
    return gazetteer_snapshot(
        PostgresCatalogue(engine),
        PostgresOfficeBook(engine),
        settings.data / "lexicon" / "professions.yml",
    )


def _trained(settings: OpsSettings, work: Path, taught: Taught, at: At) -> Path:
    command, environment = training_command(
        settings, work, _NAME, taught.gazetteer, taught.examples
    )
    at(TrainingStep.TRAINING, 3)
    last: deque[str] = deque(maxlen=_LAST_LINES)
    program = subprocess.Popen(
        child_command(command, death_signal=signal.SIGKILL),
        cwd=settings.checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        for line in program.stdout or ():
            last.append(line.rstrip())
            if share := _SHARE.match(line):
                at(TrainingStep.TRAINING, 10 + 0.4 * int(share[1]))
        code = program.wait()
    finally:
        program.kill()  # whatever ended the wait, nobody needs it any more
        program.wait()
        if program.stdout:
            program.stdout.close()
    archive = work / f"{_NAME}.tar.gz"
    if code != 0 or not archive.is_file():
        raise ended_badly(code, last)
    return archive


def _published_archive(
    models: PostgresLanguageModels, published: LanguageModel | None, work: Path
) -> Path | None:
    if published is None or not published.kept:
        return None
    archive = work / "published.tar.gz"
    archive.write_bytes(models.archive(published.id))
    return archive


def _judged(
    settings: OpsSettings,
    engine: Engine,
    models: PostgresLanguageModels,
    published: LanguageModel | None,
    old: ReadModel | None,
    archive: Path,
    at: At,
) -> Report:
    at(TrainingStep.JUDGING, 51)
    new = read_model(archive)
    found = compared(
        old, new, settings.data, lambda share: at(TrainingStep.JUDGING, 51 + 13 * share)
    )
    if published is not None and found.before is not None:
        models.note_scores(published.id, found.before)
    at(TrainingStep.CASES, 65)
    cases = PostgresLearning(engine).cases()
    failing = failing_cases(cases, old, new, engine)
    at(TrainingStep.FEES, 67)
    fees, failing_examples = failing_fees(engine)
    return Report(
        before=found.before, after=found.after, better=found.better, worse=found.worse,
        cases=len(cases), failing_cases=failing, fees=fees, failing_fees=failing_examples,
    )  # fmt: skip


def _readable(archive: Path | None) -> ReadModel | None:
    """Give the published model; None when its archive is damaged, so that a new one can help."""
    if archive is None:
        return None
    try:
        return read_model(archive)
    except PartMissing:
        return None
