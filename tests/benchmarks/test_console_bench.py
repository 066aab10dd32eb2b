"""The console's benchmark fills a database and measures every page; times are not judged here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.console.__main__ import measure
from benchmarks.console.live import EVENT, Waits
from benchmarks.console.pages import PAGES, Timing
from benchmarks.console.report import Figures, markdown
from benchmarks.console.texts import answers, citizens
from benchmarks.console.world import FULL, SMALL


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    return measure(small=True)


def test_a_small_run_measures_every_page(figures: Figures) -> None:
    assert figures.rows["conversations"] == SMALL.conversations
    assert {item.name for item in figures.pages} == {page.name for page in PAGES}
    assert [item.path for item in figures.pages if item.status != 200] == []
    assert [item.lost for item in figures.waits if item.name == EVENT] == [0]


def test_the_page_of_figures_says_what_was_measured(figures: Figures) -> None:
    page = markdown(figures)
    assert all(f"| {item.name} |" in page for item in (*figures.pages, *figures.waits))
    assert "Memory of the console process" in page


def test_a_slow_page_and_a_lost_message_are_told() -> None:
    slow = Timing("slow one", "/slow", 200, (100.0, 250.0, 300.0), 40.0, 1.0)
    gone = Timing("gone one", "/gone", 404)
    lost = Waits("event", (10.0, 20.0), lost=1)
    told = Figures("today", {"turns": 2}, 1.0, [slow, gone], [lost], {"idle": 1, "afterwards": 2})
    page = markdown(told)
    assert not told.good
    assert "| slow one | `/slow` | 250 | 300 | 40 | 1 | **slow** |" in page
    assert "**answers 404**" in page
    assert "| event | 2 | 20 | 20 | 20 | 1 |" in page and "**not in time**" in page


def test_quick_pages_and_news_are_good() -> None:
    quick = Timing("quick one", "/quick", 200, (5.0, 6.0, 7.0), 1.0)
    news = Waits("event", (10.0, 20.0))
    told = Figures("today", {}, 0.0, [quick], [news], {"idle": 1, "afterwards": 2})
    assert told.good
    assert "all 1 pages are below it" in markdown(told)


def test_people_write_as_in_the_training_files() -> None:
    said = citizens()
    assert len(said) > 5_000
    assert not [sentence for sentence in said if "](" in sentence or "]{" in sentence]
    assert len(answers()) > 100


def test_the_full_world_is_as_large_as_asked() -> None:
    assert FULL.conversations == 50_000
    assert FULL.complaints == 20_000
    assert FULL.audit_entries == 200_000
