"""What editors see of citizens' questions: counts by day, masked messages, suggested names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from console.house import House
from izin.content import FAQ, ItemName
from izin.content_overview import AgedItem
from izin.errors import NotFound
from izin.figures import Period
from izin.learning import Cluster
from izin.name_hints import SuggestedName, suggested_names
from izin.storage.postgres.content_overview import PostgresContentOverview
from izin.storage.postgres.learning_messages import PostgresListening
from izin.storage.postgres.name_hints import PostgresNameHints
from izin.talk_figures import AskedCount, TalkDay, total

SHOWN = 10
PERIODS = (7, 30, 90)
PRIVATE = frozenset({"lapor_pengaduan", "cek_pengaduan", "privasi", "beri_penilaian", "kasar"})
"""Intents of complaints and of citizens' own data, which are no editor's business."""

FOLLOW_UPS_FROM = 5
"""Fewer questions on a permit say nothing of how well its answers do."""


@dataclass(frozen=True, slots=True)
class InsightSources:
    """Where the page reads."""

    overview: PostgresContentOverview
    listening: PostgresListening
    hints: PostgresNameHints


@dataclass(frozen=True, slots=True)
class Line:
    """A count for people; ``path`` leads to where it is edited, "" for nowhere.

    ``of`` is what ``many`` is part of, 0 where that says nothing.
    """

    name: str
    many: int
    of: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Insight:
    """All of the page."""

    days: int
    talks: TalkDay
    intents: Sequence[Line]
    permits: Sequence[Line]
    faq: Sequence[Line]
    clusters: Sequence[Cluster]
    unanswered: tuple[int, int]
    low: Sequence[Line]
    follow_ups: Sequence[Line]
    aged: Sequence[AgedItem]
    aged_total: int
    names: Sequence[tuple[SuggestedName, str]]


def insight(house: House, sources: InsightSources, days: int) -> Insight:
    """Give the page of the last so many days."""
    today = house.clock().astimezone(house.office.office().zone).date()
    period = Period(today - timedelta(days=days - 1), today)
    port, namespaces = house.figures.figures, house.figures.namespaces
    counts = _Counts(house, port.asked(period, namespaces))
    before = today - timedelta(days=house.settings.content_age_days)
    aged, aged_total = sources.overview.growing_old(before, SHOWN)
    return Insight(
        days=days,
        talks=total(port.talks(period, namespaces)),
        intents=counts.lines("intent", counts.intent),
        permits=counts.lines("permit", counts.permit),
        faq=counts.lines("faq", counts.faq),
        clusters=sources.listening.clusters(limit=SHOWN),
        unanswered=sources.listening.open_counts(),
        low=[
            *counts.lines("low_faq", counts.faq, "faq"),
            *counts.lines("low_permit", counts.permit, "permit"),
            *counts.lines("low_intent", counts.intent, "intent"),
        ],
        follow_ups=counts.follow_ups(),
        aged=aged,
        aged_total=aged_total,
        names=_names(house, sources.hints, counts),
    )


class _Counts:
    """Counts of a period, with the names of what was counted."""

    def __init__(self, house: House, asked: Sequence[AskedCount]) -> None:
        self._house = house
        self._many: dict[str, dict[str, int]] = {}
        for item in asked:
            if item.kind in ("intent", "low_intent") and item.code in PRIVATE:
                continue
            of_kind = self._many.setdefault(item.kind, {})
            of_kind[item.code] = of_kind.get(item.code, 0) + item.messages

    def lines(self, kind: str, line: Callable[[str], tuple[str, str]], of: str = "") -> list[Line]:
        """Give the largest counts of a kind, as part of another kind's count where one is named."""
        ranked = sorted(self._many.get(kind, {}).items(), key=lambda item: (-item[1], item[0]))
        return [
            Line(line(code)[0], many, self._many.get(of, {}).get(code, 0), line(code)[1])
            for code, many in ranked[:SHOWN]
        ]

    def follow_ups(self) -> list[Line]:
        """Give the permits whose answers are most often followed by another question on them."""
        asked = self._many.get("permit", {})
        found = [
            Line(*self.permit(code)[:1], many, asked.get(code, 0), self.permit(code)[1])
            for code, many in self._many.get("followup", {}).items()
            if asked.get(code, 0) >= FOLLOW_UPS_FROM
        ]
        return sorted(found, key=lambda line: (-line.many / line.of, line.name))[:SHOWN]

    def permit(self, code: str) -> tuple[str, str]:
        """Give a permit's name and the page on which it is edited."""
        permit = self._house.catalogue.permit(code)
        return (permit.short_name, f"/isi/katalog/{code}") if permit else (code, "")

    def intent(self, code: str) -> tuple[str, str]:
        """Give what an intent is called; there is nothing to edit."""
        key = f"figures.intent.{code}"
        wording = self._house.wording
        return (wording.say(key) if wording.has(key) else code.replace("_", " "), "")

    def faq(self, key: str) -> tuple[str, str]:
        """Give a FAQ entry's question and the page on which it is edited."""
        try:
            item = self._house.content.item(ItemName(FAQ, key))
        except NotFound:
            return key, ""
        return str(item.document["question"]), f"/isi/tanya-jawab/{key}"


def _names(
    house: House, hints: PostgresNameHints, counts: _Counts
) -> Sequence[tuple[SuggestedName, str]]:
    """Give the suggested names, each with its permit's name."""
    found = _suggested(
        tuple(hints.hints(house.figures.namespaces)), frozenset(known_names(house)),
        frozenset(hints.refused()),
    )  # fmt: skip
    return [(item, counts.permit(item.permit)[0]) for item in found[: 2 * SHOWN]]


# Looking through hundreds of messages takes longer than seeing that they are the same as before.
_suggested = lru_cache(maxsize=1)(suggested_names)


def known_names(house: House) -> set[str]:
    """Give every name that the catalogue has for a permit."""
    known: set[str] = set()
    for permit in house.catalogue.permits():
        known.update((permit.code, permit.short_name, permit.official_name))
        known.update((*permit.synonyms, *permit.former_names))
    known.update(term.term for term in house.catalogue.ambiguous_terms())
    known.update(name.old for name in house.catalogue.legacy_names())
    return known
