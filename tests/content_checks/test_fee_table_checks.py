from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest

from izin.content import FEE_TABLE, Problem
from izin.content_checks.fee_table import check
from izin.errors import InvalidInput
from izin.fee_examples import AMOUNT_KEYS, INPUTS, check_examples, work_out
from izin.fee_parameters import GROUPS, parameters
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.usecases.check_fee_examples import check_fee_examples
from izin.wording import Wording
from tests.content_checks.office_content import OfficeContent, nouns

EVERYTHING = OfficeContent()
WORDING = Wording()


def table(name: str) -> dict[str, Any]:
    """Give a table of the office, free to be changed."""
    return deepcopy(nouns(FEE_TABLE)[name][1])


def found(name: str, content: dict[str, Any]) -> list[Problem]:
    problems = list(check((name, content), EVERYTHING))
    for problem in problems:
        assert WORDING.say(f"content.problem.{problem.code}", **(problem.values or {}))
    return problems


@pytest.mark.parametrize("name", list(AMOUNT_KEYS))
def test_the_tables_of_the_office_are_sound(name: str) -> None:
    assert found(name, table(name)) == []


def test_every_example_of_the_catalogue_comes_out() -> None:
    tables = dict(nouns(FEE_TABLE).values())
    results = check_fee_examples(MemoryCatalogue(fee_tables=tables))
    assert len(results) == 10 and all(result.comes_out for result in results)


def test_a_changed_price_shows_every_example_it_moves() -> None:
    content = table("pbg")
    content["example_parameters"]["SHST"] = 6_000_000
    problems = found("pbg", content)
    assert {one.code for one in problems} == {"fee_example_differs"}
    first = problems[0]
    assert first.field == "1.examples.0.retribusi_idr" and not first.warning
    said = WORDING.say(f"content.problem.{first.code}", **(first.values or {}))
    assert "Rp445.500" in said and "Rp486.000" in said
    # A house of worship pays nothing at any price.
    assert len(problems) == len(content["examples"]) - 1


@pytest.mark.parametrize(
    ("name", "path", "value", "code"),
    [
        ("pbg", ("example_parameters", "Ilo"), 0.05, "fee_out_of_range"),
        ("pbg", ("If", "usaha"), 1.5, "fee_out_of_range"),
        ("pbg", ("If", "usaha"), "banyak", "fee_no_number"),
        ("pbg", ("bobot", "ketinggian"), 0.6, "fee_weights"),
        ("reklame", ("tarif",), 0.3, "fee_out_of_range"),
        ("reklame", ("faktor_lokasi", "kelas_I"), -1, "fee_out_of_range"),
        ("pajak_daerah", ("jenis", "jasa_parkir", "tarif_maks"), 0.2, "fee_out_of_range"),
        ("pajak_daerah", ("jenis", "hiburan_malam", "tarif_min"), 0.8, "fee_least_above_most"),
        ("pajak_daerah", ("jenis", "hiburan", "izin"), "BIOSKOP", "fee_unknown_permit"),
    ],
)
def test_figures_beyond_what_can_be_are_told_beside_them(name, path, value, code) -> None:
    content = table(name)
    holder = content
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    assert ("1." + ".".join(path), code) in [(one.field, one.code) for one in found(name, content)]


def test_a_missing_figure_or_storey_is_told() -> None:
    content = table("pbg")
    del content["Fm"]["negara"]
    del content["koefisien_jumlah_lantai"]["2"]
    codes = {one.code for one in found("pbg", content)}
    assert {"fee_part_missing", "fee_storeys", "fee_example_impossible"} <= codes


def test_examples_are_named_complete_and_said() -> None:
    content = table("reklame")
    good = content["examples"][0]
    content["examples"] = [
        {**good, "name": ""}, {**good, "inputs": {**good["inputs"], "jenis": "balon"}},
        {"name": "lama", "pajak_idr": 1}, {"name": "x", "inputs": good["inputs"]},
    ]  # fmt: skip
    assert [(one.code, one.field, one.warning) for one in found("reklame", content)] == [
        ("fee_example_nameless", "1.examples.0.name", False),
        ("fee_example_impossible", "1.examples.1.inputs.jenis", False),
        ("fee_example_unchecked", "1.examples.2", True),
        ("fee_example_unsaid", "1.examples.3.pajak_idr", False),
    ]
    assert [one.code for one in found("reklame", {**content, "examples": []})] == ["fee_no_example"]


@pytest.mark.parametrize("name", list(AMOUNT_KEYS))
def test_no_wrong_input_ever_breaks_the_calculation(name: str) -> None:
    content = table(name)
    (good, *_) = [example["inputs"] for example in content["examples"]]
    for field in INPUTS[name]:
        for wrong in ("", "abc", "-1", "NaN", "1e400", {}, None):
            with suppress(InvalidInput):
                work_out(name, content, {**good, field: wrong})
    assert all(result.fault for result in check_examples(name, {"examples": content["examples"]}))


def test_a_contracted_billboard_and_a_cellar_can_be_examples() -> None:
    assert work_out("reklame", table("reklame"), {"nilai_kontrak": 4_000_000}) == {
        "NSR": 4_000_000, "pajak_idr": 1_000_000,
    }  # fmt: skip
    inputs = {"fungsi": "usaha", "klasifikasi": "tidak_sederhana", "luas": 100, "lantai": 2}
    above = work_out("pbg", table("pbg"), inputs)
    below = work_out("pbg", table("pbg"), {**inputs, "basemen_luas": 50, "basemen_lapis": 1})
    assert below["retribusi_idr"] > above["retribusi_idr"]


@pytest.mark.parametrize("name", list(GROUPS))
def test_every_figure_can_be_found_in_the_table(name: str) -> None:
    figures = list(parameters(name, table(name)))
    assert figures and all(figure.value is not None for figure in figures)
