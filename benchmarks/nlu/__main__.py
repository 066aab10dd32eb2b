"""``python -m benchmarks.nlu``: measure both pipelines and write ``docs/benchmarks/nlu.md``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .datasets import Corpus, massive_corpora, own_corpus
from .measure import HttpCost, Measurement, measure, measure_http
from .page import cost_rows, quality_rows, terminal_table, write_page
from .runs import Runs
from .subjects import Subject, SubjectAbsent, our_subject, stock_subject

ROOT = Path(__file__).resolve().parents[2]
_QUALITY = (
    *("data", "pipeline", "text", "accuracy", "macro-F1", "ECE"),
    *("OOS AUROC", "OOS F1", "permit F1", "entity F1"),
)
_COST = ("data", "pipeline", "ms p50", "ms p95", "ms HTTP", "train s", "peak MB", "model MB")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what can be measured here and say in a sentence what could not."""
    options = _parser().parse_args(arguments)
    notes: list[str] = []
    corpora = [one for one in _corpora(options.datasets, notes) if _wanted(one, options.corpus)]
    subjects = _subjects(options.only, notes)
    runs = Runs(ROOT, options.runs, execute=not options.stored)
    options.runs.mkdir(parents=True, exist_ok=True)
    # Ours first: minutes, while stock takes an hour.
    for subject in subjects:
        for corpus in corpora:
            measure(subject, corpus, runs, ROOT)
    measurements = [
        measure(subject, corpus, runs, ROOT) for corpus in corpora for subject in subjects
    ]
    notes += _unfinished(measurements)
    http = measure_http(measurements, options.runs, ROOT, execute=not options.stored)
    _show(measurements, http, notes)
    if options.only is None and not options.corpus:
        print(f"\n{write_page(measurements, http, notes, options.output)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.nlu", description=__doc__)
    parser.add_argument(
        "--datasets",
        type=Path,
        default=Path(os.environ["DATASETS"]) if os.environ.get("DATASETS") else None,
        help="folder that holds massive/massive_id-ID.tsv ... (default: $DATASETS)",
    )
    parser.add_argument("--only", choices=("ours", "stock"), help="one pipeline; writes no page")
    parser.add_argument("--corpus", action="append", help="one corpus; writes no page")
    parser.add_argument("--stored", action="store_true", help="run nothing, use what is stored")
    parser.add_argument("--runs", type=Path, default=ROOT / "var" / "bench-nlu")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks")
    return parser


def _wanted(corpus: Corpus, names: Sequence[str] | None) -> bool:
    return not names or corpus.name in names


def _corpora(datasets: Path | None, notes: list[str]) -> list[Corpus]:
    found = []
    own = own_corpus(ROOT)
    if own:
        found.append(own)
    else:
        notes.append("Own data are left out: data/evaluation holds no utterances.")
    massive = list(massive_corpora(datasets)) if datasets else []
    if not massive:
        where = f"{datasets} holds none of it" if datasets else "DATASETS names no folder"
        notes.append(f"MASSIVE is left out: {where}.")
    return [*found, *massive]


def _subjects(only: str | None, notes: list[str]) -> list[Subject]:
    ways: dict[str, Callable[[Path], Subject]] = {"ours": our_subject, "stock": stock_subject}
    found = []
    for name, make in ways.items():
        if only in (None, name):
            try:
                found.append(make(ROOT))
            except SubjectAbsent as absent:
                notes.append(str(absent))
    return found


def _unfinished(measurements: Sequence[Measurement]) -> list[str]:
    """One sentence on what could be measured here but has not been run."""
    left = [
        f"{one.subject.title} on {one.corpus.title}"
        for one in measurements
        if one.noised is None and (one.subject.name == "ours" or one.corpus.for_stock)
    ]
    return [f"Not measured, as its run has not ended: {'; '.join(left)}."] if left else []


def _show(measurements: Sequence[Measurement], http: HttpCost | None, notes: Sequence[str]) -> None:
    print()
    print(terminal_table(_QUALITY, quality_rows(measurements)))
    print()
    print(terminal_table(_COST, cost_rows(measurements, http)))
    for note in notes:
        print(note)


if __name__ == "__main__":
    sys.exit(main())
