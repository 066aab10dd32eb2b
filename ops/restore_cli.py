"""`tanya restore`: bring everything back from a backup."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from izin.storage.erasure_list import FILE
from izin.wording import Wording
from ops.settings import OpsSettings


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    command.add_argument("file", type=Path, help=wording.say("ops.restore.option.file"))
    command.add_argument(
        "--key-file", type=Path, metavar="FILE", help=wording.say("ops.backup.option.key-file")
    )
    command.add_argument(
        "--replace", action="store_true", help=wording.say("ops.restore.option.replace")
    )


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Restore, and say what is left to do."""
    from ops.backup_cli import quietly
    from ops.backup_keys import openers
    from ops.restore import restore

    quietly()
    done = restore(
        OpsSettings.from_environment(),
        options.file,
        openers(os.environ, options.key_file),
        replace=options.replace,
        tell=lambda step: print(wording.say(f"ops.restore.step.{step}"), flush=True),
    )
    print(
        wording.say(
            "ops.restore.done",
            at=done.manifest.made_at,
            rows=sum(done.manifest.tables.values()),
            tables=len(done.manifest.tables),
            files=done.manifest.parts.get("media", {}).get("files", 0),
        )
    )
    if done.kept_database:
        print(wording.say("ops.restore.kept_database", name=done.kept_database))
    if done.kept_media:
        print(wording.say("ops.restore.kept_media", folder=str(done.kept_media)))
    if done.erased is None:
        print(wording.say("ops.restore.no_erasures", file=FILE))
    elif done.erased:
        print(wording.say("ops.restore.erased", count=done.erased))
    print(wording.say("ops.restore.keys"))
    return 0
