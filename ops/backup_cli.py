"""`tanya backup`: keep everything in one locked file, and check such a file."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import structlog

from izin.wording import Wording
from ops.databases import database
from ops.errors import SettingInvalid
from ops.log_files import forget_old_logs
from ops.settings import OpsSettings

if TYPE_CHECKING:
    from ops.backup import BackupMade

KEEP = "TANYA_BACKUP_KEEP"
_SECRETS = ("TANYA_SEAL_KEY", "TANYA_AUDIT_KEY", "TANYA_CONSOLE_KEY", "TANYA_DATA_KEY")
_MIB = 1024 * 1024


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    for name, value in (("to", "FOLDER"), ("verify", "FILE"), ("key-file", "FILE")):
        command.add_argument(
            f"--{name}", type=Path, metavar=value, help=wording.say(f"ops.backup.option.{name}")
        )
    command.add_argument(
        "--new-key", type=Path, metavar="FILE", help=wording.say("ops.backup.option.new-key")
    )


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Do what was asked; gives the exit code."""
    quietly()
    if options.new_key is not None:
        return _make_key(options.new_key, wording)
    if options.verify is not None:
        return _verify(options, wording)
    settings = OpsSettings.from_environment()
    made = make_backup(settings, options.to)
    forget_old_logs(settings)  # this command runs every night
    print(
        wording.say(
            "ops.backup.done",
            file=str(made.file),
            size=wording.number(round(made.size / _MIB, 1)),
            rows=made.rows,
            files=made.files,
        )
    )
    for file in made.removed:
        print(wording.say("ops.backup.let_go", file=file.name))
    print(wording.say("ops.backup.apart"))
    for name in _SECRETS:
        print(f"  {name}: {wording.say(f'ops.backup.secret.{name.lower()}')}")
    print(wording.say("ops.backup.apart_how", folder=str(settings.secrets)))
    return 0


def make_backup(settings: OpsSettings, folder: Path | None = None) -> BackupMade:
    """Make a backup as the environment says; into another folder when one is given.

    Raises:
        KeepingError: it could not be made.
        SettingInvalid: the rule for keeping is none.
    """
    from ops.backup import Sources, back_up
    from ops.backup_keys import locks
    from ops.backup_rules import KeepRule

    rule = KeepRule.read(settings.backup_keep)
    if rule is None:
        raise SettingInvalid(f"{KEEP} is no rule", name=KEEP, value=settings.backup_keep)
    keys = locks(os.environ)
    target = (folder or settings.backups).expanduser().resolve()
    with database(settings) as url:
        return back_up(url, Sources(settings.media, settings.models), target, keys, rule)


def _verify(options: argparse.Namespace, wording: Wording) -> int:
    from ops.backup_check import check_backup
    from ops.backup_keys import openers

    found = check_backup(options.verify, openers(os.environ, options.key_file))
    print(
        wording.say(
            "ops.backup.sound",
            file=options.verify.name,
            at=found.made_at,
            version=found.version,
            schema=found.schema,
            rows=sum(found.tables.values()),
            tables=len(found.tables),
            files=found.parts.get("media", {}).get("files", 0),
        )
    )
    return 0


def _make_key(file: Path, wording: Wording) -> int:
    from ops.backup_keys import LOCK, new_key

    secret, public = new_key()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        print(wording.say("ops.backup.key_not_written", file=str(file)), file=sys.stderr)
        print(f"({error.strerror})", file=sys.stderr)
        return 1
    with os.fdopen(handle, "w") as stream:
        stream.write(f"# public key: {public}\n{secret}\n")
        stream.flush()
        os.fsync(stream.fileno())
    print(wording.say("ops.backup.key_made", file=str(file), setting=f"{LOCK}={public}"))
    return 0


def quietly() -> None:
    """Let the screen have sentences alone, and a stop be an ordinary end that clears up."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)
