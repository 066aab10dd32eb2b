"""A stock Rasa project over our own data, trained once and kept by the hash of all it is made of.

Pipeline and policies are the defaults of ``rasa init``; domain, rules and examples are ours, the
names in the examples annotated, since stock Rasa learns only those. Trained for few epochs: a
turn's cost does not depend on how long the weights were adjusted, only its answers do.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from benchmarks.nlu.datasets import read_examples
from benchmarks.nlu.subjects import STOCK_VERSION, digest
from benchmarks.nlu.training_files import NameAnnotator, rasa_file
from ops.settings import CHECKOUT

EPOCHS = 3
PROJECT = Path(__file__).with_name("stock_project")
KEPT = CHECKOUT / "var" / "bench-load"
_CONFIG = CHECKOUT / "benchmarks" / "stock" / "config.yml"
_QUIET = {
    "PYTHONWARNINGS": "ignore",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
}


def quiet_environment() -> dict[str, str]:
    """Give the environment of a stock Rasa process that reports only what matters."""
    return {**os.environ, **_QUIET}


def trained_project(python: Path) -> Path:
    """Give the folder of the stock project with ``models/stock.tar.gz``; trains when it is new.

    Raises:
        subprocess.CalledProcessError: Training failed; its output has been shown.
    """
    learnt = _learnt()
    folder = KEPT / f"stock-{digest({'rasa': STOCK_VERSION, **learnt})[:16]}"
    if not (folder / "models" / "stock.tar.gz").exists():
        print(f"… training stock Rasa for {EPOCHS} epochs (minutes, once)", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        for name, content in learnt.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        subprocess.run(
            [
                *(str(python), "-m", "rasa", "train", "--domain", "domain", "--data", "data"),
                *("--config", "config.yml", "--out", "models", "--fixed-model-name", "stock"),
            ],
            cwd=folder,
            env={**quiet_environment(), "RASA_MAX_CACHE_SIZE": "0"},
            check=True,
        )
    for name in ("credentials.yml", "endpoints.yml", "endpoints-sql.yml"):
        shutil.copy(PROJECT / name, folder / name)
    return folder


def few_epochs(config: str, epochs: int = EPOCHS) -> str:
    """Give a Rasa configuration with every ``epochs`` lowered, and nothing else changed."""
    return re.sub(r"(?m)^(\s*epochs:) \d+$", rf"\1 {epochs}", config)


def _learnt() -> dict[str, str]:
    """Give the files that the model depends on, by name."""
    config = _CONFIG.read_text("utf-8") + "\n" + (PROJECT / "policies.yml").read_text("utf-8")
    learnt = {
        "config.yml": few_epochs(config),
        "data/nlu.yml": rasa_file(
            read_examples(CHECKOUT / "data" / "rasa" / "nlu"), NameAnnotator(CHECKOUT)
        ),
        "data/rules.yml": (CHECKOUT / "data" / "rasa" / "rules.yml").read_text("utf-8"),
        "data/stories.yml": (PROJECT / "stories.yml").read_text("utf-8"),
    }
    for path in sorted((CHECKOUT / "data" / "domain").glob("*.yml")):
        learnt[f"domain/{path.name}"] = path.read_text("utf-8")
    return learnt
