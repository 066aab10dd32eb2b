"""The product's own lexicon, catalogue and training examples, and one model trained on them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tanya_language import EntityExtractor, Gazetteer, Lexicon, LinearModel, Normaliser
from tanya_language.training import train_classifier

DATA = Path(__file__).parents[2] / "data"
SATURDAY = date(2026, 11, 21)


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load(DATA / "lexicon")


@pytest.fixture(scope="session")
def normaliser(lexicon: Lexicon) -> Normaliser:
    return Normaliser(lexicon)


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    permits = [read_yaml(path) for path in sorted((DATA / "catalog/permits").glob("*.yml"))]
    return Gazetteer.from_dict(
        {
            "permits": [
                {
                    "code": permit["code"],
                    "names": [
                        permit["official_name"],
                        permit["short_name"],
                        *permit.get("former_names", ()),
                        *permit["synonyms"],
                    ],
                }
                for permit in permits
            ],
            "ambiguous": read_yaml(DATA / "catalog/ambiguous_terms.yml")["terms"],
            "places": read_yaml(DATA / "office/places.yml")["places"],
            "professions": read_yaml(DATA / "lexicon/professions.yml")["professions"],
        }
    )


@pytest.fixture(scope="session")
def extractor(normaliser: Normaliser, gazetteer: Gazetteer) -> EntityExtractor:
    return EntityExtractor(normaliser, gazetteer)


@pytest.fixture(scope="session")
def examples() -> list[tuple[str, str]]:
    """The training examples the product ships."""
    found = []
    for path in sorted((DATA / "rasa/nlu").glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            lines = (line.strip() for line in block["examples"].splitlines())
            found.extend((line[2:].strip(), block["intent"]) for line in lines if line[:2] == "- ")
    return found


@pytest.fixture(scope="session")
def model(examples: list[tuple[str, str]], normaliser: Normaliser) -> LinearModel:
    return train_classifier(examples, normaliser)
