"""The shape of ``data/office/privacy.yml``, the office's privacy notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, model_validator

from izin.errors import InvalidInput
from izin.office import Office
from izin.privacy import PrivacyNotice
from izin.storage.seed_shapes.shape import Day, Shape, Text


class SectionShape(Shape):
    """One titled part of the notice."""

    title: Text
    text: Text


class PrivacyFile(Shape):
    """``data/office/privacy.yml``; the law's parts are listed atop the file."""

    version: Text
    checked_on: Day
    sections: Annotated[list[SectionShape], Field(min_length=1)]

    def within(self, office: Office) -> Office:
        """Give the office with this notice among its details."""
        details: dict[str, Any] = {**office.details, "privacy": self.model_dump(mode="json")}
        return replace(office, details=details)

    @model_validator(mode="after")
    def _periods_are_known(self) -> PrivacyFile:
        probe = Office("a", "a", "a", "Asia/Jakarta")
        try:
            PrivacyNotice.of(self.within(probe))
        except InvalidInput as error:
            raise ValueError("names a period that does not exist, or has a stray brace") from error
        return self
