from __future__ import annotations

import random

import pytest
from tanya_language import Normaliser
from tanya_language.clustering import TextClusters

from tests.timing import quickest


def grown(normaliser: Normaliser, examples: list[tuple[str, str]]) -> TextClusters:
    return TextClusters(normaliser, [text for text, _ in examples])


def test_rewordings_stand_together_and_other_questions_apart(
    normaliser: Normaliser, examples: list[tuple[str, str]]
) -> None:
    clusters = grown(normaliser, examples)

    numbers = [
        clusters.add(text)
        for text in (
            "kode otp oss tidak masuk", "otp oss gak masuk masuk", "Kode OTP OSS ga masuk2",
            "parkir di kantor ada?", "ada parkiran gak di kantor", "sewa gedung serbaguna",
        )
    ]  # fmt: skip

    assert numbers == [0, 0, 0, 1, 1, 2]
    assert len(clusters) == 3


def test_the_same_texts_in_the_same_order_give_the_same_groups(
    normaliser: Normaliser, examples: list[tuple[str, str]]
) -> None:
    texts = [text for text, _ in examples[::9]]

    first, second = grown(normaliser, examples), grown(normaliser, examples)

    assert [first.add(text) for text in texts] == [second.add(text) for text in texts]


def test_groups_can_go_on_from_their_most_central_texts(normaliser: Normaliser) -> None:
    clusters = TextClusters(normaliser)
    assert [clusters.start(text) for text in ("lupa sandi oss", "jam buka kantor")] == [0, 1]

    assert clusters.add("lupa kata sandi oss") == 0
    assert clusters.add("jam buka kantor pak") == 1


def test_the_most_central_message_is_like_most_others(normaliser: Normaliser) -> None:
    clusters = TextClusters(normaliser)

    middle, other, far = clusters.centralities(
        ["otp oss tidak masuk", "kode otp oss tidak masuk", "resep rendang"]
    )

    assert min(middle, other) > far
    assert clusters.centralities(["otp"]) == pytest.approx([1.0])


@pytest.mark.parametrize("text", ["", "   ", "😀", "!!!"])
def test_a_text_of_no_words_has_a_group_of_its_own(normaliser: Normaliser, text: str) -> None:
    clusters = TextClusters(normaliser)
    clusters.add("otp oss tidak masuk")

    assert clusters.add(text) == 1


def test_many_messages_take_bounded_time(
    normaliser: Normaliser, examples: list[tuple[str, str]]
) -> None:
    """20,000 messages are to take less than ten seconds; a tenth of them shows it."""
    drawn = random.Random(7)
    words = [word for text, _ in examples for word in text.split()]
    texts = [f"{drawn.choice(examples)[0]} {drawn.choice(words)}" for _ in range(2_000)]

    def group() -> int:
        clusters = TextClusters(normaliser)
        for text in texts:
            clusters.add(text)
        return len(clusters)

    assert quickest(group, 1.0) < 1.0
    assert group() < len(texts)
