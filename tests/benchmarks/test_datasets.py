from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks.nlu.datasets import (
    DatasetError,
    massive_corpora,
    own_corpus,
    read_evaluation,
    read_examples,
    sample,
    with_texts,
)

UTTERANCES = """
utterances:
- text: besok bayar berapa pbg
  intent: tanya_biaya
  register: chat
  entities: [{entity: izin, value: PBG}, {entity: tanggal, value: 2026-03-03}]
  today: 2026-03-02
- {text: halo, intent: sapa, register: baku, questions: [sapa]}
"""


def massive(folder: Path, rows: int = 3) -> Path:
    lines = ["id\tpartition\tscenario\tintent\tutt\tannot_utt"]
    for part in ("train", "dev", "test"):
        for n in range(rows):
            lines.append(f'{n}\t{part}\talarm\talarm_set\tbangunkan "saya {n}\tx')
    (folder / "massive").mkdir(parents=True)
    (folder / "massive" / "massive_id-ID.tsv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_utterances_carry_entities_and_the_day_they_are_read_on(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(UTTERANCES, encoding="utf-8")

    first, second = read_evaluation(tmp_path)

    assert first.entities == (("izin", "PBG"), ("tanggal", "2026-03-03"))
    assert first.today == date(2026, 3, 2)
    assert (second.text, second.intent, second.register) == ("halo", "sapa", "baku")
    assert second.today is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("- a", "lacks the list"),
        ("utterances: [halo]", "not a mapping"),
        ("utterances: [{text: halo}]", "'intent' is missing"),
        ("utterances: [{text: ' ', intent: sapa}]", "'text' is missing"),
        ("utterances: [{text: halo, intent: sapa, regster: baku}]", "regster"),
        ("utterances: [{text: halo, intent: sapa, entities: [izin]}]", "need 'entity'"),
    ],
)
def test_a_malformed_utterance_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "a.yml").write_text(content, encoding="utf-8")

    with pytest.raises(DatasetError, match=complaint):
        read_evaluation(tmp_path)


def test_training_examples_are_read_from_rasas_files(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        'nlu:\n- intent: sapa\n  examples: |\n    - halo - kak\n    - "hai"\n', encoding="utf-8"
    )

    assert read_examples(tmp_path) == [("halo - kak", "sapa"), ('"hai"', "sapa")]
    with pytest.raises(DatasetError, match="no training examples"):
        read_examples(tmp_path / "none")


def test_own_data_need_an_evaluation_set(tmp_path: Path) -> None:
    assert own_corpus(tmp_path) is None


def test_massive_gives_a_small_and_a_full_corpus_for_each_file(tmp_path: Path) -> None:
    few, everything = massive_corpora(massive(tmp_path))

    assert few.name == "massive-id-3015"
    assert few.for_stock
    assert not everything.for_stock
    assert everything.train[0] == ('bangunkan "saya 0', "alarm_set")
    assert [one.text for one in few.test] == [f'bangunkan "saya {n}' for n in range(3)]


def test_a_folder_without_massive_gives_no_corpora(tmp_path: Path) -> None:
    assert list(massive_corpora(tmp_path)) == []


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    folder = massive(tmp_path)
    (folder / "massive" / "massive_id-ID.tsv").write_text("a\tb\n1\t2\n", encoding="utf-8")

    with pytest.raises(DatasetError, match="partition"):
        list(massive_corpora(folder))


def test_a_sample_is_drawn_once_for_each_seed_and_keeps_the_order() -> None:
    examples = [(str(n), "a") for n in range(100)]

    drawn = sample(examples, 10, 1)

    assert drawn == sample(examples, 10, 1) != sample(examples, 10, 2)
    assert drawn == sorted(drawn, key=lambda one: int(one[0]))
    assert sample(examples, 200, 1) == examples


def test_other_texts_keep_the_expected_answers(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(UTTERANCES, encoding="utf-8")
    test = read_evaluation(tmp_path)

    noised = with_texts(test, ["bsk byr brp pbg", "haloo"])

    assert noised[0].text == "bsk byr brp pbg"
    assert noised[0].entities == test[0].entities
