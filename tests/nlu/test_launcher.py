"""The command line: training, validation, and a server that refuses to start half."""

from __future__ import annotations

import shutil
import tarfile
import time
from pathlib import Path

import pytest

from nlu.components import training
from nlu.components.launcher import CONFIG, DOMAIN, TRAINING_DATA
from tests.nlu.conftest import Training
from tests.nlu.fake_actions import FakeActions
from tests.nlu.rasa_server import ROOT, RasaServer, fresh, launch

TRAINED_WITHIN_S = 60


def test_training_says_how_far_it_is_and_ends_in_time(trained: Training) -> None:
    # Training computes on one core, so this is what it takes on a machine of its own.
    assert trained.cpu_s < TRAINED_WITHIN_S
    assert trained.archive.stat().st_size > 100_000
    assert len(trained.lines) >= 5
    assert any(line.startswith("names: 30 permits") for line in trained.lines)
    assert any(line.startswith("intents:") for line in trained.lines)
    assert any(line.startswith(" 45%") for line in trained.lines)


def test_the_model_archive_holds_no_pickle(trained: Training) -> None:
    with tarfile.open(trained.archive) as archive:
        names = [name for name in archive.getnames() if "." in Path(name).name]

    endings = {Path(name).suffix for name in names if not Path(name).name.startswith("train_")}
    assert endings <= {".json", ".yml", ".npz", ""}


def test_the_projects_data_is_valid() -> None:
    done = launch("validate")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert done.stdout.count("ok ") >= 6


def test_rasas_own_command_line_works_without_what_is_left_out() -> None:
    arguments = ("data", "validate", "--domain", DOMAIN, "--data", *TRAINING_DATA)
    done = launch("rasa", *arguments, "--fail-on-warnings")

    assert done.returncode == 0, done.stdout + done.stderr
    assert launch("rasa", "no-such-command").returncode == 2


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/rasa/rules.yml", "intent: cek_status", "intent: cek_stat"),
        ("data/rasa/rules.yml", "action: action_sosial", "action: action_social"),
        ("data/domain/forms.yml", "- status_selesai", "- status_tamat"),
        ("data/rasa/rules.yml", "action: action_privasi", "action: utter_privasi"),
        ("data/domain/intents.yml", "  - kasar:", "  - kasar_sekali:"),
        ("data/domain/slots.yml", "slots:", "slots: ["),
    ],
)
def test_broken_data_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "config.yml", tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert not training.validate(DOMAIN, CONFIG, TRAINING_DATA)


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
    model: Path, tracker_url: str, actions: FakeActions, tmp_path: Path
) -> None:
    server = RasaServer(model, tracker_url, actions.url, tmp_path)
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
    model: Path, tracker_url: str, actions: FakeActions, tmp_path: Path
) -> None:
    server = RasaServer(model, tracker_url, actions.url, tmp_path)
    server.start()
    try:
        server.turn(fresh("c"), "nama saya Sekarwangi nik 3326010101900001 biaya pbg")
        actions.fault = "500"
        server.turn(fresh("c"), "nama saya Sekarwangi nik 3326010101900001 biaya pbg")
    finally:
        server.stop()
    log = (tmp_path / "rasa.log").read_text()
    assert "turn_answered" in log
    assert "turn_failed" in log
    assert "Sekarwangi" not in log
    assert "3326010101900001" not in log
