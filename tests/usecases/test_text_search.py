"""An index is renewed when its content changes; a large one beside the turns."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from izin.usecases.text_search import Documents, LiveIndex


class Titles:
    """An index that finds exactly the titles it was built from."""

    def __init__(self, documents: Documents) -> None:
        self.titles = [key for key, _ in documents]

    def search(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        return [(key, 1.0) for key in self.titles if key == query][:limit]

    asked = search


class Content:
    """Titles that change, and an index of them."""

    def __init__(self, built_at_once: int) -> None:
        self.titles, self.revision = ["satu"], 1
        self.may_build = threading.Event()
        self.may_build.set()
        self.built = threading.Event()
        self.index = LiveIndex(self.make, lambda: self.revision, self.documents, built_at_once)

    def documents(self) -> Documents:
        return [(title, [title]) for title in self.titles]

    def make(self, documents: Documents) -> Titles:
        assert self.may_build.wait(10)
        self.built.set()
        return Titles(documents)

    def publish(self, title: str) -> None:
        self.titles.append(title)
        self.revision += 1
        self.built.clear()


def test_a_change_is_found_at_once() -> None:
    content = Content(built_at_once=10)
    assert content.index.search("dua", 1) == [] and content.index.search(" ", 1) == ()
    content.publish("dua")
    assert content.index.asked("dua", 1) == [("dua", 1.0)]


def test_a_large_index_is_built_beside_while_the_old_one_answers() -> None:
    content = Content(built_at_once=1)
    assert content.index.search("satu", 1)
    content.may_build.clear()
    content.publish("dua")
    assert content.index.search("satu", 1) and content.index.search("dua", 1) == []
    content.may_build.set()
    assert content.built.wait(10)
    while not content.index.search("dua", 1):
        assert content.built.is_set()


def test_the_first_index_can_be_prepared_beside() -> None:
    content = Content(built_at_once=1)
    content.may_build.clear()
    assert not content.index.warm()
    content.may_build.set()
    assert content.index.warm(10) and content.index.search("satu", 1)
    assert content.index.warm()
