"""`tanya upgrade`: a backup, then the database brought to the installed version."""

from __future__ import annotations

import argparse
from pathlib import Path

from izin.wording import Wording
from ops.settings import OpsSettings


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    command.add_argument(
        "--no-backup", action="store_true", help=wording.say("ops.upgrade.option.no_backup")
    )


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Upgrade, and say from where to where."""
    from ops.backup_cli import make_backup, quietly
    from ops.upgrade import upgrade

    quietly()
    settings = OpsSettings.from_environment()

    def back_up() -> Path:
        return make_backup(settings).file

    done = upgrade(
        settings,
        None if options.no_backup else back_up,
        lambda step: print(wording.say(f"ops.upgrade.step.{step}"), flush=True),
    )
    if done.kept_cluster:
        print(wording.say("ops.upgrade.kept_cluster", folder=str(done.kept_cluster)))
    if done.backup:
        print(wording.say("ops.upgrade.backup", file=str(done.backup)))
    if done.before == done.after:
        print(wording.say("ops.upgrade.nothing", schema=done.after))
    else:
        print(wording.say("ops.upgrade.done", before=done.before or "-", after=done.after))
    return 0
