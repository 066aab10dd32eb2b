"""The port Units, in memory and on PostgreSQL."""

from __future__ import annotations

import uuid

import pytest

from izin.errors import Conflict, InvalidInput, NotFound
from izin.units import Unit
from tests.contracts.conversation_ports import Ports


def code() -> str:
    return f"U{uuid.uuid4().hex[:12]}".upper()


def test_a_new_unit_is_found_with_its_texts_trimmed(ports: Ports) -> None:
    unit = Unit(code(), "  Dinas   Contoh ", contact=" lantai 2 ")
    kept = ports.units.add(unit)
    assert kept == Unit(unit.code, "Dinas Contoh", contact="lantai 2")
    assert ports.units.unit(unit.code) == kept
    assert kept in ports.units.all()
    assert ports.units.add(kept) == kept, "the same one twice is fine"


def test_a_code_is_taken_once(ports: Ports) -> None:
    unit = ports.units.add(Unit(code(), "Satu"))
    with pytest.raises(Conflict):
        ports.units.add(Unit(unit.code, "Dua"))


def test_a_unit_is_edited_and_switched_off_but_stays_known(ports: Ports) -> None:
    unit = ports.units.add(Unit(code(), "Satu"))
    off = ports.units.edit(Unit(unit.code, "Satu Atap", active=False))
    assert ports.units.unit(unit.code) == off
    with pytest.raises(NotFound):
        ports.units.edit(Unit(code(), "Tidak ada"))
    with pytest.raises(NotFound):
        ports.units.unit("TIDAK_ADA")


def test_the_desk_stands_first_then_names_in_order(ports: Ports) -> None:
    ours = [ports.units.add(Unit(code(), name, desk)) for name, desk in
            (("Zeta", False), ("Alfa", False), ("Meja", True))]  # fmt: skip
    names = [unit.name for unit in ports.units.all() if unit in ours]
    assert names == ["Meja", "Alfa", "Zeta"]


@pytest.mark.parametrize(
    ("unit", "field"),
    [
        (Unit("dlh", "Dinas"), "code"),
        (Unit("D", "Dinas"), "code"),
        (Unit("DINAS;--", "Dinas"), "code"),
        (Unit("DLH", " "), "name"),
        (Unit("DLH", "x" * 121), "name"),
        (Unit("DLH", "Dinas", contact="x" * 301), "contact"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(ports: Ports, unit: Unit, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ports.units.add(unit)
    assert refused.value.field == field
