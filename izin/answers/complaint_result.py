"""What complainants are told of the work on their complaint, and officers of its dates."""

from __future__ import annotations

from izin.complaint_states import Closing, ClosingReason
from izin.wording import Wording


def result_lines(closing: Closing | None, wording: Wording) -> list[str]:
    """Give what was done, by which unit, when and on which basis; or why it is not pursued."""
    if closing is None:
        return []
    lines = []
    if closing.text:
        lines.append(wording.say(f"complaint.result.{closing.reason.value}", text=closing.text))
    if closing.reason is ClosingReason.RESOLVED and closing.unit and closing.done_on:
        day = wording.date(closing.done_on, weekday=False)
        lines.append(wording.say("complaint.result_by", unit=closing.unit, date=day))
    if closing.basis:
        lines.append(wording.say("complaint.result_basis", basis=closing.basis))
    if closing.other:  # its number stays unsaid: it may be somebody else's
        lines.append(wording.say("complaint.result_other"))
    if closing.forwarded_to:
        lines.append(wording.say("complaint.result_forwarded", where=closing.forwarded_to))
    return lines
