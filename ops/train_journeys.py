"""Plays conversations with a newly trained model, in a sandbox with the office's content."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine

from izin.language_models import JOURNEYS_OFF, JourneyFailure
from izin.storage.postgres.journeys import PostgresSavedJourneys
from ops.errors import ChildFailed
from ops.journeys.runner import JourneyResult, run_journeys
from ops.journeys.script import Journey, parsed, read_journeys
from ops.sandbox_content import NONE
from ops.sandbox_handle import SandboxHandle

logger = structlog.get_logger(__name__)

VARIABLE = "TANYA_TRAINING_JOURNEYS"
"""Names files of `data/journeys`, separated by commas; empty for all, `-` for none at all."""

_NONE = "-"
_SAVED = "tersimpan"
_AT_ONCE = 2
_IDLE_S = 3600.0  # nobody speaks to it but the journeys

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Played:
    """How many conversations were played, which failed, and why none were (see `Report`)."""

    count: int = 0
    failures: tuple[JourneyFailure, ...] = ()
    skipped: str = ""


def play(
    new: Path,
    published: Path | None,
    engine: Engine,
    *,
    progress: Progress = lambda share: None,
    stopped: Callable[[], bool] = lambda: False,
    environment: Mapping[str, str] | None = None,
) -> Played:
    """Play the conversations with the new model, and those that fail with the published one too.

    Each is played on the first channel it names.

    Args:
        new: archive of the new model.
        published: archive of the published one; None when there is none.
        engine: the office's database, for conversations that editors kept.
        progress: hears the share that is done.
        stopped: asked before each conversation.
        environment: names the files, as `VARIABLE` tells; our own by default.
    """
    wanted = (os.environ if environment is None else environment).get(VARIABLE, "").strip()
    if wanted == _NONE:
        return Played(skipped=JOURNEYS_OFF)
    journeys = _journeys(wanted, engine)
    try:
        results = _results(new, journeys, progress, stopped)
        failed = [result for result in results if not result.passed]
        held = _held(published, journeys, failed, stopped) if failed and published else set()
    except ChildFailed as error:
        logger.error("journeys_not_played", reason=str(error)[-2000:])
        return Played(skipped="sandbox")
    _note_saved(engine, results)
    failures = tuple(
        JourneyFailure(
            f"{one.file}: {one.name}", one.channel, one.step, one.why,
            new=published is None or _key(one) in held,
        )
        for one in failed
    )  # fmt: skip
    return Played(len(results), failures)


def _journeys(wanted: str, engine: Engine) -> list[Journey]:
    files = [name.strip() for name in wanted.split(",") if name.strip()] or None
    found = read_journeys(files)
    for saved in PostgresSavedJourneys(engine).journeys(active_only=True):
        found += [replace(one, file=_SAVED) for one in parsed(saved.text, _SAVED)]
    return [replace(one, script={**one.script, "kanal": [one.channels[0]]}) for one in found]


def _results(
    model: Path, journeys: Sequence[Journey], progress: Progress, stopped: Callable[[], bool]
) -> list[JourneyResult]:
    """Give how each went, in their order.

    What failed is played once more with nobody beside it: only what fails again has failed, as a
    busy machine or another conversation's traces must not speak against a model. Nor must the end
    of the sandbox.

    Raises:
        ChildFailed: the sandbox cannot start, or went away.
    """
    with SandboxHandle(model=model, idle_s=_IDLE_S) as sandbox:
        sandbox.renew(NONE)
        state = sandbox.state()

        def played(some: Sequence[Journey], parallel: int, tell: Progress) -> list[JourneyResult]:
            def heard(done: int, all_: int, result: JourneyResult) -> None:
                sandbox.touch()
                tell(done / all_)

            return run_journeys(
                state.url,
                state.database_url,
                some,
                heard,
                data_key=state.data_key,
                parallel=parallel,
                stopped=stopped,
            )

        results = played(journeys, _AT_ONCE, progress)
        failed = {_key(one) for one in results if not one.passed}
        again = [one for one in journeys if (one.file, one.name) in failed]
        second = {_key(one): one for one in played(again, 1, lambda share: None)}
        return [second.get(_key(one), one) for one in results]


def _held(
    published: Path,
    journeys: Sequence[Journey],
    failed: Sequence[JourneyResult],
    stopped: Callable[[], bool],
) -> set[tuple[str, str]]:
    """Give which of the failed ones go as written with the published model."""
    keys = {_key(one) for one in failed}
    again = [one for one in journeys if (one.file, one.name) in keys]
    results = _results(published, again, lambda share: None, stopped)
    return {_key(one) for one in results if one.passed}


def _note_saved(engine: Engine, results: Sequence[JourneyResult]) -> None:
    book = PostgresSavedJourneys(engine)
    ran = {one.name: one for one in results if one.file == _SAVED}
    for saved in book.journeys(active_only=True):
        if result := ran.get(saved.name):
            book.note_run(saved.id, result.passed, result.why, datetime.now(UTC))


def _key(result: JourneyResult) -> tuple[str, str]:
    return result.file, result.name
