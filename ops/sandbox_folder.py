"""The folder of a sandbox: where it says how it stands, and what is left when one was killed."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

PREFIX = "tanya-sandbox-"


class Folder:
    """One sandbox's folder.

    Args:
        root: the folder, made by `new`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.control = root / "control"
        self.state_file = self.control / "state.json"
        self.door = self.control / "door"
        self._held: IO[str] | None = None

    @classmethod
    def new(cls) -> Folder:
        """A new folder; only its owner can reach the sandbox through it."""
        root = Path(tempfile.mkdtemp(prefix=PREFIX))
        root.chmod(0o755)  # as root, the account of PostgreSQL must pass through
        folder = cls(root)
        folder.control.mkdir(mode=0o700)
        return folder

    def hold(self) -> None:
        """Hold it until this process ends, however it does."""
        self._held = (self.root / "lock").open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, state: Mapping[str, Any]) -> None:
        """Say where the sandbox stands; readers never see half of it."""
        fresh = self.control / "state.new"
        fresh.write_text(json.dumps(state), encoding="utf-8")
        os.replace(fresh, self.state_file)

    def read(self) -> dict[str, Any]:
        """Where it stands; empty before it said so."""
        try:
            state = json.loads(self.state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def remove(self, *, keep_state: bool = False) -> None:
        """Delete it; with `keep_state` what the sandbox said last stays readable."""
        if self._held is not None:
            self._held.close()
            self._held = None
        if not keep_state:
            shutil.rmtree(self.root, ignore_errors=True)
            return
        for part in self.root.iterdir():
            if part != self.control:
                shutil.rmtree(part, ignore_errors=True)


def sweep() -> int:
    """Delete the folders of sandboxes that were killed; returns how many."""
    swept = 0
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/lock"):
        try:
            with lock.open("w") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)
                swept += 1
        except OSError:  # it runs, or is another user's
            continue
    return swept
