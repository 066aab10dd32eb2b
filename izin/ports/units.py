"""Units that complaints and conversations are passed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from izin.units import Unit


class Units(Protocol):
    """The office's units; one is never removed, only switched off."""

    def all(self) -> Sequence[Unit]:
        """Give every unit: the desk first, then by name; those switched off too."""
        ...

    def unit(self, code: str) -> Unit:
        """Give a unit (NotFound if unknown)."""
        ...

    def add(self, unit: Unit) -> Unit:
        """Store a new unit, its texts trimmed; the same one twice is fine.

        Raises:
            InvalidInput: ``code``, ``name`` or ``contact`` cannot be used.
            Conflict: Another unit has this code.
        """
        ...

    def edit(self, unit: Unit) -> Unit:
        """Replace what is known of the unit with this code.

        Raises:
            InvalidInput: ``name`` or ``contact`` cannot be used.
            NotFound: No such unit.
        """
        ...
