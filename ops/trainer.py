"""Trains a language model and judges it: `python -m ops.trainer <id of a training>`.

The console starts it, as a process of its own that stands back behind all others. What it does
and how far it is stands in the row of its training, and so does the wish that it stops. It
publishes nothing, and whatever happens to it, the live model stays as it is.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine

from izin.errors import StorageUnavailable
from izin.language_models import TrainingState, TrainingStep
from izin.logs import configure_logging
from izin.storage.postgres.engine import create
from izin.storage.postgres.trainings import PostgresTrainings
from ops.settings import OpsSettings
from ops.train_failures import failure_code
from ops.train_model import train_model

logger = structlog.get_logger(__name__)

PULSE_S = 1.0
_LOCK = "select pg_try_advisory_lock(hashtext('tanya.trainer'))"
_FOLDER = "training"
_PATIENCE_S, _LOOK_EVERY_S = 15.0, 0.2


class Stopped(BaseException):
    """Somebody asked for an end; no `except Exception` on the way may swallow it."""


class Pulse:
    """Writes a sign of life every second, and ends the process when the training is to stop.

    Args:
        trainings: where to write it.
        training_id: whose.
        stop: called once when the training is to stop.
    """

    def __init__(
        self, trainings: PostgresTrainings, training_id: str, stop: Callable[[], None]
    ) -> None:
        self._trainings = trainings
        self._id = training_id
        self._stop = stop
        self._over = threading.Event()
        self._place = (TrainingStep.COLLECTING, 0)
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def at(self, step: TrainingStep, percent: float) -> None:
        """Say where the training is."""
        self._place = (step, max(self._place[1], min(99, round(percent))))

    def end(self) -> None:
        """Stop."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(PULSE_S):
            try:
                goes_on = self._trainings.alive(self._id, *self._place, datetime.now(UTC))
            except StorageUnavailable:
                continue  # it may come back; if not, the work itself will fail
            if not goes_on:
                self._stop()
                return


class Trainer:
    """One training, from its row to its model.

    Args:
        settings: where checkout and models lie.
        engine: the office's database.
        training_id: the row.
    """

    def __init__(self, settings: OpsSettings, engine: Engine, training_id: str) -> None:
        self._settings = settings
        self._engine = engine
        self._id = training_id
        self._trainings = PostgresTrainings(engine)
        self._stopping = False
        self._pulse = Pulse(self._trainings, training_id, self._stop_ourselves)

    def run(self) -> TrainingState:
        """Train, judge and keep the model; gives how it ended, which also stands in the row."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        began = time.monotonic()
        error, model_id, state = "", None, TrainingState.FAILED
        work = self._settings.var / _FOLDER / self._id
        self._pulse.start()
        try:
            self._sweep()
            model_id = train_model(
                self._settings, self._engine, self._trainings.training(self._id), work,
                self._pulse.at, lambda: self._stopping,
            )  # fmt: skip
            state = TrainingState.DONE
        except Stopped:
            state = TrainingState.BROKEN
        except Exception as failure:
            # Whatever it is, the editor is told and the live model stays.
            error = failure_code(failure)
            logger.exception("training_failed", training=self._id, code=error)
        self._stopping = True
        self._pulse.end()
        shutil.rmtree(work, ignore_errors=True)
        if state is TrainingState.BROKEN and self._trainings.training(self._id).cancelling:
            state = TrainingState.CANCELLED
        self._trainings.end(self._id, state, datetime.now(UTC), error=error, model_id=model_id)
        took_s = round(time.monotonic() - began, 1)
        logger.info("training_ended", training=self._id, state=state.value, took_s=took_s)
        return state

    def _sweep(self) -> None:
        """Remove what a killed training left: only one runs at a time, and it is this one."""
        for left in (self._settings.var / _FOLDER).glob("*"):
            shutil.rmtree(left, ignore_errors=True)

    def _stop_ourselves(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)  # the main thread may be waiting for a program

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise Stopped


def main(arguments: list[str] | None = None) -> int:
    """Run one training; gives the exit code: 0 when a model came of it."""
    configure_logging()
    (training_id,) = sys.argv[1:] if arguments is None else arguments
    database_url = os.environ["DATABASE_URL"]
    engine = create(database_url, pool_size=3)
    trainings = PostgresTrainings(engine)
    try:
        with psycopg.connect(database_url, autocommit=True) as lock:
            alone = _is_alone(lock)
            if not trainings.claim(training_id, datetime.now(UTC)):
                return 1  # another process does it, or it was called off
            if not alone:
                now = datetime.now(UTC)
                trainings.end(training_id, TrainingState.FAILED, now, error="another")
                return 1
            trainer = Trainer(OpsSettings.from_environment(), engine, training_id)
            return int(trainer.run() is not TrainingState.DONE)
    finally:
        engine.dispose()


def _is_alone(lock: psycopg.Connection[Any]) -> bool:
    """Wait a moment for the lock of trainers: one that was broken off may still tidy up."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        taken = lock.execute(_LOCK).fetchone()
        if taken and taken[0]:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)


if __name__ == "__main__":
    sys.exit(main())
