"""A sandbox that is never really there, for pages that only tell where one stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ops.errors import ChildFailed
from ops.sandbox_handle import SandboxState


@dataclass
class FakeSandbox:
    """Stands where a test puts it; by default it cannot start, for want of memory."""

    starter: Any
    model: Path | None = None
    stands: SandboxState = field(
        default_factory=lambda: SandboxState(
            "failed", code="memory", values={"needed": 800, "free": 120}
        )
    )
    begun: int = 0
    stopped: bool = False

    def begin(self) -> None:
        """Count how often it was begun."""
        self.begun += 1

    def state(self) -> SandboxState:
        """Give where the test put it."""
        return self.stands

    def stop(self) -> None:
        """Note that it was stopped."""
        self.stopped = True

    def renew(self, drafts: Any) -> Mapping[str, Any]:
        """Fail as a killed one does."""
        raise ChildFailed("nobody answers", name="sandbox", code=0, log="")

    explain = touch = renew
