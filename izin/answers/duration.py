"""How long a permit takes, as working days and as a date by the office calendar."""

from __future__ import annotations

from datetime import date

from izin.answers.pace import usual_words
from izin.answers.section import Section, full_name, mark, sentence, unknown
from izin.office import Calendar, DueDate
from izin.pace import UsualTime
from izin.permits import Permit, Variant
from izin.wording import Wording


def duration(
    permit: Permit,
    calendar: Calendar,
    today: date,
    wording: Wording,
    usual: UsualTime | None = None,
) -> Section:
    """Give the service standard and the date it ends if the file is complete today.

    Cases with a standard of their own follow, each with its date. A standard of 0 without
    any case means that this office has none. ``usual`` is how long the office really took
    lately, told beside the standard with the cases it rests on.
    """
    lately = [] if usual is None else [usual_words(usual, "whole", wording)]
    if permit.sla_working_days <= 0 and not permit.variants:
        section = unknown(permit, "answers.topic_duration", wording)
        extra = [*lately, *(sentence(text) for text in (permit.sla_note, permit.redirect) if text)]
        return Section("\n".join([section.text, *extra]), unknown=True)
    lines = [wording.say("answers.duration_title", permit=full_name(permit))]
    if permit.sla_working_days > 0:
        days = mark(
            wording.say("answers.working_days", days=permit.sla_working_days),
            permit.sla_inferred,
            wording,
        )
        due = calendar.add_working_days(today, permit.sla_working_days)
        lines.append(wording.say("answers.duration_days", days=days))
        lines.append(wording.say("answers.duration_date", date=due_words(due, wording)))
    lines += lately
    if permit.variants:
        lines.append(wording.say("answers.duration_variants"))
        lines += [f"• {_variant(item, calendar, today, wording)}" for item in permit.variants]
    if permit.sla_note:
        lines.append(wording.say("answers.note", text=sentence(permit.sla_note)))
    lines.append(wording.say("answers.duration_clock"))
    inferred = permit.sla_inferred or any(
        item.inferred or item.sla_inferred for item in permit.variants
    )
    return Section("\n".join(lines), inferred=inferred)


def due_words(due: DueDate, wording: Wording) -> str:
    """Give ``Senin, 23 November 2026``, marked provisional where holidays are not loaded."""
    day = wording.date(due.day)
    return wording.say("answers.provisional", date=day) if due.provisional else day


def _variant(item: Variant, calendar: Calendar, today: date, wording: Wording) -> str:
    name = item.when or item.id.replace("_", " ").capitalize()
    if item.sla_working_days is None:
        text = wording.say("answers.variant_unknown", when=name)
    elif item.sla_working_days == 0:
        text = wording.say("answers.variant_automatic", when=name)
    else:
        due = calendar.add_working_days(today, item.sla_working_days)
        text = wording.say(
            "answers.variant_days",
            when=name,
            days=wording.say("answers.working_days", days=item.sla_working_days),
            date=due_words(due, wording),
        )
    if item.note:
        text = f"{text}. {sentence(item.note)}"
    return mark(text, item.inferred or item.sla_inferred, wording)
