"""Fingerprints of files that Rasa's training cache does not know about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def files_fingerprint(files: Iterable[Path]) -> str:
    """A digest of names and contents, independent of the order given."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
