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
    if permit.redirect:
        lines.append(sentence(permit.redirect))
    if permit.note:
        lines.append(sentence(permit.note))
    lines.append(wording.say("answers.overview_ask"))
    return Section("\n".join(lines))


def legacy_line(legacy: LegacyName, wording: Wording) -> str:
    """Give the one line saying what became of an old name."""
    since = f" ({legacy.since})" if legacy.since else ""
    text = wording.say("answers.legacy", old=legacy.old, now=f"{legacy.now}{since}")
    if legacy.note:
        text = f"{text} {sentence(legacy.note)}"
    return mark(text, legacy.inferred, wording)


def former_line(former: str, permit: Permit, wording: Wording) -> str:
    """Give the one line saying that a permit's former name was used."""
    return wording.say("answers.legacy", old=former, now=permit.short_name)
