from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.nlu.gate import Baseline, Figures, falls

BASELINE = Baseline(Figures(0.95, 0.97, {"sapa": 1.0, "tanya_biaya": 0.9}), 0.01, 0.05)


def test_what_was_reached_passes() -> None:
    assert falls(BASELINE, BASELINE.figures) == []


def test_a_fall_within_tolerance_passes() -> None:
    measured = Figures(0.941, 0.961, {"sapa": 0.96, "tanya_biaya": 0.851})

    assert falls(BASELINE, measured) == []


@pytest.mark.parametrize(
    ("measured", "complaint"),
    [
        (replace(BASELINE.figures, accuracy=0.93), "accuracy"),
        (replace(BASELINE.figures, permit_f1=0.95), "permit F1"),
        (replace(BASELINE.figures, f1={"sapa": 0.94, "tanya_biaya": 1.0}), "F1 of sapa"),
        (replace(BASELINE.figures, f1={"sapa": 1.0}), "F1 of tanya_biaya: not in"),
    ],
)
def test_a_greater_fall_is_named(measured: Figures, complaint: str) -> None:
    (line,) = falls(BASELINE, measured)

    assert line.startswith(complaint)


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    BASELINE.write(path)

    assert Baseline.read(path) == BASELINE


@pytest.mark.parametrize("content", ["", "[]", '{"figures": {"accuracy": 1}}'])
def test_a_damaged_baseline_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)

    with pytest.raises(ValueError, match="no baseline"):
        Baseline.read(path)
