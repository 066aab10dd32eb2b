"""The language model belongs to what it was trained from: find the current one, or train it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ops.errors import PartMissing, TrainingFailed
from ops.exec_child import child_command
from ops.settings import OpsSettings

_SOURCES = (
    ("config.yml", ""),
    ("data/domain", "*.yml"),
    ("data/rasa", "*.yml"),
    ("data/lexicon", "*.yml"),
    ("nlu/components", "*.py"),
    ("nlu/language/tanya_language", "*.py"),
    ("nlu/uv.lock", ""),
)
_NOT_TRAINED = frozenset(
    {"clustering.py", "evaluation.py", "explain.py", "masking.py", "search.py"}
)  # of the language package: they read a model, or none
_KEPT_MODELS = 3  # the current one and two to go back to


def model_digest(checkout: Path, gazetteer: Mapping[str, Any]) -> str:
    """16 hexadecimal digits that change when the model would: data, configuration, code, names."""
    digest = hashlib.sha256(json.dumps(gazetteer, sort_keys=True).encode())
    for file in _source_files(checkout):
        digest.update(file.relative_to(checkout).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _source_files(checkout: Path) -> Iterator[Path]:
    for name, pattern in _SOURCES:
        path = checkout / name
        found: Iterable[Path] = path.rglob(pattern) if pattern else [path]
        yield from sorted(
            file for file in found if file.is_file() and file.name not in _NOT_TRAINED
        )


def ensure_model(
    settings: OpsSettings,
    gazetteer: Mapping[str, Any],
    *,
    force: bool = False,
    on_start: Callable[[], None] = lambda: None,
) -> Path:
    """The archive of the model that fits data and configuration, trained now when there is none.

    Two processes asking at once train once. The trainer's progress goes to standard output.

    Args:
        settings: where checkout and models lie.
        gazetteer: names exported from the database (see `ops.gazetteer`).
        force: train even when the current model is there.
        on_start: called when training begins.

    Raises:
        PartMissing: the Rasa environment is not installed.
        TrainingFailed: the trainer ended with an error; its own words are on standard output.
    """
    digest = model_digest(settings.checkout, gazetteer)
    archive = settings.models / f"{digest}.tar.gz"
    settings.models.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.models / ".lock"):
        if force or not archive.exists():
            on_start()
            _train(settings, gazetteer, archive, digest)
            _forget_old(settings.models, archive)
        os.utime(archive)  # the newest is the one in use
    return archive


def newest_model(settings: OpsSettings) -> Path | None:
    """The archive used last, None before the first training."""
    found = sorted(settings.models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    return found[-1] if found else None


def _train(settings: OpsSettings, gazetteer: Mapping[str, Any], archive: Path, digest: str) -> None:
    if not settings.rasa_python.exists():
        raise PartMissing("the Rasa environment is not installed", name="nlu/.venv")
    snapshot = settings.models / f"{digest}.gazetteer.json"
    snapshot.write_text(json.dumps(gazetteer, ensure_ascii=False), encoding="utf-8")
    fresh = settings.models / ".new"
    command = [
        str(settings.rasa_python),
        "-m",
        "nlu.components.launcher",
        "train",
        "--output",
        str(fresh),
        "--name",
        digest,
    ]
    done = subprocess.run(
        child_command(command, death_signal=signal.SIGKILL),
        cwd=settings.checkout,
        env={**os.environ, "TANYA_GAZETTEER": str(snapshot), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    made = fresh / f"{digest}.tar.gz"
    if done.returncode != 0 or not made.exists():
        raise TrainingFailed(f"the trainer ended with exit code {done.returncode}")
    made.replace(archive)


def _forget_old(models: Path, current: Path) -> None:
    archives = sorted(models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    kept = {current, *archives[:_KEPT_MODELS]}
    for archive in set(archives) - kept:
        archive.unlink()
        archive.with_name(archive.name.replace(".tar.gz", ".gazetteer.json")).unlink(
            missing_ok=True
        )


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
