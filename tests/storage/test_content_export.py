"""An export of the content touches no line that says the same, however the database keeps it."""

from __future__ import annotations

import copy
from dataclasses import replace
from difflib import unified_diff
from typing import Any

import pytest

from izin.storage.content_files.folder import export_folder
from tests.storage.test_content_files import DATA, Items, Room, of_seed


def as_jsonb(value: Any) -> Any:
    """Give a value with its keys in the order in which PostgreSQL gives them back."""
    if isinstance(value, dict):
        order = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: as_jsonb(value[key]) for key in order}
    return [as_jsonb(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.fixture(scope="module")
def kept() -> Items:
    return {
        kind: [replace(item, document=as_jsonb(item.document)) for item in items]
        for kind, items in of_seed(DATA).items()
    }


def changed_lines(items: Items) -> list[str]:
    """Give the lines that an export takes away and adds."""
    found: list[str] = []
    for path, content in export_folder(DATA, Room(items)).items():
        before = (DATA / path).read_text(encoding="utf-8")
        lines = unified_diff(before.splitlines(), content.decode().splitlines(), n=0)
        found += [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return found


def test_the_order_of_keys_in_the_database_changes_no_byte(kept: Items) -> None:
    for path, content in export_folder(DATA, Room(kept)).items():
        assert content == (DATA / path).read_bytes(), path


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("If", "usaha"), ["-      usaha: 0.7", "+      usaha: 0.75"]),
        (("example_parameters", "SHST"), ["-      SHST: 5500000", "+      SHST: 0.75"]),
        (("examples", 0, "inputs", "luas"), ["-          luas: 90", "+          luas: 0.75"]),
        (("examples", 1, "retribusi_idr"),
         ["-        retribusi_idr: 1083431", "+        retribusi_idr: 0.75"]),
    ],
)  # fmt: skip
def test_one_parameter_of_a_fee_table_changes_one_line(
    kept: Items, path: tuple[Any, ...], lines: list[str]
) -> None:
    items = copy.deepcopy(kept)
    (table,) = [item for item in items["fee_table"] if item.item.key == "pbg"]
    part = table.document[1]
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = 0.75
    assert changed_lines(items) == lines
