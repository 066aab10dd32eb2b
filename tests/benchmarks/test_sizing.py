"""What an office needs follows from the CPU time of a turn."""

from __future__ import annotations

import pytest

from benchmarks.sizing import POPULATIONS, Habits, size, table

CPU = {"gateway": 10.0, "rasa": 5.0, "actions": 5.0, "postgres": 5.0}


def test_twice_the_citizens_write_twice_as_much() -> None:
    one, two = size(1_000_000, CPU), size(2_000_000, CPU)
    assert two.turns_a_month == 2 * one.turns_a_month == 480_000
    assert two.turns_a_second == pytest.approx(2 * one.turns_a_second)


def test_cores_and_processes_carry_the_rush_with_room_to_spare() -> None:
    habits = Habits(writers=1.0, turns=1, busiest_hour=0.1, rush=1.0)
    needed = size(3_600_000, CPU, habits)  # 100 turns a second
    assert needed.turns_a_second == pytest.approx(100)
    assert needed.cores == 5  # 2.5 busy cores at half
    assert needed.processes == {"gateway": 2, "rasa": 1, "actions": 1, "postgres": 1}


def test_every_population_has_its_row() -> None:
    rows = [line for line in table(CPU).splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(POPULATIONS)
    assert rows[-1].startswith("| 10,000,000 | 2,400,000 |")
