"""Worked examples of the fee tables: figures of a case, and the rupiah that must come out.

An example stands in its table's ``examples``: ``name``, ``inputs`` and the amount. Citizens are
told the first two of a table, so an example that no longer comes out would be a wrong answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from izin.billboard_tax import Billboard, contracted_billboard, own_billboard
from izin.building_levy import Building, levies
from izin.errors import InvalidInput
from izin.local_tax import local_tax

AMOUNT_KEYS: Mapping[str, str] = {
    "pbg": "retribusi_idr", "reklame": "pajak_idr", "pajak_daerah": "pajak_idr",
}  # fmt: skip
"""Key of the expected rupiah in an example, by table; of no other table are fees worked out."""

INPUTS: Mapping[str, Sequence[str]] = {
    "pbg": (
        "fungsi", "klasifikasi", "luas", "lantai", "pekerjaan", "basemen_luas", "basemen_lapis",
        "non_permanen", "milik_negara",
    ),
    "reklame": ("jenis", "luas", "jumlah", "lama_hari", "kelas_jalan", "nilai_kontrak"),
    "pajak_daerah": ("jenis", "omzet"),
}  # fmt: skip
"""What an example may say, by table."""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example, worked out anew.

    Attributes:
        table: Name of the fee table.
        place: Its place among the table's examples, from 0.
        name: Its name, for people.
        expected_rupiah: What must come out; None when the example does not say.
        actual_rupiah: What comes out; None when it cannot be worked out.
        fault: Name of the input at fault; "inputs" when it has none to go by, "" when worked out.
    """

    table: str
    place: int
    name: str
    expected_rupiah: int | None
    actual_rupiah: int | None
    fault: str = ""

    @property
    def comes_out(self) -> bool:
        """Say whether the expected rupiah came out."""
        return self.expected_rupiah is not None and self.actual_rupiah == self.expected_rupiah


def check_examples(table: str, content: Mapping[str, Any]) -> tuple[ExampleResult, ...]:
    """Give every example of a table worked out by the table's own figures."""
    if table not in AMOUNT_KEYS:
        return ()
    examples = content.get("examples")
    if not isinstance(examples, list):
        return ()
    return tuple(
        _checked(table, content, place, example)
        for place, example in enumerate(examples)
        if isinstance(example, Mapping)
    )


def work_out(table: str, content: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give what comes out, by the keys an example uses: ``retribusi_idr`` and ``It``, or others.

    Raises:
        InvalidInput: An input is missing or unknown to the table; ``field`` is its name. Or the
            table lacks one of its own figures (``field`` ``table``).
    """
    work = {"pbg": _building, "reklame": _billboard, "pajak_daerah": _local_tax}[table]
    try:
        return work(content, inputs)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise InvalidInput(f"{table} lacks a figure: {error}", field="table") from error


def _checked(
    table: str, content: Mapping[str, Any], place: int, example: Mapping[str, Any]
) -> ExampleResult:
    said = example.get(AMOUNT_KEYS[table])
    expected = said if isinstance(said, int) else None
    name = str(example.get("name") or "")
    inputs = example.get("inputs")
    # Tables of the first release told the indices themselves, which no rule can be checked by.
    if not isinstance(inputs, Mapping) or not inputs or not set(inputs) <= set(INPUTS[table]):
        return ExampleResult(table, place, name, expected, None, "inputs")
    try:
        found = work_out(table, content, inputs)
    except InvalidInput as error:
        return ExampleResult(table, place, name, expected, None, error.field or "table")
    return ExampleResult(table, place, name, expected, found[AMOUNT_KEYS[table]])


def building_of(inputs: Mapping[str, Any]) -> Building:
    """Give the building that an example of ``pbg`` tells of.

    Raises:
        InvalidInput: A figure is missing or is none.
    """
    complexity = str(inputs.get("klasifikasi") or "")
    if complexity not in ("sederhana", "tidak_sederhana"):
        raise InvalidInput("an example names the class, as both give other fees",
                           field="klasifikasi")  # fmt: skip
    layers = _decimal(inputs, "basemen_lapis", "0")
    return Building(
        use=_text(inputs, "fungsi"),  # type: ignore[arg-type]
        area_m2=_above_zero(inputs, "luas"),
        floors=_whole(inputs, "lantai"),
        complexity=complexity,  # type: ignore[arg-type]
        permanent=not inputs.get("non_permanen"),
        state_owned=bool(inputs.get("milik_negara")),
        work=str(inputs.get("pekerjaan") or "baru"),
        basement_area_m2=_decimal(inputs, "basemen_luas", "0"),
        basement_layers=int(layers),
    )


def _building(content: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    building = building_of(inputs)
    split = f"{building.use}_kecil" in content["If"]
    if building.use not in content["If"] and not split:
        raise InvalidInput("unknown use", field="fungsi")
    try:
        levy = levies(building, content)[0]
    except InvalidInput as error:
        field = {"work": "pekerjaan"}.get(error.field or "", error.field)
        raise InvalidInput(str(error), field=field) from error
    return {"It": float(levy.integrated_index), "retribusi_idr": levy.amount_rupiah}


def _billboard(content: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    if inputs.get("nilai_kontrak"):
        tax = contracted_billboard(_whole(inputs, "nilai_kontrak"), content)
        return {"NSR": tax.rental_value_rupiah, "pajak_idr": tax.tax_rupiah}
    billboard = Billboard(
        _text(inputs, "jenis"), _above_zero(inputs, "luas"), _whole(inputs, "jumlah"),
        _whole(inputs, "lama_hari"), _text(inputs, "kelas_jalan"),
    )  # fmt: skip
    try:
        tax = own_billboard(billboard, content)
    except InvalidInput as error:
        field = {"kind": "jenis", "road_class": "kelas_jalan"}.get(error.field or "", error.field)
        raise InvalidInput(str(error), field=field) from error
    return {"NSR": tax.rental_value_rupiah, "pajak_idr": tax.tax_rupiah}


def _local_tax(content: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    base = _whole(inputs, "omzet")
    kind = _text(inputs, "jenis")
    try:
        tax = local_tax(kind, base, content)
    except InvalidInput as error:
        field = "jenis" if error.field == "jenis_pajak" else error.field
        raise InvalidInput(str(error), field=field) from error
    least = {} if tax.least_rupiah is None else {"pajak_min_idr": tax.least_rupiah}
    return {"pajak_idr": tax.most_rupiah, **least}


def _text(inputs: Mapping[str, Any], name: str) -> str:
    value = str(inputs.get(name) or "")
    if not value:
        raise InvalidInput("missing", field=name)
    return value


def _decimal(inputs: Mapping[str, Any], name: str, absent: str = "") -> Decimal:
    value = inputs.get(name)
    try:
        found = Decimal(absent if value in (None, "") else str(value))
    except InvalidOperation:
        raise InvalidInput("no number", field=name) from None
    if not found.is_finite() or found < 0:
        raise InvalidInput("no number from 0", field=name)
    return found


def _above_zero(inputs: Mapping[str, Any], name: str) -> Decimal:
    found = _decimal(inputs, name)
    if found <= 0:
        raise InvalidInput("must be above 0", field=name)
    return found


def _whole(inputs: Mapping[str, Any], name: str) -> int:
    found = _above_zero(inputs, name)
    if found != found.to_integral_value():
        raise InvalidInput("must be whole", field=name)
    return int(found)
