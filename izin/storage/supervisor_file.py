"""What the supervisor of a machine last said, in a file beside the logs.

A file and not the database: the supervisor starts the database, lives as long as the machine and
must stay small, and its word is wanted most when everything else is away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from izin.health import SUPERVISOR, Sign

FILE = "supervisor.json"


def write_supervisor(folder: Path, sign: Sign) -> None:
    """Write it in place of what was said before; a reader never sees half of it.

    Raises:
        OSError: The disk does not take it.
    """
    document = {
        "source": sign.source, "at": sign.at.isoformat(),
        "started_at": sign.started_at.isoformat(), **sign.document,
    }  # fmt: skip
    half = folder / f"{FILE}.{os.getpid()}"
    half.write_text(json.dumps(document), encoding="utf-8")
    half.replace(folder / FILE)


def forget_supervisor(folder: Path) -> None:
    """Take the word away: the supervisor has ended as it was told to."""
    (folder / FILE).unlink(missing_ok=True)


def read_supervisor(folder: Path) -> Sign | None:
    """Give what it last said; None where no supervisor runs, or its file cannot be read."""
    try:
        document: Any = json.loads((folder / FILE).read_text(encoding="utf-8"))
        at, began = (datetime.fromisoformat(document[name]) for name in ("at", "started_at"))
        children = {"children": _children(document["children"])}
        return Sign(str(document["source"]), SUPERVISOR, at, began, children)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _children(found: Mapping[str, Any]) -> dict[str, dict[str, object]]:
    return {
        str(name): {"times": int(child["times"]), "died": _moments(child["died"])}
        for name, child in found.items()
    }


def _moments(found: Sequence[str]) -> list[str]:
    return [datetime.fromisoformat(moment).isoformat() for moment in found]
