"""Works out one case by a table that is being edited, in the words citizens would read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.house import House
from izin.content import PERMIT
from izin.errors import InvalidInput
from izin.fee_examples import work_out
from izin.permits import Permit
from izin.usecases.fee_billboard import BillboardFee
from izin.usecases.fee_building import BuildingFee
from izin.usecases.fee_figures import FigureReader
from izin.usecases.fee_local_tax import LocalTaxFee
from izin.usecases.fee_words import FeeWords

_FIGURES: Mapping[str, Mapping[str, str]] = {
    "pbg": {"klasifikasi": "complexity", "pekerjaan": "work", "basemen_luas": "basemen",
            "non_permanen": "non_permanent", "milik_negara": "state"},
    "reklame": {"jenis": "jenis_reklame", "lama_hari": "days", "nilai_kontrak": "uang"},
    "pajak_daerah": {"jenis": "jenis_pajak"},
}  # fmt: skip
"""What the dialogue calls an input, where it calls it otherwise."""


def worked_out(
    house: House, table: str, content: Mapping[str, Any], inputs: Mapping[str, Any]
) -> str:
    """Give the worked-out fee as it would be said.

    Raises:
        InvalidInput: An input is missing or unknown to the table; ``field`` is its name.
    """
    work_out(table, content, inputs)  # says which input is at fault
    figures = {_FIGURES[table].get(name, name): value for name, value in inputs.items()}
    permit = _permit_of(house, table, content, inputs)
    words = FeeWords(house.wording)
    reader = FigureReader(words, lambda _text: ())
    kind = {"pbg": BuildingFee, "reklame": BillboardFee, "pajak_daerah": LocalTaxFee}[table]
    return str(kind(permit, content, words, reader).estimate(figures).section.text)


def _permit_of(
    house: House, table: str, content: Mapping[str, Any], inputs: Mapping[str, Any]
) -> Permit:
    """Give a permit that is paid for by the table; of taxes, the one the kind belongs to.

    Raises:
        InvalidInput: There is none.
    """
    code = ""
    if table == "pajak_daerah":
        code = content["jenis"][inputs["jenis"]]["izin"]
    for item in house.content.items(PERMIT):
        if item.item.key == code or (not code and item.document["fee"]["calculator"] == table):
            return house.content.noun(item.item, item.document)  # type: ignore[no-any-return]
    raise InvalidInput("no permit is paid for by this table", field="jenis")
