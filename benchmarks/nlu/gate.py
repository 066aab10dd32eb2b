"""Holds the language model to a committed baseline.

``python -m benchmarks.nlu.gate`` trains once and prints what fell below
``tests/nlu/evaluation_baseline.json``; with ``--write`` the present figures become the baseline.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tanya_language import EntityExtractor, Gazetteer, Lexicon, LinearModel, Normaliser
from tanya_language.evaluation import Figures, figures, read_sentences, understand_all
from tanya_language.training import train_classifier

from nlu.components.gazetteer_source import read_gazetteer

from .datasets import read_examples

ROOT = Path(__file__).resolve().parents[2]
BASELINE = ROOT / "tests" / "nlu" / "evaluation_baseline.json"
EVALUATION = ROOT / "data" / "evaluation"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Figures once reached, and how far below them is still accepted.

    Attributes:
        accuracy_tolerance: For the accuracy and the permits' F1.
        f1_tolerance: For each intent. Wider, as an intent has few messages.
    """

    figures: Figures
    accuracy_tolerance: float
    f1_tolerance: float

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Return the baseline in a file.

        Raises:
            ValueError: It is not one.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                Figures(**content["figures"]),
                float(content["accuracy_tolerance"]),
                float(content["f1_tolerance"]),
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is no baseline: {error}") from error

    def write(self, path: Path) -> None:
        """Put the baseline into a file, figures to four places."""
        content = asdict(self)
        figures = content["figures"]
        figures["f1"] = {name: round(value, 4) for name, value in sorted(figures["f1"].items())}
        for name in ("accuracy", "permit_f1"):
            figures[name] = round(figures[name], 4)
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def measured_figures(model: LinearModel, extractor: EntityExtractor, folder: Path) -> Figures:
    """Return the watched figures of a trained model on an evaluation set."""
    sentences = read_sentences(folder)
    found = understand_all(model, extractor, sentences, datetime.now(UTC).date())
    return figures(sentences, found)


def falls(baseline: Baseline, measured: Figures) -> list[str]:
    """Return a line for each figure that fell by more than is tolerated, or is missing."""
    wanted = baseline.figures
    watched = [
        ("accuracy", wanted.accuracy, measured.accuracy, baseline.accuracy_tolerance),
        ("permit F1", wanted.permit_f1, measured.permit_f1, baseline.accuracy_tolerance),
        *(
            (f"F1 of {intent}", before, measured.f1.get(intent), baseline.f1_tolerance)
            for intent, before in sorted(wanted.f1.items())
        ),
    ]
    return list(_fallen(watched))


def _fallen(watched: Iterable[tuple[str, float, float | None, float]]) -> Iterable[str]:
    for name, before, now, tolerance in watched:
        if now is None:
            yield f"{name}: not in the evaluation set any more"
        elif now < before - tolerance:
            yield f"{name}: {now:.3f}, baseline {before:.3f}, tolerated {tolerance:.3f} less"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare with the baseline, or write it; exit status 1 when something fell."""
    parser = argparse.ArgumentParser(prog="benchmarks.nlu.gate", description=__doc__)
    parser.add_argument("--write", action="store_true", help="make these figures the baseline")
    parser.add_argument("--accuracy-tolerance", type=float, default=0.01)
    parser.add_argument("--f1-tolerance", type=float, default=0.07)
    options = parser.parse_args(arguments)
    normaliser = Normaliser(Lexicon.load(ROOT / "data" / "lexicon"))
    extractor = EntityExtractor(normaliser, Gazetteer.from_dict(read_gazetteer(ROOT / "data")))
    model = train_classifier(read_examples(ROOT / "data" / "rasa" / "nlu"), normaliser)
    measured = measured_figures(model, extractor, EVALUATION)
    print(f"accuracy {measured.accuracy:.4f}, permit F1 {measured.permit_f1:.4f}")
    if options.write:
        Baseline(measured, options.accuracy_tolerance, options.f1_tolerance).write(BASELINE)
        print(f"written: {BASELINE}")
        return 0
    fallen = falls(Baseline.read(BASELINE), measured)
    print("\n".join(fallen) or "nothing fell below the baseline")
    return int(bool(fallen))


if __name__ == "__main__":
    sys.exit(main())
