"""What a permit is, when it was named and nothing was asked."""

from __future__ import annotations

from izin.answers.section import Section, full_name, mark, sentence
from izin.permits import LegacyName, Permit
from izin.wording import Wording


def overview(permit: Permit, wording: Wording) -> Section:
    """Give the permit's product, agency and standard in a few lines."""
    lines = [
        wording.say("answers.overview_title", permit=full_name(permit)),
        wording.say("answers.overview_agency", agency=permit.technical_agency),
        wording.say("answers.overview_product", product=sentence(permit.product)),
    ]
    if permit.sla_working_days > 0:
        days = wording.say("answers.working_days", days=permit.sla_working_days)
        lines.append(
            wording.say("answers.overview_days", days=mark(days, permit.sla_inferred, wording))
        )
    if permit.fee.amount_rupiah is not None:
        amount = mark(wording.rupiah(permit.fee.amount_rupiah), permit.fee.inferred, wording)
        lines.append(wording.say("answers.overview_fee", amount=amount))
    if permit.redirect:
        lines.append(sentence(permit.redirect))
    if permit.note:
        lines.append(sentence(permit.note))
    lines.append(wording.say("answers.overview_ask"))
    return Section("\n".join(lines))


def legacy_line(legacy: LegacyName, wording: Wording) -> str:
    """Give the one line saying what became of an old name."""
    if legacy.since:
        # What follows a semicolon is the history behind it: too long for the one line.
        since = legacy.since.split(";")[0].strip()
        text = wording.say("answers.legacy_since", old=legacy.old, now=legacy.now, since=since)
    else:
        text = wording.say("answers.legacy", old=legacy.old, now=legacy.now)
    if legacy.note:
        text = f"{text} {sentence(legacy.note)}"
    return mark(text, legacy.inferred, wording)
