"""What citizens would be told of a permit, on each channel, by the code that answers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.house import House
from izin.answers.duration import duration
from izin.answers.fees import fee
from izin.answers.legal_basis import legal_basis
from izin.answers.overview import overview
from izin.answers.procedure import procedure
from izin.answers.requirements import requirements
from izin.answers.section import Section
from izin.answers.sources import provenance
from izin.answers.validity import validity
from izin.permits import Permit
from izin.rendering.telegram import render_telegram
from izin.rendering.whatsapp import render_whatsapp
from izin.replies import Reply


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer: its name in the wording, its messages on each channel, and its marks."""

    name: str
    telegram: Sequence[str]
    whatsapp: Sequence[str]
    unknown: bool
    inferred: bool


def shown_answer(name: str, section: Section, closing: str = "") -> ShownAnswer:
    """Give a section as both channels write it."""
    reply = Reply(f"{section.text}\n\n{closing}".strip())
    return ShownAnswer(
        name,
        [message.text for message in render_telegram(reply, ())],
        [message.text for message in render_whatsapp(reply, ())],
        section.unknown,
        section.inferred,
    )


def answers(house: House, permit: Permit, tables: Mapping[str, Any]) -> list[ShownAnswer]:
    """Give the answers on a permit, as if it were in force."""
    closing = provenance(permit, house.office.office(), house.wording)
    return [
        shown_answer(name, section, closing) for name, section in _sections(house, permit, tables)
    ]


def _sections(
    house: House, permit: Permit, tables: Mapping[str, Any]
) -> Iterator[tuple[str, Section]]:
    wording, office = house.wording, house.office.office()
    today = house.clock().astimezone(office.zone).date()
    yield "overview", overview(permit, wording)
    yield "requirements_new", requirements(permit, "new", wording)
    yield "fee", fee(permit, tables, wording)
    yield "duration", duration(permit, house.office.calendar(), today, wording)
    yield "procedure", procedure(permit, wording)
    yield "validity", validity(permit, wording)
    yield "requirements_extension", requirements(permit, "extension", wording)
    yield "requirements_change", requirements(permit, "change", wording)
    yield "legal_basis", legal_basis(permit, office, wording)
