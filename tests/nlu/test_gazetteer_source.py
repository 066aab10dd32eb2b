"""Names for training, from a snapshot or from the files in data/."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from nlu.components.gazetteer_source import GazetteerUnreadable, read_gazetteer


def write(path: Path, content: object) -> None:
    """Write YAML, making folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small data folder."""
    monkeypatch.delenv("TANYA_GAZETTEER", raising=False)
    permit = {
        "code": "PBG",
        "official_name": "Persetujuan Bangunan Gedung",
        "short_name": "PBG",
        "former_names": ["IMB"],
        "synonyms": ["pbg", "PBG", "izin bangunan"],
    }
    write(tmp_path / "catalog/permits/PBG.yml", permit)
    terms = {"terms": [{"term": "sip", "codes": ["SIP_DOKTER", "SIP_BIDAN"], "ask": "?"}]}
    write(tmp_path / "catalog/ambiguous_terms.yml", terms)
    return tmp_path


def test_files_give_permits_with_all_their_names(data: Path) -> None:
    gazetteer = read_gazetteer(data)

    names = ["Persetujuan Bangunan Gedung", "PBG", "IMB", "pbg", "izin bangunan"]
    assert gazetteer["permits"] == [{"code": "PBG", "names": names}]
    assert gazetteer["ambiguous"] == [{"term": "sip", "codes": ["SIP_DOKTER", "SIP_BIDAN"]}]
    assert gazetteer["places"] == gazetteer["professions"] == []


def test_places_and_professions_are_read_where_an_office_has_them(data: Path) -> None:
    place = {"name": "Kecamatan Contoh", "kind": "kecamatan"}
    write(data / "office/places.yml", {"places": [place]})
    professions = [{"name": "bidan", "synonyms": ["bu bidan"], "permit": "SIP_BIDAN"}]
    write(data / "lexicon/professions.yml", {"professions": professions})
    gazetteer = read_gazetteer(data)

    assert gazetteer["places"] == [{"name": "Kecamatan Contoh", "synonyms": []}]
    assert gazetteer["professions"] == professions


def test_a_named_snapshot_beats_the_files(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = {"permits": [], "ambiguous": [], "places": [], "professions": []}
    path = data / "snapshot.json"
    path.write_text(json.dumps(snapshot), encoding="utf-8")
    monkeypatch.setenv("TANYA_GAZETTEER", str(path))

    assert read_gazetteer(data) == snapshot


@pytest.mark.parametrize("content", [None, "not json", "[]", "{}"])
def test_a_snapshot_that_is_missing_or_broken_is_an_error(
    data: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = data / "snapshot.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setenv("TANYA_GAZETTEER", str(path))

    with pytest.raises(GazetteerUnreadable, match=r"snapshot\.json"):
        read_gazetteer(data)


@pytest.mark.parametrize("broken", ["[", "- a", "code: X"])
def test_a_broken_permit_file_is_named(data: Path, broken: str) -> None:
    (data / "catalog/permits/X.yml").write_text(broken, encoding="utf-8")

    with pytest.raises(GazetteerUnreadable, match=r"X\.yml"):
        read_gazetteer(data)


def test_a_list_that_is_missing_is_named(data: Path) -> None:
    write(data / "office/places.yml", {"tempat": []})

    with pytest.raises(GazetteerUnreadable, match="places"):
        read_gazetteer(data)
