"""A model is trained when, and only when, what it is made from has changed."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from ops.errors import PartMissing, TrainingFailed
from ops.nlu_training import ensure_model, model_digest, newest_model
from ops.settings import CHECKOUT, OpsSettings

NAMES = {"permits": [{"code": "PBG", "names": ["imb"]}]}

# Stands in for the fenced interpreter: writes the archive the real trainer would.
TRAINER = """#!/bin/sh
echo run >>runs
[ -e broken ] && exit 1
while [ $# -gt 0 ]; do
    case $1 in --output) out=$2 ;; --name) name=$2 ;; esac
    shift
done
mkdir -p "$out" && cp "$TANYA_GAZETTEER" "$out/$name.tar.gz"
"""


@pytest.fixture
def settings(tmp_path: Path) -> OpsSettings:
    checkout = tmp_path / "kantor kita"
    for name in ("data/domain", "data/rasa/nlu", "data/lexicon"):
        (checkout / name).mkdir(parents=True)
    (checkout / "config.yml").write_text("language: id\n")
    (checkout / "data/rasa/nlu/biaya.yml").write_text("nlu: []\n")
    python = checkout / "nlu/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(TRAINER)
    python.chmod(0o755)
    return OpsSettings(checkout=checkout, data_root=tmp_path / "pg")


def runs(settings: OpsSettings) -> int:
    file = settings.checkout / "runs"
    return len(file.read_text().split()) if file.exists() else 0


def test_the_same_sources_are_trained_once(settings: OpsSettings) -> None:
    first = ensure_model(settings, NAMES)
    assert ensure_model(settings, NAMES) == first == newest_model(settings)
    assert runs(settings) == 1
    assert b"imb" in first.read_bytes()


def test_a_changed_example_or_name_is_trained_anew(settings: OpsSettings) -> None:
    first = ensure_model(settings, NAMES)
    (settings.checkout / "data/rasa/nlu/biaya.yml").write_text("nlu: [baru]\n")
    second = ensure_model(settings, NAMES)
    third = ensure_model(settings, {"permits": [{"code": "PBG", "names": ["imb", "pbg"]}]})
    assert len({first, second, third}) == 3
    assert runs(settings) == 3


def test_going_back_to_earlier_sources_uses_their_model_again(settings: OpsSettings) -> None:
    first = ensure_model(settings, NAMES)
    ensure_model(settings, {"permits": []})
    assert ensure_model(settings, NAMES) == first
    assert newest_model(settings) == first
    assert runs(settings) == 2


def test_old_models_are_forgotten(settings: OpsSettings) -> None:
    for number in range(6):
        ensure_model(settings, {"permits": [], "number": number})
    assert len(list(settings.models.glob("*.tar.gz"))) == 3


def test_training_can_be_asked_for(settings: OpsSettings) -> None:
    ensure_model(settings, NAMES)
    ensure_model(settings, NAMES, force=True)
    assert runs(settings) == 2


def test_a_failed_training_leaves_no_model(settings: OpsSettings) -> None:
    (settings.checkout / "broken").touch()
    with pytest.raises(TrainingFailed):
        ensure_model(settings, NAMES)
    assert newest_model(settings) is None


def test_without_the_rasa_environment_the_part_is_named(settings: OpsSettings) -> None:
    shutil.rmtree(settings.checkout / "nlu")
    with pytest.raises(PartMissing):
        ensure_model(settings, NAMES)


def test_the_digest_does_not_depend_on_where_the_checkout_lies(
    settings: OpsSettings, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(settings.checkout, moved)
    assert model_digest(moved, NAMES) == model_digest(settings.checkout, NAMES)
    assert dataclasses.replace(settings, checkout=moved).models == moved / "var" / "models"


def test_every_source_of_the_real_checkout_is_found() -> None:
    from ops.nlu_training import _source_files

    found = {file.relative_to(CHECKOUT).parts[0:2] for file in _source_files(CHECKOUT)}
    assert {
        ("config.yml",),
        ("data", "domain"),
        ("data", "rasa"),
        ("data", "lexicon"),
        ("nlu", "components"),
        ("nlu", "language"),
        ("nlu", "uv.lock"),
    } <= found
