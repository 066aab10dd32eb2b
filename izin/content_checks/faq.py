"""Looks at a published answer: what it says, whom it might contradict, and how it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from izin import content
from izin.content import Check, Everything, Problem
from izin.faq import FaqEntry
from izin.words import fold

LONGEST_QUESTION = 200
LONGEST_ANSWER = 3000
"""Characters; with its title and sources it stays within one message of every channel."""

LONGEST_ON_WHATSAPP = 900
"""Characters; a longer one is sent in two messages, as buttons go with 1,024 at most."""

MOST_VARIANTS = 50

_INSECURE = re.compile(r"\bhttp://\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"https://[^\s/.]+(\.[^\s/.]+)+(/\S*)?")
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*(\s[^>]*)?>|\]\(|\*\*", re.IGNORECASE)


def check(entry: FaqEntry, everything: Everything) -> Sequence[Problem]:
    """Give what is wrong or doubtful about an answer."""
    return [
        *_said(entry),
        *_links(entry),
        *_days(entry),
        *_permits(entry, everything),
        *_doubts(entry),
        *_twins(entry, everything),
    ]


def _twins(entry: FaqEntry, everything: Everything) -> Iterator[Problem]:
    """Give ways to ask that another entry has too: which of both is told would be chance."""
    own = {fold(text): text for text in (*entry.variants, entry.question)}
    for text, question in everything.namesakes(entry.key, [*own.values()]):
        if said := own.get(fold(text)):
            field = "question" if said == entry.question else "variants"
            yield Problem("faq_twin", field, {"text": said, "other": question})


CHECKS: Mapping[str, Check] = {content.FAQ: check}


def _said(entry: FaqEntry) -> Iterator[Problem]:
    lengths = {"question": LONGEST_QUESTION, "answer": LONGEST_ANSWER}
    for field, longest in lengths.items():
        text = str(getattr(entry, field)).strip()
        if not text:
            yield Problem(f"faq_{field}_empty", field)
        elif len(text) > longest:
            yield Problem(f"faq_{field}_long", field, {"length": len(text), "longest": longest})
        if "{" in text or "}" in text:
            yield Problem("faq_braces", field)
    if not entry.topic.strip():
        yield Problem("faq_topic_empty", "topic")
    if len(entry.variants) > MOST_VARIANTS:
        yield Problem("faq_variants_many", "variants", {"most": MOST_VARIANTS})
    if _MARKUP.search(entry.answer):
        yield Problem("faq_markup", "answer", warning=True)


def _links(entry: FaqEntry) -> Iterator[Problem]:
    for address in _INSECURE.findall(entry.answer):
        yield Problem("faq_link_http", "answer", {"address": address})
    for source in entry.sources:
        if _INSECURE.match(source):
            yield Problem("faq_source_http", "sources", {"address": source}, warning=True)
        elif source.startswith("https://") and not _ADDRESS.fullmatch(source):
            yield Problem("faq_source_broken", "sources", {"address": source})


def _days(entry: FaqEntry) -> Iterator[Problem]:
    if entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
        yield Problem("faq_days", "valid_until")


def _permits(entry: FaqEntry, everything: Everything) -> Iterator[Problem]:
    if not entry.permits:
        return
    live = {item.item.key for item in everything.items(content.PERMIT) if item.live}
    for code in entry.permits:
        if code not in live:
            yield Problem("faq_permit_unknown", "permits", {"code": code})


def _doubts(entry: FaqEntry) -> Iterator[Problem]:
    if not entry.sources:
        yield Problem("faq_no_source", "sources", warning=True)
    if not entry.variants:
        yield Problem("faq_no_variants", "variants", warning=True)
    if LONGEST_ON_WHATSAPP < len(entry.answer) <= LONGEST_ANSWER:
        yield Problem("faq_split", "answer", {"longest": LONGEST_ON_WHATSAPP}, warning=True)
