"""The console's one sandbox: started when somebody tries something, shared by all editors."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from izin.errors import TanyaError
from izin.language_models import LanguageModel, ModelState
from izin.ports.models import LanguageModels
from ops.errors import ChildFailed
from ops.sandbox_content import Drafts
from ops.sandbox_handle import SandboxHandle, SandboxState, Starter

TURN_TIMEOUT_S = 25.0
MOST_MODELS = 10
MOST_FAILURES = 3
"""Starts that fail one after another before the console asks for patience."""


class SandboxUnavailable(TanyaError):
    """The sandbox cannot answer now; its state says why."""


class SharedSandbox:
    """Starts, renews and asks the one sandbox of this console; safe among threads.

    Args:
        starter: Starts its process (``console.programs.Programs``).
        models: The language models it can be tried with.
        folder: Where archives are put for it.

    Attributes:
        make: Makes a handle; tests put their own in its place.
    """

    def __init__(self, starter: Starter, models: LanguageModels, folder: Path) -> None:
        self._starter = starter
        self._models = models
        self._folder = folder
        self.make: Callable[..., SandboxHandle] = SandboxHandle
        self._handle: SandboxHandle | None = None
        self._model_id = ""
        self._running_id = ""
        self._failures = 0
        self._counted = False
        self._beginning = threading.Lock()
        self._speaking = threading.Lock()

    @property
    def model_id(self) -> str:
        """Id of the language model it was last started with, "" for the one in use."""
        return self._model_id

    def state(self) -> SandboxState:
        """Say where it stands."""
        handle = self._handle
        if handle is None:
            return SandboxState("off")
        state = handle.state()
        if state.name in ("failed", "ended") and not self._counted:
            self._counted = True
            self._failures = self._failures + 1 if state.name == "failed" else 0
        if state.name == "ready":
            self._failures = 0
        if state.name == "failed" and self._failures >= MOST_FAILURES:
            return replace(state, code="often") if state.code in ("broken", "slow") else state
        return state

    def begin(self, model_id: str | None = None) -> bool:
        """Start it unless it runs; another model starts it anew. Says whether it was started.

        Args:
            model_id: Id of the language model, "" for the one in use, None for whatever runs.

        Raises:
            NotFound: There is no such model, or its archive was not kept.
            OSError: The machine cannot start another process, or its disk is full.
        """
        with self._beginning:
            state = self.state().name
            wanted = self._model_id if model_id is None else model_id
            running = wanted or self._published_id()  # another may have been published since
            if state in ("starting", "ready") and running == self._running_id:
                return False
            archive = self._archive_file(running) if running else None
            old, self._handle = self._handle, None
            if old is not None:
                old.stop()
            handle = self.make(self._starter, model=archive)
            self._model_id, self._running_id, self._counted = wanted, running, False
            self._handle = handle
            handle.begin()
            return True

    def stop(self) -> None:
        """End it."""
        with self._beginning:
            handle, self._handle = self._handle, None
            if handle is not None:
                handle.stop()

    def turn(self, drafts: Drafts, body: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        """Let a citizen say something; gives the simulator's answer, and what was understood.

        The content is brought up to date first, so that a draft answers once it is saved. None
        stands for what was understood of what is no text.

        Raises:
            SandboxUnavailable: It does not run, or did not answer.
        """
        handle, state = self._handle, self.state()
        if handle is None or state.name != "ready":
            raise SandboxUnavailable(f"the sandbox is {state.name}")
        try:
            with self._speaking:
                handle.renew(drafts)
                answer = httpx.post(
                    f"{state.url}/simulator/api/turns", json=dict(body), timeout=TURN_TIMEOUT_S,
                    trust_env=False,
                )  # fmt: skip
                text = body.get("text")
                understood = handle.explain(str(text)) if text else None
        except (ChildFailed, httpx.HTTPError) as error:
            raise SandboxUnavailable("the sandbox did not answer") from error
        if answer.status_code != 200:
            raise SandboxUnavailable(f"the sandbox answered {answer.status_code}")
        return dict(answer.json()), understood

    def renew(self, drafts: Drafts) -> None:
        """Bring its content up to date, and say that it is still needed.

        Raises:
            SandboxUnavailable: It does not run, or did not answer.
        """
        if self._handle is None:
            raise SandboxUnavailable("the sandbox is off")
        try:
            with self._speaking:
                self._handle.renew(drafts)
        except ChildFailed as error:
            raise SandboxUnavailable("the sandbox did not answer") from error

    def touch(self) -> None:
        """Say that it is still needed.

        Raises:
            SandboxUnavailable: It does not run, or did not answer.
        """
        try:
            if self._handle is not None:
                self._handle.touch()
        except ChildFailed as error:
            raise SandboxUnavailable("the sandbox did not answer") from error

    def choices(self) -> Sequence[LanguageModel]:
        """Give the models that can be tried instead of the one in use, newest first."""
        return [
            model
            for model in self._models.models(limit=MOST_MODELS)
            if model.kept and model.state is not ModelState.PUBLISHED
        ]

    def _published_id(self) -> str:
        """Give the id of the model in use; "" when only the sandbox itself can find one."""
        published = self._models.published()
        return published.id if published is not None and published.kept else ""

    def _archive_file(self, model_id: str) -> Path:
        content = self._models.archive(model_id)
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{hashlib.sha256(content).hexdigest()[:16]}.tar.gz"
        if not file.exists():
            for old in self._folder.glob("*.tar.gz"):
                old.unlink(missing_ok=True)
            fresh = file.with_suffix(".new")
            fresh.write_bytes(content)
            fresh.replace(file)
        return file
