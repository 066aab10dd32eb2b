from __future__ import annotations

from pathlib import Path

import pytest
from tanya_language import Lexicon, LexiconError


def write(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")


def test_files_of_a_folder_are_merged(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", "words: {brp: berapa}\ngroups: {joins: [dan]}\n")
    write(tmp_path, "b.yml", "words: {no: nomor}\ngroups: {joins: sama serta}\n")

    lexicon = Lexicon.load(tmp_path)

    assert lexicon.words == {"brp": "berapa", "no": "nomor"}
    assert lexicon.group("joins") == {"dan", "sama", "serta"}
    assert lexicon.group("unknown") == frozenset()


def test_the_professions_file_is_not_a_lexicon_file(tmp_path: Path) -> None:
    write(tmp_path, "professions.yml", "professions: []\n")

    with pytest.raises(LexiconError, match="no lexicon files"):
        Lexicon.load(tmp_path)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("words: [brp]\n", "mapping"),
        ("kata: {brp: berapa}\n", "unknown section kata"),
        ("words: {brp: [berapa]}\n", "must map words"),
        ("groups: {joins: {dan: serta}}\n", "list of words"),
        ("words: {brp: berapa\n", "a.yml"),
        ("- brp\n", "mapping of sections"),
        ("words: {ulah: membuat}\nambiguous: [ulah]\n", "ambiguous"),
    ],
)
def test_a_malformed_file_is_named_in_the_error(
    tmp_path: Path, content: str, complaint: str
) -> None:
    write(tmp_path, "a.yml", content)

    with pytest.raises(LexiconError, match=complaint):
        Lexicon.load(tmp_path)


def test_one_spelling_with_two_meanings_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", "words: {kk: kakak}\n")
    write(tmp_path, "b.yml", "words: {kk: kartu keluarga}\n")

    with pytest.raises(LexiconError, match="'kk' is both 'kakak' and 'kartu keluarga'"):
        Lexicon.load(tmp_path)


def test_a_lexicon_survives_its_own_dictionary(lexicon: Lexicon) -> None:
    assert Lexicon.from_dict(lexicon.to_dict()) == lexicon
