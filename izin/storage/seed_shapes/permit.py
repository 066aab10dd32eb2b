"""The shape of ``data/catalog/permits/<CODE>.yml`` and the permit it becomes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from izin.permits import Fee, Permit, Requirement, RequirementKind, Stage, Variant
from izin.storage.seed_shapes.shape import Day, Shape, Text, WorkingDays


class RequirementShape(Shape):
    """One requirement of ``requirements.new``, ``.extension`` or ``.change``."""

    no: Annotated[int, Field(ge=1)]
    text: Text
    applicant: Text | None = None
    note: Text | None = None
    inferred: bool = False


class RequirementsShape(Shape):
    """The three lists of requirements; an empty list means that the data holds none."""

    new: list[RequirementShape]
    extension: list[RequirementShape]
    change: list[RequirementShape]

    def nouns(self) -> tuple[Requirement, ...]:
        """Give all requirements, new ones first."""
        lists: tuple[tuple[RequirementKind, list[RequirementShape]], ...] = (
            ("new", self.new),
            ("extension", self.extension),
            ("change", self.change),
        )
        return tuple(
            Requirement(kind, item.no, item.text, item.applicant, item.note, item.inferred)
            for kind, items in lists
            for item in items
        )


class StageShape(Shape):
    """One stage of the process."""

    order: Annotated[int, Field(ge=1)]
    name: Text
    unit: Text
    working_days: WorkingDays
    inferred: bool = False
    note: Text | None = None
    only_for: Text | None = None


class VariantShape(Shape):
    """One case with its own service standard."""

    id: Text
    when: Text
    sla_working_days: WorkingDays | None = None
    note: Text | None = None
    inferred: bool = False
    sla_inferred: bool = False
    risk: Text | None = None
    fee: Text | None = None


class FeeShape(Shape):
    """What a permit costs; ``calculator_ref`` is ``fee_tables.<name>``."""

    type: Literal["free", "formula", "tax", "pnbp"]
    amount_idr: Annotated[int, Field(ge=0)] | None = None
    name: Text | None = None
    formula: Text | None = None
    note: Text | None = None
    inferred: bool = False
    calculator_ref: Annotated[str, StringConstraints(pattern=r"^fee_tables\.\w+$")] | None = None
    plus: Text | None = None
    exemptions: list[Text] | None = None
    never_quote_exact: bool | None = None
    parameters: dict[str, Text] | None = None
    inferred_tables: bool | None = None
    historical_examples: Text | None = None

    def noun(self) -> Fee:
        """Give the fee; rarer keys become ``details``."""
        named = {"type", "amount_idr", "name", "formula", "note", "inferred", "calculator_ref"}
        reference = self.calculator_ref
        return Fee(
            type=self.type,
            amount_rupiah=self.amount_idr,
            name=self.name,
            formula=self.formula,
            note=self.note,
            inferred=self.inferred,
            calculator=reference.removeprefix("fee_tables.") if reference else None,
            details=self.model_dump(exclude=named, exclude_none=True),
        )


class ApplyAtShape(Shape):
    """Where to apply: the system, the assisting counter, the issuer if it is another."""

    primary: Text
    assisted: Text
    issuer: Text | None = None


class PermitDetails(Shape):
    """Facts that only some permits have; they become ``Permit.details`` by the same keys."""

    inferred: bool | None = None
    source_regions: list[Text] | None = None
    risk_levels: list[dict[str, Text]] | None = None
    umk_definition: dict[str, Any] | None = None
    transition_notes: list[Text] | None = None
    authority_note: Text | None = None
    authority_rules: list[Text] | None = None
    authority_comparison: dict[str, Any] | None = None
    not_local_authority: bool | None = None
    not_fully_local_authority: bool | None = None
    no_permit_needed: list[Text] | None = None
    police_permit: dict[str, Any] | None = None
    thresholds: dict[str, int] | None = None
    thresholds_inferred: dict[str, int] | None = None


class PermitShape(PermitDetails):
    """One file of ``data/catalog/permits``; its name is ``<code>.yml``."""

    compiled: Day
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+$")]
    official_name: Text
    short_name: Text
    former_names: list[Text]
    synonyms: Annotated[list[Text], Field(min_length=1)]
    sector: Text
    technical_agency: Text
    apply_at: ApplyAtShape
    applicant: Annotated[list[Text], Field(min_length=1)]
    requirements: RequirementsShape
    requirement_notes: list[Text] = []
    variants: list[VariantShape] = []
    stages: Annotated[list[StageShape], Field(min_length=1)]
    sla_working_days: WorkingDays
    sla_note: Text | None = None
    sla_inferred: bool = False
    fee: FeeShape
    validity: Text
    validity_note: Text | None = None
    validity_inferred: bool = False
    product: Text
    legal_basis: list[Text]
    common_confusions: list[Text] = []
    confidence: Literal["high", "medium", "low"]
    sources: list[Text]
    redirect: Text | None = None
    note: Text | None = None
    confirmed_by: Text | None = None
    published: bool = True

    def noun(self) -> Permit:
        """Give the permit, last checked on the day the file was compiled."""
        return Permit(
            code=self.code,
            official_name=self.official_name,
            short_name=self.short_name,
            sector=self.sector,
            technical_agency=self.technical_agency,
            apply_at=self.apply_at.model_dump(exclude_none=True),
            sla_working_days=self.sla_working_days,
            fee=self.fee.noun(),
            validity=self.validity,
            product=self.product,
            confidence=self.confidence,
            checked_on=self.compiled,
            former_names=tuple(self.former_names),
            synonyms=tuple(self.synonyms),
            applicants=tuple(self.applicant),
            requirements=self.requirements.nouns(),
            requirement_notes=tuple(self.requirement_notes),
            variants=tuple(Variant(**item.model_dump()) for item in self.variants),
            stages=tuple(Stage(**item.model_dump()) for item in self.stages),
            sla_note=self.sla_note,
            sla_inferred=self.sla_inferred,
            validity_note=self.validity_note,
            validity_inferred=self.validity_inferred,
            legal_basis=tuple(self.legal_basis),
            common_confusions=tuple(self.common_confusions),
            sources=tuple(self.sources),
            redirect=self.redirect,
            note=self.note,
            confirmed_by=self.confirmed_by,
            details=self.model_dump(include=set(PermitDetails.model_fields), exclude_none=True),
        )
