"""Checks across the data files: what contradicts itself, and what is merely doubtful.

Kinds of warnings:

- ``sla_differs_from_stages``: the service standard is not the sum of the stages that every
  case passes; the standard counts.
- ``shared_synonym``: a name claimed by two permits that is no ambiguous term.
- ``shared_phrase``: a phrase claimed by two activities, complaint categories or FAQ entries.
- ``no_source``: a permit or FAQ entry without source that is not marked inferred.
- ``holidays_not_loaded``: the year of the data, or the one after, has no holidays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from izin.applications import Status
from izin.storage.seed_shapes.catalogue import (
    ActivitiesFile,
    ActivityShape,
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
from izin.storage.seed_shapes.units import UnitsFile

# The spellings that search holds equal (glossary, notes on normalisation).
_SAME_SPELLING = (("ijin", "izin"), ("praktek", "praktik"), ("apotik", "apotek"))


@dataclass(frozen=True, slots=True)
class SeedWarning:
    """Something doubtful in the data that does not stop seeding.

    Attributes:
        kind: Fixed name, listed atop this module.
        file: The file, relative to the data folder.
        facts: What was found, by name; for a person, word it through ``locales/``.
    """

    kind: str
    file: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give one line for developers."""
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.file}: {self.kind}: {facts}"


@dataclass(frozen=True, slots=True)
class SeedFiles:
    """The validated files as they stand, for checks that look across them.

    ``permits`` and ``faq`` are keyed by file, relative to the data folder.
    """

    permits: Mapping[str, PermitShape]
    faq: Mapping[str, FaqFile]
    ambiguous: AmbiguousTermsFile
    legacy: LegacyNamesFile
    fee_tables: FeeTablesFile
    statuses: StatusesFile
    meta: MetaFile
    activities: ActivitiesFile
    complaints: ComplaintsFile
    office: OfficeFile
    holidays: HolidaysFile
    places: PlacesFile
    privacy: PrivacyFile
    units: UnitsFile


def problems(files: SeedFiles) -> list[str]:
    """Give every contradiction between the files, each by file and key; empty when sound."""
    return [
        *_permit_files(files),
        *_unknown_codes(files),
        *_activity_questions(files),
        *_duplicates(files),
        *_vocabulary(files),
    ]


def warnings(files: SeedFiles) -> Iterator[SeedWarning]:
    """Give what is doubtful; kinds are listed atop this module."""
    for path, permit in files.permits.items():
        total = sum(stage.working_days for stage in permit.stages if stage.only_for is None)
        if total != permit.sla_working_days:
            yield SeedWarning(
                "sla_differs_from_stages",
                path,
                {"code": permit.code, "standard": permit.sla_working_days, "stages": total},
            )
        if not permit.sources and not permit.inferred:
            yield SeedWarning("no_source", path, {"code": permit.code})
    yield from _shared_synonyms(files)
    yield from _shared_phrases(files)
    for path, faq in files.faq.items():
        for entry in faq.entries:
            if not entry.sources and not entry.inferred:
                yield SeedWarning("no_source", path, {"key": entry.key})
    this_year = files.meta.compiled.year
    for year in (this_year, this_year + 1):
        if str(year) not in files.holidays.years:
            yield SeedWarning("holidays_not_loaded", "office/holidays.yml", {"year": year})


def _permit_files(files: SeedFiles) -> Iterator[str]:
    codes = [permit.code for permit in files.permits.values()]
    for path, permit in files.permits.items():
        if path != f"catalog/permits/{permit.code}.yml":
            yield f"{path}: code: is {permit.code}, so the file must be {permit.code}.yml"
        yield from (f"{path}: {problem}" for problem in _inside(permit))
        reference = permit.fee.calculator_ref
        if reference and reference.removeprefix("fee_tables.") not in files.fee_tables.tables:
            yield f"{path}: fee.calculator_ref: fee_tables.yml has no such table"
    if sorted(files.meta.order) != sorted(codes):
        difference = sorted(set(files.meta.order) ^ set(codes)) or "a code listed twice"
        yield f"catalog/meta.yml: order: does not list every permit once: {difference}"


def _inside(permit: PermitShape) -> Iterator[str]:
    """Give contradictions within one permit file."""
    for kind in ("new", "extension", "change"):
        numbers = [item.no for item in getattr(permit.requirements, kind)]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"requirements.{kind}: numbers must run 1, 2, 3…"
    orders = [stage.order for stage in permit.stages]
    if orders != list(range(1, len(orders) + 1)):
        yield "stages: order must run 1, 2, 3…"
    variants = [variant.id for variant in permit.variants]
    if len(set(variants)) != len(variants):
        yield "variants: an id is written twice"
    for stage in permit.stages:
        if stage.only_for is not None and stage.only_for not in variants:
            yield f"stages.{stage.order}.only_for: no variant is called {stage.only_for}"
    if (permit.fee.type == "free") != (permit.fee.amount_idr == 0):
        yield "fee.amount_idr: a free permit says 0, and only a free one"


def _unknown_codes(files: SeedFiles) -> Iterator[str]:
    codes = {permit.code for permit in files.permits.values()}
    named: list[tuple[str, Iterable[str | None]]] = [
        *(
            (f"catalog/ambiguous_terms.yml: {item.term}: codes", item.codes)
            for item in files.ambiguous.terms
        ),
        *(
            (f"catalog/legacy_names.yml: {item.old}: code", [item.code])
            for item in files.legacy.names
        ),
        *(
            (f"catalog/activities.yml: {item.key}: permits", _codes_of(item))
            for item in files.activities.activities
        ),
        *(
            (f"{path}: {entry.key}: permits", entry.permits)
            for path, faq in files.faq.items()
            for entry in faq.entries
        ),
    ]
    for where, wanted in named:
        for code in wanted:
            if code is not None and code not in codes:
                yield f"{where}: the catalogue has no permit {code}"
    classes = {item.code for item in files.complaints.classes}
    for category in files.complaints.categories:
        if category.class_code not in classes:
            yield (
                f"catalog/complaints.yml: {category.code}: class: "
                f"there is no class {category.class_code}"
            )


def _codes_of(activity: ActivityShape) -> list[str]:
    answers = [answer for question in activity.questions for answer in question.answers]
    return [
        *(one.code for one in activity.permits),
        *(one.code for answer in answers for one in answer.add),
        *(code for answer in answers for code in answer.drop),
    ]


def _activity_questions(files: SeedFiles) -> Iterator[str]:
    """Look for answers of one key, questions nobody reaches, and more than two in a row."""
    for item in files.activities.activities:
        path = f"catalog/activities.yml: {item.key}: questions"
        known: set[str] = set()
        for question in item.questions:
            for key in question.after:
                if key not in known:
                    yield f"{path}: after: no earlier answer is called {key}"
            for answer in question.answers:
                if answer.key in known:
                    yield f"{path}: {answer.key}: is written twice"
                known.add(answer.key)
            if question.measure and not any(a.up_to is not None for a in question.answers):
                yield f"{path}: {question.ask}: a measure needs an answer with up_to"


def _duplicates(files: SeedFiles) -> Iterator[str]:
    for where, keys in (
        ("catalog/ambiguous_terms.yml", [item.term for item in files.ambiguous.terms]),
        ("catalog/legacy_names.yml", [item.old for item in files.legacy.names]),
        ("catalog/activities.yml", [item.key for item in files.activities.activities]),
        ("catalog/complaints.yml", [item.code for item in files.complaints.classes]),
        ("catalog/complaints.yml", [item.code for item in files.complaints.categories]),
        ("office/places.yml", [f"{item.kind} {item.name}" for item in files.places.places]),
        ("faq", [entry.key for faq in files.faq.values() for entry in faq.entries]),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{where}: {key}: is written twice"


def _vocabulary(files: SeedFiles) -> Iterator[str]:
    """Compare the status file with the vocabulary the product is built on."""
    path = "catalog/statuses.yml"
    listed = {item.code: item for item in files.statuses.statuses}
    for code in sorted(listed.keys() ^ {status.value for status in Status}):
        yield f"{path}: {code}: the file and the status vocabulary must hold the same codes"
    for status in Status:
        item = listed.get(status.value)
        if item is not None and item.sla_clock != status.clock_runs:
            yield f"{path}: {item.code}: sla_clock: the product counts the other way"


def _shared_synonyms(files: SeedFiles) -> Iterator[SeedWarning]:
    ambiguous = {same_spelling(item.term) for item in files.ambiguous.terms}
    owners = _owners(
        (permit.code, name)
        for permit in files.permits.values()
        for name in (permit.short_name, *permit.synonyms)
    )
    for name, codes in owners.items():
        if len(codes) > 1 and name not in ambiguous:
            facts = {"synonym": name, "codes": sorted(codes)}
            yield SeedWarning("shared_synonym", "catalog/permits", facts)


def _shared_phrases(files: SeedFiles) -> Iterator[SeedWarning]:
    sources = (
        (
            "catalog/activities.yml",
            ((item.key, text) for item in files.activities.activities for text in item.phrases),
        ),
        (
            "catalog/complaints.yml",
            ((item.code, text) for item in files.complaints.categories for text in item.phrases),
        ),
        (
            "faq",
            (
                (entry.key, text)
                for faq in files.faq.values()
                for entry in faq.entries
                for text in (entry.question, *entry.variants)
            ),
        ),
    )
    for where, pairs in sources:
        for phrase, keys in _owners(pairs).items():
            if len(keys) > 1:
                yield SeedWarning("shared_phrase", where, {"phrase": phrase, "keys": sorted(keys)})


def _owners(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for owner, text in pairs:
        owners[same_spelling(text)].add(owner)
    return owners


def same_spelling(text: str) -> str:
    """Give ``text`` so that spellings the search holds equal become the same string."""
    folded = text.casefold()
    for old, new in _SAME_SPELLING:
        folded = folded.replace(old, new)
    return re.sub(r"[^a-z0-9]+", " ", folded).strip()
