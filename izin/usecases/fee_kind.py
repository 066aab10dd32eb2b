"""What every fee that can be worked out has in common: figures in, questions or estimate out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from izin.answers.section import Section
from izin.permits import Permit
from izin.replies import Choice
from izin.usecases.dialogue import Entity
from izin.usecases.fee_figures import Found

HITUNG = "hitung_biaya"
CORRECTION = "koreksi"
"""Stands for "what was asked" where a bare number corrects the last figure instead."""

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A worked-out fee.

    Attributes:
        section: Title, formula, figures and what was taken for granted.
        shown: The amount or range in words, to compare with the next one.
        choices: Buttons that would settle what the estimate leaves open.
    """

    section: Section
    shown: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculation:
    """What one message led to.

    Attributes:
        section: What is said now; an empty text when there is only a question.
        choices: Buttons that answer the question, or settle what a result leaves open.
        question: The open question, said last in the message; empty when complete.
        complete: Nothing is asked any more.
        factual: It tells facts, so that their source belongs below.
    """

    section: Section
    choices: tuple[Choice, ...] = ()
    question: str = ""
    complete: bool = False
    factual: bool = True


class FeeKind(Protocol):
    """One way of working out a fee, over one table of the catalogue."""

    def read(
        self, text: str, entities: Sequence[Entity], asking: str | None, last: str | None
    ) -> Found:
        """Give the figures of a message; ``asking`` and ``last`` tell what a bare number is."""
        ...

    def named(self, text: str) -> bool:
        """Say whether a text names what this fee is paid for."""
        ...

    def problem(self, figures: Figures) -> str | None:
        """Give the name of a figure beyond what can be, or None."""
        ...

    def missing(self, figures: Figures) -> str | None:
        """Give the first figure without which nothing can be worked out, or None."""
        ...

    def unsettled(self, figures: Figures, settled: Sequence[str]) -> str | None:
        """Give the first figure that has a usual value but was not told yet, or None."""
        ...

    def opening(self) -> Section | None:
        """Give what is said before the first question, or None."""
        ...

    def provisional(self, figures: Figures, asking: str) -> str:
        """Give the estimate in one line with the usual value of what is asked."""
        ...

    def facts(self, figures: Figures) -> list[str]:
        """Give the figures known so far, in words."""
        ...

    def question(self, asking: str) -> str:
        """Give the question that asks for a figure."""
        ...

    def allowed(self, asking: str) -> str:
        """Give the sentence on what a figure may be, with an example."""
        ...

    def choices(self, asking: str) -> tuple[Choice, ...]:
        """Give buttons that answer the question."""
        ...

    def estimate(self, figures: Figures) -> Estimate:
        """Give the worked-out fee.

        Raises:
            InvalidInput: A figure the table does not know.
        """
        ...


def answer_choice(title: str, permit: Permit, **entities: Any) -> Choice:
    """Give a button that tells one figure of a permit's fee."""
    return Choice(title, HITUNG, {"izin": permit.code, **entities})


def within(value: Any, most: float) -> bool:
    """Say whether a figure lies above 0 and up to ``most``; NaN does not."""
    return 0 < float(value) <= most


def tapped(entities: Sequence[Entity], names: Mapping[str, str]) -> dict[str, Any]:
    """Give the figures that a button carries, by entity name -> figure name."""
    return {names[item.name]: item.value for item in entities if item.name in names and item.value}
