"""The way of an application, stage by stage."""

from __future__ import annotations

from izin.answers.requirements import where_to_apply
from izin.answers.section import Section, full_name, mark, sentence, unknown
from izin.permits import Permit, Stage
from izin.wording import Wording


def procedure(permit: Permit, wording: Wording) -> Section:
    """Give the stages with the unit that holds the file and its working days.

    When most stages are examples, that is said once for all instead of at each.
    """
    if not permit.stages:
        return unknown(permit, "answers.topic_procedure", wording)
    inferred = [stage for stage in permit.stages if stage.inferred]
    mostly = len(inferred) * 2 > len(permit.stages)
    lines = [wording.say("answers.procedure_title", permit=full_name(permit))]
    if permit.redirect:
        lines.append(sentence(permit.redirect))
    lines.append(where_to_apply(permit, wording))
    for stage in sorted(permit.stages, key=lambda item: item.order):
        lines.append(f"{stage.order}. {_line(stage, wording, marked=not mostly)}")
    if mostly:
        lines.append(wording.say("answers.procedure_inferred"))
    if permit.apply_at.get("issuer"):
        lines.append(wording.say("answers.procedure_issuer", text=permit.apply_at["issuer"]))
    return Section("\n".join(lines), inferred=bool(inferred))


def _line(stage: Stage, wording: Wording, *, marked: bool) -> str:
    text = (
        wording.say("answers.stage_days", name=stage.name, unit=stage.unit, days=stage.working_days)
        if stage.working_days
        else wording.say("answers.stage", name=stage.name, unit=stage.unit)
    )
    if stage.note:
        text = wording.say("answers.requirement_note", text=text, note=stage.note)
    return mark(text, stage.inferred and marked, wording)
