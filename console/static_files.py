"""The files every page needs: Bootstrap from its wheel, and our own."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import xstatic.pkg.bootstrap

from izin.errors import NotFound

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_BOOTSTRAP = Path(xstatic.pkg.bootstrap.BASE_DIR) / "css" / "bootstrap.min.css"
_OWN = Path(__file__).resolve().parent / "static"


@cache
def files() -> dict[str, Path]:
    """Give every file that may be served, by name."""
    own = {path.name: path for path in _OWN.iterdir() if path.suffix in _TYPES}
    return {"bootstrap.css": _BOOTSTRAP, **own}


@cache
def version() -> str:
    """Give a word that changes whenever a file does."""
    digest = hashlib.sha256()
    for name in sorted(files()):
        digest.update(files()[name].read_bytes())
    return digest.hexdigest()[:12]


def read(name: str) -> tuple[bytes, str]:
    """Give a file and its type.

    Raises:
        NotFound: No such file.
    """
    path = files().get(name)
    if path is None:
        raise NotFound(f"file {name!r}")
    return path.read_bytes(), _TYPES[path.suffix]
