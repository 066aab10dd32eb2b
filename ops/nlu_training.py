"""The language model belongs to what it was trained from: find the current one, or train it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

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
    {
        # Of the language package: they read a model, or none.
        *("clustering.py", "coverage.py", "evaluation.py", "explain.py", "masking.py", "search.py"),
        # Of Rasa's fence: they serve whatever model there is.
        *("action_endpoint.py", "agent.py", "channel.py", "compaction.py", "launcher.py"),
        *("opening.py", "plain_http.py", "process_logging.py", "processor.py", "rasa_fixes.py"),
        *("serving.py", "stand_ins.py", "tracker_store.py", "turns.py"),
    }
)
_KEPT_MODELS = 3  # the current one and two to go back to
_DIGITS = 16
_FALLBACK = "nlu_fallback"
_IN_USE = "model-in-use"
_ENDING = ".tar.gz"
SCORES_ENDING = ".scores.json"
"""Of the file beside an archive that tells how well it understands."""

TRAINER = "ops.trainer"
"""The module that trains for the console, in a process of its own."""

Examples = Sequence[tuple[str, str]]
"""(sentence, intent) pairs that editors added to those of the files."""


def release_digest(checkout: Path) -> str:
    """16 hexadecimal digits of the release: two models of the same one can replace each other."""
    return _digest(hashlib.sha256(), checkout)


def model_digest(checkout: Path, gazetteer: Mapping[str, Any], examples: Examples = ()) -> str:
    """16 hexadecimal digits that change when the model would: data, configuration, code, names."""
    digest = hashlib.sha256(json.dumps(gazetteer, sort_keys=True).encode())
    if examples:
        digest.update(json.dumps([list(pair) for pair in examples]).encode())
    return _digest(digest, checkout)


def _digest(digest: Any, checkout: Path) -> str:
    for file in _source_files(checkout):
        digest.update(file.relative_to(checkout).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return str(digest.hexdigest())[:_DIGITS]


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
    examples: Examples = (),
    *,
    force: bool = False,
    on_start: Callable[[], None] = lambda: None,
) -> Path:
    """The archive of the model that fits data and configuration, trained now when there is none.

    Two processes asking at once train once. The trainer's progress goes to standard output.

    Args:
        settings: where checkout and models lie.
        gazetteer: names exported from the database (see `ops.gazetteer`).
        examples: what editors added to the files.
        force: train even when the current model is there.
        on_start: called when training begins.

    Raises:
        PartMissing: the Rasa environment is not installed.
        TrainingFailed: the trainer ended with an error; its own words are on standard output.
    """
    digest = model_digest(settings.checkout, gazetteer, examples)
    archive = settings.models / f"{digest}.tar.gz"
    settings.models.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.models / ".lock"):
        if force or not archive.exists():
            on_start()
            _train(settings, gazetteer, examples, archive)
            _forget_old(settings.models, archive)
        use_model(settings, archive)
    return archive


def use_model(settings: OpsSettings, archive: Path) -> None:
    """Remember an archive among the models as the one in use."""
    os.utime(archive)  # the newest, for whoever shares the folder
    (settings.var / _IN_USE).write_text(archive.name, encoding="utf-8")


def newest_model(settings: OpsSettings) -> Path | None:
    """The archive used last, None before the first training."""
    with contextlib.suppress(OSError):
        used = settings.models / (settings.var / _IN_USE).read_text(encoding="utf-8")
        if used.is_file():
            return used
    found = sorted(settings.models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    return found[-1] if found else None


def training_command(
    settings: OpsSettings,
    work: Path,
    name: str,
    gazetteer: Mapping[str, Any],
    examples: Examples = (),
) -> tuple[list[str], dict[str, str]]:
    """Command and environment that train `<work>/<name>.tar.gz` and leave nothing elsewhere.

    Args:
        settings: where the checkout lies.
        work: an empty folder for the training's own files, made when it is missing.
        name: of the archive, without ending.
        gazetteer: names exported from the database.
        examples: what editors added; their intents are among those of the domain.

    Raises:
        PartMissing: the Rasa environment is not installed.
    """
    if not settings.rasa_python.exists():
        raise PartMissing("the Rasa environment is not installed", name="nlu/.venv")
    scratch = work / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    snapshot = work / "gazetteer.json"
    snapshot.write_text(json.dumps(gazetteer, ensure_ascii=False), encoding="utf-8")
    command = [str(settings.rasa_python), "-m", "nlu.components.launcher", "train"]
    command += ["--output", str(work), "--name", name]
    if examples:
        added = work / "data" / "examples.yml"
        added.parent.mkdir(exist_ok=True)
        added.write_text(_training_file(examples), encoding="utf-8")
        command += ["--data", str(added.parent)]
    own = {"TANYA_GAZETTEER": str(snapshot), "PYTHONUNBUFFERED": "1", "TMPDIR": str(scratch)}
    return command, {**os.environ, **own}


def known_intents(checkout: Path) -> frozenset[str]:
    """The intents of the release's domain: examples of any other cannot be trained."""
    content = yaml.safe_load((checkout / "data/domain/intents.yml").read_text(encoding="utf-8"))
    named = (next(iter(item)) if isinstance(item, Mapping) else item for item in content["intents"])
    return frozenset(str(name) for name in named) - {_FALLBACK}


def _training_file(examples: Examples) -> str:
    """Examples as Rasa reads them, none of their characters meaning anything to it."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in examples:
        # Square brackets would mark an entity.
        marked = text.replace("[", "(").replace("]", ")")
        plain = " ".join("".join(c if c.isprintable() else " " for c in marked).split())
        if plain:
            by_intent.setdefault(intent, []).append(plain)
    lines = ['version: "3.1"', "nlu:"]  # Rasa looks for a line that begins so
    for intent, texts in by_intent.items():
        # Quoted: Rasa puts environment variables where a bare `${NAME}` stands.
        lines += [f"- intent: {intent}", "  examples:"]
        lines += [f"  - text: {json.dumps(text, ensure_ascii=False)}" for text in texts]
    return "\n".join(lines) + "\n"


def _train(
    settings: OpsSettings, gazetteer: Mapping[str, Any], examples: Examples, archive: Path
) -> None:
    fresh = settings.models / ".new"
    shutil.rmtree(fresh, ignore_errors=True)
    name = archive.name.removesuffix(_ENDING)
    command, environment = training_command(settings, fresh, name, gazetteer, examples)
    done = subprocess.run(
        child_command(command, death_signal=signal.SIGKILL),
        cwd=settings.checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    made = fresh / archive.name
    if done.returncode != 0 or not made.exists():
        raise TrainingFailed(f"the trainer ended with exit code {done.returncode}")
    made.replace(archive)
    shutil.rmtree(fresh, ignore_errors=True)


def _forget_old(models: Path, current: Path) -> None:
    archives = sorted(models.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime, reverse=True)
    kept = {current, *archives[:_KEPT_MODELS]}
    for archive in set(archives) - kept:
        for ending in (_ENDING, ".gazetteer.json", SCORES_ENDING):
            archive.with_name(archive.name.replace(_ENDING, ending)).unlink(missing_ok=True)


@contextlib.contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
