"""The house starts with the published model as long as that fits the release."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from izin.language_models import ModelState, NewModel, Origin, Taught
from izin.storage.postgres.engine import create
from izin.storage.postgres.models import PostgresLanguageModels
from ops import house_model as under_test
from ops.house_model import house_model
from ops.nlu_training import newest_model, release_digest
from ops.settings import OpsSettings

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = {"permits": [{"code": "PBG", "names": ["imb"]}]}
MORE_NAMES = {"permits": [{"code": "PBG", "names": ["imb", "pbg"]}]}
TRAINER = """#!/bin/sh
echo run >>runs
while [ $# -gt 0 ]; do
    case $1 in --output) out=$2 ;; --name) name=$2 ;; --data) cat "$2/examples.yml" >taught ;; esac
    shift
done
cp model.tar.gz "$out/$name.tar.gz"
"""


def archive(model_id: str) -> bytes:
    """An archive of which only the id can be read."""
    content = json.dumps({"model_id": model_id}).encode()
    member = tarfile.TarInfo("metadata.json")
    member.size = len(content)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        tar.addfile(member, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpsSettings:
    monkeypatch.setattr(under_test, "_scores", lambda *_, anew: None)
    checkout = tmp_path / "kantor kita"
    (checkout / "data/domain").mkdir(parents=True)
    (checkout / "config.yml").write_text("language: id\n")
    (checkout / "data/domain/intents.yml").write_text("intents: [sapa, pamit: {}]\n")
    (checkout / "model.tar.gz").write_bytes(archive("rilis"))
    python = checkout / "nlu/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(TRAINER)
    python.chmod(0o755)
    return OpsSettings(checkout=checkout, data_root=tmp_path / "pg")


@pytest.fixture
def models(database_url: str) -> Iterator[PostgresLanguageModels]:
    engine = create(database_url, pool_size=2)
    yield PostgresLanguageModels(engine)
    engine.dispose()


def runs(settings: OpsSettings) -> int:
    file = settings.checkout / "runs"
    return len(file.read_text().split()) if file.exists() else 0


def edited(settings: OpsSettings, models: PostgresLanguageModels) -> NewModel:
    """Publish a model that editors trained."""
    taught = Taught([("halo [gan](x) ${HOME}", "sapa"), ("lama", "tidak_ada")], NAMES)
    release = release_digest(settings.checkout)
    model = NewModel("suntingan", archive("suntingan"), release, Origin.TRAINING, taught)
    models.publish(models.add(model, NOW).id, NOW)
    return model


def test_the_first_model_is_trained_once_and_published(
    settings: OpsSettings, models: PostgresLanguageModels
) -> None:
    first = house_model(settings, models, NAMES)
    assert house_model(settings, models, NAMES) == first == newest_model(settings)

    published = models.published()
    assert published is not None
    assert (published.rasa_id, published.origin, runs(settings)) == ("rilis", Origin.RELEASE, 1)
    assert len(models.models()) == 1


def test_a_release_model_follows_the_names_of_the_catalogue(
    settings: OpsSettings, models: PostgresLanguageModels
) -> None:
    house_model(settings, models, NAMES)
    house_model(settings, models, MORE_NAMES)

    assert (runs(settings), len(models.models())) == (2, 2)


def test_what_editors_published_is_started_on_any_machine(
    settings: OpsSettings, models: PostgresLanguageModels
) -> None:
    model = edited(settings, models)

    assert house_model(settings, models, MORE_NAMES).read_bytes() == model.archive
    assert runs(settings) == 0


def test_a_new_release_trains_what_editors_taught_as_well(
    settings: OpsSettings, models: PostgresLanguageModels
) -> None:
    edited(settings, models)
    (settings.checkout / "config.yml").write_text("language: id # baru\n")

    house_model(settings, models, NAMES)

    published = models.published()
    assert published is not None
    assert (published.rasa_id, published.examples, runs(settings)) == ("rilis", 1, 1)
    taught = (settings.checkout / "taught").read_text()
    assert '"halo (gan)(x) ${HOME}"' in taught  # quoted, and no entity
    assert "tidak_ada" not in taught  # an intent this release does not know


def test_a_damaged_archive_is_replaced_by_a_new_training(
    settings: OpsSettings, models: PostgresLanguageModels
) -> None:
    edited(settings, models)
    with models._engine.begin() as connection:
        connection.exec_driver_sql("update language_models set archive = 'rusak'")

    house_model(settings, models, NAMES)

    published = models.published()
    assert published is not None
    assert published.rasa_id == "rilis"
    assert {one.state for one in models.models()} == {ModelState.PUBLISHED, ModelState.REPLACED}
