from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.nlu.measure import HttpCost, Measurement, measure
from benchmarks.nlu.metrics import Bin
from benchmarks.nlu.page import NOTHING, terminal_table, write_page
from benchmarks.nlu.pictures import confusion_svg, reliability_svg
from benchmarks.nlu.runs import Runs
from benchmarks.nlu.targets import targets

from .pipelines import CORPUS, fake_subject

ROOT = Path(__file__).parents[2]
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def ours(tmp_path: Path) -> Measurement:
    return measure(fake_subject(tmp_path), CORPUS, Runs(ROOT, tmp_path / "runs"), ROOT)


def test_the_page_shows_figures_pictures_and_what_was_left_out(
    tmp_path: Path, ours: Measurement
) -> None:
    stock = Measurement(fake_subject(tmp_path, "stock"), CORPUS)

    page = write_page(
        [ours, stock], HttpCost("own", {"ours": 0.9}), ["MASSIVE is left out."], tmp_path / "docs"
    )

    text = page.read_text(encoding="utf-8")
    assert "| Own data | Pipeline ours | clean | 50.0 |" in text
    assert f"| Own data | Pipeline stock | clean | {NOTHING} |" in text
    assert "MASSIVE is left out." in text
    assert "| di_luar_topik | sapa | 1 |" in text
    assert "**not reached**" in text
    kept = json.loads((tmp_path / "docs" / "nlu.json").read_text(encoding="utf-8"))
    assert kept["measurements"][0]["clean"]["intents"]["accuracy"] == 0.5
    for name in ("nlu-confusion.svg", "nlu-reliability.svg"):
        assert name in text
        ElementTree.parse(tmp_path / "docs" / name)  # noqa: S314 - written a line above


def test_a_page_without_own_data_has_no_pictures(tmp_path: Path) -> None:
    page = write_page([], None, ["Own data are left out."], tmp_path)

    assert "svg" not in page.read_text(encoding="utf-8")
    assert "not measured" in page.read_text(encoding="utf-8")


def test_a_cell_of_the_confusion_picture_counts_its_messages() -> None:
    drawn = ElementTree.fromstring(  # noqa: S314
        confusion_svg([("a", "a"), ("a", "b"), ("a", "a")], "judul <1>")
    )

    titles = [one.text for one in drawn.iter(f"{_SVG}title")]
    assert "a -> a: 2 of 3" in titles
    assert "a -> b: 1 of 3" in titles
    assert titles[0] == "judul <1>"


def test_a_perfect_bin_lies_on_the_diagonal_of_the_reliability_plot() -> None:
    drawn = ElementTree.fromstring(  # noqa: S314
        reliability_svg({"ours": [Bin(5, 0.5, 0.5), Bin(5, 1.0, 1.0)]}, "judul")
    )

    dots = [(one.get("cx"), one.get("cy")) for one in drawn.iter(f"{_SVG}circle")]
    assert dots == [("210.0", "200.0"), ("370.0", "40.0")]


def test_targets_say_reached_missed_or_not_measured(ours: Measurement) -> None:
    verdicts = {one.what: one for one in targets([ours], {"ours": 1.0, "stock": 8.0})}

    assert verdicts["own evaluation set, intent accuracy"].reached is False
    assert verdicts["training on our data, CPU"].reached is True
    assert verdicts["MASSIVE id-ID, all training data"].reached is None
    over_http = verdicts["CPU of a parse over HTTP, as a share of stock's"]
    assert (over_http.measured, over_http.reached) == ("1/8.0", True)
    assert not any(
        one.reached for one in targets([ours], {"ours": 1.0, "stock": 5.9}) if "HTTP" in one.what
    )


def test_the_terminals_table_is_aligned() -> None:
    assert terminal_table(["a", "bb"], [["ccc", "d"]]) == "a    bb\nccc  d"
