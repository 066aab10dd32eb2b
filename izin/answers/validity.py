"""How long a permit holds and how it is extended."""

from __future__ import annotations

from izin.answers.requirements import requirements
from izin.answers.section import Section, full_name, mark, sentence, unknown
from izin.permits import Permit
from izin.wording import Wording


def validity(permit: Permit, wording: Wording) -> Section:
    """Give how long the permit holds."""
    if not permit.validity:
        return unknown(permit, "answers.topic_validity", wording)
    lines = [
        wording.say("answers.validity_title", permit=full_name(permit)),
        sentence(mark(permit.validity, permit.validity_inferred, wording)),
    ]
    if permit.validity_note:
        lines.append(wording.say("answers.note", text=sentence(permit.validity_note)))
    return Section("\n".join(lines), inferred=permit.validity_inferred)


def extension(permit: Permit, wording: Wording) -> Section:
    """Give what an extension asks for, with the validity that makes it due."""
    needs = requirements(permit, "extension", wording)
    if not permit.validity:
        return needs
    holds = wording.say(
        "answers.extension_validity",
        validity=sentence(mark(permit.validity, permit.validity_inferred, wording)),
    )
    return Section(
        f"{needs.text}\n{holds}",
        unknown=needs.unknown,
        inferred=needs.inferred or permit.validity_inferred,
    )
