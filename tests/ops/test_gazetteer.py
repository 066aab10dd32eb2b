"""The exported names have the shape training expects."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tanya_language import Gazetteer

from izin.office import Place
from izin.permits import AmbiguousTerm, Fee, Permit
from izin.storage.memory.catalogue import MemoryCatalogue
from ops.gazetteer import gazetteer_snapshot


class _Office:
    def places(self) -> list[Place]:
        return [Place("Contoh Kota", "kecamatan", ("kec contoh kota",))]


def _permit(code: str, **more: object) -> Permit:
    return Permit(
        code=code,
        official_name=f"Izin {code}",
        short_name=code,
        sector="s",
        technical_agency="d",
        apply_at={},
        sla_working_days=5,
        fee=Fee("free", 0),
        validity="v",
        product="p",
        confidence="high",
        checked_on=date(2026, 11, 1),
        **more,  # type: ignore[arg-type]
    )


def test_names_of_permits_come_once_each_and_sorted_by_code(tmp_path: Path) -> None:
    professions = tmp_path / "professions.yml"
    professions.write_text("professions:\n  - {name: bidan, synonyms: [bu bidan], permit: SIP}\n")
    catalogue = MemoryCatalogue(
        [
            _permit("SLF", synonyms=("slf", "laik fungsi")),
            _permit("PBG", former_names=("IMB",), synonyms=("PBG", "imb rumah")),
        ],
        ambiguous_terms=[AmbiguousTerm("izin bangunan", ("PBG", "SLF"), "Yang mana?")],
    )
    snapshot = gazetteer_snapshot(catalogue, _Office(), professions)  # type: ignore[arg-type]
    assert snapshot == {
        "permits": [
            {"code": "PBG", "names": ["Izin PBG", "PBG", "IMB", "imb rumah"]},
            {"code": "SLF", "names": ["Izin SLF", "SLF", "slf", "laik fungsi"]},
        ],
        "ambiguous": [{"term": "izin bangunan", "codes": ["PBG", "SLF"]}],
        "places": [{"name": "Contoh Kota", "synonyms": ["kec contoh kota"]}],
        "professions": [{"name": "bidan", "synonyms": ["bu bidan"], "permit": "SIP"}],
    }
    assert [item.code for item in Gazetteer.from_dict(snapshot).permits] == ["PBG", "SLF"]
