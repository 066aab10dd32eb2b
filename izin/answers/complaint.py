"""What a complainant is asked, shown before sending, and promised afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from izin.complaints import Complaint, ComplaintCategory, ComplaintClass, Confidentiality
from izin.office import DueDate, Office
from izin.permits import Permit
from izin.rendering.marked_text import shorten
from izin.replies import Choice, Reply
from izin.wording import Wording

SUMMARY_LENGTH = 600
PARTS = ("category", "story", "place", "number", "confidentiality")


MOST_CATEGORIES = 10
"""A WhatsApp list holds ten rows: the first nine of the catalogue and its last ("other")."""


def category_question(categories: Sequence[ComplaintCategory], wording: Wording) -> Reply:
    """Ask what the complaint is about."""
    if len(categories) > MOST_CATEGORIES:
        categories = (*categories[: MOST_CATEGORIES - 1], categories[-1])
    choices = tuple(
        Choice(wording.say(f"complaint.category.{item.code}"), "lapor_pengaduan",
               {"kategori": item.code}, description=item.label)
        for item in categories
    )  # fmt: skip
    return Reply(wording.say("complaint.ask_category"), choices=choices)


def story_question(category: ComplaintCategory | None, wording: Wording) -> Reply:
    """Ask what happened, with the first help of its category; never who is to blame."""
    lines = []
    if category and category.confidential:
        lines.append(wording.say("complaint.ask_story_extortion"))
    else:
        if category and category.first_help:
            lines.append(category.first_help)
        lines.append(wording.say("complaint.ask_story"))
    return Reply("\n\n".join(lines), choices=(_cancel(wording),))


def place_question(wording: Wording) -> Reply:
    """Ask where it happened."""
    return Reply(wording.say("complaint.ask_place"), choices=(_cancel(wording),))


def number_question(wording: Wording) -> Reply:
    """Ask for the application number, which may be skipped."""
    skip = Choice(wording.say("complaint.choice.skip"), "lapor_pengaduan", {"langkah": "lewati"})
    return Reply(wording.say("complaint.ask_number"), choices=(skip, _cancel(wording)))


def confidentiality_question(wording: Wording) -> Reply:
    """Ask how much of the complainant may be known, each choice explained in a line."""
    choices = tuple(
        Choice(
            wording.say(f"complaint.confidentiality.{item.value}"),
            "lapor_pengaduan",
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
    lines.append(wording.say("complaint.line_place", place=state["place"]))
    if state.get("number"):
        lines.append(wording.say("complaint.line_number", number=state["number"]))
    if state.get("media"):
        lines.append(wording.say("complaint.line_media", count=len(state["media"])))
    level = state["confidentiality"]
    lines.append(
        wording.say("complaint.line_confidentiality",
                    level=wording.say(f"complaint.confidentiality.{level}"))
    )  # fmt: skip
    lines.append(wording.say("complaint.confirm"))
    choices = (
        Choice(wording.say("complaint.choice.send"), "setuju"),
        Choice(wording.say("complaint.choice.correct"), "koreksi"),
        _cancel(wording),
    )
    return Reply("\n".join(lines), choices=choices)


def correction_question(fixed_confidentiality: bool, wording: Wording) -> Reply:
    """Ask which part is to be corrected."""
    parts = [part for part in PARTS if not (fixed_confidentiality and part == "confidentiality")]
    choices = tuple(
        Choice(wording.say(f"complaint.part.{part}"), "koreksi", {"bagian": part}) for part in parts
    )
    return Reply(wording.say("complaint.ask_correction"), choices=(*choices, _cancel(wording)))


def acknowledgement(
    complaint: Complaint,
    category: ComplaintCategory,
    complaint_class: ComplaintClass,
    permit: Permit | None,
    office: Office,
    wording: Wording,
) -> Reply:
    """Confirm receipt with everything a complainant is owed.

    Contents: UU 25/2009 Ps. 44 ayat 1-2 and the complaint rules of the catalogue (ticket,
    time, summary, class, unit, dates, how to follow and complete it, confidentiality,
    where to escalate).
    """
    zone = office.zone
    received = complaint.filed_at.astimezone(zone)
    lines = [
        wording.say("complaint.ack_title", ticket=complaint.ticket),
        wording.say("complaint.ack_received", date=wording.date(received.date()),
                    time=wording.time(received, zone)),
        wording.say("complaint.line_category", category=category.label),
    ]  # fmt: skip
    if permit:
        lines.append(wording.say("complaint.line_permit", permit=permit.short_name))
    lines += [
        wording.say("complaint.line_story", story=shorten(complaint.story, 200)),
        wording.say("complaint.ack_class", label=complaint_class.label),
        wording.say("complaint.ack_owner", owner=complaint.owner),
        wording.say("complaint.ack_first", date=_due(complaint.deadlines.first_response, wording)),
        wording.say("complaint.ack_decision", date=_due(complaint.deadlines.decision, wording)),
        wording.say(f"complaint.ack_confidentiality.{complaint.confidentiality.value}"),
        wording.say("complaint.ack_follow", ticket=complaint.ticket),
        wording.say("complaint.ack_evidence"),
        escalation_channels(office, wording),
    ]
    choices = (
        Choice(wording.say("complaint.choice.follow"), "cek_pengaduan",
               {"tiket": complaint.ticket}),
        Choice(wording.say("complaint.choice.officer"), "minta_petugas"),
    )  # fmt: skip
    # An urgent reply opens the chat to an officer, who would see whose anonymous complaint it is.
    anonymous = complaint.confidentiality is Confidentiality.ANONYMOUS
    urgent = (category.confidential or category.urgent) and not anonymous
    return Reply("\n".join(lines), choices=choices, urgent=urgent)


def state_reply(
    complaint: Complaint, category_label: str, office: Office, wording: Wording
) -> Reply:
    """Tell where a complaint stands; the story itself is never shown again."""
    zone = office.zone
    received = complaint.filed_at.astimezone(zone)
    lines = [
        wording.say("complaint.state_title", ticket=complaint.ticket),
        wording.say("complaint.state_now",
                    state=wording.say(f"complaint.state.{complaint.state.value}")),
        wording.say("complaint.line_category", category=category_label),
        wording.say("complaint.ack_received", date=wording.date(received.date()),
                    time=wording.time(received, zone)),
        wording.say("complaint.ack_owner", owner=complaint.owner),
        wording.say("complaint.ack_first", date=_due(complaint.deadlines.first_response, wording)),
        wording.say("complaint.ack_decision", date=_due(complaint.deadlines.decision, wording)),
    ]  # fmt: skip
    lines += _history(complaint, zone, wording)
    choices = (Choice(wording.say("complaint.choice.officer"), "minta_petugas"),)
    return Reply("\n".join(lines), choices=choices)


def escalation_channels(office: Office, wording: Wording) -> str:
    """Name the channels above this office, as the office's own data lists them."""
    names = [
        str(item["name"])
        for item in office.details.get("complaint_channels") or ()
        if item.get("scope") in ("nasional", "maladministrasi")
    ]
    if not names:
        return wording.say("complaint.ack_escalation_unknown")
    return wording.say("complaint.ack_escalation", channels=", ".join(names))


def _history(complaint: Complaint, zone: ZoneInfo, wording: Wording) -> list[str]:
    lines = []
    for event in complaint.events:
        key = f"complaint.event.{event.kind}"
        if wording.has(key):
            # A broken promise names the day that was promised, not the day it was noticed.
            overdue = event.kind == "first_response_overdue"
            promised = complaint.deadlines.first_response.day
            day = promised if overdue else event.at.astimezone(zone).date()
            lines.append(wording.say(key, date=wording.date(day, weekday=False)))
    return lines


def _due(due: DueDate, wording: Wording) -> str:
    day = wording.date(due.day)
    return wording.say("complaint.provisional", date=day) if due.provisional else day


def _cancel(wording: Wording) -> Choice:
    return Choice(wording.say("complaint.choice.cancel"), "batal")
