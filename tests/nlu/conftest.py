"""Real Rasa in the nlu environment: one trained model, one server, a fake action server.

Run by ``nlu/.venv/bin/python -m pytest -c nlu/pyproject.toml --rootdir . --confcutdir tests/nlu
tests/nlu``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlu.components.launcher import prepare

prepare()  # before anything imports Rasa

from tests.nlu.fake_actions import FakeActions  # noqa: E402
from tests.nlu.rasa_server import RasaServer, create_tracker_table  # noqa: E402
from tests.postgres_fixtures import (  # noqa: E402, F401
    DatabaseFactory,
    new_database,
    postgres_url,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained from the repository's own data and rules."""
    ready = os.environ.get("TANYA_TEST_MODEL")  # saves the training while working on a test
    if ready:
        return Path(ready)
    from nlu.components import training
    from nlu.components.launcher import CONFIG, DOMAIN, TRAINING_DATA

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.delenv("TANYA_GAZETTEER", raising=False)
        folder = tmp_path_factory.mktemp("models")
        return training.train(DOMAIN, CONFIG, TRAINING_DATA, folder, "test")


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
