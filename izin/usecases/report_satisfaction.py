"""What citizens said about the service in a period, for reports and the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tanya_language import mask_personal_data

from izin.conversations import Namespace
from izin.errors import InvalidInput
from izin.ports import OfficeBook, Ratings, Surveys
from izin.satisfaction import Rating, SatisfactionIndex, SurveyResponse, satisfaction_index


@dataclass(frozen=True, slots=True)
class SatisfactionReport:
    """The index of a period, its ratings, and what was remarked with personal data hidden."""

    index: SatisfactionIndex
    scores: tuple[int, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportSatisfaction:
    """Puts surveys and ratings of whole days together."""

    ratings: Ratings
    surveys: Surveys
    office: OfficeBook

    def between(self, first: date, last: date, namespace: Namespace = "live") -> SatisfactionReport:
        """Give the report from the first to the last day, both whole, in the office's zone.

        Raises:
            InvalidInput: ``first`` lies after ``last``.
        """
        if first > last:
            raise InvalidInput("the first day lies after the last", field="first")
        surveys, ratings = self.given(first, last, [namespace])
        said = [*(item.remark for item in surveys), *(item.comment for item in ratings)]
        return SatisfactionReport(
            satisfaction_index(surveys), tuple(item.score for item in ratings), _hidden(said)
        )

    def given(
        self, first: date, last: date, namespaces: Sequence[Namespace]
    ) -> tuple[list[SurveyResponse], list[Rating]]:
        """Give the surveys and ratings of whole days; their words are not hidden."""
        zone = self.office.office().zone
        since = datetime.combine(first, time.min, tzinfo=zone)
        until = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)
        surveys = [s for name in namespaces for s in self.surveys.between(since, until, name)]
        ratings = [r for name in namespaces for r in self.ratings.between(since, until, name)]
        return surveys, ratings


def _hidden(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(mask_personal_data(text) for text in texts if text.strip())
