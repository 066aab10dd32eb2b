"""Variables of replies kept ready are known, filled, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from izin.canned_replies import CannedReply, checked, filled, open_variables, unknown_variables
from izin.errors import InvalidInput

DATA = Path(__file__).parents[2] / "data" / "canned.yml"


def test_known_values_are_put_in_and_others_stay_to_be_typed() -> None:
    text = "Tiket {nomor_tiket}, {tanggal}: {catatan}"
    assert filled(text, {"tanggal": "hari ini", "nomor_tiket": ""}) == (
        "Tiket {nomor_tiket}, hari ini: {catatan}"
    )
    assert open_variables(text) == ("nomor_tiket", "tanggal")
    assert unknown_variables(text) == ("catatan",)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"category": "x" * 41}, "category"),
        ({"text": ""}, "text"),
        ({"text": "Halo {nama_warga}"}, "variable"),
    ],
)
def test_a_reply_that_cannot_be_used_is_refused_with_its_field(
    changes: dict[str, str], field: str
) -> None:
    values = {"title": "Judul", "category": "Umum", "text": "Halo {petugas}", **changes}
    with pytest.raises(InvalidInput) as refused:
        checked(CannedReply("", **values))
    assert refused.value.field == field


def test_the_replies_to_begin_with_can_all_be_stored() -> None:
    items = yaml.safe_load(DATA.read_text())["replies"]
    assert len(items) >= 15
    for item in items:
        assert checked(CannedReply("", **item)).active
