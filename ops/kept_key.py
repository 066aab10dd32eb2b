"""A key that is drawn once and stays on this machine, outside the database and its backups."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_key(file: Path) -> str:
    """The key in a file only its owner may read; drawn and written at the first call.

    Two starts at the same time get the same key.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(32))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(written, file)  # fails when somebody was first: then theirs counts
    except FileExistsError:
        pass
    finally:
        written.unlink()
    return file.read_text().strip()
