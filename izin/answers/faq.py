"""A published answer to a question that no permit field answers."""

from __future__ import annotations

from collections.abc import Sequence

from izin.answers.section import Section
from izin.answers.sources import origins
from izin.faq import FaqEntry
from izin.office import Office
from izin.replies import Choice
from izin.wording import Wording

SHOWN_SOURCES = 2


def faq_answer(entry: FaqEntry, office: Office, wording: Wording) -> Section:
    """Give the entry's answer with its sources and the date last checked."""
    inferred = entry.inferred or not entry.sources
    lines = [wording.say("answers.faq_title", question=entry.question), entry.answer.strip()]
    if inferred and entry.sources:
        lines.append(wording.say("answers.faq_inferred"))
    found = origins(entry.sources, office)
    day = wording.date(entry.checked_on, weekday=False)
    parts = []
    if found.own:
        shown = "; ".join(found.own[:SHOWN_SOURCES])
        parts.append(wording.say("answers.source", sources=shown))
    if found.comparisons:
        shown = "; ".join(found.comparisons[:SHOWN_SOURCES])
        parts.append(wording.say("answers.source_comparison", sources=shown))
    if not parts:
        parts.append(wording.say("answers.source_missing"))
    parts.append(wording.say("answers.checked", date=day))
    lines.append(" ".join(parts))
    return Section("\n".join(lines), inferred=inferred)


def faq_choices(entries: Sequence[FaqEntry]) -> tuple[Choice, ...]:
    """Give one button per entry; a tap asks exactly that entry."""
    return tuple(
        Choice(
            entry.question, "tanya_faq", {"faq": entry.key},
            description=entry.question,
        )
        for entry in entries
    )  # fmt: skip
