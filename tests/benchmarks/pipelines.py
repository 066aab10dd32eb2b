"""A pipeline without Rasa: a program that writes what the real ones write."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.nlu.datasets import Corpus, Utterance
from benchmarks.nlu.subjects import Subject

_PROGRAM = """#!{python}
import json, sys
from pathlib import Path
given = dict(zip(sys.argv[3::2], sys.argv[4::2]))
with open({log!r}, "a") as log:
    log.write(sys.argv[2] + "\\n")
if {fails!r}:
    sys.exit(3)
if sys.argv[2].endswith("rasa_train"):
    folder = Path(given["--output"])
    (folder / "model.tar.gz").write_bytes(b"model")
    report = {{"cpu_s": 1.5, "wall_s": 2.0, "peak_mb": 100.0, "model_mb": 0.5}}
    (folder / "training.json").write_text(json.dumps(report))
else:
    texts = json.loads(Path(given["--texts"]).read_text())
    results = [
        {{
            "ranking": [["nlu_fallback", 0.7], ["sapa", 0.9], ["di_luar_topik", 0.1]],
            "entities": [["izin", "PBG"]],
            "cpu_us": 400,
        }}
        for _ in texts
    ]
    Path(given["--output"]).write_text(json.dumps({{"peak_mb": 1.0, "results": results}}))
"""

CORPUS = Corpus(
    "own",
    "Own data",
    (("halo", "sapa"), ("cuaca besok", "di_luar_topik")),
    (
        Utterance("hai min", "sapa", "chat"),
        Utterance("skor bola pbg", "di_luar_topik", "chat", (("izin", "PBG"),)),
    ),
    "di_luar_topik",
    has_entities=True,
)


def fake_subject(folder: Path, name: str = "ours", fails: bool = False) -> Subject:
    """Return a subject whose interpreter is a small program; it notes its calls in ``calls``."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / f"python-{name}"
    log = str(folder / "calls")
    program.write_text(_PROGRAM.format(python=sys.executable, log=log, fails=fails))
    program.chmod(0o755)
    config = folder / "config.yml"
    config.write_text(json.dumps({}))
    return Subject(name, f"Pipeline {name}", program, False, config, f"fingerprint of {name}")


def calls(folder: Path) -> list[str]:
    """Return the programs the fake interpreter was asked to run."""
    path = folder / "calls"
    return path.read_text().split() if path.exists() else []
