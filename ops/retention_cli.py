"""`tanya retention`: what was forgotten by rule, and what would be forgotten now."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from izin.wording import Wording
from ops.settings import OpsSettings

_WIDTH = 50
_COLUMN = 12


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    command.add_argument(
        "--dry-run", action="store_true", help=wording.say("ops.retention.option.dry_run")
    )


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Print a line for each kind; gives the exit code."""
    from izin.storage.postgres import leftovers, retention_plan
    from izin.storage.postgres.engine import create
    from izin.storage.postgres.office import PostgresOfficeBook
    from ops.databases import database

    settings = OpsSettings.from_environment()
    now = datetime.now(UTC)
    with database(settings) as url:
        engine = create(url, pool_size=1)
        try:
            zone = PostgresOfficeBook(engine).office().zone
            gone = retention_plan.forgotten(engine, now)
            coming = (
                retention_plan.due_now(engine, settings.media, now) if options.dry_run else None
            )
            lost = sum(1 for _ in leftovers.lost_files(engine, settings.media))
        finally:
            engine.dispose()
    heads = ["last", "removed", "lately", *(["now"] if coming is not None else [])]
    print(_line("", [wording.say(f"ops.retention.column.{head}") for head in heads]))
    for kind in retention_plan.KINDS:
        found = gone.get(kind)
        cells = ["-", "-", "-"]
        if found is not None:
            at = found.last_at.astimezone(zone).strftime("%d-%m %H:%M")
            cells = [at, wording.number(found.last_removed), wording.number(found.lately)]
        if coming is not None:
            cells.append(wording.number(coming[kind]))
        print(_line(wording.say(f"ops.retention.kind.{kind}"), cells))
    if lost:
        print(wording.say("ops.retention.lost_files", count=lost))
    if coming is not None:
        print(wording.say("ops.retention.nothing_done"))
    return 0


def _line(name: str, cells: list[str]) -> str:
    return f"{name:<{_WIDTH}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells)
