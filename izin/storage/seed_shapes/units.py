"""The shape of ``data/catalog/units.yml``: units that complaints are passed to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from izin.storage.seed_shapes.shape import Shape, Text
from izin.units import LONGEST_CONTACT, LONGEST_NAME, Unit

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,23}$")]


class UnitShape(Shape):
    """One unit."""

    code: Code
    name: Annotated[Text, StringConstraints(max_length=LONGEST_NAME)]
    desk: bool = False
    contact: Annotated[str, StringConstraints(max_length=LONGEST_CONTACT)] = ""
    published: bool = True

    def noun(self) -> Unit:
        """Give the unit."""
        return Unit(self.code, self.name, self.desk, self.published, self.contact)


class UnitsFile(Shape):
    """The whole file; exactly one unit is the permit office's desk."""

    units: Annotated[list[UnitShape], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_desk(self) -> UnitsFile:
        if sum(unit.desk for unit in self.units) != 1:
            raise ValueError("exactly one unit must be the desk")
        return self
