"""`python -m benchmarks.faq_search MODEL`: does a new answer reach who asks, and nobody else?

Publishes answers on topics that the model never saw (``benchmarks/faq/new_topics.yml``), sends
their paraphrases and unrelated messages through the real model and the real use cases, and counts
which published answer each was given. Beside it the same questions are put to our index alone and
to PostgreSQL's full text and trigram search, and an index of 10,000 answers is measured.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import psycopg
from tanya_language import EntityExtractor

from benchmarks.faq.assistant import INTENTS, Assistant, Told, Topic, topics, unrelated
from benchmarks.faq.rivals import Documents, Search, rivals
from izin.storage.seed_files import read_seed
from ops.embedded_postgres import EmbeddedPostgres
from ops.explain import read_archive
from ops.settings import CHECKOUT

MOST_FALSE = 0.002
"""Share of unrelated messages that a search alone may match, when its threshold is chosen."""

LARGE = 10_000


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and give the exit code: 1 when answers reach too few or too many."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faq_search")
    parser.add_argument("model", type=Path, help="archive of the language model")
    parser.add_argument("--massive", type=Path, help="file of MASSIVE, for unrelated messages")
    options = parser.parse_args(arguments)
    model, gazetteer = read_archive(options.model)
    seed = read_seed(CHECKOUT / "data")
    assistant = Assistant(model, EntityExtractor(model.normaliser, gazetteer), seed)
    new, others = topics(), unrelated(options.massive)
    print(f"{len(new)} new topics, {sum(len(one.asked) for one in new)} paraphrases, "
          f"{len(others)} unrelated messages\n")  # fmt: skip
    assistant.book.replace([*seed.faq, *(one.entry for one in new)])
    passed = report_answers(assistant, new, others)
    documents = [
        (entry.key, (entry.question, *entry.variants)) for entry in assistant.book.entries()
    ]
    report_searches(assistant, documents, new, others)
    report_large(assistant, documents, others)
    return 0 if passed else 1


def report_answers(assistant: Assistant, new: Sequence[Topic], others: Sequence[str]) -> bool:
    """Print what the whole assistant tells; says whether that is good enough."""
    print("| part | answered | by another entry | any intent forced | topics with 3 or more |")
    print("|---|---:|---:|---:|---:|")
    shares = []
    for part in ("choose", "report"):
        here = [one for one in new if one.part == part]
        told = [assistant.tell(text, one.entry.key) for one in here for text in one.asked]
        forced = [
            assistant.tell(text, one.entry.key, intent)
            for one in here for text in one.asked for intent in INTENTS
        ]  # fmt: skip
        three = sum(
            sum(_right(item) for item in told if item.want == one.entry.key) >= 3 for one in here
        )
        wrong = sum(item.key not in ("", item.want) for item in told)
        shares.append(_share(told))
        print(f"| {part} | {_share(told):.1%} | {wrong} of {len(told)} | {_share(forced):.1%} "
              f"| {three} of {len(here)} |")  # fmt: skip
    keys = {one.entry.key for one in new}
    false = [item for item in map(assistant.tell, others) if item.key in keys]
    print(f"\nFalse matches: {len(false)} of {len(others)} unrelated messages")
    for item in false:
        print(f"- {item.text!r} ({item.intent}): {item.key}")
    return min(shares) >= 0.5 and len(false) <= MOST_FALSE * len(others)


def _right(told: Told) -> bool:
    return told.key == told.want


def _share(told: Sequence[Told]) -> float:
    return sum(map(_right, told)) / len(told)


def report_searches(
    assistant: Assistant, documents: Documents, new: Sequence[Topic], others: Sequence[str]
) -> None:
    """Print how searches compare, each with the threshold that suits it best."""
    index = assistant.make_index(documents)
    normaliser = assistant.model.normaliser
    searches: dict[str, Search] = {
        "own index, telling words": lambda text: next(iter(index.asked(text, 1)), ("", 0.0)),
        "own index, n-gram cosine": lambda text: next(iter(index.search(text, 1)), ("", 0.0)),
    }
    print("\n| search alone | threshold | found (choose) | found (report) | false | ms |")
    print("|---|---:|---:|---:|---:|---:|")
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder), ephemeral=True) as dsn,
        psycopg.connect(dsn) as connection,
    ):
        searches |= rivals(connection, documents, lambda text: normaliser.normalise(text).text)
        for name, search in searches.items():
            print(_search_line(name, search, new, others))


def _search_line(name: str, search: Search, new: Sequence[Topic], others: Sequence[str]) -> str:
    keys = {one.entry.key for one in new}
    begun = time.perf_counter()
    false = sorted((score for key, score in map(search, others) if key in keys), reverse=True)
    each_ms = (time.perf_counter() - begun) * 1000 / len(others)
    allowed = int(MOST_FALSE * len(others))
    threshold = false[allowed] if len(false) > allowed else 0.0
    found = {}
    for part in ("choose", "report"):
        asked = [(text, one.entry.key) for one in new if one.part == part for text in one.asked]
        hits = [(search(text), key) for text, key in asked]
        found[part] = sum(hit[0] == key and hit[1] > threshold for hit, key in hits) / len(hits)
    matched = sum(score > threshold for score in false)
    return (
        f"| {name} | {threshold:.2f} | {found['choose']:.1%} | {found['report']:.1%} "
        f"| {matched} | {each_ms:.1f} |"
    )


def report_large(assistant: Assistant, documents: Documents, others: Sequence[str]) -> None:
    """Print what an index of 10,000 answers costs to build and to search."""
    chance = random.Random(10)
    words = [word for _, texts in documents for text in texts for word in text.split()]
    many = [
        (f"{number}", [" ".join(chance.choices(words, k=6)) for _ in range(4)])
        for number in range(LARGE)
    ]
    begun = time.process_time()
    index = assistant.make_index(many)
    built_s = time.process_time() - begun
    times = []
    for text in others[:300]:
        begun = time.process_time()
        index.search(text, 3)
        index.asked(text, 3)
        times.append((time.process_time() - begun) * 1000)
    print(f"\n{LARGE} answers with 4 texts each: built in {built_s:.1f} s of CPU, both searches "
          f"{median(times):.1f} ms (median), {max(times):.1f} ms at most")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
