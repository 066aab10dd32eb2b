"""What a complainant is asked, one thing at a time, and shown before sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from izin.complaints import ComplaintCategory, Confidentiality
from izin.permits import Permit
from izin.rendering.marked_text import shorten
from izin.replies import Choice, Reply
from izin.wording import Wording

SUMMARY_LENGTH = 600
PARTS = ("category", "story", "place", "when", "number", "confidentiality")
"""Parts that "correct" offers, in the order of the summary."""

MOST_CATEGORIES = 10
"""A WhatsApp list holds ten rows: the first nine of the catalogue and its last ("other")."""

INTENT = "lapor_pengaduan"


def category_question(categories: Sequence[ComplaintCategory], wording: Wording) -> Reply:
    """Ask what the complaint is about."""
    if len(categories) > MOST_CATEGORIES:
        categories = (*categories[: MOST_CATEGORIES - 1], categories[-1])
    choices = tuple(
        Choice(wording.say(f"complaint.category.{item.code}"), INTENT,
               {"kategori": item.code}, description=item.label)
        for item in categories
    )  # fmt: skip
    return Reply(wording.say("complaint.ask_category"), choices=choices)


def story_question(
    category: ComplaintCategory | None, wording: Wording, again: bool = False
) -> Reply:
    """Ask what happened; never who is to blame. ``again``: briefly, as it was asked before."""
    extortion = category is not None and category.confidential
    key = "complaint.ask_story_extortion" if extortion else "complaint.ask_story"
    if again and not extortion:
        key = "complaint.ask_story_again"
    return Reply(wording.say(key), choices=(_cancel(wording),))


def place_question(asking: str, safely: bool, today: date, wording: Wording) -> Reply:
    """Ask where it happened, when, or both (``asking``: place, when or where_when).

    ``safely``: extortion, where telling less must be easy. Days are offered for a tap only
    where the day alone is asked.
    """
    key = f"complaint.ask_{asking}"
    text = wording.say(f"{key}_extortion" if safely else key)
    days: tuple[Choice, ...] = ()
    if asking == "when":
        days = tuple(
            Choice(wording.say(f"complaint.choice.{name}"), INTENT,
                   {"tanggal": (today - timedelta(days=ago)).isoformat()})
            for name, ago in (("today", 0), ("yesterday", 1))
        )  # fmt: skip
    return Reply(text, choices=(*days, skip_choice(wording), _cancel(wording)))


def number_question(permit: Permit | None, wording: Wording) -> Reply:
    """Ask for the application number, and for the permit where it is not known yet."""
    key = "complaint.ask_number" if permit else "complaint.ask_number_and_permit"
    return Reply(wording.say(key), choices=(skip_choice(wording), _cancel(wording)))


def confidentiality_question(wording: Wording) -> Reply:
    """Ask how much of the complainant may be known, each choice explained in a line."""
    choices = tuple(
        Choice(
            wording.say(f"complaint.confidentiality.{item.value}"),
            INTENT,
            {"kerahasiaan": item.value},
            description=wording.say(f"complaint.confidentiality_short.{item.value}"),
        )
        for item in Confidentiality
    )
    return Reply(wording.say("complaint.ask_confidentiality"), choices=choices)


def summary(
    state: Mapping[str, Any], category: ComplaintCategory, permit: Permit | None, wording: Wording
) -> Reply:
    """Show everything before it is sent, with ways to correct it."""
    lines = [wording.say("complaint.summary_title")]
    lines.append(wording.say("complaint.line_category", category=category.label))
    if permit:
        lines.append(wording.say("complaint.line_permit", permit=permit.short_name))
    lines.append(wording.say("complaint.line_story", story=shorten(state["story"], SUMMARY_LENGTH)))
    since = bool(state.get("since"))
    lines += where_and_when(state.get("place"), _day(state), state.get("when"), wording, since)
    if state.get("number"):
        lines.append(wording.say("complaint.line_number", number=state["number"]))
    if state.get("media"):
        lines.append(wording.say("complaint.line_media", count=len(state["media"])))
    level = state["confidentiality"]
    lines.append(
        wording.say("complaint.line_confidentiality",
                    level=wording.say(f"complaint.confidentiality.{level}"))
    )  # fmt: skip
    if level == Confidentiality.ANONYMOUS and state.get("number"):
        lines.append(wording.say("complaint.number_tells_who"))
    lines.append(wording.say("complaint.confirm"))
    return Reply("\n".join(lines), choices=_send_choices(wording))


def ready_question(wording: Wording) -> Reply:
    """Ask whether it may be sent now, where nothing is to be added or corrected."""
    return Reply(wording.say("complaint.ask_ready"), choices=_send_choices(wording))


def where_and_when(
    place: str | None, day: date | None, words: str | None, wording: Wording, since: bool = False
) -> list[str]:
    """Give the lines of place and time, each only where it was told.

    ``since``: it is about when it began, not the day it happened.
    """
    lines = []
    if place:
        lines.append(wording.say("complaint.line_place", place=place))
    if day:
        told = wording.date(day, weekday=False)
        key = "complaint.line_since" if since else "complaint.line_when"
        lines.append(wording.say(key, when=told))
    elif words:
        lines.append(wording.say("complaint.line_when", when=words))
    return lines


def correction_question(fixed_confidentiality: bool, wording: Wording) -> Reply:
    """Ask which part is to be corrected."""
    parts = [part for part in PARTS if not (fixed_confidentiality and part == "confidentiality")]
    choices = tuple(
        Choice(wording.say(f"complaint.part.{part}"), "koreksi", {"bagian": part}) for part in parts
    )
    return Reply(wording.say("complaint.ask_correction"), choices=(*choices, _cancel(wording)))


def old_or_new_question(category: ComplaintCategory, wording: Wording) -> Reply:
    """Ask whether the unfinished complaint goes on or a new one begins."""
    text = wording.say("complaint.ask_old_or_new", category=category.label)
    choices = (
        Choice(wording.say("complaint.choice.resume"), INTENT, {"langkah": "lanjut"}),
        Choice(wording.say("complaint.choice.fresh"), INTENT, {"langkah": "baru"}),
    )
    return Reply(text, choices=choices)


def files_kept(count: int, wording: Wording) -> Reply:
    """Confirm a further file of several in a row, without asking the open question again."""
    done = Choice(wording.say("complaint.choice.done"), INTENT, {"langkah": "sudah"})
    return Reply(wording.say("complaint.files_kept", count=count), choices=(done,))


def skip_choice(wording: Wording) -> Choice:
    """Give the button that leaves a question open."""
    return Choice(wording.say("complaint.choice.skip"), INTENT, {"langkah": "lewati"})


def _day(state: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(state["day"]) if state.get("day") else None


def _send_choices(wording: Wording) -> tuple[Choice, ...]:
    return (
        Choice(wording.say("complaint.choice.send"), "setuju"),
        Choice(wording.say("complaint.choice.correct"), "koreksi"),
        _cancel(wording),
    )


def _cancel(wording: Wording) -> Choice:
    return Choice(wording.say("complaint.choice.cancel"), "batal")
