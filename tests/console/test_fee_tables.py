"""Fee tables: figures for people, a calculator, and examples that must come out."""

from __future__ import annotations

import html

import pytest

from izin.accounts import Role
from izin.content import FEE_TABLE, ItemName
from izin.errors import Unpublishable
from tests.console.catalogue_forms import BASE, draft_of, fields_of
from tests.console.conftest import RunningConsole

PBG = f"{BASE}/biaya/pbg"


@pytest.mark.parametrize("table", ["pbg", "reklame", "pajak_daerah"])
def test_a_table_sent_back_untouched_changes_nothing(console: RunningConsole, table: str) -> None:
    name = ItemName(FEE_TABLE, table)
    with console.client(Role.EDITOR) as http:
        page = http.get(f"{BASE}/biaya/{table}")
        assert http.post(f"{BASE}/biaya/{table}", data=fields_of(page.text)).status_code == 303
    item = console.house.content.item(name)
    assert item.open_version is not None and item.open_version.document == item.document
    version = item.open_version
    console.house.edit_content.discard(version.id, version.edits, console.account(Role.EDITOR))


def test_the_calculator_goes_by_the_figures_in_the_form(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        sent = fields_of(http.get(PBG).text)
        sent |= {"p:example_parameters.SHST": "6.000.000", "coba:luas": "120,5", "act": "try"}
        page = html.unescape(http.post(PBG, data=sent).text)
        wrong = http.post(PBG, data={**sent, "coba:luas": "besar", "coba:lantai": "99"})
    # 120.5 x 0.005 x 6,000,000 x 0.15 x (0.3 + 0.4 + 0.5) = 650,700
    assert "Rp650.700" in page.split('id="hasil"', 1)[1]
    assert wrong.status_code == 200 and 'id="coba:luas-error"' in wrong.text
    assert draft_of(console, ItemName(FEE_TABLE, "pbg")) is None


def test_an_example_that_does_not_come_out_keeps_the_table_from_being_published(
    console: RunningConsole,
) -> None:
    author, name = console.account(Role.EDITOR), ItemName(FEE_TABLE, "pbg")
    room = console.house.edit_content
    with console.client(account=author) as http:
        sent = fields_of(http.get(PBG).text)
        sent["p:example_parameters.SHST"] = "6000000"
        assert http.post(PBG, data=sent).status_code == 303
        page = html.unescape(http.get(PBG).text)
        assert "seharusnya Rp445.500" in page and "hasilnya Rp486.000" in page
        draft = draft_of(console, name)
        with pytest.raises(Unpublishable):
            room.submit(draft.id, draft.edits, author)
        sent = fields_of(http.get(PBG).text)
        sent |= {f"contoh:{at}:amount": amount for at, amount in enumerate(
            ("486.000", "1181925", "9828000", "648000", "0", "109350"))}  # fmt: skip
        assert http.post(PBG, data=sent).status_code == 303
    draft = draft_of(console, name)
    assert draft.document[1]["examples"][0]["retribusi_idr"] == 486_000
    waiting = room.submit(draft.id, draft.edits, author)
    room.approve(draft.id, waiting.edits, console.account(Role.EDITOR))
    table = console.house.catalogue.fee_tables()["pbg"]
    assert table["example_parameters"]["SHST"] == 6_000_000
    assert table["mbr"]["free"] is True, "what has no field is kept"


def test_figures_and_examples_are_refused_beside_their_fields(console: RunningConsole) -> None:
    path = f"{BASE}/biaya/reklame"
    with console.client(Role.EDITOR) as http:
        sent = fields_of(http.get(path).text)
        more = fields_of(http.post(path, data={**sent, "act": "add:contoh"}).text)
        wrong = {**more, "p:tarif": "40", "contoh:2:name": "Baliho", "contoh:2:luas": "dua"}
        page = http.post(path, data=wrong)
        fewer = fields_of(http.post(path, data={**wrong, "act": "remove:contoh:2"}).text)
    assert more["contoh:2:name"] == "" and "contoh:2:name" not in fewer
    assert page.status_code == 422 and fields_of(page.text)["contoh:2:luas"] == "dua"
    assert "antara 0 dan 25" in page.text and 'id="contoh:2:luas-error"' in page.text
    assert draft_of(console, ItemName(FEE_TABLE, "reklame")) is None


def test_a_table_that_nothing_works_out_has_no_form(console: RunningConsole) -> None:
    with console.client(Role.EDITOR) as http:
        assert http.get(f"{BASE}/biaya/hantu").status_code == 404
