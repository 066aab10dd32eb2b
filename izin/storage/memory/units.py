"""Units, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from izin.errors import Conflict, NotFound
from izin.units import Unit, checked


class MemoryUnits:
    """The port ``Units``."""

    def __init__(self, units: Sequence[Unit] = ()) -> None:
        """Take the units known from the beginning."""
        self._units = {unit.code: unit for unit in units}

    def all(self) -> Sequence[Unit]:
        """Give every unit: the desk first, then by name."""
        return sorted(self._units.values(), key=lambda unit: (not unit.desk, unit.name, unit.code))

    def unit(self, code: str) -> Unit:
        """Give a unit."""
        if code not in self._units:
            raise NotFound(f"unit {code!r}")
        return self._units[code]

    def add(self, unit: Unit) -> Unit:
        """Store a new unit."""
        new = checked(unit)
        if self._units.setdefault(new.code, new) != new:
            raise Conflict(f"unit {new.code} is known")
        return new

    def edit(self, unit: Unit) -> Unit:
        """Replace what is known of a unit."""
        new = checked(unit)
        self.unit(new.code)
        self._units[new.code] = new
        return new
