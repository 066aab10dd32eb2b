"""Training examples and regression cases keep their promises."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from izin.errors import Conflict, InvalidInput, NotFound
from izin.learning import (
    Meaning,
    RegressionCase,
    TrainingExample,
    checked_meaning,
    checked_text,
    text_key,
)
from izin.ports import Learning
from izin.storage.memory.learning import MemoryLearning
from izin.storage.postgres.engine import create
from izin.storage.postgres.learning import PostgresLearning

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture(params=["memory", "postgres"])
def learning(request: pytest.FixtureRequest) -> Iterator[Learning]:
    if request.param == "memory":
        yield MemoryLearning()
        return
    engine = create(request.getfixturevalue("database_url"))
    yield PostgresLearning(engine)
    engine.dispose()


def example(text: str, intent: str = "tanya_biaya") -> TrainingExample:
    return TrainingExample(str(uuid.uuid4()), text, intent, "akun-a", NOW, "PBG")


def case(text: str, intent: str = "tanya_biaya", faq: str | None = None) -> RegressionCase:
    return RegressionCase(str(uuid.uuid4()), text, intent, None, faq, "akun-a", NOW)


def test_an_example_is_kept_once_for_each_intent(learning: Learning) -> None:
    first, other = example("Uang retribusi balik?"), example("uang retribusi balik", "cek_status")
    before = learning.revision()
    assert learning.add_example(first)
    assert learning.revision() > before
    assert not learning.add_example(example("uang  retribusi balik"))
    assert learning.add_example(other)
    assert list(learning.examples()) == [first, other]
    assert learning.switch_example(first.id, False).active is False
    assert list(learning.examples()) == [other]
    assert not learning.add_example(example("uang retribusi balik!"))
    assert [item.id for item in learning.examples()] == [first.id, other.id]
    learning.note_trained([first.id, str(uuid.uuid4())], NOW)
    assert [item.trained_at for item in learning.examples()] == [NOW, None]


def test_a_sentence_has_one_case_that_expects_what_was_said_last(learning: Learning) -> None:
    first, later = case("uang balik"), case("Uang balik?", "tanya_faq", "retribusi_kembali")
    assert learning.add_case(first)
    assert not learning.add_case(case("uang  balik"))
    assert learning.add_case(later)
    assert list(learning.cases()) == [later]
    with pytest.raises(Conflict):
        learning.switch_case(first.id, True)
    learning.switch_case(later.id, False)
    assert learning.switch_case(first.id, True).active
    assert [item.id for item in learning.cases()] == [first.id]


def test_lists_are_searched_newest_first(learning: Learning) -> None:
    for number in range(5):
        learning.add_example(example(f"biaya 100% nomor {number}"))
        learning.add_case(case(f"biaya 100% nomor {number}"))
    learning.add_example(example("syarat", "tanya_syarat"))
    texts = [item.text for item in learning.list_examples(words="Nomor biaya", after=1, limit=2)]
    assert texts == ["biaya 100% nomor 3", "biaya 100% nomor 2"]
    assert [item.text for item in learning.list_examples(intent="tanya_syarat")] == ["syarat"]
    assert learning.list_examples(words="_") != [] and learning.list_cases(words="zzz") == []
    off = learning.switch_case(learning.list_cases(limit=1)[0].id, False)
    assert [item.id for item in learning.list_cases(active=False)] == [off.id]


def test_what_is_unknown_is_not_found(learning: Learning) -> None:
    for unknown in ("x", str(uuid.uuid4())):
        with pytest.raises(NotFound):
            learning.switch_example(unknown, True)
        with pytest.raises(NotFound):
            learning.switch_case(unknown, True)


@pytest.mark.parametrize(
    ("text", "field"),
    [("", "text"), (" ?! ", "text"), ("a" * 301, "text"), ("nama saya [NAMA]", "placeholder")],
)
def test_no_example_is_empty_long_or_masked(text: str, field: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        checked_text(text)
    assert wrong.value.field == field
    assert checked_text("  apa\n kabar ") == "apa kabar"
    assert text_key("Apa, KABAR?") == "apa kabar"


@pytest.mark.parametrize(
    ("meaning", "field"),
    [
        (Meaning("nlu_fallback"), "intent"),
        (Meaning("lain"), "intent"),
        (Meaning("sapa", "XYZ"), "permit"),
        (Meaning("tanya_faq", None, "tidak_ada"), "faq"),
        (Meaning("sapa", None, "otp"), "faq"),
    ],
)
def test_a_meaning_names_what_exists(meaning: Meaning, field: str) -> None:
    known = ({"sapa", "tanya_faq", "nlu_fallback"}, {"PBG"}, {"otp"})
    with pytest.raises(InvalidInput) as wrong:
        checked_meaning(meaning, *known)
    assert wrong.value.field == field
    fine = Meaning("tanya_faq", "PBG", "otp")
    assert checked_meaning(fine, *known) == fine
