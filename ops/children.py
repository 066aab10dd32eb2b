"""The processes of one machine: what is run, with which environment, on which ports."""

from __future__ import annotations

import dataclasses
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from ops.embedded_postgres import owner_command
from ops.kept_key import kept_key
from ops.nlu_training import release_digest
from ops.settings import OpsSettings
from ops.supervisor import ChildSpec

POSTGRES, PREPARE, RASA, ACTIONS = "postgres", "prepare", "rasa", "actions"
GATEWAY, WORKER, CONSOLE = "gateway", "worker", "console"

OWN_DATABASE = {
    GATEWAY: "TANYA_GATEWAY_DATABASE_URL",
    WORKER: "TANYA_GATEWAY_DATABASE_URL",
    ACTIONS: "TANYA_ACTIONS_DATABASE_URL",
    CONSOLE: "TANYA_CONSOLE_DATABASE_URL",
    RASA: "TANYA_RASA_DATABASE_URL",
}
"""The database role of a process, where it is not the owner's of DATABASE_URL."""

_OWN = frozenset(OWN_DATABASE.values())
_CHANNEL_SECRETS = ("TELEGRAM_", "WHATSAPP_")
_TEMPLATE_NAMES = "WHATSAPP_TEMPLATE_"
"""No secrets: whoever makes a notice must know whether a template can carry it."""
SEAL_KEY = "TANYA_SEAL_KEY"
DATA_KEY = "TANYA_DATA_KEY"
AUDIT_KEY = "TANYA_AUDIT_KEY"
CONSOLE_KEY = "TANYA_CONSOLE_KEY"
_RASA_SECRET = "TANYA_RASA_SECRET"  # noqa: S105 - a name
_SHARED_SECRETS = ("TANYA_ACTIONS_SECRET", "TANYA_MODEL_SERVER_TOKEN")
_ADDRESSES = ("TANYA_RASA_URL", "TANYA_ACTIONS_URL")
_STAGE_DATABASE, _STAGE_DIALOGUE, _STAGE_GATEWAY = 0, 1, 2


class Children:
    """Describes every process of `tanya up`.

    Secrets that the operator did not set are drawn anew at each start and known to our processes
    alone; seal key, audit key and console key are drawn once and kept, as they must open and
    check tomorrow what they lock and sign today. In the demo Rasa has none, so that its parser
    can be tried on loopback.

    Args:
        settings: ports and folders.
        database_url: libpq URL all processes use.
        environment: the operator's environment, our own by default.
        alone: the processes are started one by one, perhaps on several machines: the addresses
            of Rasa and of the action server are the operator's where he names them.
    """

    def __init__(
        self,
        settings: OpsSettings,
        database_url: str,
        environment: Mapping[str, str] | None = None,
        *,
        alone: bool = False,
    ) -> None:
        self._settings = settings
        shared = dict(os.environ if environment is None else environment)
        named = {name: shared[name] for name in _ADDRESSES if alone and shared.get(name)}
        shared.update(
            DATABASE_URL=database_url,
            TANYA_SETTINGS_READ="1",
            PYTHONUNBUFFERED="1",
            # One arena less per thread: tens of MB in each process.
            MALLOC_ARENA_MAX="2",
            TANYA_RASA_URL=f"http://{settings.rasa_host}:{settings.rasa_port}",
            TANYA_ACTIONS_URL=f"http://{settings.actions_host}:{settings.actions_port}/webhook",
            TANYA_ACTIONS_HOST=settings.actions_host,
            TANYA_ACTIONS_PORT=str(settings.actions_port),
            TANYA_GATEWAY_HOST=settings.gateway_host,
            TANYA_GATEWAY_PORT=str(settings.gateway_port),
            TANYA_METRICS_PORT=str(settings.metrics_port),
            TANYA_CONSOLE_HOST=settings.console_host,
            TANYA_CONSOLE_PORT=str(settings.console_port),
            TANYA_VAR_FOLDER=str(settings.var),
            TANYA_MEDIA_FOLDER=str(settings.media),
            TANYA_BACKUP_FOLDER=str(settings.backups),
        )
        shared.update(named)
        for name in shared_secrets(settings):
            if not shared.get(name):
                shared[name] = secrets.token_urlsafe(32)
        if not shared.get(SEAL_KEY):
            shared[SEAL_KEY] = kept_key(settings.var / "secrets" / "seal-key")
        if not shared.get(DATA_KEY):
            shared[DATA_KEY] = kept_key(settings.var / "secrets" / "data-key")
        if not shared.get(AUDIT_KEY):
            shared[AUDIT_KEY] = kept_key(settings.var / "secrets" / "audit-key")
        if not shared.get(CONSOLE_KEY):
            shared[CONSOLE_KEY] = kept_key(settings.var / "secrets" / "console-key")
        if settings.demo:
            shared["TANYA_DEMO"] = shared["TANYA_SIMULATOR"] = "1"
        self._shared = shared

    def _without_channels(self) -> dict[str, str]:
        """The environment of processes that never speak to a platform."""
        return {
            name: value
            for name, value in self._shared.items()
            if not name.startswith(_CHANNEL_SECRETS) or name.startswith(_TEMPLATE_NAMES)
        }

    def _with(self, *kept: str) -> dict[str, str]:
        """The environment of a process that speaks to no platform, with these kept keys."""
        return {**self._without_keys(), **{name: self._shared[name] for name in kept}}

    def _without_keys(self) -> dict[str, str]:
        """The environment of processes that never handle what the kept keys protect."""
        environment = self._without_channels()
        for name in (SEAL_KEY, DATA_KEY, AUDIT_KEY, CONSOLE_KEY):
            del environment[name]
        return environment

    def prepare(self) -> ChildSpec:
        """The step that brings schema, seed, demo and model up to date."""
        demo = ["--demo"] if self._settings.demo else []
        return self._spec(
            PREPARE,
            [sys.executable, "-m", "ops.cli", PREPARE, *demo],
            self._with(DATA_KEY),
            _STAGE_DIALOGUE,
        )

    def rasa(self, model: Path) -> ChildSpec:
        """Rasa with a model archive."""
        settings = self._settings
        command = [str(settings.rasa_python), "-m", "nlu.components.launcher", "serve"]
        command += ["--model", str(model), "--host", settings.rasa_host]
        command += ["--port", str(settings.rasa_port)]
        environment = self._without_keys()
        # Only a model that fits this release's code is served under its digest.
        release = release_digest(settings.checkout)
        environment.setdefault(
            "TANYA_MODEL_SERVER_URL", settings.address(f"/internal/model/{release}")
        )
        return self._spec(
            RASA,
            command,
            environment,
            _STAGE_DIALOGUE,
            ports=[("TANYA_RASA_PORT", settings.rasa_port)],
        )

    def actions(self) -> ChildSpec:
        """The action server."""
        return self._spec(
            ACTIONS,
            [sys.executable, "-m", "actions.main"],
            self._with(SEAL_KEY, DATA_KEY),
            _STAGE_DIALOGUE,
            ports=[("TANYA_ACTIONS_PORT", self._settings.actions_port)],
        )

    def gateway(self) -> ChildSpec:
        """The gateway with its workers."""
        settings = self._settings
        return self._spec(
            GATEWAY,
            [sys.executable, "-m", "bot.main"],
            {name: value for name, value in self._shared.items() if name != CONSOLE_KEY},
            _STAGE_GATEWAY,
            ports=[
                ("TANYA_GATEWAY_PORT", settings.gateway_port),
                ("TANYA_METRICS_PORT", settings.metrics_port),
            ],
        )

    def worker(self) -> ChildSpec:
        """A gateway process that answers and delivers, but has no door for messages."""
        gateway = self.gateway()
        environment = {**gateway.environment, "TANYA_GATEWAY_ROLE": "worker"}
        return dataclasses.replace(gateway, name=WORKER, environment=environment)

    def console(self) -> ChildSpec:
        """The web console of officers and editors."""
        return self._spec(
            CONSOLE,
            [sys.executable, "-m", "console.main"],
            self._with(DATA_KEY, AUDIT_KEY, CONSOLE_KEY),
            _STAGE_GATEWAY,
            ports=[("TANYA_CONSOLE_PORT", self._settings.console_port)],
        )

    def _spec(
        self,
        name: str,
        argv: list[str],
        environment: Mapping[str, str],
        stage: int,
        ports: list[tuple[str, int]] | None = None,
    ) -> ChildSpec:
        own = self._shared.get(OWN_DATABASE.get(name, ""))
        # Nobody is told the roles of others: theirs would open what his does not.
        given = {key: value for key, value in environment.items() if key not in _OWN}
        if own:
            given["DATABASE_URL"] = own
        return ChildSpec(name, argv, given, self._settings.checkout, stage=stage, ports=ports or [])


def shared_secrets(settings: OpsSettings) -> tuple[str, ...]:
    """The variables by which our processes know one another."""
    return _SHARED_SECRETS if settings.demo else (*_SHARED_SECRETS, _RASA_SECRET)


def postgres_owner(settings: OpsSettings, *, throwaway: bool = False) -> ChildSpec:
    """The owner process of the embedded PostgreSQL, or of one that is deleted when it ends."""
    return ChildSpec(
        POSTGRES,
        [*owner_command(settings.data_root), *(["--ephemeral"] if throwaway else [])],
        dict(os.environ),
        settings.checkout,
        stage=_STAGE_DATABASE,
        stop_patience_s=40.0,
        death_signal=signal.SIGTERM,  # it must still stop PostgreSQL
    )
