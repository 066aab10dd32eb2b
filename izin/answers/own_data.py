"""What is kept about a citizen, in plain words and by when it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from izin.complaints import Complaint, Confidentiality
from izin.office import Office
from izin.privacy import (
    CHAT_LIVES,
    DRAFT_LIVES,
    RESPOND_WITHIN,
    TICKET_CHAT_LIVES,
    KeptData,
    PrivacyNotice,
    PrivacyRequest,
    RequestState,
)
from izin.replies import Choice, Reply
from izin.wording import Wording

LISTED_REQUESTS = 8
SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class OwnDataView:
    """What the summary is made of; ``complaints`` are the ones this chat filed openly."""

    kept: KeptData
    complaints: Sequence[Complaint]
    review_allowed: bool
    zone: ZoneInfo


def choice(name: str, step: str, wording: Wording) -> Choice:
    """Give the button ``privacy.choice.<name>`` that stands for a step."""
    return Choice(wording.say(f"privacy.choice.{name}"), "privasi", {"langkah": step})


def rights(wording: Wording, *without: str) -> tuple[Choice, ...]:
    """Give what a citizen can ask for, as buttons."""
    steps = {
        "view": "lihat",
        "copy": "salin",
        "correct": "perbaiki",
        "erase": "hapus",
        "stop": "cabut",
        "notice": "pemberitahuan",
    }
    return tuple(choice(name, step, wording) for name, step in steps.items() if name not in without)


def notice_reply(office: Office, review_allowed: bool, wording: Wording) -> Reply:
    """Give the whole privacy notice with the buttons of the rights it names."""
    notice = PrivacyNotice.of(office)
    if notice is None:
        hours = int(RESPOND_WITHIN.total_seconds() // 3600)
        text = wording.say("privacy.notice_missing", agency=office.agency, hours=hours)
        return Reply(text, rights(wording, "notice"))
    parts = [wording.say("privacy.notice_title", version=notice.version)]
    parts += [
        wording.say("privacy.notice_section", title=part.title, text=part.text)
        for part in notice.sections
    ]
    choices = rights(wording, "notice", "stop")
    if review_allowed:
        choices = (*choices, choice("stop", "cabut", wording))
    else:
        parts.append(wording.say("privacy.review_offer"))
        choices = (choice("allow", "izinkan", wording), *choices)
    return Reply("\n\n".join(parts), choices)


def kept_reply(view: OwnDataView, wording: Wording) -> Reply:
    """Give what is kept, with counts and by when each goes."""
    counts = view.kept.counts
    lines = [wording.say("privacy.kept_title"), _messages_line(view, wording)]
    phone = view.kept.phone
    if phone:
        lines.append(wording.say("privacy.kept_phone", end=phone[-SHOWN_DIGITS:]))
    else:
        lines.append(wording.say("privacy.kept_no_phone"))
    if counts.get("berkas"):
        lines.append(wording.say("privacy.kept_files", count=counts["berkas"]))
    if counts.get("isian"):
        days = DRAFT_LIVES.days
        lines.append(wording.say("privacy.kept_drafts", count=counts["isian"], days=days))
    still_open = sum(item.is_open for item in view.complaints)
    closed = len(view.complaints) - still_open
    lines.append(wording.say("privacy.kept_complaints", open=still_open, closed=closed))
    if counts.get("langganan"):
        lines.append(wording.say("privacy.kept_subscriptions", count=counts["langganan"]))
    opinions = counts.get("penilaian", 0) + counts.get("survei", 0)
    if opinions:
        lines.append(wording.say("privacy.kept_ratings", count=opinions))
    if counts.get("permintaan"):
        lines.append(wording.say("privacy.kept_requests", count=counts["permintaan"]))
    review = "allowed" if view.review_allowed else "refused"
    lines.append(wording.say(f"privacy.kept_review_{review}"))
    lines.append(wording.say("privacy.kept_registry"))
    return Reply("\n".join(lines), rights(wording, "view"))


def requests_reply(requests: Sequence[PrivacyRequest], zone: ZoneInfo, wording: Wording) -> Reply:
    """Give the chat's requests with their states and deadlines, newest first."""
    if not requests:
        return Reply(wording.say("privacy.list_none"), rights(wording, "notice"))
    lines = [wording.say("privacy.list_title")]
    for request in requests[:LISTED_REQUESTS]:
        facts = {
            "ticket": request.ticket,
            "kind": wording.say(f"privacy.kind.{request.kind.value}"),
            "state": wording.say(f"privacy.state.{request.state.value}"),
        }
        if request.state is RequestState.OPEN:
            facts |= moment_words(request.due_at, zone, wording)
            lines.append(wording.say("privacy.list_line_open", **facts))
        else:
            at = request.finished_at or request.requested_at
            facts |= moment_words(at, zone, wording)
            lines.append(wording.say("privacy.list_line_done", **facts))
    return Reply("\n".join(lines), rights(wording, "notice"))


def complaints_kept(complaints: Sequence[Complaint], wording: Wording) -> str:
    """Give what the law keeps of the chat's complaints when all else is erased."""
    if not complaints:
        return wording.say("privacy.erase_no_complaints")
    still_open = sum(item.is_open for item in complaints)
    return wording.say(
        "privacy.erase_complaints",
        open=still_open,
        closed=len(complaints) - still_open,
        tickets=", ".join(item.ticket for item in complaints),
    )


def openly_filed(complaints: Sequence[Complaint]) -> list[Complaint]:
    """Give the complaints whose existence may be shown without their ticket."""
    return [item for item in complaints if item.confidentiality is Confidentiality.NORMAL]


def moment_words(moment: datetime, zone: ZoneInfo, wording: Wording) -> dict[str, str]:
    """Give ``date`` and ``time`` of a moment in the office's zone."""
    return {
        "date": wording.date(moment.astimezone(zone).date()),
        "time": wording.time(moment, zone),
    }


def _messages_line(view: OwnDataView, wording: Wording) -> str:
    kept = view.kept
    oldest = kept.oldest_message_at or kept.since
    since = oldest.astimezone(view.zone).date()
    facts = {
        "count": kept.counts.get("pesan", 0),
        "answers": kept.counts.get("balasan", 0),
        "since": wording.date(since, weekday=False),
    }
    if view.complaints:
        years = TICKET_CHAT_LIVES.days // 365
        return wording.say("privacy.kept_messages_ticket", years=years, **facts)
    first = wording.date(since + CHAT_LIVES, weekday=False)
    return wording.say("privacy.kept_messages", days=CHAT_LIVES.days, first=first, **facts)
