"""Real Rasa in the nlu environment: one trained model, one server, a fake action server.

Run by ``nlu/.venv/bin/python -m pytest -c nlu/pyproject.toml --rootdir . --confcutdir tests/nlu
tests/nlu``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlu.components.launcher import prepare

prepare()  # before anything imports Rasa

from tests.nlu.fake_actions import FakeActions  # noqa: E402
from tests.nlu.rasa_server import RasaServer, create_tracker_table, launch  # noqa: E402
from tests.postgres_fixtures import (  # noqa: E402, F401
    DatabaseFactory,
    new_database,
    postgres_url,
)


@dataclass(frozen=True)
class Training:
    """One run of ``launcher train``: its archive, what it printed, its seconds of CPU time."""

    archive: Path
    lines: list[str]
    cpu_s: float


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """A model trained from the repository's own data, by the command an operator runs."""
    folder = tmp_path_factory.mktemp("models with a space")
    before = os.times()
    done = launch("train", "--output", str(folder), "--name", "test", away_from=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    archive = folder / "test.tar.gz"
    after = os.times()
    cpu_s = sum(after[2:4]) - sum(before[2:4])  # of children
    return Training(archive, done.stdout.splitlines(), cpu_s)


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> Path:
    """The archive of :func:`trained`, or the one named by TANYA_TEST_MODEL."""
    ready = os.environ.get("TANYA_TEST_MODEL")  # saves the training while working on a test
    return Path(ready) if ready else request.getfixturevalue("trained").archive


@pytest.fixture(scope="session")
def actions_server() -> Iterator[FakeActions]:
    """The fake action server of this session."""
    server = FakeActions()
    yield server
    server.close()


@pytest.fixture
def actions(actions_server: FakeActions) -> Iterator[FakeActions]:
    """The fake action server, with nothing remembered and nothing broken."""
    actions_server.reset()
    yield actions_server
    actions_server.reset()


@pytest.fixture(scope="session")
def tracker_url(new_database: DatabaseFactory) -> Iterator[str]:  # noqa: F811
    """A database with the table ``rasa_trackers``."""
    with new_database(None) as url:
        create_tracker_table(url)
        yield url


@pytest.fixture(scope="session")
def shared_rasa(
    model: Path,
    tracker_url: str,
    actions_server: FakeActions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RasaServer]:
    """One running server for the tests that do not kill it."""
    server = RasaServer(model, tracker_url, actions_server.url, tmp_path_factory.mktemp("rasa"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def rasa(shared_rasa: RasaServer, actions: FakeActions) -> RasaServer:
    """The shared server, its action server reset."""
    return shared_rasa
