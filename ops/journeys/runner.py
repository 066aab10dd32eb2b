"""Plays many journeys in a running house and says which of them hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy.exc import SQLAlchemyError

from izin.errors import TanyaError
from izin.storage.keyring import Keyring
from izin.storage.postgres.engine import create
from izin.storage.tables.encrypted import give_keys
from ops.journeys import officer as _officer  # noqa: F401 - adds the officers' steps
from ops.journeys.player import Player
from ops.journeys.script import CHANNELS, Journey
from ops.journeys.world import World

TURN_TIMEOUT_S = 30.0
_LONGEST_WHY = 2000


@dataclass(frozen=True, slots=True)
class JourneyResult:
    """How one journey went on one channel.

    Attributes:
        file: The file it stands in.
        name: What it shows.
        channel: Where it was played.
        passed: Everything expected came.
        step: Number of the step that failed, from 1; 0 when it passed.
        why: What was expected and what came; "" when it passed.
        took_s: Seconds it took.
    """

    file: str
    name: str
    channel: str
    passed: bool
    step: int = 0
    why: str = ""
    took_s: float = 0.0


Progress = Callable[[int, int, JourneyResult], None]
"""Hears (how many are done, of how many, the latest result); one call at a time."""


def run_journeys(
    url: str,
    database_url: str,
    journeys: Sequence[Journey],
    progress: Progress = lambda done, all_, result: None,
    *,
    data_key: str = "",
    channels: Sequence[str] = CHANNELS,
    parallel: int = 2,
    stopped: Callable[[], bool] = lambda: False,
) -> list[JourneyResult]:
    """Play journeys on each of the channels they name; gives the results in that order.

    Journeys that move the clock, let officers act or change the permit database are played one
    after another, the rest `parallel` at a time.

    Args:
        url: Address of a gateway whose simulator is on: a sandbox's, never the office's own.
        database_url: libpq URL of its database.
        journeys: What to play.
        progress: Hears of each result.
        data_key: What that database is encrypted with; "" means the environment's keys.
        channels: Leaves out what is to be played elsewhere.
        parallel: How many at a time.
        stopped: Asked before each journey; once True, nothing more is played.
    """
    plays = [
        (journey, channel)
        for journey in journeys
        for channel in journey.channels
        if channel in channels
    ]
    done: dict[int, JourneyResult] = {}
    heard = threading.Lock()

    def play(number: int) -> None:
        journey, channel = plays[number]
        if stopped():
            return
        result = _played(world, journey, channel)
        with heard:
            done[number] = result
            progress(len(done), len(plays), result)

    together = [number for number, (journey, _) in enumerate(plays) if not journey.alone]
    with _world(url, database_url, data_key, parallel) as world:
        with ThreadPoolExecutor(max(1, parallel), thread_name_prefix="journey") as threads:
            for future in as_completed([threads.submit(play, number) for number in together]):
                future.result()
        for number, (journey, _) in enumerate(plays):
            if journey.alone:
                play(number)
    return [done[number] for number in sorted(done)]


def _played(world: World, journey: Journey, channel: str) -> JourneyResult:
    player = Player(world, channel, journey.script)
    began, why = time.monotonic(), ""
    try:
        player.play()
    except AssertionError as error:
        why = str(error)
    except (httpx.HTTPError, SQLAlchemyError, TanyaError, LookupError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
    finally:
        if journey.alone:
            world.nobody_present()
    return JourneyResult(
        journey.file,
        journey.name,
        channel,
        not why,
        player.step if why else 0,
        why[:_LONGEST_WHY],
        round(time.monotonic() - began, 3),
    )


@contextmanager
def _world(url: str, database_url: str, data_key: str, parallel: int) -> Iterator[World]:
    engine = create(database_url, pool_size=parallel + 1)
    if data_key:
        give_keys(engine, Keyring(data_key))
    with httpx.Client(base_url=url, timeout=TURN_TIMEOUT_S, trust_env=False) as http:
        try:
            yield World(http, engine)
        finally:
            engine.dispose()
