"""The names Rasa must know, exported from the database for training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from izin.ports import Catalogue, OfficeBook


def gazetteer_snapshot(
    catalogue: Catalogue, office: OfficeBook, professions_file: Path
) -> dict[str, Any]:
    """The snapshot the entity extractor is trained with, JSON-ready and in a fixed order.

    Args:
        catalogue: published permits and ambiguous terms.
        office: published places.
        professions_file: `data/lexicon/professions.yml`; professions are language, not content
            an editor changes, so they come from the file.

    Returns:
        `{"permits": [{"code", "names"}], "ambiguous": [{"term", "codes"}],
        "places": [{"name", "synonyms"}], "professions": [{"name", "synonyms", "permit"}]}`.
    """
    professions = yaml.safe_load(professions_file.read_text(encoding="utf-8"))["professions"]
    return {
        "permits": [
            {
                "code": permit.code,
                "names": list(
                    dict.fromkeys(
                        name
                        for name in (
                            permit.official_name,
                            permit.short_name,
                            *permit.former_names,
                            *permit.synonyms,
                        )
                        if name
                    )
                ),
            }
            for permit in sorted(catalogue.permits(), key=lambda permit: permit.code)
        ],
        "ambiguous": [
            {"term": term.term, "codes": list(term.codes)} for term in catalogue.ambiguous_terms()
        ],
        "places": [
            {"name": place.name, "synonyms": list(place.synonyms)} for place in office.places()
        ],
        "professions": [
            {
                "name": item["name"],
                "synonyms": list(item.get("synonyms") or ()),
                "permit": item.get("permit"),
            }
            for item in professions
        ],
    }
