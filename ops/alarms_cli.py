"""`tanya alarms`: what the watch found, for a terminal or for another monitoring program.

Exit codes: 0 nothing is wrong, 1 an alarm is open or nobody watches.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from izin.wording import Wording
from ops.settings import OpsSettings


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    command.add_argument("--json", action="store_true", help=wording.say("ops.alarms.json"))


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Print it; the exit code says whether something is wrong."""
    from izin.health import WATCH, State
    from izin.health_words import HealthWords
    from izin.storage.postgres.alarm_book import PostgresAlarmBook
    from izin.storage.postgres.engine import create
    from ops.databases import database

    now = datetime.now(UTC)
    with database(OpsSettings.from_environment()) as url:
        engine = create(url, pool_size=1)
        try:
            book = PostgresAlarmBook(engine)
            standings, signs = book.standings(), book.signs()
        finally:
            engine.dispose()
    watch = next((sign for sign in signs if sign.kind == WATCH), None)
    watched = watch is not None and watch.is_fresh(now)
    found = sorted(
        (item for item in standings.values() if item.is_open),
        key=lambda item: item.worst is not State.FAILED,
    )
    if options.json:
        alarms = [
            {"name": item.check.value, "state": (item.worst or item.state).value,
             "code": item.code, "since": item.opened_at.isoformat() if item.opened_at else None,
             "muted": item.muted(now), "mending": item.is_mending}
            for item in found
        ]  # fmt: skip
        at = watch.at.isoformat() if watch else None
        print(json.dumps({"watched": watched, "watched_at": at, "alarms": alarms}))
        return 1 if found or not watched else 0
    words = HealthWords(wording)
    for item in found:
        state = words.state(item.state if item.is_mending else item.worst or item.state)
        print(f"[{state}] {words.title(item.check)}: {words.found(item)}")
        if not item.is_mending:
            print(f"    {words.todo(item.check, item.code)}")
    if not watched:
        print(wording.say("ops.doctor.alarms.unwatched"))
    elif not found:
        print(wording.say("ops.doctor.alarms.none"))
    return 1 if found or not watched else 0
