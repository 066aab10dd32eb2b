"""What a permit asks for: new, extension or change."""

from __future__ import annotations

from izin.answers.section import Section, full_name, mark, sentence, unknown
from izin.permits import Permit, Requirement, RequirementKind
from izin.wording import Wording

SHOWN_NOTES = 2
"""Notes follow the list; more of them would bury it on a phone."""

KIND_TITLES: dict[RequirementKind, str] = {
    "new": "answers.requirements_new",
    "extension": "answers.requirements_extension",
    "change": "answers.requirements_change",
}


def requirements(permit: Permit, kind: RequirementKind, wording: Wording) -> Section:
    """Give the numbered requirements of one kind; unknown when the catalogue holds none."""
    items = permit.requirements_for(kind)
    if not items:
        return unknown(permit, f"answers.topic_requirements_{kind}", wording)
    lines = [wording.say(KIND_TITLES[kind], permit=full_name(permit))]
    lines += [f"{item.number}. {_line(item, wording)}" for item in items]
    notes = permit.requirement_notes[:SHOWN_NOTES]
    if notes and kind == "new":
        lines.append(wording.say("answers.notes"))
        lines += [f"• {sentence(note)}" for note in notes]
    lines.append(where_to_apply(permit, wording))
    return Section("\n".join(lines), inferred=any(item.inferred for item in items))


def where_to_apply(permit: Permit, wording: Wording) -> str:
    """Give the line saying where to apply and who helps."""
    parts = []
    if permit.apply_at.get("primary"):
        parts.append(wording.say("answers.apply_at", place=permit.apply_at["primary"]))
    if permit.apply_at.get("assisted"):
        parts.append(wording.say("answers.apply_assisted", place=permit.apply_at["assisted"]))
    return " ".join(parts) or wording.say("answers.apply_unknown")


def _line(item: Requirement, wording: Wording) -> str:
    text = item.text
    if item.applicant:
        text = wording.say("answers.requirement_applicant", text=text, applicant=item.applicant)
    if item.note:
        text = wording.say("answers.requirement_note", text=text, note=item.note)
    return mark(text, item.inferred, wording)
