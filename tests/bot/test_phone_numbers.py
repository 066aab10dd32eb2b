"""Numbers as platforms tell them."""

from __future__ import annotations

import pytest

from bot.phone_numbers import from_platform


@pytest.mark.parametrize("told", ["6281234567890", "+6281234567890", "+62 812-3456-7890"])
def test_an_indonesian_number_has_one_shape(told):
    assert from_platform(told) == "+6281234567890"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("81312345678", "+81312345678"),
        ("60123456789", "+60123456789"),
        ("6512345678", "+6512345678"),
    ],
)
def test_another_countrys_number_is_never_taken_for_an_indonesian_one(told, kept):
    assert from_platform(told) == kept


@pytest.mark.parametrize("told", [None, "", "081234567890", "abc", "62", "6281", "1" * 30, "62abc"])
def test_what_is_no_international_number_is_none(told):
    assert from_platform(told) is None
