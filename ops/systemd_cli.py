"""`tanya systemd`: write the units of this installation and say how to install them."""

from __future__ import annotations

import argparse
import getpass
import re
import shutil
import subprocess
from pathlib import Path

from izin.wording import Wording
from ops.errors import ProductionFolderUnusable, SettingInvalid
from ops.settings import OpsSettings
from ops.systemd_units import NAME, Installation, split, whole

_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,30}")


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    say = wording.say
    command.add_argument("--split", action="store_true", help=say("ops.systemd.split"))
    command.add_argument("--user", help=say("ops.systemd.user"))
    command.add_argument("--to", type=Path, help=say("ops.systemd.to"))


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Write the units; 1 when systemd finds fault with one.

    Raises:
        ProductionFolderUnusable: it was not called for a production folder.
        SettingInvalid: the account's name is none.
    """
    settings = OpsSettings.from_environment()
    if settings.home is None:
        raise ProductionFolderUnusable("no production folder", folder="TANYA_HOME")
    user = options.user or _owner(settings.home)
    if not _ACCOUNT.fullmatch(user) or user == "root":
        refused = SettingInvalid("units need an account of their own", name="--user", value=user)
        refused.sentence = "ops.systemd.no_account"
        raise refused
    folders = (settings.backups, settings.media, settings.var, settings.data_root)
    installation = Installation(
        settings.checkout, settings.home, user, embedded_database=not settings.database_url,
        outside=tuple(one for one in folders if not one.is_relative_to(settings.home)),
    )  # fmt: skip
    texts = {part: wording.say(f"ops.systemd.text.{part}") for part in _TEXTS}
    units = (split if options.split else whole)(installation, texts)
    folder = (options.to or settings.home / "systemd").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{NAME}*"):
        if old.name not in units:
            old.unlink()  # of the other way of running it
    for name, text in units.items():
        (folder / name).write_text(text, encoding="utf-8")
    main = f"{NAME}.target" if options.split else f"{NAME}.service"
    print(wording.say("ops.systemd.written", folder=str(folder), files=", ".join(units)))
    print(wording.say("ops.systemd.install", folder=str(folder), name=NAME, main=main))
    return _verified([folder / name for name in units], wording)


_TEXTS = (
    "up", "target", "postgres", "prepare", "rasa", "actions", "gateway", "worker", "console",
    "backup",
)  # fmt: skip


def _owner(home: Path) -> str:
    try:
        return home.owner()
    except (KeyError, OSError):
        return getpass.getuser()


def _verified(files: list[Path], wording: Wording) -> int:
    """Let systemd read the units, where it is there."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return 0
    done = subprocess.run(
        [program, "verify", "--man=no", *map(str, files)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    found = [line for line in done.stderr.splitlines() if NAME in line]
    if not found:
        print(wording.say("ops.systemd.verified"))
        return 0
    print(wording.say("ops.systemd.faulty"))
    print("\n".join(found))
    return 1
