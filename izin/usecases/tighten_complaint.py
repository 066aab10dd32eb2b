"""Makes a filed complaint confidential at its citizen's wish; never the other way round."""

from __future__ import annotations

from izin.complaints import Complaint, Confidentiality
from izin.ports import Complaints
from izin.usecases.complaint_reading import has_words
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording


def tighten(
    turn: TurnInput, complaint: Complaint, complaints: Complaints, wording: Wording
) -> tuple[str, Complaint]:
    """Give the sentence to answer with (a wording id) and the complaint as it is then.

    Secrecy may be tightened at any time and is not loosened without consent (confidentiality
    rules of the office). An ordinary complaint cannot become anonymous any more: officers may
    have seen who filed it.
    """
    level = complaint.confidentiality
    if has_words(turn.text, wording.say("complaint.words_loosen")):
        return f"complaint.not_loosened.{level.value}", complaint
    if level is not Confidentiality.NORMAL:
        return f"complaint.stays.{level.value}", complaint
    sealed = complaints.make_confidential(complaint.ticket, turn.turn_id, "rahasia", turn.now)
    anonymous = has_words(turn.text, wording.say("complaint.words_anonim"))
    return "complaint.made_rahasia_only" if anonymous else "complaint.made_rahasia", sealed


def fits(complaint: Complaint, step: str) -> bool:
    """Say whether a step can be taken on a complaint as it is now."""
    if step == "rahasia":
        return complaint.confidentiality is Confidentiality.NORMAL
    return complaint.is_open == (step in ("tambah", "cabut"))
