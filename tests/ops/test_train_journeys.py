"""Conversations that judge a model: what they cannot tell must not speak against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from izin.storage.postgres.engine import create
from ops import train_journeys
from ops.errors import ChildFailed
from ops.sandbox_handle import SandboxState

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def office(database_url: str) -> Iterator[Engine]:
    engine = create(database_url, pool_size=2)
    yield engine
    engine.dispose()


class Killed:
    """A sandbox that is killed while conversations are played."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, **_: Any) -> Killed:
        return self

    def __enter__(self) -> Killed:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing."""

    def renew(self, drafts: Any) -> None:
        """Change nothing."""

    def state(self) -> SandboxState:
        return SandboxState("ready", url=NOWHERE, database_url=self._url)

    def touch(self) -> None:
        raise ChildFailed("the sandbox does not answer", name="sandbox", code=0, log="")


def test_a_sandbox_that_is_killed_speaks_against_no_conversation(
    monkeypatch: pytest.MonkeyPatch, database_url: str, office: Engine
) -> None:
    monkeypatch.setattr(train_journeys, "SandboxHandle", Killed(database_url))
    wanted = {train_journeys.VARIABLE: "awal"}

    played = train_journeys.play(Path("baru"), Path("lama"), office, environment=wanted)

    assert (played.skipped, played.failures) == ("sandbox", ())
