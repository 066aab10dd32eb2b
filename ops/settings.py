"""What the command line reads from the environment, and from an optional `.env` file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from izin.errors import InvalidInput
from izin.settings import private_host
from ops.errors import DemoInProduction, SettingInvalid
from ops.postgres_cluster import default_data_root

CHECKOUT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


@dataclass(frozen=True, slots=True)
class OpsSettings:
    """How this checkout is run.

    Attributes:
        checkout: folder of the program.
        database_url: libpq URL of an external PostgreSQL; empty means the embedded one.
        permit_database_url: SQLAlchemy URL of the office's permit registry; empty means the demo
            registry in our own database.
        data_root: folder of the embedded PostgreSQL.
        gateway_host: address the gateway listens on.
        gateway_port: port of webhooks, simulator and health.
        metrics_port: private port of the metrics; 0 switches them off.
        rasa_host: address Rasa listens on, loopback or of a private network.
        rasa_port: port of Rasa.
        actions_host: address the action server listens on, loopback or of a private network.
        actions_port: port of the action server.
        console_host: address the console listens on.
        console_port: port of the console.
        home: production folder made by `tanya init`; None outside production.
        var_folder: folder of everything made while running; None means `var` in the checkout.
        demo: fill in demo data, switch the simulator on and leave Rasa's parser open on loopback.
        demo_desk: the demo begins with citizens who wait for an officer.
        media_folder: folder of citizens' files; None means `media` in the folder of what is made
            while running.
        backup_folder: folder for backups; None means `backup` in the folder of what is made while
            running, which should be replaced by one on another disk.
        backup_keep: days, weeks and months that keep a backup; a year of months covers the
            yearly report.
    """

    checkout: Path
    data_root: Path
    var_folder: Path | None = None
    home: Path | None = None
    database_url: str = ""
    permit_database_url: str = ""
    gateway_host: str = LOOPBACK
    gateway_port: int = 8080
    metrics_port: int = 9464
    rasa_host: str = LOOPBACK
    rasa_port: int = 5005
    actions_host: str = LOOPBACK
    actions_port: int = 5055
    console_host: str = LOOPBACK
    console_port: int = 8090
    demo: bool = False
    demo_desk: bool = True
    media_folder: Path | None = None
    backup_folder: Path | None = None
    backup_keep: str = "7,4,12"

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, *, demo: bool = False
    ) -> OpsSettings:
        """The settings the environment holds.

        Raises:
            SettingInvalid: a port is no number from 1 to 65535 (0 allowed for metrics).
            DemoInProduction: the demo's switches are on in a production folder.
        """
        env = os.environ if environment is None else environment
        home = _folder(env, "TANYA_HOME")
        demo = demo or env.get("TANYA_DEMO") == "1"
        if home and (demo or env.get("TANYA_SIMULATOR", "0") not in ("", "0")):
            raise DemoInProduction("the demo's switches are on", what="switch", folder=str(home))
        return cls(
            checkout=CHECKOUT,
            home=home,
            data_root=default_data_root(CHECKOUT),
            var_folder=_folder(env, "TANYA_VAR_FOLDER"),
            database_url=env.get("DATABASE_URL", ""),
            permit_database_url=env.get("PERMIT_DATABASE_URL", ""),
            gateway_host=env.get("TANYA_GATEWAY_HOST") or LOOPBACK,
            gateway_port=_port(env, "TANYA_GATEWAY_PORT", 8080),
            metrics_port=_port(env, "TANYA_METRICS_PORT", 9464, lowest=0),
            rasa_host=_private(env, "TANYA_RASA_HOST"),
            rasa_port=_port(env, "TANYA_RASA_PORT", 5005),
            actions_host=_private(env, "TANYA_ACTIONS_HOST"),
            actions_port=_port(env, "TANYA_ACTIONS_PORT", 5055),
            console_host=env.get("TANYA_CONSOLE_HOST") or LOOPBACK,
            console_port=_port(env, "TANYA_CONSOLE_PORT", 8090),
            demo=demo,
            demo_desk=env.get("TANYA_DEMO_DESK", "1") != "0",
            # As for the gateway: below the checkout unless it is absolute.
            media_folder=_media_folder(env),
            backup_folder=_folder(env, "TANYA_BACKUP_FOLDER"),
            backup_keep=env.get("TANYA_BACKUP_KEEP", "").strip() or "7,4,12",
        )

    @property
    def var(self) -> Path:
        """Folder of everything made while running (logs, models, the lock of `tanya up`)."""
        return self.var_folder or self.checkout / "var"

    @property
    def office_folder(self) -> Path | None:
        """Folder of the office's identity in production, None for the fictional office."""
        return self.home / "kantor" if self.home else None

    @property
    def models(self) -> Path:
        """Folder of trained models."""
        return self.var / "models"

    @property
    def media(self) -> Path:
        """Folder of citizens' files."""
        return self.media_folder or self.var / "media"

    @property
    def backups(self) -> Path:
        """Folder for backups."""
        return self.backup_folder or self.var / "backup"

    @property
    def secrets(self) -> Path:
        """Folder of the keys drawn once for this machine; never part of a backup."""
        return self.var / "secrets"

    @property
    def logs(self) -> Path:
        """Folder of the processes' log files."""
        return self.var / "log"

    @property
    def data(self) -> Path:
        """Folder the database is seeded from and the model trained from."""
        return self.checkout / "data"

    @property
    def rasa_python(self) -> Path:
        """Interpreter of the fenced Rasa environment."""
        return self.checkout / "nlu" / ".venv" / "bin" / "python"

    @property
    def gateway_connect_host(self) -> str:
        """Host under which this machine itself reaches the gateway."""
        return _reached(self.gateway_host)

    def address(self, path: str = "") -> str:
        """Address of the gateway for a browser on this machine."""
        return f"http://{self.gateway_connect_host}:{self.gateway_port}{path}"

    @property
    def console_connect_host(self) -> str:
        """Host under which this machine itself reaches the console."""
        return _reached(self.console_host)

    @property
    def console_address(self) -> str:
        """Address of the console for a browser on this machine."""
        return f"http://{self.console_connect_host}:{self.console_port}"


def _reached(host: str) -> str:
    return LOOPBACK if host in ("0.0.0.0", "::") else host  # noqa: S104


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    named = env.get(name, "").strip()
    return Path(named).expanduser().resolve() if named else None


def _media_folder(env: Mapping[str, str]) -> Path | None:
    named = env.get("TANYA_MEDIA_FOLDER", "").strip()
    return CHECKOUT / named if named else None


def _private(env: Mapping[str, str], name: str) -> str:
    try:
        return private_host(env, name)
    except InvalidInput as error:
        raise SettingInvalid(str(error), name=name, value=env.get(name, "")) from error


def _port(env: Mapping[str, str], name: str, default: int, *, lowest: int = 1) -> int:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    if not raw.isdigit() or not lowest <= int(raw) <= 65535:
        raise SettingInvalid(f"{name}={raw} is no port number", name=name, value=raw)
    return int(raw)


def load_env_file(file: Path, environment: MutableMapping[str, str]) -> None:
    """Add the `NAME=value` lines of a file to the environment, which wins where both speak.

    Empty lines and lines beginning with `#` are skipped; a value may stand in quotes.

    Raises:
        SettingInvalid: a line is not of that form; the message names the line, never its text.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise SettingInvalid(
                f"line {number} of {file} is not NAME=value",
                name=file.name,
                value=f"baris {number}",
            )
        value = match[2].strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        environment.setdefault(match[1], value)
