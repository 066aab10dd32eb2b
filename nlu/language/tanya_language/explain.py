"""What the language package sees in a text: tokens, entities, intents, n-grams."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from .entities import EntityExtractor
from .gazetteer import Gazetteer
from .lexicon import Lexicon
from .model import LinearModel
from .normaliser import Normaliser
from .questions import split_questions


def explained(
    text: str,
    extractor: EntityExtractor,
    model: LinearModel | None,
    today: date,
    *,
    intents: int = 3,
    ngrams: int = 8,
) -> dict[str, Any]:
    """Return tokens, entities, top intents with their weightiest n-grams, and questions.

    Without a model only tokens and entities are given. The result is ready for JSON.
    """
    message = extractor.normaliser.normalise(text)
    result: dict[str, Any] = {
        "text": text,
        "normalised": message.text,
        "tokens": [
            {"text": t.text, "raw": raw, "start": t.start, "end": t.end}
            for t, raw in zip(message.tokens, message.raw, strict=True)
        ],
        "entities": [
            {
                "entity": e.entity,
                "value": e.value,
                "start": e.start,
                "end": e.end,
                "raw": e.raw,
                "confidence": e.confidence,
                "candidates": list(e.candidates),
            }
            for e in extractor.extract(text, today)
        ],
    }
    if model is not None:
        result["intents"] = [
            {
                "intent": intent,
                "confidence": round(confidence, 4),
                "ngrams": [[g, round(w, 4)] for g, w in model.explain(text, intent, ngrams)],
            }
            for intent, confidence in model.rank(text)[:intents]
        ]
        result["questions"] = [
            {
                "intent": q.intent,
                "confidence": round(q.confidence, 4),
                "entities": [[e.entity, e.value] for e in q.entities],
                "start": q.start,
                "end": q.end,
            }
            for q in split_questions(text, model, extractor, today)
        ]
    return result


def main(arguments: list[str] | None = None) -> int:
    """Print the explanation of a text as JSON; ``--help`` lists the options."""
    parser = argparse.ArgumentParser(prog="python -m tanya_language.explain")
    parser.add_argument("text")
    parser.add_argument("--lexicon", type=Path, default=Path("data/lexicon"))
    parser.add_argument("--gazetteer", type=Path, help="snapshot (JSON) of the names to find")
    parser.add_argument("--model", type=Path, help="folder of a trained model")
    parser.add_argument("--today", type=date.fromisoformat, default=None)
    chosen = parser.parse_args(arguments)
    model = LinearModel.load(chosen.model) if chosen.model else None
    normaliser = model.normaliser if model else Normaliser(Lexicon.load(chosen.lexicon))
    content = json.loads(chosen.gazetteer.read_text("utf-8")) if chosen.gazetteer else {}
    extractor = EntityExtractor(normaliser, Gazetteer.from_dict(content))
    today = chosen.today or date.today()  # noqa: DTZ011
    result = explained(chosen.text, extractor, model, today)
    json.dump(result, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
