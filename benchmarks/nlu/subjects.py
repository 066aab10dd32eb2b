"""The two pipelines that are compared, and what they are made of."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlu.components.gazetteer_source import read_gazetteer

STOCK_VERSION = "3.6.21"
_VERSIONS = """
import json
from importlib.metadata import version
print(json.dumps({n: version(n) for n in ("rasa", "tensorflow")}))
"""


_QUIET = {
    "PYTHONWARNINGS": "ignore",
    "PYTHONHASHSEED": "0",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "LOG_LEVEL": "ERROR",
}
_THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# Read by TensorFlow itself; Rasa reads variables of its own, but not wherever it loads a model.
_TENSORFLOW_LIMITS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


class SubjectAbsent(RuntimeError):
    """A pipeline cannot be run on this machine; the message is one sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One pipeline in one environment.

    Attributes:
        name: ``ours`` or ``stock``.
        title: For people.
        python: Interpreter of the environment with Rasa.
        fenced: It is our environment, which needs our launcher.
        config: Rasa's configuration.
        fingerprint: Changes with everything but the data that the results depend on.
    """

    name: str
    title: str
    python: Path
    fenced: bool
    config: Path
    fingerprint: str

    def run(self, root: Path, module: str, *arguments: str, threads: int | None = None) -> None:
        """Run a program of this package in the subject's environment, from ``root``.

        Raises:
            subprocess.CalledProcessError: It failed; its output has been shown.
        """
        command = [str(self.python), "-m", f"benchmarks.nlu.{module}", *arguments]
        if self.fenced:
            command.append("--fenced")
        subprocess.run(command, cwd=root, env=self.environment(threads), check=True)

    def environment(self, threads: int | None) -> dict[str, str]:
        """Return the variables of a measured process; ``threads`` limits computing threads."""
        limits = _THREAD_LIMITS if self.fenced else (*_THREAD_LIMITS, *_TENSORFLOW_LIMITS)
        return {
            **os.environ,
            **_QUIET,
            **({name: str(threads) for name in limits} if threads else {}),
        }


def our_subject(root: Path) -> Subject:
    """Return our pipeline in the environment ``nlu/.venv``.

    Raises:
        SubjectAbsent: That environment has not been made.
    """
    python = root / "nlu" / ".venv" / "bin" / "python"
    if not python.exists():
        raise SubjectAbsent("Our pipeline is left out: nlu/.venv is missing (make train makes it).")
    files = [
        root / "config.yml",
        root / "nlu" / "uv.lock",
        *(root / "nlu" / "components").glob("*.py"),
        *(root / "nlu" / "language" / "tanya_language").glob("*.py"),
        *(root / "data" / "lexicon").glob("*.yml"),
    ]
    names = json.dumps(read_gazetteer(root / "data"), sort_keys=True)
    fingerprint = digest([files_digest(files, root), names])
    return Subject("ours", "Tanya Izin", python, True, root / "config.yml", fingerprint)


def stock_subject(root: Path) -> Subject:
    """Return unmodified Rasa with its default pipeline, installed from the lock when missing.

    ``STOCK_FOLDER`` names a folder whose ``venv`` already holds it.

    Raises:
        SubjectAbsent: Python 3.10 is not here, or the installation failed.
    """
    config = root / "benchmarks" / "stock" / "config.yml"
    ready = os.environ.get("STOCK_FOLDER")
    python = Path(ready) / "venv" / "bin" / "python" if ready else _installed_stock(root)
    try:
        shown = subprocess.run(
            [str(python), "-c", _VERSIONS], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SubjectAbsent(f"Stock Rasa is left out: {python} does not hold it.") from error
    versions = json.loads(shown.stdout)
    if versions["rasa"] != STOCK_VERSION:
        raise SubjectAbsent(f"Stock Rasa is left out: {python} has version {versions['rasa']}.")
    fingerprint = digest([json.dumps(versions, sort_keys=True), config.read_text("utf-8")])
    title = f"Stock Rasa {STOCK_VERSION}"
    return Subject("stock", title, python, False, config, fingerprint)


def _installed_stock(root: Path) -> Path:
    project = root / "benchmarks" / "stock"
    interpreter = find_python310()
    if interpreter is None:
        raise SubjectAbsent(
            f"Stock Rasa {STOCK_VERSION} is left out: it needs Python 3.10, which is not here "
            "(TANYA_PYTHON310=/path/to/python3.10 names one)."
        )
    print(f"Checking stock Rasa {STOCK_VERSION} in {project} (2.5 GB when new) ...", flush=True)
    command = [_uv(root), "sync", "--frozen", "--project", str(project), "--python", interpreter]
    chosen = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    for name in ("VIRTUAL_ENV", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"):
        chosen.pop(name, None)
    try:
        subprocess.run(command, env=chosen, check=True)
    except subprocess.CalledProcessError as error:
        raise SubjectAbsent("Stock Rasa is left out: it could not be installed.") from error
    return project / ".venv" / "bin" / "python"


def find_python310() -> str | None:
    """Return a working Python 3.10, or None."""
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob("3.10*/bin/python3.10"))
    named = os.environ.get("TANYA_PYTHON310", "")
    for candidate in filter(None, [named, "python3.10", *map(str, pyenv)]):
        check = "import sys, venv; sys.exit(sys.version_info[:2] != (3, 10))"
        try:
            done = subprocess.run([candidate, "-c", check], capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    return None


def _uv(root: Path) -> str:
    """The uv of ``ops/bootstrap.sh``, another one on the path, or one installed beside it."""
    own = root / ".tools" / "bin" / "uv"
    if not own.exists():
        found = shutil.which("uv")
        if found:
            return found
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(root / ".tools")], check=True)
        pip = [str(root / ".tools" / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"]
        subprocess.run(pip, check=True)
    return str(own)


def files_digest(files: Iterable[Path], root: Path) -> str:
    """Return a digest of names and contents, independent of the order given."""
    return digest(
        part
        for file in sorted(files)
        for part in (str(file.relative_to(root)), file.read_text(encoding="utf-8"))
    )


def digest(parts: Iterable[str] | Mapping[str, str]) -> str:
    """Return a digest of texts that no other list of texts has."""
    found = hashlib.sha256()
    for part in parts.items() if isinstance(parts, Mapping) else parts:
        found.update(json.dumps(part, ensure_ascii=False).encode())
    return found.hexdigest()
