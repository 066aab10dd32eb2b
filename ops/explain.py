"""Why a sentence is understood as it is: intent ranking, words that decided, entities."""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tanya_language import EntityExtractor, Gazetteer, LinearModel

from ops.errors import PartMissing

_WANTED = ("weights.npz", "model.json", "gazetteer.json")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the model makes of a text.

    Attributes:
        normalised: the text in standard words.
        ranking: the best intents with their confidence (0 to 1).
        reasons: n-grams with the margin each gave the best intent.
        entities: JSON-ready entities (entity, value, raw text, candidates).
    """

    normalised: str
    ranking: list[tuple[str, float]]
    reasons: list[tuple[str, float]]
    entities: list[dict[str, Any]]


def explain(text: str, archive: Path, *, intents: int = 5, reasons: int = 12) -> Explanation:
    """Explain a text with the model of an archive, without Rasa.

    Raises:
        PartMissing: the archive holds no model of ours.
    """
    model, gazetteer = read_archive(archive)
    normalised = model.normaliser.normalise(text)
    ranking = model.rank_normalised(normalised)[:intents]
    today = datetime.now().astimezone().date()
    found = EntityExtractor(model.normaliser, gazetteer).extract(text, today)
    entities = [
        {
            "entity": entity.entity,
            "value": entity.value,
            "raw": entity.raw,
            "candidates": list(entity.candidates),
        }
        for entity in found
    ]
    return Explanation(
        normalised.text, ranking, model.explain(text, ranking[0][0], reasons), entities
    )


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a file of an archive below a folder; Debian's Python 3.11.2 has no safe extraction."""
    target = (folder / member.name).resolve()
    content = tar.extractfile(member)
    if content is None or not target.is_relative_to(folder.resolve()):
        raise tarfile.TarError(f"{member.name} does not belong into the folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as written:
        shutil.copyfileobj(content, written)


def extract_model(archive: Path, folder: Path) -> tuple[Path, Path]:
    """Take a model of ours out of an archive; gives its folder and its gazetteer's file.

    Raises:
        PartMissing: the archive holds no model of ours, or cannot be read.
    """
    try:
        _require_whole(archive)
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                if member.isfile() and Path(member.name).name in _WANTED:
                    _take_out(tar, member, folder)
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        raise PartMissing(f"{archive} cannot be read: {error}", name=archive.name) from error
    weights = next(folder.rglob("weights.npz"), None)
    gazetteer = next(folder.rglob("gazetteer.json"), None)
    if weights is None or gazetteer is None:
        raise PartMissing(f"{archive} holds no model of ours", name=archive.name)
    return weights.parent, gazetteer


def _require_whole(archive: Path) -> None:
    """Read to the checksum at its end: what we take out is not all that Rasa reads."""
    with gzip.open(archive) as content:
        while content.read(_CHUNK):
            pass


def read_archive(archive: Path) -> tuple[LinearModel, Gazetteer]:
    """Give the model and the names of an archive.

    Raises:
        PartMissing: the archive holds no model of ours.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _read(archive, Path(folder))


def _read(archive: Path, folder: Path) -> tuple[LinearModel, Gazetteer]:
    weights, gazetteer = extract_model(archive, folder)
    names = json.loads(gazetteer.read_text(encoding="utf-8"))
    return LinearModel.load(weights), Gazetteer.from_dict(names)
