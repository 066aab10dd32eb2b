from __future__ import annotations

import pytest

from nlu.components.opening import opening_clause


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("hoyong nyarios sareng petugas, berkas SLF abdi", "hoyong nyarios sareng petugas"),
        ("mau bicara sama petugas. berkas saya belum", "mau bicara sama petugas"),
        ("mau ngomong ke admin dong\nno 503/1", "mau ngomong ke admin dong"),
        ("petugas, loketnya antre", None),
        ("mau bicara sama petugas", None),
        ("mau bicara sama petugas...", None),
        ("kemarin saya sudah datang ke loket tiga bersama adik saya, ditolak", None),
        ("", None),
    ],
)
def test_the_first_of_several_clauses_is_the_opening(text: str, clause: str | None) -> None:
    assert opening_clause(text) == clause
