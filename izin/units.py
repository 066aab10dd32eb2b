"""Units (OPD): who handles what the permit office's desk passes on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from izin.errors import InvalidInput

LONGEST_NAME = 120
LONGEST_CONTACT = 300
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,23}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the regency that complaints and conversations are passed to.

    Attributes:
        code: 2 to 24 capitals, digits and underscores; never changes.
        name: What officers and citizens read.
        desk: The permit office itself; what has no unit is its work.
        active: Nothing is passed to a unit that is not.
        contact: How officers reach it; citizens never read it.
    """

    code: str
    name: str
    desk: bool = False
    active: bool = True
    contact: str = ""


def checked(unit: Unit) -> Unit:
    """Give the unit with its texts trimmed.

    Raises:
        InvalidInput: ``code`` or ``name`` cannot be used, or ``contact`` is too long.
    """
    name, contact = " ".join(unit.name.split()), unit.contact.strip()
    if not _CODE.fullmatch(unit.code):
        raise InvalidInput(f"unit code {unit.code!r}", field="code")
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("unit name", field="name")
    if len(contact) > LONGEST_CONTACT:
        raise InvalidInput("unit contact", field="contact")
    return Unit(unit.code, name, unit.desk, unit.active, contact)
