"""Trains one pipeline inside a Rasa environment, ours or stock, and reports what it cost.

Run as a program by Python 3.10 to 3.12 with Rasa; imports nothing of ours but, for the fenced
environment, the launcher that makes Rasa importable there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Train and write ``model.tar.gz`` and ``training.json`` into the output folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fenced", action="store_true", help="our environment, not stock Rasa")
    parser.add_argument("--config", required=True)
    parser.add_argument("--examples", required=True, help="Rasa training file")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(arguments)
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["RASA_CACHE_DIRECTORY"] = cache
        if options.fenced:
            sys.path.insert(0, os.getcwd())
            from nlu.components.launcher import prepare

            prepare()
        from rasa.model_training import train_nlu

        archive = train_nlu(
            options.config, options.examples, str(options.output), fixed_model_name="model"
        )
    if archive is None:
        print("training gave no model", file=sys.stderr)
        return 1
    spent = resource.getrusage(resource.RUSAGE_SELF)
    report = {
        "cpu_s": round(spent.ru_utime + spent.ru_stime, 2),
        "wall_s": round(time.perf_counter() - started, 2),
        "peak_mb": round(spent.ru_maxrss / 1024, 1),
        "model_mb": round(Path(archive).stat().st_size / 1e6, 3),
    }
    (options.output / "training.json").write_text(json.dumps(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
