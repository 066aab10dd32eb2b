"""Language models read from their archives, without Rasa."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tanya_language import EntityExtractor, Gazetteer, LinearModel, ModelError
from tanya_language.evaluation import figures, read_sentences, understand_all

from izin.language_models import Scores
from ops.errors import PartMissing
from ops.explain import extract_model
from ops.model_files import rasa_id

EVALUATION = "evaluation"
"""Folder in `data/` of the sentences that models are judged by."""

_DAMAGES = (
    ModelError, ValueError, KeyError, TypeError, OSError, EOFError, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A model read from its archive, without Rasa."""

    model: LinearModel
    extractor: EntityExtractor


def read_model(archive: Path) -> ReadModel:
    """Give the model of an archive.

    Raises:
        PartMissing: the archive holds no model of ours, or is damaged.
    """
    with tempfile.TemporaryDirectory() as folder:
        weights, gazetteer = extract_model(archive, Path(folder))
        try:
            model = LinearModel.load(weights)
            names = Gazetteer.from_dict(json.loads(gazetteer.read_text(encoding="utf-8")))
        except _DAMAGES as error:
            raise PartMissing(f"{archive} is damaged: {error}", name=archive.name) from error
    return ReadModel(model, EntityExtractor(model.normaliser, names))


def checked_archive(content: bytes) -> str:
    """Load a model from an archive's bytes and give the id Rasa has for it.

    Raises:
        PartMissing: it is damaged, or no model of ours.
    """
    with tempfile.NamedTemporaryFile(suffix=".tar.gz") as file:
        file.write(content)
        file.flush()
        read_model(Path(file.name)).model.rank("berapa biaya izin?")
        return rasa_id(Path(file.name))


def scores(read: ReadModel, data: Path) -> Scores:
    """Give how well a model understands the evaluation set below `data`."""
    sentences = read_sentences(data / EVALUATION)
    found = understand_all(read.model, read.extractor, sentences, datetime.now(UTC).date())
    measured = figures(sentences, found)
    return Scores(measured.accuracy, measured.permit_f1, measured.f1, len(sentences))
