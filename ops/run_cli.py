"""`tanya run`: become one process of the house, with the environment `tanya up` would give it.

For service managers and for several machines. What processes prove themselves with must be the
same for all of them, so here it is never drawn: it comes from the environment or its file.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping

from izin.wording import Wording
from ops.children import (
    ACTIONS,
    CONSOLE,
    GATEWAY,
    POSTGRES,
    PREPARE,
    RASA,
    WORKER,
    Children,
    postgres_owner,
    shared_secrets,
)
from ops.embedded_postgres import running_dsn
from ops.errors import DatabaseNotRunning, PartMissing, SecretMissing
from ops.nlu_training import newest_model
from ops.settings import OpsSettings
from ops.supervisor import ChildSpec

PARTS = (GATEWAY, WORKER, RASA, ACTIONS, CONSOLE, POSTGRES, PREPARE)
_DATABASE_PATIENCE_S = 60.0  # a service manager starts everything at once


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    command.add_argument("part", choices=PARTS, help=wording.say("ops.run.part"))


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Become the process; comes back only by an error.

    Raises:
        SecretMissing: a secret that processes share is not set.
        DatabaseNotRunning: the embedded PostgreSQL did not come up.
        PartMissing: the Rasa environment is not installed.
    """
    settings = OpsSettings.from_environment()
    spec = process(options.part, settings, os.environ)
    os.chdir(spec.folder)
    os.execvpe(spec.argv[0], list(spec.argv), dict(spec.environment))  # noqa: S606 - no shell


def process(
    part: str,
    settings: OpsSettings,
    environment: Mapping[str, str],
    wait: Callable[[float], None] = time.sleep,
) -> ChildSpec:
    """The process of one part, one of `PARTS`; see `run` for the errors."""
    if part == POSTGRES:
        return postgres_owner(settings)
    for name in shared_secrets(settings):
        if not environment.get(name):
            raise SecretMissing(f"{name} is not set", name=name)
    children = Children(settings, _database_url(settings, wait), environment, alone=True)
    if part == RASA:
        if not settings.rasa_python.exists():
            raise PartMissing("the Rasa environment is not installed", name="nlu/.venv")
        # Without a model of its own it fetches the published one from the gateway.
        return children.rasa(newest_model(settings) or settings.models)
    describe: dict[str, Callable[[], ChildSpec]] = {
        GATEWAY: children.gateway,
        WORKER: children.worker,
        ACTIONS: children.actions,
        CONSOLE: children.console,
        PREPARE: children.prepare,
    }
    return describe[part]()


def _database_url(settings: OpsSettings, wait: Callable[[float], None]) -> str:
    if settings.database_url:
        return settings.database_url
    waited_s = 0.0
    while (url := running_dsn(settings.data_root)) is None:
        if waited_s >= _DATABASE_PATIENCE_S:
            raise DatabaseNotRunning("no PostgreSQL runs here", folder=str(settings.data_root))
        wait(0.25)
        waited_s += 0.25
    return url
