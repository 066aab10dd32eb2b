"""The demo's stories and people, as ``data/demo`` writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from izin.applications import Status
from izin.errors import InvalidInput
from izin.permits import Permit

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """A stage of the catalogue with the status an application has in it."""

    status: Status
    name: str
    unit: str
    working_days: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation that demo applications are in; see the comments of ``stories.yml``."""

    name: str
    status: Status
    used: Range | None = None
    waiting_days: Range = (1, 3)
    missing: Range = (0, 0)
    returned_before: int = 0
    valid_days: Range | None = None
    since: date | None = None
    per_permit: int = 0
    permits: tuple[str, ...] = ()
    copies: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoApplication:
    """An application of a demo citizen: its fixed number and its situation."""

    number: str
    permit: str
    situation: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A fictional citizen. ``phone`` is ``+62…``, ``interesting`` a line in Indonesian."""

    name: str
    phone: str
    nik_last4: str
    interesting: str
    applications: tuple[DemoApplication, ...]


class Stories:
    """What ``stories.yml`` says."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        """Take the parsed file.

        Raises:
            InvalidInput: A part is missing or has an unknown status or key.
        """
        try:
            self._rules = [
                (
                    re.compile(rule.get("name", ""), re.IGNORECASE),
                    re.compile(rule.get("unit", ""), re.IGNORECASE),
                    Status(rule["status"]) if rule["status"] else None,
                )
                for rule in raw["stage_rules"]
            ]
            self.situations = {
                name: _situation(name, values) for name, values in raw["situations"].items()
            }
            self.every_stage: Sequence[str] = raw["every_stage"]
            self.validity_years: Mapping[str, int] = raw["validity_years"]
            self.amounts_rupiah: Mapping[str, Sequence[int]] = raw["amounts_rupiah"]
            self.notes: Mapping[str, str] = raw["notes"]
            self.missing_notes: Sequence[str] = raw["missing_notes"]
            self.names: Mapping[str, Any] = raw["names"]
            self.numbers: Mapping[str, Any] = raw["numbers"]
            self._own_stages = {
                Status(status): PlannedStage(Status(status), values["stage"], values["unit"])
                for status, values in raw["own_stages"].items()
            }
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise InvalidInput(f"data/demo/stories.yml: {error!r}") from error

    def plan(self, permit: Permit) -> tuple[PlannedStage, ...]:
        """Give the stages an application for ``permit`` passes, in order."""
        stages = sorted(permit.stages, key=lambda stage: stage.order)
        planned = []
        for stage in stages:
            status = self._status_of(stage.name, stage.unit)
            if stage.only_for is None and status is not None:
                planned.append(PlannedStage(status, stage.name, stage.unit, stage.working_days))
        return tuple(planned)

    def own_stage(self, status: Status) -> PlannedStage:
        """Give the stage of a status that the catalogue's stages do not have."""
        return self._own_stages[status]

    def situation(self, name: str) -> Situation:
        """Give a situation by its name.

        Raises:
            InvalidInput: There is none of this name.
        """
        try:
            return self.situations[name]
        except KeyError:
            raise InvalidInput(f"data/demo: no situation {name!r}") from None

    def _status_of(self, name: str, unit: str) -> Status | None:
        for name_pattern, unit_pattern, status in self._rules:
            if name_pattern.search(name) and unit_pattern.search(unit):
                return status
        raise InvalidInput(f"data/demo/stories.yml: no rule for the stage {name!r}")


def read_stories(data_folder: Path) -> Stories:
    """Read ``demo/stories.yml``.

    Raises:
        InvalidInput: The file is missing or malformed.
    """
    return Stories(_read(data_folder / "demo" / "stories.yml"))


def read_people(data_folder: Path) -> tuple[DemoPerson, ...]:
    """Read ``demo/people.yaml``.

    Raises:
        InvalidInput: The file is missing or malformed.
    """
    raw = _read(data_folder / "demo" / "people.yaml")
    try:
        return tuple(
            DemoPerson(
                **{
                    **person,
                    "applications": tuple(DemoApplication(**a) for a in person["applications"]),
                }
            )
            for person in raw["people"]
        )
    except (KeyError, TypeError) as error:
        raise InvalidInput(f"data/demo/people.yaml: {error!r}") from error


def _situation(name: str, values: Mapping[str, Any]) -> Situation:
    ready: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    return Situation(name, Status(ready.pop("status")), **ready)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInput(f"{path} cannot be read: {type(error).__name__}") from error
    if not isinstance(raw, dict):
        raise InvalidInput(f"{path} holds no mapping")
    return raw
