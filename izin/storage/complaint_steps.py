"""What happens to a complaint after it is filed, the same for every storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from izin.complaint_rules import resumed
from izin.complaint_states import Closing, ClosingReason
from izin.complaints import (
    Addition,
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.office import OfficeHours
from izin.storage.text import storable

WITHDRAWN = ClosingReason.WITHDRAWN.value


def is_sealed(level: Confidentiality) -> bool:
    """Say whether complaints of this level are kept apart."""
    return level is not Confidentiality.NORMAL


def stored_moment(level: Confidentiality, at: datetime) -> datetime:
    """Give the moment to store: of an anonymous complaint only the hour.

    To the microsecond it would equal the moment of the turn that filed it.
    """
    if level is not Confidentiality.ANONYMOUS:
        return at
    return at.replace(minute=0, second=0, microsecond=0)


def as_filed(complaint: Complaint) -> Complaint:
    """Give a new complaint as it is stored: an anonymous one keeps no way back to its chat."""
    level = complaint.confidentiality
    return replace(
        complaint,
        story=storable(complaint.story),
        place=storable(complaint.place),
        desired=storable(complaint.desired),
        conversation_id=(None if level is Confidentiality.ANONYMOUS else complaint.conversation_id),
        filed_at=stored_moment(level, complaint.filed_at),
        events=tuple(
            replace(event, at=stored_moment(level, event.at), text=storable(event.text))
            for event in complaint.events
        ),
    )


def as_changed(before: Complaint, after: Complaint) -> Complaint:
    """Give what became of a complaint under its next version; the same if nothing changed."""
    return after if after == before else replace(after, version=before.version + 1)


def with_storable_texts(before: Complaint, after: Complaint) -> Complaint:
    """Give a changed complaint whose new texts can be stored."""
    told = len(before.events)
    events = [replace(event, text=storable(event.text)) for event in after.events[told:]]
    closing = after.closing
    if closing is not None and closing != before.closing:
        closing = replace(
            closing,
            text=storable(closing.text),
            unit=storable(closing.unit),
            basis=storable(closing.basis),
            other=storable(closing.other),
            forwarded_to=storable(closing.forwarded_to),
        )
    return replace(after, events=(*after.events[:told], *events), closing=closing)


def added(
    complaint: Complaint,
    text: str,
    media_ids: Sequence[str],
    now: datetime,
    hours: OfficeHours | None = None,
) -> Complaint:
    """Give the complaint with what the citizen adds; if that was waited for, its dates go on."""
    at = stored_moment(complaint.confidentiality, now)
    if complaint.state is ComplaintState.WAITING and hours is not None:
        complaint = resumed(complaint, None, at, hours)
    return replace(
        complaint,
        additions=(*complaint.additions, Addition(at, storable(text), tuple(media_ids))),
        events=(*complaint.events, ComplaintEvent(at, "added")),
    )


def reopened(
    complaint: Complaint, reason: str, new_deadlines: Deadlines, now: datetime
) -> Complaint:
    """Give a closed complaint opened again; an open one stays as it is."""
    if complaint.is_open:
        return complaint
    at = stored_moment(complaint.confidentiality, now)
    return replace(
        complaint,
        state=ComplaintState.REOPENED,
        deadlines=new_deadlines,
        reopened_times=complaint.reopened_times + 1,
        closed_at=None,
        closing_reason=None,
        closing=None,
        responded_at=None,
        waiting_until=None,
        events=(*complaint.events, ComplaintEvent(at, "reopened", storable(reason))),
    )


def withdrawn(complaint: Complaint, now: datetime) -> Complaint:
    """Give an open complaint closed by its complainant; a closed one stays as it is."""
    if not complaint.is_open:
        return complaint
    at = stored_moment(complaint.confidentiality, now)
    return replace(
        complaint,
        state=ComplaintState.CLOSED,
        closed_at=at,
        closing_reason=WITHDRAWN,
        closing=Closing(ClosingReason.WITHDRAWN),
        waiting_until=None,
        events=(*complaint.events, ComplaintEvent(at, "withdrawn")),
    )


def made_confidential(complaint: Complaint, now: datetime) -> Complaint:
    """Give an ordinary complaint made confidential; a sealed one stays as it is."""
    if is_sealed(complaint.confidentiality):
        return complaint
    return replace(
        complaint,
        confidentiality=Confidentiality.CONFIDENTIAL,
        events=(*complaint.events, ComplaintEvent(now, "made_confidential")),
    )


def rated(complaint: Complaint, score: int, comment: str, now: datetime) -> Complaint:
    """Give the complaint with its rating; the reason stands in the event."""
    at = stored_moment(complaint.confidentiality, now)
    return replace(
        complaint,
        rating=score,
        events=(*complaint.events, ComplaintEvent(at, "rated", storable(comment))),
    )
