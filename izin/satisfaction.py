"""Citizens' satisfaction: one-tap ratings, and the survey with its index.

The survey (SKM), its nine elements, its scale and its index follow PermenPANRB 14/2017.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

WORST_RATING, BEST_RATING = 1, 5
LOW_RATING = 2
"""Up to this rating the citizen is asked what went wrong."""

OFFER_EVERY = timedelta(days=1)
"""A citizen is asked for a rating at most this often."""

LOWEST_SCORE, HIGHEST_SCORE = 1, 4
"""Tidak baik, kurang baik, baik, sangat baik."""

Grade = Literal["A", "B", "C", "D"]

RatingSubject = Literal["layanan", "jawaban", "petugas", "status", "pengaduan"]
"""What was rated: the service at large, an answer, a talk with an officer, a look at an
application, a complaint that was closed (never which one)."""


@dataclass(frozen=True, slots=True)
class Element:
    """One of the nine elements of service that the survey asks about."""

    code: str
    name: str


ELEMENTS = (
    Element("U1", "Persyaratan"),
    Element("U2", "Sistem, mekanisme, dan prosedur"),
    Element("U3", "Waktu penyelesaian"),
    Element("U4", "Biaya/tarif"),
    Element("U5", "Produk spesifikasi jenis pelayanan"),
    Element("U6", "Kompetensi pelaksana"),
    Element("U7", "Perilaku pelaksana"),
    Element("U8", "Penanganan pengaduan, saran, dan masukan"),
    Element("U9", "Sarana dan prasarana"),
)
"""In the order of the regulation; some applications swap the last two, so scores are kept by
name and never by place."""

_GRADE_FROM: tuple[tuple[Decimal, Grade], ...] = (
    (Decimal("88.31"), "A"),
    (Decimal("76.61"), "B"),
    (Decimal("65.00"), "C"),
)
"""Lowest converted index (25 to 100, two decimals) of each grade; below them all it is D."""

_CENT = Decimal("0.01")
_LOWEST_LISTED = 3


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating from 1 to 5 as a citizen gave it; ``comment`` may hold personal data.

    ``conversation_id`` is None once the chat was erased.
    """

    conversation_id: str | None
    subject: RatingSubject
    score: int
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SurveyResponse:
    """One citizen's survey.

    Attributes:
        conversation_id: Whose it is; None once the chat was erased.
        period: Service period, see :func:`period_of`.
        scores: Score from 1 to 4 by the element's name; skipped elements are absent.
        at: When it was finished.
        remark: The free remark; it may hold personal data.
    """

    conversation_id: str | None
    period: str
    scores: Mapping[str, int]
    at: datetime
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ElementResult:
    """An element's average score (NRR, 1 to 4) and how many gave one."""

    element: Element
    average: Fraction
    respondents: int


@dataclass(frozen=True, slots=True)
class SatisfactionIndex:
    """The result of the surveys of a period.

    Attributes:
        respondents: How many surveys it is made of.
        elements: The elements that somebody scored, in the order of the regulation.
        index: SKM from 1 to 4, exact; None as long as an element has no score at all.
        converted: IKM from 25 to 100 with two decimals.
        grade: Mutu A to D, read off the rounded IKM.
    """

    respondents: int
    elements: tuple[ElementResult, ...] = field(default=())
    index: Fraction | None = None
    converted: Decimal | None = None
    grade: Grade | None = None

    @property
    def lowest(self) -> tuple[ElementResult, ...]:
        """Give the three elements with the lowest average, lowest first.

        The regulation wants a plan of improvement for them. Equal averages keep its order.
        """
        return tuple(sorted(self.elements, key=lambda item: item.average)[:_LOWEST_LISTED])


def satisfaction_index(responses: Sequence[SurveyResponse]) -> SatisfactionIndex:
    """Give the index of these surveys as PermenPANRB 14/2017 computes it.

    NRR of an element: sum of its scores by the number of those who scored it. SKM: the sum of
    all NRR, each by the weight 1/9. IKM: SKM times 25, first rounded to two decimals (half
    up), then graded, so that no value falls between two grades (76.605).
    """
    results = []
    for element in ELEMENTS:
        scores = [item.scores[element.name] for item in responses if element.name in item.scores]
        if scores:
            results.append(ElementResult(element, Fraction(sum(scores), len(scores)), len(scores)))
    if len(results) < len(ELEMENTS):
        return SatisfactionIndex(len(responses), tuple(results))
    index = sum((item.average for item in results), Fraction(0)) / len(ELEMENTS)
    converted = two_decimals(index * 25)
    return SatisfactionIndex(len(responses), tuple(results), index, converted, grade_of(converted))


def two_decimals(value: Fraction) -> Decimal:
    """Give a non-negative fraction rounded to two decimals, half up."""
    hundredths = (value * 100 + Fraction(1, 2)).__floor__()
    return (Decimal(hundredths) / 100).quantize(_CENT, ROUND_HALF_UP)


def grade_of(converted: Decimal) -> Grade:
    """Give the grade of an index from 25 to 100 that is rounded to two decimals already."""
    return next((grade for least, grade in _GRADE_FROM if converted >= least), "D")


def period_of(day: date) -> str:
    """Give the service period of a day, ``2026-1`` or ``2026-2``: the half-year.

    The regulation asks for a survey at least once a year and leaves the period to the office.
    """
    return f"{day.year}-{1 if day.month <= 6 else 2}"
