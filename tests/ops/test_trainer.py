"""A training that is killed, called off or out of room leaves nothing, and says so."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import pytest

from izin.language_models import BROKEN_AFTER, Training, TrainingState, TrainingStep
from izin.storage.postgres.engine import create
from izin.storage.postgres.trainings import PostgresTrainings
from ops import trainer
from ops.settings import OpsSettings
from ops.train_failures import failure_code

SLOW = "echo ' 45% classifier'\nexec sleep 600\n"
FULL = "echo 'OSError: [Errno 28] No space left on device'\nexit 1\n"
KILLED = "kill -9 $$\n"
BAD = "echo 'YamlException'\nexit 1\n"
PATIENCE_S = 30


def run(training_id: str, checkout: Path, database_url: str) -> None:
    """Be the trainer's process."""
    os.environ["DATABASE_URL"] = database_url
    trainer.PULSE_S = 0.05
    settings = OpsSettings(checkout=checkout, data_root=checkout / "pg")
    OpsSettings.from_environment = lambda: settings  # type: ignore[method-assign]
    sys.exit(trainer.main([training_id]))


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes of their own that need not load all modules again, each time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ops.trainer"])
    return context


def ended(process: BaseProcess) -> int | None:
    """Wait for a process; gives its exit code."""
    process.join(PATIENCE_S)
    return process.exitcode


class House:
    """A checkout whose trainer does what a test says, over a real database."""

    def __init__(self, folder: Path, url: str, processes: ForkServerContext) -> None:
        self._processes = processes
        self.checkout = folder / "kantor kita"
        self.engine = create(url, pool_size=2)
        self.trainings = PostgresTrainings(self.engine)
        self._url = url
        for name in ("data/domain", "data/lexicon"):
            (self.checkout / name).mkdir(parents=True)
        (self.checkout / "config.yml").write_text("language: id\n")
        (self.checkout / "data/domain/intents.yml").write_text("intents: [sapa]\n")
        (self.checkout / "data/lexicon/professions.yml").write_text("professions: []\n")

    def begin(self, script: str) -> tuple[Training, BaseProcess]:
        """Start a training in a process of its own."""
        self.trainer(script)
        training = self.trainings.ask("rani", uuid.uuid4().hex, datetime.now(UTC))
        return training, self.process(training)

    def trainer(self, script: str) -> None:
        """Let Rasa's Python be a script."""
        python = self.checkout / "nlu/.venv/bin/python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text("#!/bin/sh\n" + script)
        python.chmod(0o755)

    def process(self, training: Training) -> BaseProcess:
        """Start a process for a training."""
        process = self._processes.Process(target=run, args=(training.id, self.checkout, self._url))
        process.start()
        return process

    def now(self, training: Training) -> Training:
        """Give the training's row."""
        return self.trainings.training(training.id)

    def left(self) -> list[Path]:
        """Give what lies about."""
        return list((self.checkout / "var" / "training").glob("*"))


@pytest.fixture
def house(
    tmp_path: Path, module_database_url: str, processes: ForkServerContext
) -> Iterator[House]:
    house = House(tmp_path, module_database_url, processes)
    yield house
    house.engine.dispose()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def training_since(house: House, training: Training) -> psutil.Process:
    """Wait until Rasa trains; gives its process."""
    until(lambda: house.now(training).percent >= 28)
    found = [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "600"]]
    return max(found, key=lambda process: process.create_time())


def test_a_training_that_is_called_off_ends_at_once_and_tidies_up(house: House) -> None:
    training, process = house.begin(SLOW)
    program = training_since(house, training)
    assert house.now(training).step is TrainingStep.TRAINING

    house.trainings.cancel(training.id)

    assert ended(process) == 1
    assert house.now(training).state is TrainingState.CANCELLED
    assert not program.is_running()
    assert house.left() == []


def test_a_killed_training_takes_its_program_along_and_is_seen_as_broken_off(
    house: House,
) -> None:
    training, process = house.begin(SLOW)
    program = training_since(house, training)
    process.kill()
    assert ended(process) == -signal.SIGKILL

    until(lambda: not program.is_running() or program.status() == psutil.STATUS_ZOMBIE)
    row = house.now(training)
    later = row.heartbeat + BROKEN_AFTER + timedelta(seconds=1)
    assert row.state_at(later) is TrainingState.BROKEN
    assert house.left() != []
    second = house.trainings.ask("dewi", "lain", later)
    house.trainer(BAD)
    assert ended(house.process(second)) == 1
    assert house.now(second).error == "training"
    assert house.left() == []  # the next one swept, too


def test_a_training_ends_with_the_console(house: House) -> None:
    training, process = house.begin(SLOW)
    training_since(house, training)

    process.terminate()  # what it gets when the console ends

    assert ended(process) == 1
    assert house.now(training).state is TrainingState.BROKEN
    assert house.left() == []


@pytest.mark.parametrize(
    ("script", "code"), [(FULL, "disk_full"), (KILLED, "memory"), (BAD, "training")]
)
def test_a_training_that_fails_says_why(house: House, script: str, code: str) -> None:
    training, process = house.begin(script)

    assert ended(process) == 1

    row = house.now(training)
    assert (row.state, row.error) == (TrainingState.FAILED, code)
    assert house.left() == []


def test_two_processes_do_one_training_once(house: House) -> None:
    training, process = house.begin(SLOW)
    training_since(house, training)
    house.trainings.cancel(training.id)
    assert ended(process) == 1

    assert ended(house.process(training)) == 1
    assert house.now(training).state is TrainingState.CANCELLED


def test_a_full_disk_is_known_wherever_it_shows() -> None:
    full = OSError(28, "No space left on device")
    wrapped = RuntimeError("writing")
    wrapped.__cause__ = full

    assert [failure_code(full), failure_code(wrapped)] == ["disk_full", "disk_full"]
    assert failure_code(ValueError("?")) == "unknown"
