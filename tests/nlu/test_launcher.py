"""The command line: training, validation, and a server that refuses to start half."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nlu.rasa_server import ROOT, RasaServer, fresh

TRAINED_WITHIN_S = 60


def launch(*arguments: str, folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    """Run the launcher to its end."""
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "nlu.components.launcher", *arguments],
        cwd=folder,
        env={**env, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_training_says_how_far_it_is_and_ends_in_time(tmp_path: Path) -> None:
    import time

    started = time.monotonic()
    done = launch("train", "--output", str(tmp_path / "a b"), "--name", "m", folder=tmp_path)

    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < TRAINED_WITHIN_S
    assert (tmp_path / "a b" / "m.tar.gz").stat().st_size > 10_000
    lines = done.stdout.splitlines()
    assert len(lines) >= 5
    assert any(line.startswith("names: 30 permits") for line in lines)
    assert any(line.startswith("intents:") for line in lines)


def test_the_projects_data_is_valid() -> None:
    done = launch("validate")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert done.stdout.count("ok ") >= 6


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/rasa/rules.yml", "intent: cek_status", "intent: cek_stat"),
        ("data/rasa/rules.yml", "action: action_sosial", "action: action_social"),
        ("data/domain/forms.yml", "- status_selesai", "- status_tamat"),
        ("data/rasa/rules.yml", "action: action_privasi", "action: utter_privasi"),
    ],
)
def test_broken_data_is_found(tmp_path: Path, file: str, old: str, new: str) -> None:
    for name in ("data", "config.yml", "nlu/components"):
        source = ROOT / name
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    done = launch("validate", folder=tmp_path, PYTHONPATH=str(tmp_path))

    assert done.returncode == 1, done.stdout


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x", "TANYA_CONFIDENCE_THRESHOLD": "2"}, "THRESHOLD"),
        ({"DATABASE_URL": "postgresql://x"}, "no model"),
    ],
)
def test_a_server_that_cannot_work_says_why(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    done = launch("serve", "--model", str(tmp_path), **environment)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_server_is_small_and_starts_soon(
    model: Path, tracker_url: str, actions_server: object, tmp_path: Path
) -> None:
    import time

    server = RasaServer(model, tracker_url, actions_server.url, tmp_path)  # type: ignore[attr-defined]
    started = time.monotonic()
    server.start()
    took = time.monotonic() - started
    try:
        for _ in range(20):
            server.turn(fresh("c"), "syarat bikin imb rumah apa aja ya")
        # Measured 140 MB and 3.5 s on two busy cores; twice that means something came back.
        assert server.resident_mb() < 220
        assert took < 20
    finally:
        assert server.stop() == 0, "a stop that was asked for is not an error"


def test_nothing_a_citizen_wrote_is_logged(
    model: Path, tracker_url: str, actions_server: object, tmp_path: Path
) -> None:
    server = RasaServer(model, tracker_url, actions_server.url, tmp_path)  # type: ignore[attr-defined]
    server.start()
    try:
        server.turn(fresh("c"), "nama saya Sekarwangi nik 3326010101900001 biaya pbg")
        actions_server.fault = "500"  # type: ignore[attr-defined]
        server.turn(fresh("c"), "nama saya Sekarwangi nik 3326010101900001 biaya pbg")
    finally:
        actions_server.reset()  # type: ignore[attr-defined]
        server.stop()
    log = (tmp_path / "rasa.log").read_text()
    assert "turn_answered" in log
    assert "turn_failed" in log
    assert "Sekarwangi" not in log
    assert "3326010101900001" not in log
