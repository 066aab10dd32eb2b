"""Plays journeys in the console's sandbox, in the background, one run at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from console.editing.tryout_sandbox import SandboxUnavailable, SharedSandbox
from izin.errors import Conflict
from ops.journeys.runner import JourneyResult, run_journeys
from ops.journeys.script import Journey
from ops.sandbox_content import ALL

Done = Callable[[Sequence[JourneyResult]], None]


@dataclass(slots=True)
class Run:
    """One run.

    Attributes:
        all: How many plays there are.
        results: What is done so far.
        over: Nothing more comes.
        broken: The sandbox went away before the end.
    """

    all: int
    results: list[JourneyResult] = field(default_factory=list)
    over: bool = False
    broken: bool = False

    @property
    def failed(self) -> Sequence[JourneyResult]:
        """Give what did not hold."""
        return [result for result in self.results if not result.passed]


class JourneyRuns:
    """The latest run, and the way to begin another.

    Args:
        sandbox: Where they are played.
    """

    def __init__(self, sandbox: SharedSandbox) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self.latest: Run | None = None

    def begin(self, journeys: Sequence[Journey], channels: Sequence[str], done: Done) -> Run:
        """Begin to play; ``done`` hears of all results at the end.

        Raises:
            Conflict: Another run is not over.
            SandboxUnavailable: The sandbox is not ready.
        """
        state = self._sandbox.state()
        if state.name != "ready":
            raise SandboxUnavailable(f"the sandbox is {state.name}")
        with self._lock:
            if self.latest is not None and not self.latest.over:
                raise Conflict("journeys are being played")
            plays = sum(len(set(one.channels) & set(channels)) for one in journeys)
            run = self.latest = Run(plays)
        self._sandbox.renew(ALL)

        def work() -> None:
            try:
                run_journeys(
                    state.url, state.database_url, journeys, heard, channels=channels,
                    stopped=lambda: run.broken,
                )  # fmt: skip
                done(run.results)
            finally:
                run.over = True

        def heard(number: int, of: int, result: JourneyResult) -> None:
            run.results.append(result)
            try:
                self._sandbox.touch()
            except SandboxUnavailable:
                run.broken = True

        threading.Thread(target=work, name="journeys", daemon=True).start()
        return run
