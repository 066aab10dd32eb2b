"""The page of results, its pictures, and the table on the terminal."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .measure import HttpCost, Measurement, Scores
from .metrics import confusions
from .pictures import TEMPLATES, confusion_svg, reliability_svg
from .targets import targets

NOTHING = "–"
_WORST = 30


def write_page(
    measurements: Sequence[Measurement],
    http: HttpCost | None,
    notes: Sequence[str],
    folder: Path,
) -> Path:
    """Write ``nlu.md``, ``nlu.json`` and the pictures into ``folder`` and return the page.

    Args:
        notes: One sentence for each part that was left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = {one.subject.name: one for one in measurements if one.corpus.name == "own"}
    ours = own.get("ours")
    reached = targets(measurements, http.cpu_ms if http else {})
    page = TEMPLATES.get_template("page.md.j2").render(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=machine(),
        quality=quality_rows(measurements),
        cost=cost_rows(measurements, http),
        registers=register_rows(own),
        targets=[_verdict(asdict(one)) for one in reached],
        intents=_intent_rows(own),
        worst=confusions(ours.corpus.test, ours.clean.predictions)[:_WORST]
        if ours and ours.clean
        else [],
        notes=notes,
        pictures=bool(ours and ours.clean),
    )
    path = folder / "nlu.md"
    path.write_text(page, encoding="utf-8")
    figures = [_figures(one) for one in measurements]
    (folder / "nlu.json").write_text(
        json.dumps({"http": http and asdict(http), "measurements": figures}, indent=1) + "\n",
        encoding="utf-8",
    )
    if ours and ours.clean:
        _write_pictures(own, folder)
    return path


def _write_pictures(own: Mapping[str, Measurement], folder: Path) -> None:
    ours = own["ours"]
    if ours.clean is None:
        return
    pairs = [
        (one.intent, found.intent)
        for one, found in zip(ours.corpus.test, ours.clean.predictions, strict=True)
    ]
    picture = confusion_svg(pairs, "Tanya Izin, own evaluation set")
    (folder / "nlu-confusion.svg").write_text(picture, encoding="utf-8")
    curves = {
        f"{one.subject.title}{suffix}": scores.intents.bins
        for one in own.values()
        for suffix, scores in (("", one.clean), (", noised", one.noised))
        if scores
    }
    picture = reliability_svg(curves, "Own evaluation set")
    (folder / "nlu-reliability.svg").write_text(picture, encoding="utf-8")


def quality_rows(measurements: Sequence[Measurement]) -> list[list[str]]:
    """Return a row for each pipeline, corpus and state of the text."""
    rows = []
    for one in measurements:
        states = (("clean", one.clean), ("noised", one.noised))
        for state, scores in states:
            rows.append([one.corpus.title, one.subject.title, state, *_quality(scores)])
    return rows


def _quality(scores: Scores | None) -> list[str]:
    if scores is None:
        return [NOTHING] * 7
    intents = scores.intents
    return [
        _percent(intents.accuracy),
        _percent(intents.macro_f1),
        f"{intents.calibration_error:.3f}",
        NOTHING if intents.scope_auroc is None else f"{intents.scope_auroc:.3f}",
        _percent(intents.scope_f1),
        _percent(scores.permits and scores.permits.f1),
        _percent(scores.entities and scores.entities.f1),
    ]


def cost_rows(measurements: Sequence[Measurement], http: HttpCost | None) -> list[list[str]]:
    """Return a row for each pipeline and corpus with what parsing and training cost."""
    rows = []
    for one in measurements:
        trained = one.training
        there = http is not None and http.corpus == one.corpus.name
        over_http = http.cpu_ms.get(one.subject.name) if http and there else None
        rows.append(
            [
                one.corpus.title,
                one.subject.title,
                *([f"{ms:.2f}" for ms in one.cpu_ms] if one.cpu_ms else [NOTHING] * 2),
                NOTHING if over_http is None else f"{over_http:.2f}",
                *(
                    (f"{trained.cpu_s:,.0f}", f"{trained.peak_mb:,.0f}", f"{trained.model_mb:.1f}")
                    if trained
                    else [NOTHING] * 3
                ),
            ]
        )
    return rows


def register_rows(own: Mapping[str, Measurement]) -> list[list[str]]:
    """Return a row for each register: messages, our accuracy, stock's, clean and noised."""
    ours = own.get("ours")
    if ours is None or ours.clean is None:
        return []
    counts: dict[str, int] = {}
    for utterance in ours.corpus.test:
        counts[utterance.register] = counts.get(utterance.register, 0) + 1
    states = [
        scores.intents.registers if scores else {}
        for name in ("ours", "stock")
        for scores in ((own[name].clean, own[name].noised) if name in own else (None, None))
    ]
    return [
        [name, str(counts[name]), *(_percent(state.get(name)) for state in states)]
        for name in ours.clean.intents.registers
    ]


def _intent_rows(own: Mapping[str, Measurement]) -> list[list[str]]:
    scores = {name: one.clean.intents.f1 for name, one in own.items() if one.clean}
    if "ours" not in scores:
        return []
    return [
        [intent, _percent(f1), _percent(scores.get("stock", {}).get(intent))]
        for intent, f1 in scores["ours"].items()
    ]


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share * 100:.1f}"


def _verdict(target: dict[str, Any]) -> dict[str, Any]:
    words = {True: "reached", False: "**not reached**", None: "not measured"}
    return {
        **target,
        "measured": target["measured"] or NOTHING,
        "reached": words[target["reached"]],
    }


def _figures(one: Measurement) -> dict[str, Any]:
    found: dict[str, Any] = {
        "corpus": one.corpus.name,
        "subject": one.subject.name,
        "cpu_ms": one.cpu_ms,
        "training": None,
    }
    if one.training:
        kept = asdict(one.training)
        del kept["folder"]
        found["training"] = kept
    for state, scores in (("clean", one.clean), ("noised", one.noised)):
        if scores:
            found[state] = asdict(scores)
            del found[state]["predictions"]
    return _rounded(found)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def machine() -> str:
    """Return the machine in one line: processor, cores, memory, system, Python."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        pass
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{processor}, {os.cpu_count()} cores, {memory_gb:.0f} GB, "
        f"{platform.system()} {platform.release()}"
    )


def terminal_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under a head, columns aligned."""
    table = [list(head), *map(list, rows)]
    widths = [max(len(row[place]) for row in table) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
