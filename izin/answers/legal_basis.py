"""Which law a permit rests on, and every source of its facts."""

from __future__ import annotations

from izin.answers.section import Section, full_name, unknown
from izin.answers.sources import origins
from izin.office import Office
from izin.permits import Permit
from izin.wording import Wording

SHOWN_SOURCES = 5


def legal_basis(permit: Permit, office: Office, wording: Wording) -> Section:
    """Give the laws behind the permit, then where its facts were read."""
    if not permit.legal_basis:
        return unknown(permit, "answers.topic_legal_basis", wording)
    lines = [wording.say("answers.legal_basis_title", permit=full_name(permit))]
    lines += [f"• {law}" for law in permit.legal_basis]
    found = origins(permit.sources, office)
    if found.own:
        shown = "; ".join(found.own[:SHOWN_SOURCES])
        lines.append(wording.say("answers.legal_basis_sources", sources=shown))
    return Section("\n".join(lines))
