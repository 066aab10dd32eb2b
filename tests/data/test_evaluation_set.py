"""The evaluation set: readable, large and varied enough, and apart from the training data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import CountVectorizer

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
FILES = sorted((ROOT / "data/evaluation").glob("*.yml"))

FIELDS = {"text", "intent", "register", "entities", "questions", "today"}
REGISTERS = {
    "formal", "santai", "singkatan", "salah_eja", "jawa", "sunda", "banjar", "betawi",
    "suara", "panjang", "kasar", "satu_kata",
}  # fmt: skip
REGIONAL = ("jawa", "sunda", "banjar", "betawi")
CORE = (
    "tanya_syarat", "tanya_biaya", "tanya_lama_proses", "tanya_prosedur", "tanya_izin_apa",
    "cek_status", "lapor_pengaduan", "tanya_faq", "hitung_biaya",
)  # fmt: skip
NUMERIC = {
    "luas", "ukuran", "lantai", "jumlah", "nilai", "uang", "tanggal", "lama",
    "nomor_permohonan", "tiket", "nik", "nib", "telepon",
}  # fmt: skip
DURATION_UNITS = {"hari", "minggu", "bulan", "tahun"}
JACCARD_LIMIT = 0.8
RATIO_LIMIT = 92


def _raw(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _utterances() -> list[dict[str, Any]]:
    return [item for path in FILES for item in _raw(path)["utterances"]]


UTTERANCES = _utterances()
INTENTS = {
    name for entry in _raw(DATA / "domain/intents.yml")["intents"] for name in entry
} - {"nlu_fallback"}  # fmt: skip
PERMITS = {path.stem for path in (DATA / "catalog/permits").glob("*.yml")}
PLACES = {place["name"] for place in _raw(DATA / "office/places.yml")["places"]}
PROFESSIONS = {p["name"] for p in _raw(DATA / "lexicon/professions.yml")["professions"]}


def _entities(utterance: dict[str, Any]) -> list[dict[str, Any]]:
    return utterance.get("entities", [])


def _folded(text: str) -> str:
    """Give ``text`` in lower case without signs, words one space apart."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _trigrams(folded: str) -> list[str]:
    padded = f" {folded} "
    return [padded[i : i + 3] for i in range(len(padded) - 2)]


def _training_texts() -> list[str]:
    """Give every training example as a citizen would have typed it, without annotations."""
    texts: list[str] = []
    for path in sorted((DATA / "rasa/nlu").glob("*.yml")):
        for block in _raw(path)["nlu"]:
            if "intent" not in block:
                continue
            for line in block["examples"].splitlines():
                example = line.strip().removeprefix("-").strip()
                texts.append(re.sub(r"\[([^\]]+)\](\([^)]*\)|\{[^}]*\})", r"\1", example))
    return texts


def _near_pairs(ours: Iterable[str], others: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give the pairs of one of ``ours`` and one of ``others`` that say nearly the same.

    Nearly the same means a Jaccard similarity of character trigrams of at least 0.8, or a
    normalised indel similarity of at least 92 of 100, of the folded texts. Messages of one word
    are left out: there are only so many ways to say "ya".
    """
    folded = {text: _folded(text) for text in (*ours, *others)}
    left = sorted({t for t in ours if " " in folded[t]})
    right = sorted({t for t in others if " " in folded[t]})
    scores = process.cdist(
        [folded[t] for t in left],
        [folded[t] for t in right],
        scorer=fuzz.ratio,
        score_cutoff=RATIO_LIMIT,
    )
    for row, column in zip(*scores.nonzero(), strict=True):
        yield left[row], right[column]
    vectorizer = CountVectorizer(analyzer=_trigrams, binary=True, dtype=np.int32)
    grams = vectorizer.fit_transform([folded[t] for t in (*left, *right)])
    sizes = grams.sum(axis=1).A1
    common = (grams[: len(left)] @ grams[len(left) :].T).tocoo()
    either = sizes[common.row] + sizes[len(left) + common.col] - common.data
    alike = common.data >= JACCARD_LIMIT * either
    for row, column in zip(common.row[alike], common.col[alike], strict=True):
        yield left[row], right[column]


# Readable


def test_every_utterance_has_a_text_a_known_intent_and_a_known_register() -> None:
    for utterance in UTTERANCES:
        assert set(utterance) <= FIELDS, utterance
        assert utterance["text"].strip() == utterance["text"] != "", utterance
        assert utterance["intent"] in INTENTS, utterance
        assert utterance["register"] in REGISTERS, utterance


def test_several_questions_are_two_or_more_known_intents_beginning_with_the_intent() -> None:
    for utterance in UTTERANCES:
        questions = utterance.get("questions")
        if questions is not None:
            assert len(questions) >= 2, utterance
            assert set(questions) <= INTENTS, utterance
            assert questions[0] == utterance["intent"], utterance


def test_a_one_word_message_is_one_word() -> None:
    for utterance in UTTERANCES:
        if utterance["register"] == "satu_kata":
            assert " " not in utterance["text"], utterance


def _value_is_normal(entity: str, value: Any) -> bool:
    """Tell whether ``value`` has the shape the understanding contract gives ``entity``."""
    match entity:
        case "izin":
            return value in PERMITS
        case "tempat":
            return value in PLACES
        case "profesi":
            return value in PROFESSIONS
        case "luas":
            return isinstance(value, int | float) and value > 0
        case "ukuran":
            return len(value) == 2 and all(side > 0 for side in value)
        case "lantai" | "jumlah" | "nilai" | "uang":
            return type(value) is int and value > 0
        case "tanggal":
            return date.fromisoformat(value).isoformat() == value
        case "lama":
            return set(value) == {"n", "unit"} and value["unit"] in DURATION_UNITS
    patterns = {
        "nomor_permohonan": r"503/\d{4}/([A-Z_]+)/\d{4}|PBG-\d{6}-\d{8}-\d{2}",
        "tiket": r"ADU-[A-Z0-9]{4}-[A-Z0-9]{2}",
        "nib": r"\d{13}",
        "nik": r"\d{16}",
        "telepon": r"\+62\d{8,12}",
    }
    found = re.fullmatch(patterns[entity], value)
    return found is not None and (not found.groups() or found[1] in {None, *PERMITS})


def test_entities_have_normal_values() -> None:
    for utterance in UTTERANCES:
        for entity in _entities(utterance):
            if entity["value"] is None:
                assert entity["entity"] == "izin", utterance
                assert len(set(entity["candidates"]) & PERMITS) >= 2, utterance
            else:
                assert set(entity) == {"entity", "value"}, utterance
                assert _value_is_normal(entity["entity"], entity["value"]), (utterance, entity)


def test_a_date_is_only_expected_where_the_day_of_the_message_is_given() -> None:
    for utterance in UTTERANCES:
        assert "today" not in utterance or isinstance(utterance["today"], date), utterance
        if any(entity["entity"] == "tanggal" for entity in _entities(utterance)):
            assert "today" in utterance, utterance


# Large and varied enough


def test_there_are_enough_utterances_of_every_intent() -> None:
    counts = Counter(utterance["intent"] for utterance in UTTERANCES)
    assert len(UTTERANCES) >= 960
    assert {intent: counts[intent] for intent in INTENTS if counts[intent] < 22} == {}
    assert {intent: counts[intent] for intent in CORE if counts[intent] < 40} == {}
    assert counts["di_luar_topik"] >= 120


@pytest.mark.parametrize("register", REGIONAL)
def test_every_regional_register_is_heard_over_many_intents(register: str) -> None:
    intents = [u["intent"] for u in UTTERANCES if u["register"] == register]
    assert len(intents) >= 70
    assert len(set(intents)) >= 25


def test_every_register_is_heard() -> None:
    assert {utterance["register"] for utterance in UTTERANCES} == REGISTERS


def test_there_are_enough_messages_with_several_questions_and_with_numbers() -> None:
    assert sum("questions" in utterance for utterance in UTTERANCES) >= 40
    numeric = [u for u in UTTERANCES if {e["entity"] for e in _entities(u)} & NUMERIC]
    assert len(numeric) >= 120


def test_every_permit_and_every_kind_of_entity_is_expected_somewhere() -> None:
    found = [entity for utterance in UTTERANCES for entity in _entities(utterance)]
    assert {e["value"] for e in found if e["entity"] == "izin"} >= PERMITS
    assert {e["entity"] for e in found} >= NUMERIC | {"izin", "tempat", "profesi"}


# Apart


def test_no_utterance_is_there_twice() -> None:
    counts = Counter(_folded(utterance["text"]) for utterance in UTTERANCES)
    assert [text for text, count in counts.items() if count > 1] == []


def test_no_two_utterances_say_nearly_the_same() -> None:
    texts = [utterance["text"] for utterance in UTTERANCES]
    assert sorted({pair for pair in _near_pairs(texts, texts) if pair[0] < pair[1]}) == []


def test_no_utterance_is_nearly_a_training_example() -> None:
    texts = [utterance["text"] for utterance in UTTERANCES]
    training = _training_texts()
    assert len(training) >= 3000
    assert sorted(set(_near_pairs(texts, training))) == []


def test_the_near_duplicate_check_sees_small_changes_and_other_orders() -> None:
    training = ["berapa lama proses izin apotek di kantor ini ya pak"]
    assert list(_near_pairs(["Berapa lama proses izin apotik di kantor ini, Pak?"], training))
    assert list(_near_pairs(["di kantor ini berapa lama proses izin apotek ya pak"], training))
    assert not list(_near_pairs(["apotek kapan jadinya, sudah seminggu nih"], training))
