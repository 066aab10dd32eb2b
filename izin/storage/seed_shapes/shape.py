"""What all shapes of data files share."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# YAML writers quote dates; both spellings mean the same day.
Day = Annotated[date, Field(strict=False)]
WorkingDays = Annotated[int, Field(ge=0, le=366)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]+$")]


class Shape(BaseModel):
    """A mapping in a data file: its keys are fixed and its types are not converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
