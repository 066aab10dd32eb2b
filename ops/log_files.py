"""Log files that nobody needs any more."""

from __future__ import annotations

import time

from ops.settings import OpsSettings

_LIVE_S = 365 * 24 * 3600
"""A year, as for the record of who read what; log files hold ids, never words or numbers."""


def forget_old_logs(settings: OpsSettings, now_s: float | None = None) -> int:
    """Remove log files nobody wrote to for a year; gives how many went."""
    oldest = (time.time() if now_s is None else now_s) - _LIVE_S
    removed = 0
    for file in settings.logs.glob("*.log*"):
        if file.is_file() and not file.is_symlink() and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
            removed += 1
    return removed
