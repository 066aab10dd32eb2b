"""Training files as Rasa reads them; stock Rasa gets names annotated, for it learns only those."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from tanya_language import EntityExtractor, Gazetteer, Lexicon, Normaliser

from nlu.components.gazetteer_source import read_gazetteer

#: Kinds of entities a span tagger can learn; the rest are figures that need a grammar.
LEARNT = frozenset({"izin", "tempat", "profesi"})
_ANY_DAY = date(2026, 1, 5)
_MARKUP = re.compile(r"[\[\]{}]")


def rasa_file(
    examples: Iterable[tuple[str, str]], annotate: Callable[[str], str] | None = None
) -> str:
    """Return examples as a Rasa training file (format 3.1), intents and texts in order.

    Args:
        annotate: Puts entities into a text in Rasa's markup.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for text, intent in examples:
        plain = _MARKUP.sub(" ", " ".join(text.split()))
        texts[intent].append(annotate(plain) if annotate else plain)
    lines = ['version: "3.1"', "", "nlu:"]
    for intent in sorted(texts):
        lines += [f"- intent: {intent}", "  examples: |"]
        lines += [f"    - {text}" for text in texts[intent]]
    return "\n".join(lines) + "\n"


class NameAnnotator:
    """Marks the names our own extractor finds, each with its value as a synonym.

    Our training examples carry no annotations, as names come from the catalogue. Without these
    marks stock Rasa would find no entity at all.
    """

    def __init__(self, root: Path) -> None:
        normaliser = Normaliser(Lexicon.load(root / "data" / "lexicon"))
        gazetteer = Gazetteer.from_dict(read_gazetteer(root / "data"))
        self._extractor = EntityExtractor(normaliser, gazetteer)

    def __call__(self, text: str) -> str:
        """Return ``text`` with Rasa's markup around each name."""
        marked, last = [], 0
        for start, end, name, value in self._names(text):
            marked += [text[last:start], f'[{text[start:end]}]{{"entity": "{name}"{value}}}']
            last = end
        return "".join([*marked, text[last:]])

    def _names(self, text: str) -> Sequence[tuple[int, int, str, str]]:
        found, last = [], 0
        for entity in sorted(self._extractor.extract(text, _ANY_DAY), key=lambda one: one.start):
            if entity.entity in LEARNT and entity.start >= last:
                value = "" if entity.value is None else f', "value": "{entity.value}"'
                found.append((entity.start, entity.end, entity.entity, value))
                last = entity.end
        return found
