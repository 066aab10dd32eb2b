"""The data files of ``data/`` read, checked and turned into nouns.

The files seed a new database once; the database is the truth afterwards. Reading is strict:
everything wrong in any file is collected and reported at once, by file and key. What is
merely doubtful comes back as warnings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from izin.activities import Activity
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.errors import InvalidInput
from izin.faq import FaqEntry
from izin.office import Holiday, Office, Place
from izin.permits import AmbiguousTerm, LegacyName, Permit
from izin.storage import seed_checks
from izin.storage.seed_checks import SeedFiles, SeedWarning
from izin.storage.seed_shapes.catalogue import (
    ActivitiesFile,
    AmbiguousTermsFile,
    ComplaintsFile,
    FaqFile,
    FeeTablesFile,
    LegacyNamesFile,
    MetaFile,
    StatusesFile,
)
from izin.storage.seed_shapes.office import HolidaysFile, OfficeFile, PlacesFile
from izin.storage.seed_shapes.permit import PermitShape
from izin.storage.seed_shapes.privacy import PrivacyFile
from izin.storage.seed_shapes.shape import Shape
from izin.storage.seed_shapes.units import UnitsFile
from izin.units import Unit

_Shape = TypeVar("_Shape", bound=Shape)
_OWN = ("office", "privacy")


@dataclass(frozen=True, slots=True)
class Seed:
    """Everything the data files hold, in the order to show it."""

    permits: tuple[Permit, ...]
    ambiguous_terms: tuple[AmbiguousTerm, ...]
    legacy_names: tuple[LegacyName, ...]
    activities: tuple[Activity, ...]
    fee_tables: Mapping[str, Any]
    status_labels: Mapping[str, str]
    complaint_classes: Mapping[str, ComplaintClass]
    complaint_categories: tuple[ComplaintCategory, ...]
    office: Office
    holidays: tuple[Holiday, ...]
    places: tuple[Place, ...]
    faq: tuple[FaqEntry, ...]
    units: tuple[Unit, ...] = ()
    warnings: tuple[SeedWarning, ...] = ()
    off: frozenset[tuple[str, str]] = frozenset()
    """(kind, key) of what is kept but not shown, ``published: false`` in its file."""


def read_seed(data_folder: Path, office_folder: Path | None = None) -> Seed:
    """Read ``catalog``, ``office`` and ``faq`` below ``data_folder``.

    Args:
        data_folder: The release's files.
        office_folder: Holds the ``office.yml`` and ``privacy.yml`` of a real office instead of
            the fictional one, whose places are then left out.

    Raises:
        InvalidInput: A file is missing, is not YAML, has a wrong or unknown key, or names
            something that does not exist; the message lists every problem by file and key.
    """
    files = _read_files(data_folder, office_folder)
    problems = seed_checks.problems(files)
    if problems:
        raise _unusable(problems)
    permits = {shape.code: shape.noun() for shape in files.permits.values()}
    return Seed(
        permits=tuple(permits[code] for code in files.meta.order),
        ambiguous_terms=tuple(item.noun() for item in files.ambiguous.terms),
        legacy_names=files.legacy.nouns(),
        activities=tuple(item.noun() for item in files.activities.activities),
        fee_tables=files.fee_tables.tables,
        status_labels={item.code: item.label for item in files.statuses.statuses},
        complaint_classes=files.complaints.class_nouns(),
        complaint_categories=tuple(item.noun() for item in files.complaints.categories),
        office=files.privacy.within(files.office.noun()),
        holidays=files.holidays.nouns(),
        places=() if office_folder else tuple(item.noun() for item in files.places.places),
        faq=tuple(entry for file in files.faq.values() for entry in file.nouns()),
        units=tuple(item.noun() for item in files.units.units),
        warnings=tuple(seed_checks.warnings(files)),
        off=frozenset(_off(files)),
    )


def _off(files: SeedFiles) -> Iterator[tuple[str, str]]:
    """Give (kind, key) of every item with ``published: false``."""
    listed: tuple[tuple[str, str, Iterable[Any]], ...] = (
        ("permit", "code", files.permits.values()),
        ("ambiguous_term", "term", files.ambiguous.terms),
        ("legacy_name", "old", files.legacy.names),
        ("activity", "key", files.activities.activities),
        ("status_label", "code", files.statuses.statuses),
        ("complaint_class", "code", files.complaints.classes),
        ("complaint_category", "code", files.complaints.categories),
        ("faq", "key", (entry for file in files.faq.values() for entry in file.entries)),
    )
    for kind, key, items in listed:
        yield from ((kind, getattr(item, key)) for item in items if not item.published)
    for year in files.holidays.years.values():
        for day in (*year.libur_nasional, *year.cuti_bersama, *year.daerah):
            if not day.published:
                yield "holiday", day.date.isoformat()
    for place in files.places.places:
        if not place.published:
            yield "place", f"{place.kind}:{place.name}"


def _read_files(data_folder: Path, office_folder: Path | None) -> SeedFiles:
    reader = _Reader(data_folder, office_folder)
    permits = reader.all("catalog/permits", PermitShape)
    faq = reader.all("faq", FaqFile)
    read: dict[str, Any] = {
        name: reader.one(path, shape)
        for name, path, shape in (
            ("ambiguous", "catalog/ambiguous_terms.yml", AmbiguousTermsFile),
            ("legacy", "catalog/legacy_names.yml", LegacyNamesFile),
            ("fee_tables", "catalog/fee_tables.yml", FeeTablesFile),
            ("statuses", "catalog/statuses.yml", StatusesFile),
            ("meta", "catalog/meta.yml", MetaFile),
            ("activities", "catalog/activities.yml", ActivitiesFile),
            ("complaints", "catalog/complaints.yml", ComplaintsFile),
            ("units", "catalog/units.yml", UnitsFile),
            ("office", "office/office.yml", OfficeFile),
            ("holidays", "office/holidays.yml", HolidaysFile),
            ("places", "office/places.yml", PlacesFile),
            ("privacy", "office/privacy.yml", PrivacyFile),
        )
    }
    if reader.problems:
        raise _unusable(reader.problems)
    return SeedFiles(permits=permits, faq=faq, **read)


class _Reader:
    """Reads files one by one and remembers every problem met on the way."""

    def __init__(self, folder: Path, office_folder: Path | None) -> None:
        self._folder = folder
        self._own = {
            f"office/{name}.yml": office_folder / f"{name}.yml" for name in _OWN if office_folder
        }
        self.problems: list[str] = []

    def all(self, folder: str, shape: type[_Shape]) -> dict[str, _Shape]:
        paths = sorted((self._folder / folder).glob("*.yml"))
        if not paths:
            self.problems.append(f"{folder}: holds no .yml file")
        read = {f"{folder}/{path.name}": self.one(f"{folder}/{path.name}", shape) for path in paths}
        return {name: value for name, value in read.items() if value is not None}

    def one(self, path: str, shape: type[_Shape]) -> _Shape | None:
        try:
            raw = self._own.get(path, self._folder / path).read_text(encoding="utf-8")
            return shape.model_validate(yaml.load(raw, _UniqueKeyLoader))  # noqa: S506
        except FileNotFoundError:
            self.problems.append(f"{path}: file is missing")
        except UnicodeDecodeError as error:
            self.problems.append(f"{path}: is not UTF-8 text ({error})")
        except yaml.YAMLError as error:
            self.problems.append(f"{path}: is not valid YAML: {' '.join(str(error).split())}")
        except ValidationError as error:
            self.problems += [
                f"{path}: {'.'.join(map(str, one['loc'])) or '(whole file)'}: {one['msg']}"
                for one in error.errors(include_url=False)
            ]
        return None


class _UniqueKeyLoader(yaml.CSafeLoader):
    """Safe loader that refuses a key written twice, where YAML would keep only the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is written twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def _unusable(problems: list[str]) -> InvalidInput:
    first_file = problems[0].split(":", 1)[0]
    listed = "\n".join(f"- {problem}" for problem in problems)
    return InvalidInput(f"the data files cannot be used:\n{listed}", field=first_file)
