"""`tanya journeys`: play conversations in a sandbox and say which of them hold."""

from __future__ import annotations

import argparse
import logging
import time
from collections import Counter
from collections.abc import Sequence

import structlog

from izin.storage.postgres.engine import create
from izin.storage.postgres.journeys import PostgresSavedJourneys
from izin.wording import Wording
from ops.databases import database
from ops.journeys.runner import JourneyResult, run_journeys
from ops.journeys.saving import NAME, playable
from ops.journeys.script import CHANNELS, Journey, read_journeys
from ops.prepare import migrate, seed
from ops.sandbox_handle import SandboxHandle
from ops.settings import OpsSettings


def add_arguments(command: argparse.ArgumentParser, wording: Wording) -> None:
    """Add what the command takes."""
    command.add_argument("files", nargs="*", help=wording.say("ops.journeys.files"))
    command.add_argument(
        "--channel", choices=CHANNELS, default=None, help=wording.say("ops.journeys.channel")
    )
    command.add_argument(
        "--parallel", type=int, default=2, help=wording.say("ops.journeys.parallel")
    )


def run(options: argparse.Namespace, wording: Wording) -> int:
    """Play what was named; 0 when everything holds."""
    # What officers' steps would log is no result.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = OpsSettings.from_environment()
    with database(settings) as live_url:
        migrate(live_url)
        seed(settings, live_url, lambda key, /, **said: None)
        try:
            chosen = _chosen(options.files, live_url)
        except FileNotFoundError as error:
            print(wording.say("ops.journeys.unknown", name=str(error.filename)))
            return 1
        print(wording.say("ops.journeys.starting"), flush=True)
        with SandboxHandle(live_url=live_url) as sandbox:
            state = sandbox.state()
            print(wording.say("ops.journeys.started", seconds=round(state.took_s)), flush=True)

            def progress(done: int, of: int, result: JourneyResult) -> None:
                sandbox.touch()
                if not result.passed:
                    print(_line(result, wording), flush=True)

            began = time.monotonic()
            channels = [options.channel] if options.channel else CHANNELS
            results = run_journeys(
                state.url, state.database_url, chosen, progress,
                data_key=state.data_key, channels=channels, parallel=options.parallel,
            )  # fmt: skip
    _table(results, wording)
    failed = [result for result in results if not result.passed]
    took_s = round(time.monotonic() - began)
    print(wording.say("ops.journeys.done", all=len(results), failed=len(failed), seconds=took_s))
    return 1 if failed else 0


def _chosen(files: Sequence[str], live_url: str) -> list[Journey]:
    own = [name for name in files if name == NAME]
    named = [name for name in files if name != NAME]
    found = read_journeys(named) if named else [] if own else read_journeys()
    if own or not files:
        engine = create(live_url, pool_size=1)
        try:
            found += playable(PostgresSavedJourneys(engine).journeys(active_only=True))
        finally:
            engine.dispose()
    return found


def _line(result: JourneyResult, wording: Wording) -> str:
    head = wording.say(
        "ops.journeys.failed", file=result.file, name=result.name, channel=result.channel,
        step=result.step,
    )  # fmt: skip
    return "\n    ".join([head, *result.why.splitlines()])


def _table(results: Sequence[JourneyResult], wording: Wording) -> None:
    """Print a line for each file and channel."""
    played = Counter((result.file, result.channel) for result in results)
    held = Counter((result.file, result.channel) for result in results if result.passed)
    took = Counter[tuple[str, str]]()
    for result in results:
        took[result.file, result.channel] += result.took_s  # type: ignore[assignment]
    for (file, channel), count in played.items():
        seconds = wording.number(round(took[file, channel], 1))
        passed = held[file, channel]
        print(f"{file:<14}{channel:<10}{passed:>4} / {count:<4}{seconds:>8} s")
