"""What a complainant is promised when a complaint is taken, and told about it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from izin.answers.complaint import where_and_when
from izin.answers.complaint_result import result_lines
from izin.complaint_states import ClosingReason
from izin.complaints import (
    Complaint,
    ComplaintCategory,
    ComplaintClass,
    ComplaintState,
    Confidentiality,
)
from izin.office import DueDate, Office
from izin.permits import Permit
from izin.rendering.marked_text import shorten
from izin.replies import Choice, Reply
from izin.wording import Wording

STORY_SHOWN = 200
ANSWER_SHOWN = 1500
MOST_LISTED = 9
FOLLOW = "cek_pengaduan"
BEST_SCORE = 5


def acknowledgement(
    complaint: Complaint,
    category: ComplaintCategory,
    complaint_class: ComplaintClass,
    permit: Permit | None,
    office: Office,
    wording: Wording,
    since: bool = False,
) -> Reply:
    """Confirm receipt with everything a complainant is owed.

    ``since``: the day is about when it began, not the day it happened.

    Contents: UU 25/2009 Ps. 44 ayat 1-2 (who complains unless kept secret, the service, place
    and time, who received it) and the complaint rules of the catalogue (ticket, time,
    summary, class, unit, dates, how to follow and complete it, confidentiality, where to
    escalate).
    """
    say, zone = wording.say, office.zone
    level = complaint.confidentiality
    lines = [
        say("complaint.ack_title", ticket=complaint.ticket),
        _received(complaint, zone, wording),
        say("complaint.ack_complainant" if level is Confidentiality.NORMAL
            else "complaint.ack_complainant_secret"),
        say("complaint.ack_receiver", office=office.short_name),
        say("complaint.line_category", category=category.label),
    ]  # fmt: skip
    if permit:
        lines.append(say("complaint.line_permit", permit=permit.short_name))
    lines.append(say("complaint.line_story", story=shorten(complaint.story, STORY_SHOWN)))
    lines += where_and_when(complaint.place, complaint.occurred_on, None, wording, since)
    if complaint.media_ids:
        lines.append(say("complaint.line_media", count=len(complaint.media_ids)))
    lines += [
        say("complaint.ack_class", label=complaint_class.label),
        say("complaint.ack_owner", owner=complaint.owner),
        *_promises(complaint, wording),
        say(f"complaint.ack_confidentiality.{level.value}"),
        say("complaint.ack_follow", ticket=complaint.ticket),
        say("complaint.ack_evidence_anonymous" if level is Confidentiality.ANONYMOUS
            else "complaint.ack_evidence", ticket=complaint.ticket),
        escalation_channels(office, wording),
    ]  # fmt: skip
    choices = (
        Choice(say("complaint.choice.follow"), FOLLOW, {"tiket": complaint.ticket}),
        Choice(say("complaint.choice.officer"), "minta_petugas"),
    )
    # An urgent reply opens the chat to every officer, who would see whose sealed complaint it is.
    urgent = category.urgent and level is Confidentiality.NORMAL
    return Reply("\n".join(lines), choices=choices, urgent=urgent)


def state_reply(
    complaint: Complaint, category_label: str, office: Office, reopen_until: date | None,
    wording: Wording,
) -> Reply:  # fmt: skip
    """Tell where a complaint stands; the story itself is never shown again.

    ``reopen_until``: the last day a closed complaint may be opened again, None when that
    day has passed or the complaint is open.
    """
    say, zone = wording.say, office.zone
    lines = [
        say("complaint.state_title", ticket=complaint.ticket),
        say("complaint.state_now", state=state_words(complaint, wording)),
        say("complaint.line_category", category=category_label),
        _received(complaint, zone, wording),
        say("complaint.ack_owner", owner=complaint.owner),
        say("complaint.line_confidentiality",
            level=say(f"complaint.confidentiality.{complaint.confidentiality.value}")),
    ]  # fmt: skip
    if complaint.state is ComplaintState.WAITING and complaint.waiting_until:
        lines.append(say("complaint.waiting_until", date=wording.date(complaint.waiting_until)))
    elif complaint.is_open:
        lines += _promises(complaint, wording)
    lines += _history(complaint, zone, wording)
    lines += _last_answer(complaint, zone, wording)
    if not complaint.is_open:
        lines += _closing(complaint, zone, reopen_until, wording)
    return Reply("\n".join(lines), choices=_state_choices(complaint, reopen_until, wording))


def complaint_list(mine: Sequence[Complaint], wording: Wording) -> Reply:
    """List a citizen's complaints, newest first, each with its state and a button."""
    lines = [wording.say("complaint.mine_title")]
    choices = []
    for complaint in mine[:MOST_LISTED]:
        state = state_words(complaint, wording)
        lines.append(wording.say("complaint.mine_line", ticket=complaint.ticket, state=state))
        choices.append(Choice(complaint.ticket, FOLLOW, {"tiket": complaint.ticket}))
    return Reply("\n".join(lines), choices=tuple(choices))


def state_words(complaint: Complaint, wording: Wording) -> str:
    """Give the state in words; of one that is over, the reason tells more than the state."""
    if not complaint.is_open and complaint.closing_reason in tuple(ClosingReason):
        return wording.say(f"complaint.ended.{complaint.closing_reason}")
    return wording.say(f"complaint.state.{complaint.state.value}")


def rating_question(ticket: str, wording: Wording) -> Reply:
    """Ask for a rating from 1 to 5 of how the complaint was handled."""
    choices = tuple(
        Choice(wording.say(f"complaint.score_{score}"), FOLLOW, {"tiket": ticket, "nilai": score})
        for score in range(BEST_SCORE, 0, -1)
    )
    return Reply(wording.say("complaint.ask_rating", ticket=ticket), choices=choices)


def step_choice(step: str, ticket: str, wording: Wording) -> Choice:
    """Give the button of one step on a complaint (tambah, buka_lagi, cabut, nilai)."""
    title = wording.say(f"complaint.choice.{step}")
    return Choice(title, FOLLOW, {"langkah": step, "tiket": ticket})


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


def promised_dates(complaint: Complaint, wording: Wording) -> str:
    """Give both promised dates, one a line."""
    return "\n".join(_promises(complaint, wording))


def _received(complaint: Complaint, zone: ZoneInfo, wording: Wording) -> str:
    """Give when it was received; of an anonymous one the hour is not known, so not told."""
    received = complaint.filed_at.astimezone(zone)
    day = wording.date(received.date())
    if complaint.confidentiality is Confidentiality.ANONYMOUS:
        return wording.say("complaint.ack_received_day", date=day)
    return wording.say("complaint.ack_received", date=day, time=wording.time(received, zone))


def _promises(complaint: Complaint, wording: Wording) -> list[str]:
    return [
        wording.say("complaint.ack_first", date=_due(complaint.deadlines.first_response, wording)),
        wording.say("complaint.ack_decision", date=_due(complaint.deadlines.decision, wording)),
    ]


def _history(complaint: Complaint, zone: ZoneInfo, wording: Wording) -> list[str]:
    lines = []
    for event in complaint.events:
        key = f"complaint.event.{event.kind}"
        if wording.has(key):
            # A broken promise names the day that was promised, not the day it was noticed.
            overdue = event.kind == "first_response_overdue"
            promised = complaint.deadlines.first_response.day
            day = promised if overdue else event.at.astimezone(zone).date()
            date_ = wording.date(day, weekday=False)
            lines.append(wording.say(key, date=date_, owner=complaint.owner))
    return list(dict.fromkeys(lines))


def _last_answer(complaint: Complaint, zone: ZoneInfo, wording: Wording) -> list[str]:
    """Give what the office answered or asked last: outside WhatsApp's window it was not read."""
    said = [event for event in complaint.events if event.kind in ("answered", "asked")]
    if not said or not said[-1].text:
        return []
    day = wording.date(said[-1].at.astimezone(zone).date(), weekday=False)
    text = shorten(said[-1].text, ANSWER_SHOWN)
    return [wording.say(f"complaint.last_{said[-1].kind}", date=day, text=text)]


def _closing(
    complaint: Complaint, zone: ZoneInfo, reopen_until: date | None, wording: Wording
) -> list[str]:
    lines = []
    if complaint.closed_at:
        day = wording.date(complaint.closed_at.astimezone(zone).date(), weekday=False)
        lines.append(wording.say("complaint.closed_on", date=day))
    lines += result_lines(complaint.closing, wording)
    if complaint.rating:
        lines.append(wording.say("complaint.rated", score=complaint.rating))
    if reopen_until:
        lines.append(wording.say("complaint.reopen_until", date=wording.date(reopen_until)))
    return lines


def _state_choices(
    complaint: Complaint, reopen_until: date | None, wording: Wording
) -> tuple[Choice, ...]:
    steps = ["tambah", "cabut"] if complaint.is_open else []
    if complaint.is_open and complaint.confidentiality is Confidentiality.NORMAL:
        steps.append("rahasia")
    if not complaint.is_open:
        rated = complaint.rating or complaint.closing_reason == "dicabut"
        steps += [] if rated else ["nilai"]
        steps += ["buka_lagi"] if reopen_until else []
    officer = Choice(wording.say("complaint.choice.officer"), "minta_petugas")
    return (*(step_choice(step, complaint.ticket, wording) for step in steps), officer)


def _due(due: DueDate, wording: Wording) -> str:
    day = wording.date(due.day)
    return wording.say("complaint.provisional", date=day) if due.provisional else day
