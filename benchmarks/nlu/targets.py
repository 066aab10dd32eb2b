"""The figures that were to be reached, and whether they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .measure import Measurement

REGIONAL = ("jawa", "sunda", "banjar", "betawi")


@dataclass(frozen=True, slots=True)
class Target:
    """One figure: what was asked, what was measured (None when it was not), and the verdict."""

    what: str
    asked: str
    measured: str | None
    reached: bool | None


def targets(measurements: Sequence[Measurement], http_ms: Mapping[str, float]) -> list[Target]:
    """Return every target with its measured figure, in the order of the page."""
    ours = {one.corpus.name: one for one in measurements if one.subject.name == "ours"}
    return [
        *_own(ours.get("own")),
        *_massive(ours.get("massive-id")),
        _http(http_ms),
        *_cost(ours.get("own")),
    ]


def _own(own: Measurement | None) -> list[Target]:
    scores = own.clean if own else None
    intents = scores.intents if scores else None
    permits = scores.permits if scores else None
    regional = [
        share for name, share in (intents.registers if intents else {}).items() if name in REGIONAL
    ]
    return [
        _least("own evaluation set, intent accuracy", 0.92, intents and intents.accuracy),
        _least("own evaluation set, macro-F1", 0.90, intents and intents.macro_f1),
        _least("its lowest regional register", 0.85, min(regional, default=None)),
        _least("its out-of-scope F1", 0.80, intents and intents.scope_f1),
        _least("its permit F1", 0.93, permits and permits.f1),
        _most("its expected calibration error", 0.04, intents and intents.calibration_error),
    ]


def _massive(full: Measurement | None) -> list[Target]:
    clean = full.clean.intents if full and full.clean else None
    noised = full.noised.intents if full and full.noised else None
    return [
        _least("MASSIVE id-ID, all training data", 0.86, clean and clean.accuracy),
        _least("the same, noised", 0.835, noised and noised.accuracy),
        _most("its expected calibration error", 0.04, clean and clean.calibration_error),
    ]


def _http(http_ms: Mapping[str, float]) -> Target:
    what, asked = "CPU of a parse over HTTP, as a share of stock's", "≤ 1/6"
    if not {"ours", "stock"} <= set(http_ms):
        return Target(what, asked, None, None)
    ratio = http_ms["stock"] / http_ms["ours"]
    return Target(what, asked, f"1/{ratio:.1f}", ratio >= 6)


def _cost(own: Measurement | None) -> list[Target]:
    training = own.training if own else None
    figures = (
        ("training on our data, CPU", "≤ 30 s", 30, training and training.cpu_s, "s"),
        ("its peak memory", "≤ 500 MB", 500, training and training.peak_mb, "MB"),
        ("the model", "≤ 15 MB", 15, training and training.model_mb, "MB"),
    )
    return [
        Target(
            what,
            asked,
            None if found is None else f"{found:.1f} {unit}",
            None if found is None else found <= limit,
        )
        for what, asked, limit, found, unit in figures
    ]


def _least(what: str, limit: float, found: float | None) -> Target:
    if found is None:
        return Target(what, f"≥ {limit:.3g}", None, None)
    return Target(what, f"≥ {limit:.3g}", f"{found:.3f}", found >= limit)


def _most(what: str, limit: float, found: float | None) -> Target:
    if found is None:
        return Target(what, f"≤ {limit:.3g}", None, None)
    return Target(what, f"≤ {limit:.3g}", f"{found:.3f}", found <= limit)
