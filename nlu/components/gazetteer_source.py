"""Where the names come from at training: an exported snapshot, or the files in ``data/``.

The office's own database is the truth; training there reads the snapshot named by
``TANYA_GAZETTEER``. A fresh checkout without one has the files the database is seeded from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

SNAPSHOT_VARIABLE = "TANYA_GAZETTEER"


class GazetteerUnreadable(ValueError):
    """The snapshot or a file of the catalogue does not hold what it should."""


def read_gazetteer(data: Path) -> dict[str, Any]:
    """The gazetteer as a JSON-like mapping.

    Args:
        data: The repository's ``data`` folder, used when no snapshot is named.

    Returns:
        ``permits`` (code, names), ``ambiguous`` (term, codes), ``places`` (name, synonyms)
        and ``professions`` (name, synonyms, permit).

    Raises:
        GazetteerUnreadable: A named snapshot is missing, or a file is malformed.
    """
    snapshot = os.environ.get(SNAPSHOT_VARIABLE)
    if snapshot:
        return _snapshot(Path(snapshot))
    return {
        "permits": _permits(data / "catalog" / "permits"),
        "ambiguous": [
            {"term": item["term"], "codes": list(item["codes"])}
            for item in _items(data / "catalog" / "ambiguous_terms.yml", "terms")
        ],
        "places": [
            {"name": item["name"], "synonyms": list(item.get("synonyms") or ())}
            for item in _items(data / "office" / "places.yml", "places")
        ],
        "professions": [
            {
                "name": item["name"],
                "synonyms": list(item.get("synonyms") or ()),
                "permit": item.get("permit"),
            }
            for item in _items(data / "lexicon" / "professions.yml", "professions")
        ],
    }


def _snapshot(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GazetteerUnreadable(f"{SNAPSHOT_VARIABLE}: {path} cannot be read") from error
    if not isinstance(content, dict) or "permits" not in content:
        raise GazetteerUnreadable(f"{SNAPSHOT_VARIABLE}: {path} is not a gazetteer")
    return content


def _permits(folder: Path) -> list[dict[str, Any]]:
    permits = []
    for path in sorted(folder.glob("*.yml")):
        permit = _mapping(path)
        try:
            names = [permit["official_name"], permit["short_name"]]
            names += permit.get("former_names") or ()
            names += permit.get("synonyms") or ()
            permits.append({"code": permit["code"], "names": _unique(names)})
        except KeyError as error:
            raise GazetteerUnreadable(f"{path} lacks {error}") from error
    return permits


def _items(path: Path, key: str) -> list[dict[str, Any]]:
    if not path.exists():
        return []  # an office may have none of these
    items = _mapping(path).get(key)
    if not isinstance(items, list):
        raise GazetteerUnreadable(f"{path} lacks the list '{key}'")
    return items


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise GazetteerUnreadable(f"{path} cannot be read") from error
    if not isinstance(content, dict):
        raise GazetteerUnreadable(f"{path} is not a mapping")
    return content


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
