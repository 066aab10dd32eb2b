"""The figures of a long conversation are comparable, told and published."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import long_conversation
from benchmarks.long_conversation import AROUND, REACH, TALK, Cost, Pair, markdown, pair_from, times
from benchmarks.published import publish


def cost(turn: int, cpu_ms: float, wall_ms: float) -> Cost:
    parts = {"rasa": cpu_ms / 2, "gateway": cpu_ms / 2, "ended": 0.0}
    return Cost(turn, 21, cpu_ms, parts, wall_ms, 51_200.0)


PAIRS = [Pair(cost(5, 60, 50), cost(5, 60, 50)), Pair(cost(500, 90, 80), cost(5, 75, 100))]


def messages_around(turn: int) -> list[str]:
    return [TALK[(said - 1) % len(TALK)] for said in range(turn - REACH, turn + REACH + 1)]


def test_the_same_messages_are_measured_at_every_place() -> None:
    assert AROUND == (5, 50, 500)
    assert {tuple(messages_around(turn)) for turn in AROUND} == {tuple(messages_around(5))}
    assert AROUND[0] - REACH > 1  # the first turn opens the conversation, which costs more


def test_the_measured_messages_open_and_interrupt_a_form() -> None:
    told = " ".join(messages_around(500))
    assert "lapor" in told and "batal" in told


def test_a_turn_is_compared_with_a_new_citizens_at_the_same_moment() -> None:
    assert times(PAIRS) == pytest.approx(1.2)
    table = markdown(PAIRS)
    assert "| 500 | 90.0 | 45.0 | 45.0 | 80 | 50.0 | 75.0 | 100 | 1.20 | 0.80 |" in table
    assert f"1.20 times the CPU time (at most {long_conversation.MOST_TIMES})" in table


def test_figures_come_back_from_json() -> None:
    assert [pair_from(asdict(pair)) for pair in PAIRS] == PAIRS


def test_figures_replace_those_of_the_run_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n<!-- x: written by make bench -->\nold\n<!-- x: end -->\n\n## B\n")
    publish("x", "new", page)
    publish("x", "newer", page)
    assert page.read_text() == (
        "# A\n\n<!-- x: written by make bench -->\n\nnewer\n\n<!-- x: end -->\n\n## B\n"
    )


def test_a_page_without_the_place_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n")
    with pytest.raises(ValueError, match="x"):
        publish("x", "new", page)


def test_the_page_of_benchmarks_has_the_place() -> None:
    from benchmarks.published import PAGE

    assert PAGE.read_text(encoding="utf-8").count("<!-- long conversation: end -->") == 1
