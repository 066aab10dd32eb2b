"""The key of what is stored encrypted: the operator's, else the one kept on this machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path

from ops.kept_key import kept_key
from ops.settings import CHECKOUT

DATA_KEY = "TANYA_DATA_KEY"
_KEY_BYTES = 32


def key_file(var: Path) -> Path:
    """Where the key is kept that no operator set; newest first, parted by commas."""
    return var / "secrets" / "data-key"


def adopt(environment: MutableMapping[str, str]) -> None:
    """Let a command of the terminal use the kept key, as `tanya up` does, where there is one."""
    if environment.get(DATA_KEY):
        return
    file = key_file(Path(environment.get("TANYA_VAR_FOLDER") or CHECKOUT / "var"))
    if file.is_file():
        environment[DATA_KEY] = file.read_text().strip()


def new_key() -> str:
    """A key nobody can guess."""
    return secrets.token_urlsafe(_KEY_BYTES)


def put_in_front(file: Path, key: str) -> str:
    """Put a new key before the kept ones; gives what the file holds now.

    A kill leaves the file as it was or as it becomes, never half.
    """
    kept = kept_key(file)
    return _write(file, f"{key},{kept}")


def keep_newest(file: Path) -> str:
    """Drop all kept keys but the newest; gives what the file holds now."""
    return _write(file, kept_key(file).split(",")[0])


def _write(file: Path, keys: str) -> str:
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(keys)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    return keys
