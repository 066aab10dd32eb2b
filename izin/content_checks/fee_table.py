"""Looks at a fee table: its figures, and whether its worked examples still come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from izin.content import FEE_TABLE, PERMIT, Check, Everything, Problem
from izin.fee_examples import AMOUNT_KEYS, check_examples
from izin.fee_parameters import at, number_of, parameters

_WEIGHTS = ("kompleksitas", "permanensi", "ketinggian")
_NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "pbg": (
        ("example_parameters", "Ilo"), ("example_parameters", "SHST"), ("If", "keagamaan"),
        *(("bobot", key) for key in _WEIGHTS), ("Ip", "kompleksitas", "sederhana"),
        ("Ip", "kompleksitas", "tidak_sederhana"), ("Ip", "permanensi", "permanen"),
        ("Ip", "permanensi", "non_permanen"), ("koefisien_jumlah_lantai", "1"),
        *(("koefisien_basemen", f"{layers}_lapis") for layers in (1, 2, 3)), ("Fm", "negara"),
        ("Fm", "perorangan_badan_usaha"), ("Ibg", "baru"),
        *(("If", f"{use}_{size}") for use in ("hunian", "ganda") for size in ("kecil", "besar")),
    ),
    "reklame": (("tarif",), ("nilai_dasar_idr_per_m2_per_hari",), ("faktor_lokasi",)),
    "pajak_daerah": (("jenis",),),
}  # fmt: skip
"""What the calculations cannot do without."""


def check(noun: tuple[str, Any], everything: Everything) -> Sequence[Problem]:
    """Give what is wrong with a table's figures and examples."""
    table, content = noun
    if not isinstance(content, Mapping):
        return [Problem("fee_part_missing", "1", {"part": table})]
    return [
        *_missing(table, content),
        *_figures(table, content),
        *_sums(table, content),
        *_taxed_permits(table, content, everything),
        *_examples(table, content),
    ]


def still_needed(table: str, everything: Everything) -> Sequence[Problem]:
    """Give why a table cannot be switched off: permits are worked out by it."""
    users = [
        str(item.document["short_name"])
        for item in everything.items(PERMIT)
        if item.live and item.document["fee"]["calculator"] == table
    ]
    return [Problem("fee_table_in_use", values={"users": ", ".join(users)})] if users else []


def _missing(table: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    for path in _NEEDED.get(table, ()):
        if at(content, path) is None:
            yield Problem("fee_part_missing", ".".join(("1", *path)), {"part": path[-1]})


def _figures(table: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    for one in parameters(table, content):
        if one.value is None:
            continue  # what cannot be done without is told by _missing
        number = number_of(one.value)
        if number is None:
            yield Problem("fee_no_number", one.field, {"part": one.key})
        elif not one.group.least <= number <= one.group.most:
            factor = 100 if one.group.unit == "percent" else 1
            yield Problem(
                "fee_out_of_range",
                one.field,
                {
                    "part": one.key,
                    "least": _plain(one.group.least * factor),
                    "most": _plain(one.group.most * factor),
                },
            )


def _sums(table: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    if table == "pbg":
        weights = [number_of(at(content, ("bobot", key))) for key in _WEIGHTS]
        total = sum((weight for weight in weights if weight is not None), Decimal(0))
        if None not in weights and total != 1:
            yield Problem("fee_weights", "1.bobot.ketinggian", {"total": _plain(total)})
        storeys = at(content, ("koefisien_jumlah_lantai",))
        known = {str(key) for key in storeys} if isinstance(storeys, Mapping) else set()
        if known != {str(floors) for floors in range(1, len(known) + 1)}:
            yield Problem("fee_storeys", "1.koefisien_jumlah_lantai")
    for kind, rule in (at(content, ("jenis",)) or {}).items() if table == "pajak_daerah" else ():
        least, most = (number_of(at(rule, (f"tarif_{end}",))) for end in ("min", "maks"))
        if least is not None and most is not None and least > most:
            yield Problem("fee_least_above_most", f"1.jenis.{kind}.tarif_min")


def _taxed_permits(
    table: str, content: Mapping[str, Any], everything: Everything
) -> Iterator[Problem]:
    if table != "pajak_daerah":
        return
    codes = {item.item.key for item in everything.items(PERMIT)}
    for kind, rule in (at(content, ("jenis",)) or {}).items():
        if at(rule, ("izin",)) not in codes:
            yield Problem("fee_unknown_permit", f"1.jenis.{kind}.izin",
                          {"code": str(at(rule, ("izin",)))})  # fmt: skip


def _examples(table: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    if table not in AMOUNT_KEYS:
        return
    results = check_examples(table, content)
    if not results:
        yield Problem("fee_no_example", "1.examples", warning=True)
    for result in results:
        field = f"1.examples.{result.place}"
        named = {"name": result.name or str(result.place + 1)}
        if not result.name.strip():
            yield Problem("fee_example_nameless", f"{field}.name", named)
        if result.fault == "inputs":
            yield Problem("fee_example_unchecked", field, named, warning=True)
        elif result.fault:
            yield Problem("fee_example_impossible", f"{field}.inputs.{result.fault}", named)
        elif result.expected_rupiah is None:
            yield Problem("fee_example_unsaid", f"{field}.{AMOUNT_KEYS[table]}", named)
        elif not result.comes_out:
            values = {**named, "expected": _rupiah(result.expected_rupiah),
                      "actual": _rupiah(result.actual_rupiah or 0)}  # fmt: skip
            yield Problem("fee_example_differs", f"{field}.{AMOUNT_KEYS[table]}", values)


def _plain(number: Decimal) -> str:
    """Give a number as it is written in Indonesia: 0,5 and 100.000."""
    return f"{number.normalize():,f}".translate(str.maketrans(",.", ".,"))


def _rupiah(amount: int) -> str:
    return f"Rp{_plain(Decimal(amount))}"


CHECKS: Mapping[str, Check] = {FEE_TABLE: check}
