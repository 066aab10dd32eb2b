"""Training examples and regression cases in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from izin.errors import Conflict, NotFound
from izin.learning import RegressionCase, TrainingExample, text_key


class MemoryLearning:
    """``izin.ports.learning.Learning`` in memory; decisions are not remembered."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._examples: dict[str, TrainingExample] = {}
        self._cases: dict[str, RegressionCase] = {}
        self._revision = 1

    def examples(self) -> Sequence[TrainingExample]:
        """Give the active examples in the order they were added."""
        return [item for item in self._examples.values() if item.active]

    def cases(self) -> Sequence[RegressionCase]:
        """Give the active regression cases in the order they were added."""
        return [item for item in self._cases.values() if item.active]

    def revision(self) -> int:
        """Give a number that changes whenever an example or case does."""
        return self._revision

    def list_examples(
        self, *, intent: str = "", words: str = "", active: bool | None = None, after: int = 0,
        limit: int = 50,
    ) -> Sequence[TrainingExample]:  # fmt: skip
        """Give examples, newest first."""
        found = [item for item in self._examples.values() if _matches(item, intent, words, active)]
        return found[::-1][after : after + limit]

    def list_cases(
        self, *, intent: str = "", words: str = "", active: bool | None = None, after: int = 0,
        limit: int = 50,
    ) -> Sequence[RegressionCase]:  # fmt: skip
        """Give regression cases, newest first."""
        found = [item for item in self._cases.values() if _matches(item, intent, words, active)]
        return found[::-1][after : after + limit]

    def add_example(self, example: TrainingExample, decision: str | None = None) -> bool:
        """Add one, or switch on the equal one that is there."""
        self._revision += 1
        for known in self._examples.values():
            if known.intent == example.intent and text_key(known.text) == text_key(example.text):
                self._examples[known.id] = replace(known, active=True)
                return False
        self._examples[example.id] = example
        return True

    def add_case(self, case: RegressionCase, decision: str | None = None) -> bool:
        """Add one, in place of what the equal sentence expected before."""
        for known in self.cases():
            if text_key(known.text) == text_key(case.text):
                expected = (case.intent, case.permit, case.faq)
                if (known.intent, known.permit, known.faq) == expected:
                    return False
                self._cases[known.id] = replace(known, active=False)
        self._revision += 1
        self._cases[case.id] = case
        return True

    def switch_example(self, example_id: str, active: bool) -> TrainingExample:
        """Switch one on or off."""
        if example_id not in self._examples:
            raise NotFound(f"training example {example_id!r}")
        self._revision += 1
        self._examples[example_id] = replace(self._examples[example_id], active=active)
        return self._examples[example_id]

    def switch_case(self, case_id: str, active: bool) -> RegressionCase:
        """Switch one on or off."""
        if case_id not in self._cases:
            raise NotFound(f"regression case {case_id!r}")
        key = text_key(self._cases[case_id].text)
        others = [item for item in self.cases() if item.id != case_id]
        if active and any(text_key(item.text) == key for item in others):
            raise Conflict("an equal sentence is asked already")
        self._revision += 1
        self._cases[case_id] = replace(self._cases[case_id], active=active)
        return self._cases[case_id]

    def note_trained(self, example_ids: Sequence[str], now: datetime) -> None:
        """Remember that a training took these."""
        for example_id in example_ids:
            known = self._examples.get(example_id)
            if known is not None and known.trained_at is None:
                self._examples[example_id] = replace(known, trained_at=now)


def _matches(
    item: TrainingExample | RegressionCase, intent: str, words: str, active: bool | None
) -> bool:
    key = text_key(item.text)
    named = all(word in key for word in text_key(words).split())
    return named and (not intent or item.intent == intent) and active in (None, item.active)
