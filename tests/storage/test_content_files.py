"""Content as tables and as data files comes back as it was."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from izin.content import KINDS, ItemName, StoredItem
from izin.content_imports import FileProblem, ItemState, plan
from izin.storage.content_files import cells
from izin.storage.content_files.folder import export_folder
from izin.storage.content_files.folder_items import read_folder
from izin.storage.content_files.grids import Grid, GridReader
from izin.storage.content_files.reading import Assembler
from izin.storage.content_files.rows import grown, leaves, rows_of
from izin.storage.content_files.tables import Column
from izin.storage.content_files.yaml_text import with_data
from izin.storage.documents import plain
from izin.storage.seed_files import read_seed
from izin.storage.seed_kinds import KINDS as SEED_KINDS
from ops.settings import CHECKOUT

DATA = CHECKOUT / "data"
Items = dict[str, list[StoredItem]]

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
LEAVES = (
    TEXTS
    | st.integers(-(10**12), 10**12)
    | st.booleans()
    | st.none()
    | st.floats(-1e9, 1e9, allow_nan=False)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)


class Plainly:
    """Calls everything as the data does."""

    def table(self, name: str) -> str:
        return name

    def column(self, table: str, name: str) -> str:
        return name

    def choice(self, value: str) -> str:
        return value


class Room:
    """Items in force, for whoever only reads."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def items(self, kind: str) -> Sequence[StoredItem]:
        return self._items.get(kind, [])


def of_seed(folder: Path) -> Items:
    seed = read_seed(folder)
    items = {
        kind.name: [
            StoredItem(ItemName(kind.name, key), plain(noun), (kind.name, key) not in seed.off)
            for key, noun in kind.by_key(kind.offered(seed)).items()
        ]
        for kind in SEED_KINDS
    }
    replies = yaml.safe_load((folder / "canned.yml").read_text())["replies"]
    items["canned"] = [
        StoredItem(
            ItemName("canned", f"{number:032x}"),
            {**{name: reply[name] for name in ("title", "category", "text")},
             "id": f"{number:032x}", "active": True},
            True,
        )
        for number, reply in enumerate(replies)
    ]  # fmt: skip
    return items


@pytest.fixture(scope="module")
def seeded() -> Items:
    return of_seed(DATA)


def read_back(
    tables: Mapping[str, list[list[Any]]], stored: Items
) -> tuple[list[Any], list[FileProblem]]:
    reader = GridReader(Plainly())
    found = [reader.read(Grid(name, enumerate(rows, 1))) for name, rows in tables.items()]
    known = {kind: {item.item.key: item for item in items} for kind, items in stored.items()}
    assembler = Assembler([table for table in found if table], known, Plainly())
    items = assembler.items()
    return items, [*reader.problems, *assembler.problems]


def sheets_of(items: Items) -> dict[str, list[list[Any]]]:
    return {
        name: [[column.name for column in table.columns], *rows]
        for name, (table, rows) in rows_of(items).items()
    }


def test_every_kind_comes_back_from_tables_unchanged(seeded: Items) -> None:
    items, problems = read_back(sheets_of(seeded), seeded)
    assert problems == []
    assert {one.item.kind for one in items} == set(KINDS)
    assert {one.state for one in plan(items, seeded)} == {ItemState.SAME}
    new, problems = read_back(sheets_of(seeded), {})
    assert problems == []
    before = {item.item: item.document for of_kind in seeded.values() for item in of_kind}
    assert {one.item: one.document for one in new} == before


def test_a_sheet_of_one_list_alone_changes_that_list_only(seeded: Items) -> None:
    rows = sheets_of(seeded)["permit_stages"]
    rows = [rows[0], *(row for row in rows[1:] if row[0] == "PBG")][:-1]
    items, problems = read_back({"permit_stages": rows}, seeded)
    assert problems == []
    [one] = [one for one in plan(items, seeded) if one.state is ItemState.CHANGED]
    assert one.item.key == "PBG" and [change.field for change in one.fields] == ["stages"]


def test_columns_that_are_left_out_keep_what_is_in_force(seeded: Items) -> None:
    rows = [["key", "topic", "question", "answer", "checked_on"]]
    first = seeded["faq"][0].document
    rows.append([first["key"], first["topic"], first["question"], "Baru.", first["checked_on"]])
    items, problems = read_back({"faq": rows}, seeded)
    assert problems == []
    [one] = [one for one in plan(items, seeded) if one.state is ItemState.CHANGED]
    assert [change.field for change in one.fields] == ["answer"]


@given(TEXTS)
def test_every_text_comes_back_from_a_cell(text: str) -> None:
    cell = cells.text_cell(text)
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert cells.cell_text(cell) == text


@given(st.lists(TEXTS))
def test_every_list_comes_back_from_a_cell(items: list[str]) -> None:
    assert cells.cell_list(cells.list_cell(items)) == items


@given(LEAVES)
def test_every_value_comes_back_from_a_cell_of_any_kind(value: Any) -> None:
    cell = cells.leaf_cell(value)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        assert cells.cell_leaf(cells.number_text(cell)) == value
    assert cells.cell_leaf(cell) == value


@given(st.dictionaries(TEXTS, VALUES, min_size=1))
def test_every_outline_comes_back_from_paths(value: dict[str, Any]) -> None:
    for name, inner in value.items():
        found = list(leaves({"root": {name: inner}}, ""))
        assert grown(found) == {"root": {name: inner}}


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("30/11/2026", "2026-11-30"), ("2026-11-30", "2026-11-30"), ("5 Mei 2026", "2026-05-05"),
     ("21 Nov 2026", "2026-11-21"), ("1-Agu-2026", "2026-08-01"), (" 2 Des. 2026 ", "2026-12-02")],
)  # fmt: skip
def test_days_are_read_as_people_write_them(cell: str, meant: str) -> None:
    assert cells.read(cell, Column("day", "day")) == meant


@pytest.mark.parametrize(
    ("cell", "meant"), [("1.500.000", 1500000), ("Rp 2.500,-", 2500), (7.0, 7), ("12", 12)]
)
def test_whole_numbers_are_read_as_people_write_them(cell: Any, meant: int) -> None:
    assert cells.read(cell, Column("n", "whole")) == meant


@pytest.mark.parametrize("kind", ["leaf", "number"])
def test_a_number_typed_as_text_is_never_a_thousand_times_another(kind: str) -> None:
    column = Column("index", kind)
    assert cells.read("0.005", column) == 0.005
    assert cells.read("1,135", column) == 1.135
    assert cells.read("15.000.000", column) == 15_000_000
    with pytest.raises(cells.Unreadable) as refused:
        cells.read("1.135", column)
    assert refused.value.code == "two_numbers"
    assert refused.value.values == {"value": "1.135", "part": "1,135", "whole": "1135"}


def test_a_database_as_it_was_seeded_gives_the_same_files(seeded: Items) -> None:
    for path, content in export_folder(DATA, Room(seeded)).items():
        assert content == (DATA / path).read_bytes(), path


def edited(seeded: Items) -> Items:
    items = copy.deepcopy(seeded)

    def change(kind: str, key: str, live: bool = True, **new: Any) -> None:
        for place, item in enumerate(items[kind]):
            if item.item.key == key:
                document = item.document
                document = {**document, **new} if isinstance(document, dict) else [key, new["to"]]
                items[kind][place] = replace(item, document=document, live=live)

    def add(kind: str, key: str, document: Any, live: bool = True) -> None:
        items[kind].append(StoredItem(ItemName(kind, key), document, live))

    faq = items["faq"][0].document
    change("faq", "nib_unduh", answer="Baris: satu # dua\n\n3. tiga", variants=["a, b", "c: d"])
    change("faq", "nib_cabut", live=False)
    change("faq", "kbli_apa", topic="topik_baru", checked_on="2027-01-05")
    add("faq", "baru", {**faq, "key": "baru", "topic": "nib_kbli", "valid_until": "2027-02-01"})
    pbg = next(item.document for item in items["permit"] if item.item.key == "PBG")
    pbg["requirements"].pop()
    pbg["stages"][0]["working_days"] = 9
    pbg["fee"]["note"] = None
    change("permit", "AIR_TANAH", live=False, variants=[], note="Catatan", checked_on="2027-01-02")
    add("permit", "BARU", {**copy.deepcopy(pbg), "code": "BARU", "synonyms": ["serba baru"],
                           "former_names": []}, False)  # fmt: skip
    table = next(item.document for item in items["fee_table"] if item.item.key == "pbg")
    table[1]["If"]["usaha"] = 0.75
    table[1]["baru"] = {"a": [1, {"b": None}]}
    change("status_label", "TERBIT", to="Sudah terbit")
    change("legacy_name", "IMB", code=None, note=None)
    office = items["office"][0].document
    office |= {"phone": None, "location": [-6.9, 109.6], "checked_on": "2027-02-03"}
    office["opening_hours"] = {"0": [["08:00:00", "14:00:00"]]}
    change("holiday", "2026-08-17", name="HUT RI", live=False)
    add("holiday", "2026-10-05", {"day": "2026-10-05", "name": "Hari jadi", "kind": "daerah"})
    add("place", "desa:Baru", {"name": "Baru", "kind": "desa", "synonyms": []}, False)
    change("unit", "DLH", live=False, active=False, contact="x")
    reply = items["canned"][2]
    changed = {**reply.document, "text": f"{reply.document['text']} Ya.", "active": False}
    items["canned"][2] = replace(reply, document=changed, live=False)
    return items


def test_what_was_edited_is_in_the_files_and_nothing_else_is_touched(
    seeded: Items, tmp_path: Path
) -> None:
    items = edited(seeded)
    files = export_folder(DATA, Room(items))
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    back = {one.item: (one.document, one.live) for one in read_folder(tmp_path, Room(items))}
    assert back == {
        one.item: (one.document, one.live) for of_kind in items.values() for one in of_kind
    }
    before = (DATA / "catalog/permits/PBG.yml").read_text().splitlines()
    after = files["catalog/permits/PBG.yml"].decode().splitlines()
    assert len([line for line in before if line not in after]) <= 5
    assert files["faq/akun_oss.yml"] == (DATA / "faq/akun_oss.yml").read_bytes()
    again = export_folder(tmp_path, Room(items))
    assert again == files


@settings(max_examples=50)
@given(VALUES, VALUES)
def test_a_yaml_file_can_be_made_to_say_anything(before: Any, after: Any) -> None:
    text = yaml.safe_dump({"a": before, "b": 1}, allow_unicode=True)
    wanted = {"a": after, "b": 1}
    assert yaml.safe_load(with_data(text, wanted)) == wanted
